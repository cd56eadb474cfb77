"""What users write between brackets, checked in torch's words and made the static argument of a row."""

from __future__ import annotations

from operator import index as as_int
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.record import Record
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHORT: Final = 32


class Index(NamedTuple):
    """An index that fits a tensor.

    Attributes:
        items: Ints, slices, None, an Ellipsis, arrays of ints, truth values.
        grad_fn: What torch calls the node of reading there: of the last step that it takes.
        is_view: Whether what is read looks at the numbers of the tensor; not if there is an array.
        is_whole: Whether it stands for the tensor as it is.
        is_of_view: Whether ints and slices take a part, of which arrays then take theirs.
    """

    items: tuple[Any, ...]
    grad_fn: str
    is_view: bool
    is_whole: bool
    is_of_view: bool


def read_index(index: Any, shape: Sequence[int]) -> Index:
    """Return an index as rows take it.

    Args:
        index: What stands between the brackets.
        shape: Of the tensor.

    Raises:
        IndexError, TypeError, ValueError: If it does not fit, or is none; torch's errors.

    Example:
        >>> read_index((0, slice(1, None)), (2, 3))[:3]
        ((0, slice(1, None, None)), 'SliceBackward0', True)
        >>> read_index([0, 1], (2, 3)).items
        (array([0, 1]),)
    """
    if index.__class__ is int and shape and -shape[0] <= index < shape[0]:  # most indices
        return Index((index,), "SelectBackward0", is_view=True, is_whole=False, is_of_view=False)
    given = tuple(index) if isinstance(index, tuple) or _is_tuple_in_disguise(index) else (index,)
    items = [item for each in given for item in _read_item(each)]
    used = sum(_dims_used(item) for item in items)
    if used > len(shape):
        if not shape and isinstance(index, int) and index:
            raise IndexError(f"index {index} is out of bounds for dimension 0 with size 0")
        if not shape and isinstance(index, int):
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ "
                "to convert a 0-dim tensor to a number"
            )
        if not shape and isinstance(index, slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
    fitted = tuple(_fit(items, shape, len(shape) - used))
    is_view = not any(isinstance(item, (np.ndarray, bool)) for item in fitted)
    steps = [name for name in map(_step, fitted, _sizes(fitted, shape)) if name]
    is_whole = is_view and not steps
    if not is_view:
        grad_fn = "IndexBackward0"
    elif steps:
        grad_fn = steps[-1]
    else:
        grad_fn = "SliceBackward0" if isinstance(index, slice) else "AliasBackward0"
    return Index(fitted, grad_fn, is_view, is_whole, bool(steps) and not is_view)


def _is_tuple_in_disguise(index: Any) -> bool:
    """Whether a list is read like a tuple, as numpy once did and torch does: if it has more than numbers."""
    if not isinstance(index, list) or len(index) >= _SHORT:
        return False
    return any(item is None or isinstance(item, (list, tuple, slice, Record, type(...))) for item in index)


def _read_item(item: Any) -> Iterator[Any]:
    """Yield an item as it counts for the dimensions that it takes; a mask yields itself."""
    if item is None or item is Ellipsis or item.__class__ in {int, bool}:
        yield item
    elif isinstance(item, slice):
        yield _read_slice(item)
    elif isinstance(item, Record):
        note_look(item)
        yield _read_array(np.asarray(item.value))
    elif isinstance(item, (list, tuple, range, np.ndarray, np.generic)):
        yield _read_array(np.asarray(_unwrap(item)), type_name(item))
    elif isinstance(item, str):
        raise TypeError(f"new(): invalid data type 'str': {item!r} (must be an index)")
    elif hasattr(item, "__index__"):
        yield as_int(item)
    else:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
            f"indices (got {type_name(item)}): {item!r}"
        )


def _unwrap(item: Any) -> Any:
    if isinstance(item, (list, tuple)):
        return [_unwrap(each) for each in item]
    if isinstance(item, Record):
        note_look(item)
        return item.value
    return item


