"""Define-by-run: for each op one compiled function, which computes it and records that it did.

This is the hot path of the package. One call more would cost an op a tenth, and a result made by calling its
class as much as everything else together: so the row's scalar code is compiled right into the function, and
the result is filled in slot by slot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from graphviz_grad.engine.grad_mode import forget, off
from graphviz_grad.engine.printers import PYTHON, statements
from graphviz_grad.engine.record import Record, orders
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.scalar import define, record_forward

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphviz_grad.engine.rules import Rule

R = TypeVar("R", bound=Record)


def compile_op(rule: Rule, result: type[R]) -> Callable[..., R]:
    """Return the function from the records of an op's operands to the record of its result.

    Args:
        rule: The op.
        result: The class of results.

    Returns:
        A function of one record per operand. Where one of several is None, for what cannot be an operand, it
        returns NotImplemented, as operators do.

    Example:
        >>> from graphviz_grad.engine.record import leaf
        >>> from graphviz_grad.engine.rules import RULES
        >>> x = leaf(Record, 2.0, requires_grad=True)
        >>> y = compile_op(RULES["mul"], Record)(x, x)
        >>> y.value, y.op, y.parents == (x, x)
        (4.0, Rule('mul'), True)
    """
    names = rule.op.operands
    operands = [f"operand_{name}" for name in names]
    lines, (value,) = statements([record_forward(rule.op)], PYTHON)
    are_floats = " is ".join(f"{name}.__class__" for name in names) + " is float"
    flows = " or ".join(f"{operand}.flows" for operand in operands) if rule.is_differentiable else "False"
    body = [
        *(f"{name} = {operand}.value" for name, operand in zip(names, operands, strict=True)),
        "made = result()",
        f"if {are_floats}:",
        *(f"    {line}" for line in lines),
        f"    made.value = {value}",
        "else:",
        f"    made.value = rule.forward({', '.join(names)})",
        "made.op = rule",
        f"made.parents = ({', '.join(operands)},)",
        f"made.flows = {flows}",
        "made.order = next(orders)",
        "made.stamp = made.stored = made.extra = None",
        "if off:",
        "    forget(made)",
        "return made",
    ]
    if len(operands) > 1:
        is_missing = " or ".join(f"{operand} is None" for operand in operands)
        body = [f"if {is_missing}:", "    return NotImplemented", *body]
    return define(f"{rule.name}_recorded", operands, body, _KNOWN | {"result": result, "rule": rule})


def apply(rule: Rule | str, first: R, *others: Record, **params: Any) -> R:
    """Compute an op and record that it did: the way of everything but what `compile_op` makes faster.

    Args:
        rule: The op, or its name.
        first: Its first operand, of whose kind the result is.
        others: The other operands; a Python number is one as a `literal`.
        params: Static arguments.

    Example:
        >>> from graphviz_grad import tensor
        >>> apply("sum", tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
        tensor([4., 6.])
    """
    rule = (RULES[rule] if isinstance(rule, str) else rule).bind(**params)
    made: R = apply_to(rule, (first, *others), first.kind)
    return made


def apply_to(rule: Rule, operands: tuple[Record, ...], result: type[R]) -> R:
    """Compute an op, all of whose static arguments are bound, and record that it did; see `apply`."""
    made = result()
    made.value = rule.forward(*[operand.value for operand in operands])
    made.op = rule
    made.parents = operands
    made.flows = rule.is_differentiable and any(operand.flows for operand in operands)
    made.order = next(orders)
    made.stamp = made.stored = made.extra = None
    if off:
        forget(made)
    return made


_KNOWN: dict[str, Any] = {
    "float": float,
    "forget": forget,
    "next": next,
    "NotImplemented": NotImplemented,
    "off": off,
    "orders": orders,
}
