"""What users pass to `tensor`, made a payload; and torch's words for what cannot be one."""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.dtype import DType, float32
from graphviz_grad.engine.record import Record

_SCALARS: Final = {"f": np.float64, "i": np.int64, "u": np.int64, "b": np.bool_}


def as_payload(data: Any) -> Any:
    """Return a number as it is, anything else as an array of float64, int64 or bool.

    Args:
        data: A number, (nested lists of) numbers or tensors, or an array.

    Raises:
        RuntimeError, TypeError, ValueError: If there is something else in it; torch's error.

    Example:
        >>> as_payload(2), as_payload([True, 2.5])
        (2, array([1. , 2.5]))
    """
    if data.__class__ is float:
        return data
    data = _unwrapped(data)
    try:
        array = np.array(data)
    except ValueError:
        raise _refusal(data) from None
    if array.dtype.kind not in _SCALARS or array.dtype == np.uint64:
        raise _refusal(data)
    is_empty_list = array.size == 0 and not isinstance(data, np.ndarray)
    return _plain(array.astype(np.float64 if is_empty_list else _SCALARS[array.dtype.kind]))


_said: Final[list[bool]] = []


def convert(payload: Any, dtype: DType) -> Any:
    """Return the payload in another dtype; what float32 means here is said once.

    Raises:
        TypeError: If ``dtype`` is none.
    """
    if not isinstance(dtype, DType):
        raise TypeError(f"tensor(): argument 'dtype' must be torch.dtype, not {type_name(dtype)}: {dtype!r}")
    if dtype is float32 and not _said:
        _said.append(True)
        warnings.warn("dtype float32 is computed in float64 (said once)", UserWarning, stacklevel=3)
    return _plain(np.asarray(payload).astype(dtype.scalar))


def _plain(array: np.ndarray) -> Any:
    return array.item() if array.ndim == 0 else array


def _unwrapped(data: Any) -> Any:
    if isinstance(data, (list, tuple)):
        return [_unwrapped(item) for item in data]
    return data.value if isinstance(data, Record) else data


def _refusal(data: Any) -> Exception:
    """Return torch's error for what is no array of numbers."""
    if isinstance(data, np.ndarray):
        return TypeError(
            f"can't convert np.ndarray of type numpy.{data.dtype.type.__name__} "
            "(must be float64, int64 or bool)"
        )
    shape = []
    first = data
    while isinstance(first, (list, tuple, np.ndarray)) and len(first):
        shape.append(len(first))
        first = first[0]
    if isinstance(first, (str, bytes)):
        if shape:
            return ValueError(f"too many dimensions 'str': {data!r} (must be numbers)")
        return TypeError(f"new(): invalid data type {type_name(first)!r}: {data!r} (must be numbers)")
    if not isinstance(first, (int, float)):
        return RuntimeError(f"Could not infer dtype of {type_name(first)}: {data!r} (must be numbers)")
    return _uneven(data, shape) or ValueError(
        f"Overflow when unpacking long long: {data!r} (must fit into 64 bits)"
    )


def _uneven(data: Any, shape: list[int], dim: int = 0) -> Exception | None:
    """Return torch's error for the first item of nested lists that breaks their ``shape``."""
    is_list = isinstance(data, (list, tuple, np.ndarray))
    if dim == len(shape):
        if is_list or not isinstance(data, (int, float)):
            return TypeError(f"{type_name(data)!r} object cannot be interpreted as an integer: {data!r}")
        return None
    if not is_list:
        return TypeError(f"not a sequence: {data!r} (must be a list of {shape[dim]})")
    if len(data) != shape[dim]:
        return ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    return next(filter(None, (_uneven(item, shape, dim + 1) for item in data)), None)
