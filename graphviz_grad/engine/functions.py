"""torch's functions over tensors: `tensor`, the elementwise functions, comparisons of values."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.dtype import DType, dtype_of, float32
from graphviz_grad.engine.handle import check_differentiable, type_name
from graphviz_grad.engine.tensor import Tensor, leaf

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Operand

_COPY_CONSTRUCT: Final = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)


def tensor(
    data: Any, *, dtype: DType | None = None, requires_grad: bool = False, name: str | None = None
) -> Tensor:
    """Return a leaf tensor.

    Args:
        data: A number, or (nested lists of) numbers, or an array.
        dtype: Converts to that dtype; float32 is computed in float64, said once.
        requires_grad: Whether gradients are computed for it.
        name: What the picture calls it; by default the variable that it is bound to.

    Raises:
        TypeError: If ``data`` holds something that is no number.
        RuntimeError: If an integer tensor is to require grad.

    Example:
        >>> tensor(2.0, requires_grad=True), tensor([1, 2])
        (tensor(2., requires_grad=True), tensor([1, 2]))
    """
    if data.__class__ is float and dtype is None and name is None:  # most leaves; nothing to convert
        return leaf(data, bool(requires_grad))
    if isinstance(data, Tensor):
        warnings.warn(_COPY_CONSTRUCT, UserWarning, stacklevel=2)
        data = data.value
    payload = _as_payload(data)
    if dtype is not None:
        payload = _converted(payload, dtype)
    if requires_grad:
        check_differentiable(payload)
    made = leaf(payload, bool(requires_grad))
    if name is not None:
        made.name = name
    return made


def _as_payload(data: Any) -> Any:
    if data.__class__ is float:
        return data
    if data is None:
        raise RuntimeError("Could not infer dtype of NoneType")
    if isinstance(data, (str, bytes)):
        raise TypeError(
            f"new(): invalid data type {type_name(data)!r}: {data!r} (must be a number or a list of them)"
        )
    try:
        array = np.array(_unwrapped(data))
    except ValueError as error:
        raise ValueError(f"tensor: {data!r} (must be a number or lists of equal length): {error}") from None
    if array.dtype.kind == "O" or (array.dtype.kind == "u" and array.dtype.itemsize == _INT64_BYTES):
        if isinstance(data, int):
            raise ValueError(f"Overflow when unpacking long long: {data!r} (must fit into 64 bits)")
        raise RuntimeError(f"Could not infer dtype of {type_name(data)}: {data!r} (must be numbers)")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"new(): invalid data type {type_name(data)!r}: {data!r} (must be real numbers)")
    kinds = {"f": np.float64, "i": np.int64, "u": np.int64, "b": np.bool_}
    array = array.astype(np.float64 if array.size == 0 else kinds[array.dtype.kind])
    return array.item() if array.ndim == 0 else array


_INT64_BYTES: Final = 8


def _unwrapped(data: Any) -> Any:
    if isinstance(data, (list, tuple)):
        return [_unwrapped(item) for item in data]
    return data.value if isinstance(data, Tensor) else data


_said_float32: list[bool] = []


def _converted(payload: Any, dtype: DType) -> Any:
    if not isinstance(dtype, DType):
        raise TypeError(f"tensor(): argument 'dtype' must be torch.dtype, not {type_name(dtype)}")
    if dtype is float32 and not _said_float32:
        _said_float32.append(True)
        warnings.warn("dtype float32 is computed in float64 (said once)", UserWarning, stacklevel=3)
    array = np.asarray(payload).astype(dtype.scalar)
    return array.item() if array.ndim == 0 else array


# --- elementwise functions ------------------------------------------------------------------------


def _checked(function: str, value: Any, argument: str = "input", position: int = 1) -> Tensor:
    if isinstance(value, Tensor):
        return value
    raise TypeError(
        f"{function}(): argument '{argument}' (position {position}) must be Tensor, not {type_name(value)}: "
        f"{value!r}"
    )


def add(input: Tensor | Operand, other: Operand) -> Tensor:
    """Return input + other."""
    return _checked("add", input) + other


def sub(input: Tensor, other: Operand) -> Tensor:
    """Return input − other."""
    return _checked("sub", input) - other


def mul(input: Tensor, other: Operand) -> Tensor:
    """Return input · other."""
    return _checked("mul", input) * other


def div(input: Tensor, other: Operand) -> Tensor:
    """Return input / other."""
    return _checked("div", input) / other


def pow(input: Operand, exponent: Operand) -> Tensor:
    """Return input to the power of exponent; one of them may be a number."""
    if isinstance(exponent, Tensor):
        return input**exponent
    return _checked("pow", input) ** exponent


def neg(input: Tensor) -> Tensor:
    """Return −input."""
    return _checked("neg", input).neg()


def abs(input: Tensor) -> Tensor:
    """Return the absolute value; its derivative at 0 is 0."""
    return _checked("abs", input).abs()


def exp(input: Tensor) -> Tensor:
    """Return e to the power of input; inf where it overflows."""
    return _checked("exp", input).exp()


def log(input: Tensor) -> Tensor:
    """Return the natural logarithm: -inf at 0, nan below."""
    return _checked("log", input).log()


def sqrt(input: Tensor) -> Tensor:
    """Return the square root: nan below 0."""
    return _checked("sqrt", input).sqrt()


def sin(input: Tensor) -> Tensor:
    """Return the sine of input in radians."""
    return _checked("sin", input).sin()


def cos(input: Tensor) -> Tensor:
    """Return the cosine of input in radians."""
    return _checked("cos", input).cos()


def tan(input: Tensor) -> Tensor:
    """Return the tangent of input in radians."""
    return _checked("tan", input).tan()


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent."""
    return _checked("tanh", input).tanh()


