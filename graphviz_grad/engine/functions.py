"""torch's functions over tensors: `tensor`, the elementwise functions, comparisons of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.engine.check import check_differentiable, check_tensor
from graphviz_grad.engine.creation import as_payload, convert
from graphviz_grad.engine.device import check_device
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from graphviz_grad.engine.dtype import DType
    from graphviz_grad.engine.handle import Number
    from graphviz_grad.engine.tensor import Operand

_COPY_CONSTRUCT: Final = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)


def tensor(
    data: Any,
    *,
    dtype: DType | type | None = None,
    device: Any = None,
    requires_grad: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return a leaf tensor.

    Args:
        data: A number, or (nested lists of) numbers, or an array.
        dtype: Converts to that dtype; float32 is computed in float64, said once.
        device: The CPU.
        requires_grad: Whether gradients are computed for it.
        name: What the picture calls it; by default the variable that it is bound to.

    Raises:
        TypeError: If ``data`` holds something that is no number.
        RuntimeError: If an integer tensor is to require grad.

    Example:
        >>> tensor(2.0, requires_grad=True), tensor([1, 2])
        (tensor(2., requires_grad=True), tensor([1, 2]))
    """
    if data.__class__ is float and requires_grad.__class__ is bool and dtype is None and name is None:
        return leaf(Tensor, data, requires_grad)  # most leaves; nothing to convert
    if isinstance(data, Tensor):
        warn(_COPY_CONSTRUCT)
        note_look(data)
        data = data.value
    check_device(device)
    payload = as_payload(data)
    if dtype is not None:
        payload = convert(payload, dtype)
    if requires_grad:
        check_differentiable(payload)
    made = leaf(Tensor, payload, bool(requires_grad))
    if name is not None:
        made.name = name
    return made


# --- elementwise functions ------------------------------------------------------------------------


def add(input: Tensor, other: Operand, *, alpha: Number = 1) -> Tensor:
    """Return input + alpha · other."""
    return check_tensor("add", input).add(other, alpha=alpha)


def sub(input: Tensor, other: Operand, *, alpha: Number = 1) -> Tensor:
    """Return input − alpha · other."""
    return check_tensor("sub", input).sub(other, alpha=alpha)


def mul(input: Tensor, other: Operand) -> Tensor:
    """Return input · other."""
    return check_tensor("mul", input).mul(other)


def div(input: Tensor, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """Return input / other; rounded down with ``rounding_mode="floor"``, towards 0 with ``"trunc"``."""
    return check_tensor("div", input).div(other, rounding_mode=rounding_mode)


def pow(input: Operand, exponent: Operand) -> Tensor:
    """Return input to the power of exponent; one of them may be a number."""
    if isinstance(exponent, Tensor):
        base: Any = input
        power: Tensor = base**exponent
        return power
    tensor: Any = check_tensor("pow", input)
    found: Tensor = tensor.pow(exponent)
    return found


def neg(input: Tensor) -> Tensor:
    """Return −input."""
    return check_tensor("neg", input).neg()


def abs(input: Tensor) -> Tensor:
    """Return the absolute value; its derivative at 0 is 0."""
    return check_tensor("abs", input).abs()


def exp(input: Tensor) -> Tensor:
    """Return e to the power of input; inf where it overflows."""
    return check_tensor("exp", input).exp()


def log(input: Tensor) -> Tensor:
    """Return the natural logarithm: -inf at 0, nan below."""
    return check_tensor("log", input).log()


def sqrt(input: Tensor) -> Tensor:
    """Return the square root: nan below 0."""
    return check_tensor("sqrt", input).sqrt()


def sin(input: Tensor) -> Tensor:
    """Return the sine of input in radians."""
    return check_tensor("sin", input).sin()


def cos(input: Tensor) -> Tensor:
    """Return the cosine of input in radians."""
    return check_tensor("cos", input).cos()


def tan(input: Tensor) -> Tensor:
    """Return the tangent of input in radians."""
    return check_tensor("tan", input).tan()


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent."""
    return check_tensor("tanh", input).tanh()


def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + exp(−input)).

    Example:
        >>> x = tensor(0.5, requires_grad=True)
        >>> a = sigmoid(x)
        >>> a.backward()
        >>> x.grad, isclose(x.grad, (a * (1 - a)).detach()).item()
        (tensor(0.2350), True)
    """
    return check_tensor("sigmoid", input).sigmoid()


def relu(input: Tensor) -> Tensor:
    """Return max(input, 0); its derivative at 0 is 0."""
    return check_tensor("relu", input).relu()


def softplus(input: Tensor) -> Tensor:
    """Return ln(1 + exp(input)); above 20, input, as torch does."""
    return check_tensor("softplus", input).softplus()


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """Return the larger of both; a tie gives each half of the gradient."""
    return check_tensor("maximum", input).maximum(check_tensor("maximum", other, "other", 2))


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """Return the smaller of both; a tie gives each half of the gradient."""
    return check_tensor("minimum", input).minimum(check_tensor("minimum", other, "other", 2))


def clone(input: Tensor) -> Tensor:
    """Return a copy that gradients flow through."""
    return check_tensor("clone", input).clone()


def detach(input: Tensor) -> Tensor:
    """Return the value without its history: no gradient flows through it."""
    return check_tensor("detach", input).detach()


# --- comparing values -----------------------------------------------------------------------------


def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Return whether input and other differ by at most atol + rtol · abs(other), element by element.

    Raises:
        RuntimeError: If the dtypes differ, or a tolerance is negative, as in torch.

    Example:
        >>> isclose(tensor(1.0), tensor(1.0 + 1e-9)).item()
        True
    """
    check_tensor("isclose", other, "other", 2)
    return check_tensor("isclose", input).isclose(other, rtol, atol, equal_nan)


def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Return whether every element is close, as `isclose` has it."""
    return check_tensor("allclose", input).allclose(
        check_tensor("allclose", other, "other", 2), rtol, atol, equal_nan
    )
