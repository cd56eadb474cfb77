"""torch's further functions of numbers, element by element, and activations that are no methods in torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.record import literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad.engine.handle import Number


def log1p(input: Tensor) -> Tensor:
    """Return ln(1 + input), exact near 0."""
    return check_tensor("log1p", input).log1p()


def log2(input: Tensor) -> Tensor:
    """Return the logarithm to base 2."""
    return check_tensor("log2", input).log2()


def log10(input: Tensor) -> Tensor:
    """Return the logarithm to base 10."""
    return check_tensor("log10", input).log10()


def expm1(input: Tensor) -> Tensor:
    """Return e to the power of input, less 1, exact near 0."""
    return check_tensor("expm1", input).expm1()


def reciprocal(input: Tensor) -> Tensor:
    """Return 1 / input."""
    return check_tensor("reciprocal", input).reciprocal()


def rsqrt(input: Tensor) -> Tensor:
    """Return 1 / √input."""
    return check_tensor("rsqrt", input).rsqrt()


def erf(input: Tensor) -> Tensor:
    """Return the error function, 2/√π ∫ exp(−t²) from 0 to input."""
    return check_tensor("erf", input).erf()


def sinh(input: Tensor) -> Tensor:
    """Return the hyperbolic sine."""
    return check_tensor("sinh", input).sinh()


def cosh(input: Tensor) -> Tensor:
    """Return the hyperbolic cosine."""
    return check_tensor("cosh", input).cosh()


def asin(input: Tensor) -> Tensor:
    """Return the angle whose sine is input: nan beyond ±1."""
    return check_tensor("asin", input).asin()


def acos(input: Tensor) -> Tensor:
    """Return the angle whose cosine is input: nan beyond ±1."""
    return check_tensor("acos", input).acos()


def atan(input: Tensor) -> Tensor:
    """Return the angle whose tangent is input."""
    return check_tensor("atan", input).atan()


def floor(input: Tensor) -> Tensor:
    """Return the integer below; its derivative is 0."""
    return check_tensor("floor", input).floor()


def ceil(input: Tensor) -> Tensor:
    """Return the integer above; its derivative is 0."""
    return check_tensor("ceil", input).ceil()


def round(input: Tensor) -> Tensor:
    """Return the nearest integer, of two the even one; its derivative is 0."""
    return check_tensor("round", input).round()


def sign(input: Tensor) -> Tensor:
    """Return 1, −1 or 0; its derivative is 0."""
    return check_tensor("sign", input).sign()


def square(input: Tensor) -> Tensor:
    """Return input · input."""
    return check_tensor("square", input).square()


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """Return the angle of the point (other, input) from the horizontal axis."""
    check_tensor("atan2", other, "other", 2)
    return check_tensor("atan2", input).atan2(other)


# --- activations


def silu(input: Tensor) -> Tensor:
    """Return input · sigmoid(input)."""
    return apply("silu", _real("silu", input, "silu_cpu"))


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Return input · Φ(input), Φ the distribution function of the normal distribution.

    Args:
        input: The argument.
        approximate: ``"tanh"`` approximates Φ by a tanh.

    Example:
        >>> from graphviz_grad import tensor
        >>> gelu(tensor(1.0)), gelu(tensor(1.0), approximate="tanh")
        (tensor(0.8413), tensor(0.8412))
    """
    if approximate not in {"none", "tanh"}:
        raise RuntimeError(f"approximate argument must be either none or tanh.: {approximate!r}")
    return apply("gelu" if approximate == "none" else "gelu_tanh", _real("gelu", input, "GeluKernelImpl"))


def leaky_relu(input: Tensor, negative_slope: Tensor | Number = 0.01) -> Tensor:
    """Return input, below 0 times ``negative_slope``."""
    return apply("leaky_relu", _real("leaky_relu", input, "leaky_relu_cpu"), _operand(negative_slope))


def elu(input: Tensor, alpha: Tensor | Number = 1.0) -> Tensor:
    """Return input, below 0 ``alpha`` · (exp(input) − 1)."""
    return apply("elu", _real("elu", input, "elu_cpu"), _operand(alpha))


def logsigmoid(input: Tensor) -> Tensor:
    """Return ln sigmoid(input), without overflow."""
    return apply("logsigmoid", _real("log_sigmoid", input, "log_sigmoid_cpu"))


def _real(function: str, value: Any, kernel: str) -> Tensor:
    """Return a tensor of floats; of others torch has no such activation."""
    tensor: Tensor = check_tensor(function, value)
    if not tensor.dtype.is_floating_point:
        raise NotImplementedError(f'"{kernel}" not implemented for {tensor.dtype.c_name!r}')
    return tensor


def _operand(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (int, float)):
        return literal(Tensor, float(value))
    raise TypeError(f"{value!r} (must be a number, not {type_name(value)})")
