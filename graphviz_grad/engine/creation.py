"""What users pass to `tensor`, made a payload; and torch's words for what cannot be one."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import numpy as np

from graphviz_grad.engine.check import check_differentiable, type_name, warn_of_lost_grad
from graphviz_grad.engine.device import check_device
from graphviz_grad.engine.dtype import as_dtype, plain
from graphviz_grad.engine.record import Record, leaf
from graphviz_grad.engine.watch import note_look

R = TypeVar("R", bound=Record)

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
    return plain(array.astype(np.float64 if is_empty_list else _SCALARS[array.dtype.kind]))


def convert(payload: Any, dtype: Any, function: str = "tensor") -> Any:
    """Return the payload in another dtype; towards ints, the fractions are cut off.

    Raises:
        TypeError: If ``dtype`` is none.

    Example:
        >>> convert(2.9, int), convert(np.array([0, 3]), bool)
        (2, array([False,  True]))
    """
    with np.errstate(invalid="ignore"):  # nan and what is too large become the least int, as in torch
        return plain(np.asarray(payload).astype(as_dtype(function, dtype).scalar))


def make(  # noqa: PLR0913 - all that makers are asked
    kind: type[R], function: str, payload: Any, dtype: Any, device: Any, *, requires_grad: bool
) -> R:
    """Return a leaf of an array that is nobody else's.

    Args:
        kind: `Tensor`.
        function: Who makes it, for torch's words.
        payload: Its numbers.
        dtype: What they are to be; None for what they are.
        device: None or the CPU.
        requires_grad: Whether gradients are computed for it.

    Raises:
        RuntimeError: If an integer tensor is to require grad.
        TypeError: If an argument is of another type.
    """
    check_device(device)
    if not isinstance(requires_grad, bool):
        raise TypeError(
            f"{function}(): argument 'requires_grad' must be bool, not {type_name(requires_grad)}: "
            f"{requires_grad!r}"
        )
    payload = plain(payload) if dtype is None else convert(payload, dtype, function)
    if requires_grad:
        check_differentiable(payload)
    return leaf(kind, payload, requires_grad)


def _unwrapped(data: Any) -> Any:
    if isinstance(data, (list, tuple)):
        return [_unwrapped(item) for item in data]
    if not isinstance(data, Record):
        return data
    note_look(data)
    if data.flows:
        warn_of_lost_grad()
    return data.value


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
