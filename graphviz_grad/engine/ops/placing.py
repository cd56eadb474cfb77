"""What numpy has only as a change in place: an array with numbers put, or added, at an index.

Like numpy's own functions, these ask an argument that is no array whether it knows better
(``__array_function__``), so that a vjp can use them on tensors.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


def _overridable(function: F) -> F:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for arg in args:
            if not isinstance(arg, np.ndarray) and hasattr(arg, "__array_function__"):
                return arg.__array_function__(call, (type(arg),), args, kwargs)
        return function(*args, **kwargs)

    return cast("F", call)


def split(index: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the ints and slices of an index, and then the arrays: in two steps, as torch takes them.

    (At once, numpy would move the dimension of the array in ``x[0, :, [1, 2]]`` to the front.)

    Returns:
        The first step, and the second, which is empty where there are no arrays.

    Example:
        >>> split((0, slice(1, None), np.array([1, 2])))
        ((0, slice(1, None, None), slice(None, None, None)), (slice(None, None, None), array([1, 2])))
        >>> split((0, None))
        ((0, None), ())
    """
    if not any(isinstance(item, (np.ndarray, bool)) for item in index):
        return index, ()
    whole = slice(None)
    # A truth value makes a dimension of size 1 and takes it, or leaves nothing of it.
    first = tuple(None if item.__class__ is bool else whole if _is_array(item) else item for item in index)
    rest = (item for item in index if item.__class__ is bool or not isinstance(item, int))
    second = tuple(
        item
        if _is_array(item) or item is Ellipsis
        else np.flatnonzero([item])
        if item.__class__ is bool
        else whole
        for item in rest
    )
    return first, second


def _is_array(item: Any) -> bool:
    return isinstance(item, np.ndarray)


def get(a: Any, index: tuple[Any, ...]) -> Any:
    """Return ``a[index]``, as torch has it."""
    first, second = split(index)
    if not second:
        return a[first]
    taken = a[first][second]
    return np.ascontiguousarray(taken) if isinstance(taken, np.ndarray) else taken


@_overridable
def index_put(a: Any, b: Any, *, index: tuple[Any, ...], accumulate: bool = False) -> Any:
    """Return ``a`` with ``b`` at an index, or added there: as often as a place is named.

    Example:
        >>> index_put(np.zeros(3), 5.0, index=(slice(1, None),))
        array([0., 5., 5.])
        >>> index_put(np.zeros(3), 5.0, index=(np.array([0, 0]),), accumulate=True)
        array([10.,  0.,  0.])
    """
    out = np.array(a)
    first, second = split(index)
    if not out.ndim and np.ndim(b):  # one number, seen as an array
        b = np.reshape(b, -1)[-1]
    if not second:
        out[first] = out[first] + b if accumulate else b
    elif accumulate:
        np.add.at(out[first], second, b)
    else:
        out[first][second] = b
    return out


@_overridable
def scatter_add(a: Any, index: Any, b: Any, *, dim: int) -> Any:
    """Return ``a`` with every ``b[i, j]`` added at ``[index[i, j], j]``, along ``dim`` = 0.

    Example:
        >>> scatter_add(np.zeros((2, 2)), np.array([[1, 0]]), np.array([[3.0, 4.0]]), dim=0)
        array([[0., 4.],
               [3., 0.]])
    """
    out = np.array(a)
    np.add.at(out, along(index, dim), b[tuple(map(slice, index.shape))])
    return out


def along(index: Any, dim: int) -> tuple[Any, ...]:
    """Return an index of every place ``[index[i, j], j]``, along ``dim`` = 0."""
    places = list(np.indices(index.shape, sparse=True))
    if places:
        places[dim] = index
    return tuple(places)
