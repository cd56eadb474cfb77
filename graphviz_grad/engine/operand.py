"""What may stand beside a tensor in an operator: numbers and arrays, made records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.creation import as_payload
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.record import Record, leaf, literal

if TYPE_CHECKING:
    from graphviz_grad.engine.handle import Number


def as_operand(tensor: Record, value: Any) -> Any:
    """Return the record of an operand that stands beside ``tensor``, or None if it cannot be one.

    Example:
        >>> from graphviz_grad import tensor
        >>> as_operand(tensor(2.0), 3), as_operand(tensor(2.0), "3")
        (tensor(3.), None)
    """
    if value.__class__ is float:
        return literal(tensor.kind, value)
    if isinstance(value, (float, int)):  # bool is an int
        return literal(tensor.kind, _number(tensor, value))
    if isinstance(value, Handle):
        return value
    if isinstance(value, np.generic):
        return as_operand(tensor, value.item())
    if isinstance(value, np.ndarray) and value.dtype.kind in "fib":
        payload = value.item() if value.ndim == 0 else value.copy()
        return leaf(tensor.kind, payload, requires_grad=False)
    return None


def _number(tensor: Record, value: float) -> Number:
    """Return a Python number as it counts beside ``tensor``: as a float, where that is one."""
    if tensor.value.__class__ is not float:
        return value if isinstance(value, float) else as_payload(value)
    try:
        return float(value)
    except OverflowError:
        raise OverflowError(f"int too big to convert: {value!r} (must fit into a float)") from None
