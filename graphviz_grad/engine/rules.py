"""Rows of the op table, recorded once and compiled.

A `Rule` is a row that can run. On Python floats it runs scalar code that `printers` wrote from the row, with
IEEE results where Python would raise; on anything else it runs the row itself with numpy. `exec` sees only
text that our own printers made.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.expr import Expr, as_expr, record_call, variable
from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.printers import PYTHON, statements
from graphviz_grad.engine.promotion import promote, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Scalar = Callable[..., float]


# --- IEEE 754 where Python raises -----------------------------------------------------------------


def _divide(a: float, b: float) -> float:
    """Return ``a / b`` for ``b`` = ±0: ±inf, or nan for 0/0."""
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _exp_big(a: float) -> float:
    """Return exp for arguments from 709, near where Python overflows, and for nan."""
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _log_rest(a: float) -> float:
    """Return log where it has no finite value: -inf at ±0, else nan."""
    return -math.inf if a == 0 else math.nan


def _power(a: float, b: float) -> float:
    """Return C's pow(a, b): Python raises on overflow and on 0 to a negative power, and turns complex.

    To the power of ±½ it is a square root, as in torch: at −0 and −∞ that is not the same.
    """
    if a <= 0 and (b == 0.5 or b == -0.5):  # noqa: PLR1714, PLR2004 - half the time of looking it up
        root = a if a == 0 else math.nan
        return root if b > 0 else _divide(1.0, root) if a == 0 else math.nan
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        if a == 0:  # to a negative power: an odd one keeps the sign of the zero
            return math.copysign(math.inf, a) if b % 2 == 1 else math.inf
        return math.nan


_NAMESPACE: Final = {
    name: getattr(math, name)
    for name in ("exp", "inf", "log", "log1p", "nan", "sqrt", "sin", "cos", "tan", "tanh")
} | {
    "divide": _divide,
    "exp_big": _exp_big,
    "log_rest": _log_rest,
    "power": _power,
    "__builtins__": {"abs": abs},
}


# --- recording ------------------------------------------------------------------------------------


def record_forward(op: Op) -> Expr:
    """Return the tree of the row's forward function.

    Raises:
        TypeError: If the rule does what cannot be recorded, with the op's name.
    """
    return _record(op, op.forward, [variable(name) for name in op.operands])


def record_contributions(op: Op) -> list[Expr]:
    """Return, for each operand, the tree of its contribution in terms of ``g``, the operands and ``out``."""
    g = variable("g")
    operands = [variable(name) for name in (*op.operands, "out")]
    if op.vjps:
        return [_record(op, vjp, [g, *operands]) for vjp in op.vjps]
    return [_times(g, _record(op, partial, operands)) for partial in op.partials]


def record_partials(op: Op) -> list[Expr]:
    """Return, for each operand, the tree of its local derivative; of a vjp, what it gives at g = 1."""
    operands = [variable(name) for name in (*op.operands, "out")]
    if op.vjps:
        return [_record(op, vjp, [as_expr(1), *operands]) for vjp in op.vjps]
    return [_record(op, partial, operands) for partial in op.partials]


def _record(op: Op, function: Callable[..., Any], operands: Sequence[Expr]) -> Expr:
    try:
        return as_expr(function(*operands))
    except TypeError as error:
        raise TypeError(f"op {op.name!r}: {error}") from error


def _times(g: Expr, partial: Expr) -> Expr:
    """Return g·partial without the noise of a factor 1 or −1."""
    if partial.head == "constant" and partial.args[0] == 1:
        return g
    if partial.head == "constant" and partial.args[0] == -1:
        return -g
    return record_call("multiply", g, partial)


# --- compiling ------------------------------------------------------------------------------------


def define(
    name: str, parameters: Sequence[str], body: Sequence[str], known: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """Return the function of a body that our own printers made, with its source for a docstring.

    Args:
        name: What the function is called.
        parameters: Its parameters.
        body: Its lines.
        known: What they may call besides what printed Python calls on floats.

    Example:
        >>> define("f", ["a"], ["return (sqrt(a) if a >= 0.0 else nan)"])(-1.0)
        nan
    """
    source = f"def {name}({', '.join(parameters)}):\n" + "".join(f"    {line}\n" for line in body)
    namespace = _NAMESPACE | dict(known or {})
    exec(compile(source, f"<graphviz_grad {name}>", "exec"), namespace)  # noqa: S102 - our printers' text
    function: Callable[..., Any] = namespace[name]
    function.__doc__ = source
    return function


def _compile_value(name: str, operands: Sequence[str], exprs: Sequence[Expr], *, single: bool) -> Scalar:
    lines, results = statements(exprs, PYTHON)
    value = results[0] if single else f"({', '.join(results)},)"
    return define(name, operands, [*lines, f"return {value}"])


def _compile_pull(op: Op, contributions: Sequence[Expr]) -> Callable[[Any], None]:
    """Return the row's step of a backward pass over records whose values are floats.

    The step reads the record's gradient and adds a contribution to each parent that requires one. A parent's
    gradient starts at -0.0, the number that adds nothing to any float, signed zeros included. An only parent
    requires one, or its record would not.
    """
    used = {name for expr in contributions for name in expr.variables()}
    parents = [f"parent_{name}" for name in op.operands]
    body = [f"({', '.join(parents)},) = record.parents", "g = record.pass_grad"]
    body += [
        f"{name} = {parent}.value" for name, parent in zip(op.operands, parents, strict=True) if name in used
    ]
    if "out" in used:
        body.append("out = record.value")
    for parent, expr in zip(parents, contributions, strict=True):
        lines, (result,) = statements([expr], PYTHON)
        lines = [*lines, f"{parent}.pass_grad += {result}"]
        body += lines if len(parents) == 1 else [f"if {parent}.flows:", *(f"    {line}" for line in lines)]
    return define(f"{op.name}_pull", ["record"], body)


class Rule:
    """A row of the table that can run.

    Args:
        op: The row.

    Attributes:
        name: The row's name.
        symbol: The glyph on the badge.
        grad_fn: What torch calls the row's backward node.
        params: Static arguments (such as ``dim``), by name.
        is_differentiable: Whether the row has derivatives.
        reads: For each operand's name, the names of what its derivative reads: operands, and ``out``.
        saves: Whether any derivative reads anything, so that torch frees it after a backward pass.
        tree: The recorded forward function.
        forward_scalar: The result, of Python floats.
        backward_scalar: The contributions as a tuple, of ``g``, Python floats and ``out``.
        pull: One step of a backward pass over a record (see `graphviz_grad.engine.autograd`).

    Example:
        >>> mul = RULES["mul"]
        >>> mul.forward(2.0, 3.0), mul.backward(1.0, 2.0, 3.0, 6.0), mul.write("x", "z")
        (6.0, (3.0, 2.0), 'x · z')
    """

    __slots__ = (
        "backward_scalar",
        "forward_scalar",
        "grad_fn",
        "is_differentiable",
        "name",
        "op",
        "params",
        "partials_scalar",
        "pull",
        "reads",
        "saves",
        "symbol",
        "tree",
    )

    def __init__(self, op: Op) -> None:
        contributions = record_contributions(op)
        operands = op.operands
        self.op = op
        self.name = op.name
        self.symbol = op.symbol
        self.grad_fn = f"{op.name.capitalize()}Backward0"
        self.params: dict[str, object] = {}
        self.is_differentiable = bool(contributions)
        self.reads = {
            name: frozenset(expr.variables()) - {"g"}
            for name, expr in zip(operands, contributions, strict=False)
        }
        self.saves = any(self.reads.values())
        self.tree = record_forward(op)
        self.forward_scalar = _compile_value(f"{op.name}_forward", operands, [self.tree], single=True)
        self.backward_scalar: Callable[..., tuple[float, ...]]
        if contributions:
            given = (*operands, "out")
            self.backward_scalar = _compile_value(  # type: ignore[assignment]
                f"{op.name}_backward", ("g", *given), contributions, single=False
            )
            self.partials_scalar = _compile_value(
                f"{op.name}_partials", given, record_partials(op), single=False
            )
            self.pull = _compile_pull(op, contributions)

    def named(self, grad_fn: str) -> Rule:
        """Return this rule under another of torch's names for its backward node."""
        rule = object.__new__(Rule)
        for slot in Rule.__slots__:
            if hasattr(self, slot):
                setattr(rule, slot, getattr(self, slot))
        rule.grad_fn = grad_fn
        return rule

    def __repr__(self) -> str:
        return f"Rule({self.name!r})"

    def write(self, *operands: str) -> str:
        """Return the right-hand side of the card's title, for operands so called."""
        return self.op.formula.format(*operands)

    def forward(self, *args: Any) -> Any:
        """Return the result, for payloads of any kind: Python numbers or arrays."""
        if all(arg.__class__ is float for arg in args):
            return self.forward_scalar(*args)
        operands = promote(self.tree, args)
        try:
            with np.errstate(all="ignore"):
                return _payload(self.op.forward(*operands))
        except ValueError as error:
            raise refuse(error, operands) from None

    def backward(self, g: Any, *args: Any) -> tuple[Any, ...]:
        """Return the contribution to each operand.

        Args:
            g: Upstream gradient, of the result's shape.
            args: The operands' payloads, then the result's.

        Returns:
            One payload per operand; where an operand was broadcast, still of the result's shape.
        """
        if g.__class__ is float and all(arg.__class__ is float for arg in args):
            return self.backward_scalar(g, *args)
        arrays = [np.asarray(arg, np.float64) for arg in args]
        with np.errstate(all="ignore"):
            if self.op.vjps:
                return tuple(_payload(vjp(np.asarray(g), *arrays)) for vjp in self.op.vjps)
            return tuple(_payload(np.asarray(g) * partial(*arrays)) for partial in self.op.partials)

    def partials(self, *args: Any) -> tuple[Any, ...]:
        """Return the local derivative for each operand, given the operands' payloads, then the result's."""
        if all(arg.__class__ is float for arg in args):
            return self.partials_scalar(*args)  # type: ignore[return-value]
        return self.backward(np.ones(np.shape(args[-1])), *args)


def _payload(value: Any) -> Any:
    """Return a 0-d result as a Python number, an array as it is."""
    return value.item() if np.ndim(value) == 0 else value


#: Every row of the table, compiled, by name.
RULES: Final = {name: Rule(op) for name, op in OPS.items()}
