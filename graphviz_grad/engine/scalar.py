"""Elementwise rows of the op table as scalar code: recorded once, printed, compiled.

On Python floats a row runs code that `printers` wrote from it, with IEEE results where Python would raise.
`exec` sees only text that our own printers made.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.engine.expr import Expr, as_expr, record_call, variable
from graphviz_grad.engine.printers import PYTHON, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphviz_grad.engine.ops import Op

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


def _fmod(a: float, b: float) -> float:
    """Return C's fmod: nan for an infinite a, and for b = 0, where Python raises."""
    return math.fmod(a, b) if b and math.isfinite(a) else math.nan


def _sinh(a: float) -> float:
    """Return sinh, infinite where Python overflows."""
    try:
        return math.sinh(a)
    except OverflowError:
        return math.copysign(math.inf, a)


def _cosh(a: float) -> float:
    """Return cosh, infinite where Python overflows."""
    try:
        return math.cosh(a)
    except OverflowError:
        return math.inf


def _floor(a: float) -> float:
    """Return the integer below; what is none keeps its sign, and what is not finite stays."""
    return math.copysign(math.floor(a), a) if math.isfinite(a) else a


def _ceil(a: float) -> float:
    """Return the integer above."""
    return -_floor(-a)


def _round(a: float) -> float:
    """Return the nearest integer, of two the even one."""
    return math.copysign(round(a), a) if math.isfinite(a) else a


_NAMESPACE: Final = {
    name: getattr(math, name)
    for name in (
        *("exp", "expm1", "inf", "log", "log1p", "log2", "log10", "nan", "sqrt", "erf"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "tanh"),
    )
} | {
    "ceil": _ceil,
    "fmod": _fmod,
    "cosh": _cosh,
    "floor": _floor,
    "round": _round,
    "sinh": _sinh,
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
        return [_record(op, vjp, [g, *operands]) for vjp in op.vjps if vjp is not None]
    return [_times(g, _record(op, partial, operands)) for partial in op.partials]


def record_partials(op: Op) -> list[Expr]:
    """Return, for each operand, the tree of its local derivative; of a vjp, what it gives at g = 1."""
    operands = [variable(name) for name in (*op.operands, "out")]
    if op.vjps:
        return [_record(op, vjp, [as_expr(1), *operands]) for vjp in op.vjps if vjp is not None]
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


def compile_value(name: str, operands: Sequence[str], exprs: Sequence[Expr], *, single: bool) -> Scalar:
    """Return the function of floats that computes one tree, or several as a tuple."""
    lines, results = statements(exprs, PYTHON)
    value = results[0] if single else f"({', '.join(results)},)"
    return define(name, operands, [*lines, f"return {value}"])


def compile_pull(op: Op, contributions: Sequence[Expr]) -> Callable[[Any], None]:
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
