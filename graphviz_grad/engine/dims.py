"""Dimensions as users number them, checked in torch's words."""

from __future__ import annotations

from typing import Any

from graphviz_grad.engine.check import type_name


def check_dim(dim: Any, ndim: int) -> int:
    """Return a dimension counted from the front.

    Args:
        dim: An int; from the back, if it is negative.
        ndim: How many dimensions there are; a scalar takes 0 and -1, as in torch.

    Raises:
        IndexError: If there is no such dimension.
        TypeError: If this is no int.

    Example:
        >>> check_dim(-1, 2)
        1
        >>> check_dim(2, 1)
        Traceback (most recent call last):
        IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 2)
    """
    if not hasattr(dim, "__index__") or isinstance(dim, bool):
        raise TypeError(f"dim: {dim!r} (must be an int, not {type_name(dim)})")
    dim = dim.__index__()
    size = max(ndim, 1)
    if not -size <= dim < size:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})"
        )
    return int(dim) % size


def check_dims(dim: Any, ndim: int) -> tuple[int, ...]:
    """Return one dimension or several counted from the front.

    Raises:
        RuntimeError: If one is there twice.

    Example:
        >>> check_dims((0, -1), 3), check_dims(1, 2)
        ((0, 2), (1,))
    """
    found = [check_dim(each, ndim) for each in (dim if isinstance(dim, (tuple, list)) else (dim,))]
    for each in found:
        if found.count(each) > 1:
            raise RuntimeError(f"dim {each} appears multiple times in the list of dims")
    return tuple(found)