def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + exp(−input)).

    Example:
        >>> x = tensor(0.5, requires_grad=True)
        >>> a = sigmoid(x)
        >>> a.backward()
        >>> x.grad, isclose(x.grad, (a * (1 - a)).detach()).item()
        (tensor(0.2350), True)
    """
    return _checked("sigmoid", input).sigmoid()


def relu(input: Tensor) -> Tensor:
    """Return max(input, 0); its derivative at 0 is 0."""
    return _checked("relu", input).relu()


def softplus(input: Tensor) -> Tensor:
    """Return ln(1 + exp(input)); above 20, input, as torch does."""
    return _checked("softplus", input).softplus()


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """Return the larger of both; a tie gives each half of the gradient."""
    return _checked("maximum", input).maximum(_checked("maximum", other, "other", 2))


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """Return the smaller of both; a tie gives each half of the gradient."""
    return _checked("minimum", input).minimum(_checked("minimum", other, "other", 2))


def clone(input: Tensor) -> Tensor:
    """Return a copy that gradients flow through."""
    return _checked("clone", input).clone()


def detach(input: Tensor) -> Tensor:
    """Return the value without its history: no gradient flows through it."""
    return _checked("detach", input).detach()


# --- comparing values -----------------------------------------------------------------------------


def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Return whether input and other differ by at most atol + rtol · abs(other), element by element.

    Raises:
        RuntimeError: If the dtypes differ, as in torch.

    Example:
        >>> isclose(tensor(1.0), tensor(1.0 + 1e-9)).item()
        True
    """
    left, right = _checked("isclose", input), _checked("isclose", other, "other", 2)
    if dtype_of(left.value) is not dtype_of(right.value):
        names = {"float64": "Double", "int64": "Long", "bool": "Bool"}
        raise RuntimeError(f"{names[left.dtype.name]} did not match {names[right.dtype.name]}")
    close = np.isclose(left.value, right.value, rtol=rtol, atol=atol, equal_nan=equal_nan)
    return leaf(close.item() if close.ndim == 0 else close, requires_grad=False)


def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Return whether every element is close, as `isclose` has it."""
    _checked("allclose", input), _checked("allclose", other, "other", 2)
    return bool(np.all(isclose(input, other, rtol, atol, equal_nan).value))
