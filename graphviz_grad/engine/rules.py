"""Rows of the op table that can run.

`Elementwise` rules run on Python floats as scalar code (see `graphviz_grad.engine.scalar`), and
on anything else as the row itself with numpy; `Structural` ones always run as the row itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.broadcast import pull_arrays
from graphviz_grad.engine.dtype import plain
from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.promotion import promote, refuse
from graphviz_grad.engine.rule import Rule
from graphviz_grad.engine.scalar import (
    compile_pull,
    compile_value,
    record_contributions,
    record_forward,
    record_partials,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graphviz_grad.engine.expr import Expr


__all__ = ["OWN", "RULES", "Elementwise", "Rule", "Structural", "find_rule", "make_rule", "qualified"]


class Elementwise(Rule):
    """A rule of numbers.

    Attributes:
        tree: The recorded forward function.
        forward_scalar: The result, of Python floats.
        backward_scalar: The contributions as a tuple, of ``g``, Python floats and ``out``.
        partials_scalar: The local derivatives as a tuple, of Python floats and ``out``.
    """

    __slots__ = ("_contributions", "backward_scalar", "forward_scalar", "partials_scalar", "tree")
    forward_scalar: Callable[..., float]
    backward_scalar: Callable[..., tuple[float, ...]]
    partials_scalar: Callable[..., tuple[float, ...]]

    def __init__(self, op: Op) -> None:
        self._contributions = contributions = record_contributions(op)
        super().__init__(op, [frozenset(expr.variables()) - {"g"} for expr in contributions])
        self.tree = record_forward(op)

    def __getattr__(self, name: str) -> Any:
        """Compile what is asked for the first time: of most rows nobody asks for everything."""
        if name not in _COMPILED or (name != "forward_scalar" and not self.is_differentiable):
            raise AttributeError(f"rule: {name!r} (must be one of {', '.join(_COMPILED)})")
        made = _COMPILED[name](self.op, self.tree, self._contributions)
        setattr(self, name, made)
        return made

    def forward(self, *args: Any) -> Any:
        """Return the result, for payloads of any kind: Python numbers or arrays."""
        if all(arg.__class__ is float for arg in args):
            return self.forward_scalar(*args)
        operands = promote(self.tree, args)
        try:
            with np.errstate(all="ignore"):
                return plain(self.op.forward(*operands))
        except ValueError as error:
            raise refuse(error, operands) from None

    def backward(self, g: Any, *args: Any, places: Sequence[int] | None = None) -> tuple[Any, ...]:
        """Return the contribution to each operand; see `Rule.backward`."""
        if g.__class__ is float and all(arg.__class__ is float for arg in args):
            found = self.backward_scalar(g, *args)
            return found if places is None else tuple([found[place] for place in places])
        g = np.asarray(g)
        arrays = [np.asarray(arg, np.float64) for arg in args]
        wanted = range(len(args) - 1) if places is None else places
        with np.errstate(all="ignore"):
            return _plain(self.contributions(wanted, g, *arrays))

    def contributions(self, places: Sequence[int], g: Any, *args: Any) -> Sequence[Any]:
        """Return the contributions to some operands; see `Rule.contributions`."""
        if self.op.vjps:
            vjps: Any = self.op.vjps
            return [vjps[place](g, *args) for place in places]
        return [self._times_partial(place, g, *args) for place in places]

    def _times_partial(self, place: int, g: Any, *args: Any) -> Any:
        partial = self.op.partials[place](*args)
        if partial.__class__ is int and abs(partial) == 1:
            return g if partial == 1 else -g
        return g * partial

    def partials(self, *args: Any) -> tuple[Any, ...]:
        """Return the local derivative for each operand; see `Rule.partials`."""
        if all(arg.__class__ is float for arg in args):
            return self.partials_scalar(*args)
        return self.backward(np.ones(np.shape(args[-1])), *args)


#: What compiles the slots of an elementwise rule, of its row and the trees of its result and contributions.
_COMPILED: Final[dict[str, Callable[[Op, Expr, Sequence[Expr]], Any]]] = {
    "forward_scalar": lambda op, tree, _: compile_value(
        f"{op.name}_forward", op.operands, [tree], single=True
    ),
    "backward_scalar": lambda op, _, trees: compile_value(
        f"{op.name}_backward", ("g", *op.operands, "out"), trees, single=False
    ),
    "partials_scalar": lambda op, *_: compile_value(
        f"{op.name}_partials", (*op.operands, "out"), record_partials(op), single=False
    ),
    "pull": lambda op, _, trees: compile_pull(op, trees),
}


class Structural(Rule):
    """A rule of whole arrays."""

    __slots__ = ()

    def __init__(self, op: Op) -> None:
        super().__init__(op, [read.split() for read in op.reads or [""] * len(op.vjps)])
        self.pull = pull_arrays

    def template(self, count: int) -> str:
        """Return the right-hand side of the card's title, static arguments written out."""
        formula = self.op.formula
        operands = ["{}"] * count
        if not isinstance(formula, str):
            return formula(*operands, **self.params)
        if self.op.is_variadic:
            operands = [", ".join(operands)]
        text = formula.format(*operands, **{name: _quote(value) for name, value in self.params.items()})
        rest = "".join(
            f", {name}={_quote(value)}"
            for name, value in self.params.items()
            if f"{{{name}}}" not in formula and not _is_equal(value, self._defaults[name])
        )
        return f"{text[:-1]}{rest}{text[-1]}" if rest else text

    def forward(self, *args: Any) -> Any:
        """Return the result, for payloads of any kind: Python numbers or arrays."""
        with np.errstate(all="ignore"):
            return plain(self.op.forward(*map(np.asarray, args), **self.params))

    def backward(self, g: Any, *args: Any, places: Sequence[int] | None = None) -> tuple[Any, ...]:
        """Return the contribution to each operand; see `Rule.backward`."""
        g = np.asarray(g)
        arrays = [*map(np.asarray, args)]
        wanted = range(len(args) - 1) if places is None else places
        with np.errstate(all="ignore"):
            return _plain(self.contributions(wanted, g, *arrays))

    def contributions(self, places: Sequence[int], g: Any, *args: Any) -> Sequence[Any]:
        """Return the contributions to some operands; see `Rule.contributions`."""
        return [self._pull_back(place, g, *args) for place in places]

    def _pull_back(self, place: int, g: Any, *args: Any) -> Any:
        if self.op.is_variadic:
            [vjp] = self.op.vjps
            return vjp and vjp(g, *args[:-1], out=args[-1], place=place, **self.params)
        vjp = self.op.vjps[place]
        return vjp and vjp(g, *args, **self.params)

    def partials(self, *args: Any) -> tuple[Any, ...]:  # noqa: ARG002 - of no operands, there are none
        """Return nothing: a structural op has no partials."""
        return ()