def _read_slice(item: slice) -> slice:
    try:
        start, stop, step = (
            None if bound is None else as_int(bound) for bound in (item.start, item.stop, item.step)
        )
    except TypeError:
        raise TypeError(
            f"slice indices must be integers or None or have an __index__ method: {item!r}"
        ) from None
    if step is not None and step <= 0:
        raise ValueError(
            f"{'step must be greater than zero' if step else 'slice step cannot be zero'}: {item!r}"
        )
    return slice(start, stop, step)


def _read_array(array: np.ndarray, kind: str = "") -> Any:
    if array.size == 0 and kind in {"list", "tuple", "range"}:
        array = array.astype(np.int64)
    if array.dtype.kind == "b":
        return bool(array) if array.ndim == 0 else array
    if array.dtype.kind not in "iu":
        raise IndexError(
            f"tensors used as indices must be long, int, byte or bool tensors: {array.dtype} (must be "
            "int64 or bool)"
        )
    return int(array) if array.ndim == 0 else array.astype(np.int64)


def _dims_used(item: Any) -> int:
    if item is None or item is Ellipsis or item.__class__ is bool:
        return 0
    return item.ndim if isinstance(item, np.ndarray) and item.dtype.kind == "b" else 1


def _fit(items: list[Any], shape: Sequence[int], left: int) -> Iterator[Any]:
    """Yield the items once they are checked against the dimensions that they take.

    A mask becomes the places where it is true, and a second Ellipsis goes.

    Args:
        items: As read.
        shape: Of the tensor.
        left: How many dimensions an Ellipsis takes.
    """
    dim = 0
    arrays: list[np.ndarray] = []
    seen_ellipsis = False
    has_arrays = any(isinstance(item, np.ndarray) for item in items)
    for item in items:
        if item is Ellipsis:
            if not seen_ellipsis:
                if left or not has_arrays:  # to numpy, one that takes nothing would part arrays beside it
                    yield item
                dim += left
            seen_ellipsis = True
            continue
        if isinstance(item, np.ndarray):
            found = _find(item, dim, shape) if item.dtype.kind == "b" else (item,)
            for offset, places in enumerate(found):
                _check_array(places, len(arrays), shape[dim + offset])
            arrays += found
            yield from found
        else:
            if item.__class__ is int and not -shape[dim] <= item < shape[dim]:
                raise IndexError(f"index {item} is out of bounds for dimension {dim} with size {shape[dim]}")
            yield item
        dim += _dims_used(item)
    _check_shapes(arrays)


def _find(mask: np.ndarray, dim: int, shape: Sequence[int]) -> tuple[np.ndarray, ...]:
    """Return the places where a mask is true, once it is checked against the dimensions that it takes."""
    for at, size in enumerate(mask.shape):
        if size != shape[dim + at]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {at} does not match the shape of the "
                f"indexed tensor {list(shape)} at index {dim + at}"
            )
    return np.nonzero(mask)


def _check_array(places: np.ndarray, number: int, size: int) -> None:
    """Raise torch's error, which counts the arrays, if one names a place that is not there."""
    outside = places[(places < -size) | (places >= size)]
    if outside.size and not size:
        raise IndexError(f"index is out of bounds for dimension with size 0: {places.tolist()}")
    if outside.size:
        raise IndexError(f"index {outside.flat[0]} is out of bounds for dimension {number} with size {size}")


def _check_shapes(arrays: Sequence[np.ndarray]) -> None:
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None


def _sizes(items: Sequence[Any], shape: Sequence[int]) -> Iterator[int]:
    """Yield the size of the dimension that each item takes, 0 where it takes none."""
    left = len(shape) - sum(_dims_used(item) for item in items)
    dim = 0
    for item in items:
        used = left if item is Ellipsis else _dims_used(item)
        yield shape[dim] if used and item is not Ellipsis else 0
        dim += used


def _step(item: Any, size: int) -> str:
    """Return torch's name for the step that an item is; nothing if it changes nothing."""
    if item is None:
        return "UnsqueezeBackward0"
    if item.__class__ is int:
        return "SelectBackward0"
    if isinstance(item, slice) and not _is_whole(item, size):
        return "SliceBackward0"
    return ""


def _is_whole(part: slice, size: int) -> bool:
    """Whether torch takes a slice for no step at all; one from −size it does not."""
    return not part.start and (part.stop is None or part.stop >= size) and part.step in {None, 1}
