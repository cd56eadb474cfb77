"""Broadcasting undone, and one step of a backward pass over records that may be arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from graphviz_grad.engine.record import Record


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``gradient`` over the axes along which an operand of ``shape`` was broadcast.

    Args:
        gradient: Payload of the broadcast shape.
        shape: Shape of the operand.

    Returns:
        Payload of ``shape``.

    Example:
        >>> unbroadcast(np.ones((3,)), ())
        3.0
    """
    if np.shape(gradient) == shape:
        return gradient
    array = np.broadcast_to(gradient, np.broadcast_shapes(np.shape(gradient), shape))
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and array.shape[axis] != 1)
    array = array.sum(axis=axes, keepdims=True)
    return array.item() if array.ndim == 0 else array


def pull_arrays(record: Record) -> None:
    """Add the contributions of ``record`` to its parents, whatever the payloads are."""
    rule: Any = record.op
    parents = record.parents
    given = *[parent.value for parent in parents], record.value
    flowing = [place for place, parent in enumerate(parents) if parent.flows]
    contributions = rule.backward(record.pass_grad, *given, places=flowing)
    for place, contribution in zip(flowing, contributions, strict=True):
        parent = parents[place]
        parent.pass_grad = parent.pass_grad + unbroadcast(contribution, np.shape(parent.value))
