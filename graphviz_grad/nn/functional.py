"""torch.nn.functional: layers, activations and losses as functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from graphviz_grad.engine import elementary
from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.dims import check_range
from graphviz_grad.engine.elementary import gelu, logsigmoid
from graphviz_grad.engine.factories import zeros_like
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.nn.loss_functions import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    mse_loss,
    named,
    nll_loss,
)
from graphviz_grad.nn.targets import one_hot

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Tensor

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]

# --- layers ---------------------------------------------------------------------------------------

# torch reshapes what is no matrix before and after, and prints the last of these steps.
_LINEAR: Final = RULES["linear"]
_LINEAR_OF_OTHERS: Final = _LINEAR.named("ViewBackward0")


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return input @ weightᵀ + bias.

    Args:
        input: Of shape (..., n).
        weight: Of shape (m, n), or (n,).
        bias: Of shape (m,), or None.

    Raises:
        RuntimeError: If the shapes do not fit.

    Example:
        >>> from graphviz_grad import tensor
        >>> linear(tensor([[1.0, 2.0]]), tensor([[10.0, 1.0]]), tensor([0.5]))
        tensor([[12.5000]])
    """
    check_tensor("linear", input)
    check_tensor("linear", weight, "weight", 2)
    if bias is None or weight.ndim == 1:
        product: Tensor = input.matmul(weight.t())
        return product if bias is None else product + bias
    check_tensor("linear", bias, "bias", 3)
    if not input.ndim:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {input.ndim}D and {weight.ndim}D"
        )
    if input.dtype is not weight.dtype:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {input.dtype.c_name} and {weight.dtype.c_name}"
        )
    if input.shape[-1] != weight.shape[-1]:
        rows = input.numel() // max(input.shape[-1], 1)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{input.shape[-1]} and "
            f"{weight.shape[1]}x{weight.shape[0]})"
        )
    return apply(_LINEAR if input.ndim == 2 else _LINEAR_OF_OTHERS, input, weight, bias)  # noqa: PLR2004 - a matrix


def embedding(input: Tensor, weight: Tensor) -> Tensor:
    """Return the rows of ``weight`` that a tensor of integers names."""
    check_range(np.asarray(check_tensor("embedding", input).value), weight.shape[0])
    rows: Tensor = weight[input]
    return named(rows, "EmbeddingBackward0")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:  # noqa: ARG001
    """Return input, each element 0 with probability ``p``, else divided by 1 − p; in training only.

    After `manual_seed`, torch's elements.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    check_tensor("dropout", input)
    if not training or p == 0:
        return input
    kept = zeros_like(input)
    return input * (kept if p == 1 else kept.bernoulli_(1 - p) / (1 - p))


# --- activations ----------------------------------------------------------------------------------
# ``inplace`` saves memory in torch and changes no result; here it is taken and ignored.


def relu(input: Tensor, inplace: bool = False) -> Tensor:  # noqa: ARG001
    """Return max(input, 0)."""
    check_tensor("relu", input)
    return input.relu()


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:  # noqa: ARG001
    """Return input where it is positive, else negative_slope · input."""
    return elementary.leaky_relu(input, negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:  # noqa: ARG001
    """Return input where it is positive, else alpha · (exp(input) − 1)."""
    return elementary.elu(input, alpha)


def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + exp(−input))."""
    check_tensor("sigmoid", input)
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent."""
    check_tensor("tanh", input)
    return input.tanh()


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Return ln(1 + exp(beta · input)) / beta; input, where beta · input is above the threshold."""
    check_tensor("softplus", input)
    if beta == 1 and threshold == 20:  # noqa: PLR2004 - torch's defaults, which are the row's
        return input.softplus()
    scaled = input * beta
    return named(input.where(scaled > threshold, scaled.softplus() / beta), "SoftplusBackward0")


def silu(input: Tensor, inplace: bool = False) -> Tensor:  # noqa: ARG001
    """Return input · σ(input)."""
    return elementary.silu(input)


def softmax(input: Tensor, dim: int | None = None) -> Tensor:
    """Return exp(input), divided by its sum along ``dim``."""
    check_tensor("softmax", input)
    return input.softmax(_implied("softmax", input) if dim is None else dim)


def log_softmax(input: Tensor, dim: int | None = None) -> Tensor:
    """Return the logarithm of the softmax along ``dim``."""
    check_tensor("log_softmax", input)
    return input.log_softmax(_implied("log_softmax", input) if dim is None else dim)


def _implied(function: str, input: Tensor) -> int:
    """Return the dimension that torch takes where none is given, with its warning."""
    warn(
        f"Implicit dimension choice for {function} has been deprecated. "
        "Change the call to include dim=X as an argument."
    )
    return 0 if input.ndim in {0, 1, 3} else 1
