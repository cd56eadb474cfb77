"""Dimensions as users number them, checked in torch's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from graphviz_grad.engine.check import type_name

if TYPE_CHECKING:
    from collections.abc import Sequence

Dims: TypeAlias = "int | Sequence[int] | None"


def check_dim(dim: Any, ndim: int, function: str = "dim") -> int:
    """Return a dimension counted from the front.

    Args:
        dim: An int; from the back, if it is negative.
        ndim: How many dimensions there are; a scalar takes 0 and -1, as in torch.
        function: Who asks.

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
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({type_name(dim)}): "
            f"dim={dim!r} (must be an int)"
        )
    dim = dim.__index__()
    size = max(ndim, 1)
    if not -size <= dim < size:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})"
        )
    return int(dim) % size


def check_range(places: np.ndarray, size: int) -> None:
    """Raise torch's error if a dimension of this size has not all of these places.

    Example:
        >>> check_range(np.array([0, 2]), 2)
        Traceback (most recent call last):
        IndexError: index out of range in self: [0, 2] (must be 0 to 1)
    """
    if np.any((places < 0) | (places >= size)):
        raise IndexError(f"index out of range in self: {places.tolist()} (must be 0 to {size - 1})")


def check_dims(dim: Any, ndim: int, function: str = "dim") -> tuple[int, ...]:
    """Return one dimension or several counted from the front.

    Raises:
        RuntimeError: If one is there twice.

    Example:
        >>> check_dims((0, -1), 3), check_dims(1, 2)
        ((0, 2), (1,))
    """
    several = dim if isinstance(dim, (tuple, list)) else (dim,)
    found = [check_dim(each, ndim, function) for each in several]
    for each in found:
        if found.count(each) > 1:
            raise RuntimeError(f"dim {each} appears multiple times in the list of dims")
    return tuple(found)


def along(dim: Dims, ndim: int, function: str) -> Any:
    """Return the dimensions of a reduction as its row takes them: checked, but as they were written.

    Of no dimensions torch makes all, and a scalar has none to reduce: None.

    Example:
        >>> along([-1], 2, "sum"), along((), 2, "sum"), along(0, 0, "sum")
        ((-1,), None, None)
    """
    if dim is None:
        return None
    check_dims(dim, ndim, function)
    if not isinstance(dim, (tuple, list)):
        return dim.__index__() if ndim else None  # type: ignore[union-attr]
    return tuple(each.__index__() for each in dim) if ndim and dim else None
