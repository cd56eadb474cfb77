"""Record numpy calls as a tree.

A rule of the op table is an ordinary function of numpy arrays. Called with `Expr` operands instead, the same
function does not compute: each operator and each numpy function that it reaches adds a node to a tree, which
`printers` turn into Python, JavaScript, LaTeX and Unicode. That is why an op is written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

#: What a rule may use: the heads of the tree, each the name of a numpy function. Every printer knows all of
#: them, and `Expr` refuses any other.
PRIMITIVES: Final = frozenset(
    {
        *("add", "subtract", "multiply", "divide", "fmod", "power", "negative", "absolute"),
        *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "erf"),
        *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh"),
        *("floor", "ceil", "round", "sign"),
        *("maximum", "minimum", "where"),
        *("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"),
    }
)


class Expr:
    """A node of a recorded rule: a numpy function and its operands.

    Args:
        head: Name of the numpy function, or ``"variable"`` / ``"constant"``.
        args: The operands; for a variable its name, for a constant its value.

    Example:
        >>> import numpy as np
        >>> a = variable("a")
        >>> Expr.text(np.exp(-a) * 2)
        'multiply(exp(negative(a)), 2)'
    """

    __slots__ = ("args", "head")
    __hash__ = None  # type: ignore[assignment]  # == records a comparison, so an Expr cannot be a key

    def __init__(self, head: str, args: tuple[Any, ...]) -> None:
        self.head = head
        self.args = args

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Expr:
        if method != "__call__" or options:
            raise TypeError(f"rule: np.{ufunc.__name__} with {method} {options} (must be a plain call)")
        return record_call(ufunc.__name__.removesuffix(" (vectorized)"), *inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Expr:
        if kwargs:
            raise TypeError(f"rule: np.{func.__name__} with keywords {sorted(kwargs)} (must be positional)")
        return record_call(func.__name__, *args)

    def __bool__(self) -> bool:
        raise TypeError("a rule must not branch on a value (use np.where)")

    def __repr__(self) -> str:
        return f"Expr({self.text()})"

    def text(self) -> str:
        """Return the tree as nested calls; equal trees have equal texts."""
        if self.is_atom:
            return str(self.args[0])
        return f"{self.head}({', '.join(arg.text() for arg in self.args)})"

    @property
    def is_atom(self) -> bool:
        """Whether this is a variable or a constant."""
        return self.head in {"variable", "constant"}

    def variables(self) -> Iterator[str]:
        """Yield the name of every variable in the tree, with repetitions, left to right."""
        if self.head == "variable":
            yield self.args[0]
        elif self.head != "constant":
            for arg in self.args:
                yield from arg.variables()

    def heads(self) -> Iterator[str]:
        """Yield the name of every numpy function in the tree, with repetitions."""
        if not self.is_atom:
            yield self.head
            for arg in self.args:
                yield from arg.heads()

    def __neg__(self) -> Expr:
        return record_call("negative", self)

    def __abs__(self) -> Expr:
        return record_call("absolute", self)


def _recorder(head: str, *, swapped: bool = False) -> Callable[[Expr, Any], Expr]:
    if swapped:
        return lambda self, other: record_call(head, other, self)
    return lambda self, other: record_call(head, self, other)


for _name, _head in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
}.items():
    setattr(Expr, f"__{_name}__", _recorder(_head))
    setattr(Expr, f"__r{_name}__", _recorder(_head, swapped=True))
for _name, _head in {
    "gt": "greater",
    "ge": "greater_equal",
    "lt": "less",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
}.items():
    setattr(Expr, f"__{_name}__", _recorder(_head))


def variable(name: str) -> Expr:
    """Return the operand called ``name``."""
    return Expr("variable", (name,))


def as_expr(value: Any) -> Expr:
    """Return ``value`` itself if it is an `Expr`, else the constant.

    Raises:
        TypeError: If ``value`` is neither an `Expr` nor a real number.
    """
    if isinstance(value, Expr):
        return value
    if isinstance(value, (bool, int, float)):
        return Expr("constant", (value,))
    raise TypeError(f"rule: {value!r} (must be an operand or a real number)")


def record_call(head: str, *args: Any) -> Expr:
    """Return the tree of ``np.<head>(*args)``.

    Raises:
        TypeError: If ``head`` is not one of `PRIMITIVES`.
    """
    if head not in PRIMITIVES:
        raise TypeError(f"rule: np.{head} (must be one of {', '.join(sorted(PRIMITIVES))})")
    return Expr(head, tuple(as_expr(arg) for arg in args))
