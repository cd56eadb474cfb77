"""Functions of numbers as modules: they hold no parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphviz_grad.nn import functional as F  # noqa: N812 - as everybody calls it
from graphviz_grad.nn.module import Module

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Tensor


class _InPlace(Module):
    """A module that torch can let overwrite its input; here that is printed, and changes nothing else."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return "inplace=True" if self.inplace else ""


class ReLU(_InPlace):
    """max(x, 0)."""

    def forward(self, input: Tensor) -> Tensor:
        """Return max(input, 0)."""
        return F.relu(input)


class SiLU(_InPlace):
    """x · σ(x)."""

    def forward(self, input: Tensor) -> Tensor:
        """Return input · σ(input)."""
        return F.silu(input)


class Sigmoid(Module):
    """1 / (1 + exp(−x))."""

    def forward(self, input: Tensor) -> Tensor:
        """Return σ(input)."""
        return F.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        """Return tanh(input)."""
        return F.tanh(input)


class Softplus(Module):
    """ln(1 + exp(beta · x)) / beta; x where beta · x is above the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """Return softplus(input)."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"beta={self.beta}, threshold={self.threshold}"


class LeakyReLU(Module):
    """x where it is positive, else negative_slope · x."""

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return leaky_relu(input)."""
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class ELU(Module):
    """x where it is positive, else alpha · (exp(x) − 1)."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return elu(input)."""
        return F.elu(input, self.alpha)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class LogSigmoid(Module):
    """ln σ(x)."""

    def forward(self, input: Tensor) -> Tensor:
        """Return logsigmoid(input)."""
        return F.logsigmoid(input)


class GELU(Module):
    """x · Φ(x), with the distribution function of the normal distribution."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """Return gelu(input)."""
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"approximate={self.approximate!r}"


class Softmax(Module):
    """exp(x), divided by its sum along ``dim``."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return softmax(input)."""
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of the softmax along ``dim``."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return log_softmax(input)."""
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"dim={self.dim}"
