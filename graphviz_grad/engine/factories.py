"""torch's functions that make tensors: of zeros, of ones, of numbers in order, of arrays.

Each takes ``dtype``, ``device`` (the CPU) and ``requires_grad``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine import creation
from graphviz_grad.engine.arguments import read_int, read_number, read_shape
from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.creation import as_payload
from graphviz_grad.engine.device import check_device
from graphviz_grad.engine.dtype import as_dtype
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.rounding import multiply_add
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad.engine.device import Device
    from graphviz_grad.engine.dtype import DType

    Type = DType | type | None
    Place = Device | str | None

_LANES, _LOOP = 4, 8  # torch's kernels count in vectors of four, two at a time


def make(
    function: str, payload: Any, dtype: Type = None, device: Place = None, *, requires_grad: bool = False
) -> Tensor:
    """Return a tensor of an array that is nobody else's; see `graphviz_grad.engine.creation.make`."""
    return creation.make(Tensor, function, payload, dtype, device, requires_grad=requires_grad)


# --- filled ---------------------------------------------------------------------------------------


def zeros(
    *sizes: Any, size: Any = None, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor of zeros.

    Args:
        sizes: The shape, as ints or as one tuple.
        size: The shape, as a keyword.
        dtype: float64 if left out.
        device: The CPU.
        requires_grad: Whether gradients are computed for it.

    Example:
        >>> zeros(2, 3), zeros((2,), dtype=int)
        (tensor([[0., 0., 0.],
                [0., 0., 0.]]), tensor([0, 0]))
    """
    payload = np.zeros(read_shape("zeros", sizes, size))
    return make("zeros", payload, dtype, device, requires_grad=requires_grad)


def ones(
    *sizes: Any, size: Any = None, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor of ones; its arguments are those of `zeros`."""
    payload = np.ones(read_shape("ones", sizes, size))
    return make("ones", payload, dtype, device, requires_grad=requires_grad)


def empty(
    *sizes: Any, size: Any = None, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor to be filled; torch leaves in it what was in memory, here it is zeros."""
    payload = np.zeros(read_shape("empty", sizes, size))
    return make("empty", payload, dtype, device, requires_grad=requires_grad)


def full(
    size: Any, fill_value: Any, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor of one number, whose dtype is that of the number.

    Example:
        >>> full((2,), 7), full((2,), 7.0)
        (tensor([7, 7]), tensor([7., 7.]))
    """
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"full(): argument 'size' (position 1) must be tuple of ints, not {type_name(size)}: {size!r}"
        )
    shape = read_shape("full", (size,))
    payload = np.full(shape, as_payload(read_number("full", "fill_value", 2, fill_value)))
    return make("full", payload, dtype, device, requires_grad=requires_grad)


def eye(
    n: int, m: int | None = None, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return a matrix of ``n`` rows with ones on its diagonal.

    Args:
        n: The number of rows.
        m: The number of columns; as many as rows, if left out.
        dtype: float64 if left out.
        device: The CPU.
        requires_grad: Whether gradients are computed for it.

    Example:
        >>> eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    rows = read_int("eye", "n", 1, n)
    columns = rows if m is None else read_int("eye", "m", 2, m)
    for name, count in (("n", rows), ("m", columns)):
        if count < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {count}")
    return make("eye", np.eye(rows, columns), dtype, device, requires_grad=requires_grad)


# --- filled, like another -------------------------------------------------------------------------


def zeros_like(
    input: Tensor, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return zeros of the shape and dtype of another tensor."""
    return _fill_like("zeros_like", input, 0, dtype, device, requires_grad=requires_grad)


def ones_like(
    input: Tensor, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return ones of the shape and dtype of another tensor."""
    return _fill_like("ones_like", input, 1, dtype, device, requires_grad=requires_grad)


def empty_like(
    input: Tensor, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor to be filled, of the shape and dtype of another; here it is zeros."""
    return _fill_like("empty_like", input, 0, dtype, device, requires_grad=requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of one number, of the shape and dtype of another."""
    value = read_number("full_like", "fill_value", 2, fill_value)
    return _fill_like("full_like", input, value, dtype, device, requires_grad=requires_grad)


def _fill_like(
    function: str, like: Tensor, value: float, dtype: Type, device: Place, *, requires_grad: bool
) -> Tensor:
    check_tensor(function, like)
    payload = np.full(like.shape, value)
    return make(
        function, payload, like.dtype if dtype is None else dtype, device, requires_grad=requires_grad
    )


# --- in order -------------------------------------------------------------------------------------


def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers from ``start`` on, ``step`` apart, below ``end``.

    Args:
        start: The first; 0 if only one number is given, which then is the end.
        end: Where they stop, without reaching it.
        step: The distance.
        dtype: int64 if all three are ints, else float64.
        device: The CPU.
        requires_grad: Whether gradients are computed for it.

    Raises:
        RuntimeError: If the step is 0, or leads away from the end.

    Example:
        >>> arange(3), arange(1, 2, 0.25)
        (tensor([0, 1, 2]), tensor([1.0000, 1.2500, 1.5000, 1.7500]))
    """
    if end is None or start is None:
        bounds: tuple[float, float] = (0, read_number("arange", "end", 1, start if end is None else end))
    else:
        bounds = (read_number("arange", "start", 1, start), read_number("arange", "end", 2, end))
    numbers = (*bounds, read_number("arange", "step", 3, step))
    if not numbers[2] or math.isnan(numbers[2]):
        raise RuntimeError(f"step must be nonzero: {step!r}")
    if not all(map(math.isfinite, bounds)):
        raise RuntimeError(f"unsupported range: {bounds[0]:g} -> {bounds[1]:g}")
    if (numbers[1] - numbers[0]) * numbers[2] < 0:
        raise RuntimeError(f"upper bound and lower bound inconsistent with step sign: {numbers}")
    if dtype is None:
        is_real = any(isinstance(number, float) for number in numbers)
    else:
        is_real = as_dtype("arange", dtype).is_floating_point
    count_up = _count_up if is_real else np.arange
    payload = count_up(*map(float if is_real else int, numbers))
    return make("arange", payload, dtype, device, requires_grad=requires_grad)


def _count_up(start: float, end: float, step: float) -> np.ndarray:
    """Return floats in order, rounded as torch's kernel rounds them: each vector counts from its first."""
    place = np.arange(max(math.ceil((end - start) / step), 0), dtype=np.float64)
    counted = place.size // _LOOP * _LOOP
    lane = np.where(place < counted, place % _LANES, 0)
    first: np.ndarray = multiply_add(place - lane, step, start)
    return np.where(lane > 0, multiply_add(lane, step, first), first)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return ``steps`` numbers at equal distances, the first ``start`` and the last ``end``.

    Example:
        >>> linspace(0, 1, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    first = float(read_number("linspace", "start", 1, start))
    last = float(read_number("linspace", "end", 2, end))
    count = read_int("linspace", "steps", 3, steps)
    if count < 0:
        raise RuntimeError(f"number of steps must be non-negative: {steps!r}")
    place = np.arange(count, dtype=np.float64)
    step = (last - first) / max(count - 1, 1)
    # Counted from either end towards the middle.
    payload = np.where(
        (place < count // 2) | (count == 1),
        multiply_add(place, step, first),
        multiply_add(place - (count - 1), step, last),
    )
    return make("linspace", payload, dtype, device, requires_grad=requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return powers of ``base``, whose exponents are those of `linspace`.

    Example:
        >>> logspace(0, 2, 3)
        tensor([  1.,  10., 100.])
    """
    exponents = np.asarray(linspace(start, end, steps).value)
    return make("logspace", np.power(float(base), exponents), dtype, device, requires_grad=requires_grad)


# --- of arrays ------------------------------------------------------------------------------------


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """Return a tensor of an array's numbers: a copy of them, where torch shares the memory.

    Raises:
        TypeError: If this is no array, or not one of numbers.

    Example:
        >>> from_numpy(np.array([1.0, 2.0]))
        tensor([1., 2.])
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type_name(ndarray)}): {ndarray!r}")
    return leaf(Tensor, as_payload(ndarray), requires_grad=False)


def as_tensor(data: Any, dtype: Type = None, device: Place = None) -> Tensor:
    """Return ``data`` as a tensor: itself, if it is one of that dtype."""
    check_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return make("as_tensor", np.asarray(as_payload(data)), dtype)


def is_tensor(obj: Any) -> bool:
    """Return whether this is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Return whether this is a tensor of floats."""
    check_tensor("is_floating_point", input)
    return input.is_floating_point()


def numel(input: Tensor) -> int:
    """Return the number of elements."""
    check_tensor("numel", input)
    return input.numel()