def _plain(contributions: Sequence[Any]) -> tuple[Any, ...]:
    """Return contributions as payloads; None is one that never is."""
    return tuple([each if each is None else plain(each) for each in contributions])


def _is_equal(value: Any, default: Any) -> bool:
    return value is default or (value.__class__ is default.__class__ and bool(np.all(value == default)))


def _quote(value: Any) -> str:
    """Return a static argument as a formula shows it, braces kept from `str.format`."""
    return (str(value)).replace("{", "{{").replace("}", "}}")


def qualified(grad_fn: str) -> str:
    """Return the full name of a backward node; those that torch has written by hand live in a namespace.

    Example:
        >>> qualified("MulBackward0"), qualified("CopySlices")
        ('MulBackward0', 'torch::autograd::CopySlices')
    """
    return (
        f"torch::autograd::{grad_fn}"
        if grad_fn in {"AccumulateGrad", "CopySlices", "CopyBackwards"}
        else grad_fn
    )


def make_rule(op: Op) -> Rule:
    """Return the rule of a row."""
    return Structural(op) if op.is_structural else Elementwise(op)


class _Rules(Mapping[str, Rule]):
    """The rules of the op table, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Rule] = {}

    def __getitem__(self, name: str) -> Rule:
        if name not in self._made:
            self._made[name] = make_rule(OPS[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(OPS)

    def __len__(self) -> int:
        return len(OPS)


#: Every row of the table, ready to run, by name.
RULES: Final = _Rules()

#: Ops of the user's own, by name: the latest of each name (see `graphviz_grad.autograd.Function`).
OWN: Final[dict[str, Rule]] = {}


def find_rule(name: str) -> Rule:
    """Return the rule of an op, of the table's or of the user's own.

    Raises:
        ValueError: If there is none.
    """
    rule = RULES.get(name) or OWN.get(name)
    if rule is None:
        raise ValueError(f"op: {name!r} (must be one of {', '.join(RULES)})")
    return rule
