"""Shapes as users give them, checked in torch's words."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import type_name

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_sizes(function: str, given: tuple[Any, ...], argument: str = "shape") -> tuple[int, ...]:
    """Return ints that were given one by one, or as one tuple or list.

    Args:
        function: What they were given to, for the message.
        given: Its positional arguments.
        argument: What torch calls them.

    Raises:
        TypeError: If there is something else among them.

    Example:
        >>> read_sizes("view", (2, 3)), read_sizes("view", ([2, 3],))
        ((2, 3), (2, 3))
    """
    sizes = given[0] if len(given) == 1 and isinstance(given[0], (tuple, list)) else given
    for size in sizes:
        if not hasattr(size, "__index__") or isinstance(size, bool):
            raise TypeError(
                f"{function}(): argument '{argument}' (position 1) must be tuple of ints, "
                f"not {type_name(size)}: {given!r}"
            )
    return tuple(int(size.__index__()) for size in sizes)


def infer_shape(shape: Sequence[int], numel: int) -> tuple[int, ...]:
    """Return a shape with the size that is left open (−1) filled in.

    Args:
        shape: As given.
        numel: How many numbers there are.

    Raises:
        RuntimeError: If they do not fit.

    Example:
        >>> infer_shape((2, -1), 6)
        (2, 3)
        >>> infer_shape((2, 4), 6)
        Traceback (most recent call last):
        RuntimeError: shape '[2, 4]' is invalid for input of size 6
    """
    for place, size in enumerate(shape):
        if size < -1:
            raise RuntimeError(f"invalid shape dimension {size} at index {place} of shape {list(shape)}")
    if list(shape).count(-1) > 1:
        raise RuntimeError(f"only one dimension can be inferred: {list(shape)}")
    known = prod(size for size in shape if size != -1)
    if -1 in shape:
        if numel == known == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
                "dimension size -1 can be any value and is ambiguous"
            )
        if not known or numel % known:
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {numel}")
        return tuple(numel // known if size == -1 else size for size in shape)
    if known != numel:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {numel}")
    return tuple(shape)


def expand_shape(given: Sequence[int], shape: Sequence[int]) -> tuple[int, ...]:
    """Return what a tensor of ``shape`` is expanded to; −1 leaves a size as it is.

    Raises:
        RuntimeError: If it does not fit.

    Example:
        >>> expand_shape((2, -1, 4), (3, 1))
        (2, 3, 4)
    """
    new = len(given) - len(shape)
    if new < 0:
        raise RuntimeError(
            f"expand(torch.DoubleTensor{{{list(shape)}}}, size={list(given)}): the number of sizes provided "
            f"({len(given)}) must be greater or equal to the number of dimensions in the tensor "
            f"({len(shape)})"
        )
    sizes = []
    for dim, size in enumerate(given):
        old = shape[dim - new] if dim >= new else 1
        if size == -1 and dim < new:
            raise RuntimeError(
                "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
                f"dimension {dim}"
            )
        if size not in {-1, old} and old != 1:
            raise RuntimeError(
                f"The expanded size of the tensor ({size}) must match the existing size ({old}) at "
                f"non-singleton dimension {dim}.  Target sizes: {list(given)}.  Tensor sizes: {list(shape)}"
            )
        sizes.append(old if size == -1 else size)
    return tuple(sizes)
