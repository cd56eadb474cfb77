"""Broadcasting undone, and one step of a backward pass over records that may be arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    with np.errstate(all="ignore"):
        array = np.sum(array, axis=tuple(range(array.ndim - len(shape))))
        axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and array.shape[axis] != 1)
        array = np.sum(array, axis=axes, keepdims=True)
    return array.item() if isinstance(array, (np.ndarray, np.generic)) and array.ndim == 0 else array


def contributions(record: Record, grad: Any, places: Sequence[int]) -> list[Any]:
    """Return what some operands of an op receive: a payload of the operand's shape, or None, for each.

    Args:
        record: The op's result.
        grad: Its gradient.
        places: Of the operands.
    """
    rule: Any = record.op
    parents = record.parents
    found = rule.backward(grad, *[parent.value for parent in parents], record.value, places=places)
    return [
        None if each is None else unbroadcast(each, np.shape(parents[place].value))
        for place, each in zip(places, found, strict=True)
    ]


def pull_arrays(record: Record) -> None:
    """Add the contributions of ``record`` to its parents, whatever the payloads are."""
    parents = record.parents
    flowing = [place for place, parent in enumerate(parents) if parent.flows]
    for place, contribution in zip(flowing, contributions(record, record.pass_grad, flowing), strict=True):
        parent = parents[place]
        with np.errstate(all="ignore"):
            parent.pass_grad = parent.pass_grad + contribution
