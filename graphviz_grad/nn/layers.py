"""Layers: `Linear` and those that only reshape or pass on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.factories import zeros
from graphviz_grad.nn import functional as F  # noqa: N812 - as everybody calls it
from graphviz_grad.nn import init
from graphviz_grad.nn.module import Module
from graphviz_grad.nn.parameter import Parameter

if TYPE_CHECKING:
    from graphviz_grad.engine.dtype import DType
    from graphviz_grad.engine.tensor import Tensor


class Linear(Module):
    """x @ weightᵀ + bias.

    Starts from torch's numbers: after `manual_seed`, the same as torch in float64.

    Args:
        in_features: Size of the last dimension of what comes in.
        out_features: Size of the last dimension of what goes out.
        bias: Whether something is added.
        device: The CPU.
        dtype: float64, or float32, which is computed in float64.

    Attributes:
        weight: A parameter of shape (out_features, in_features).
        bias: A parameter of shape (out_features,), or None.

    Example:
        >>> import graphviz_grad as gg
        >>> layer = gg.nn.Linear(3, 2)
        >>> layer, layer(gg.ones(4, 3)).shape
        (Linear(in_features=3, out_features=2, bias=True), torch.Size([4, 2]))
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(zeros(out_features, in_features, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(zeros(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new numbers: uniform between ±1/√in_features."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Return input @ weightᵀ + bias."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
        )


class Identity(Module):
    """Passes on what it is given."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return input."""
        return input


class Embedding(Module):
    """A row of numbers for each of ``num_embeddings`` integers.

    Starts from torch's numbers, which are normal.

    Attributes:
        weight: A parameter of shape (num_embeddings, embedding_dim).
    """

    weight: Parameter

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.weight = Parameter(zeros(num_embeddings, embedding_dim))
        init.normal_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """Return the rows that ``input`` names."""
        return F.embedding(input, self.weight)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"{self.num_embeddings}, {self.embedding_dim}"


class Dropout(Module):
    """Zeros with probability ``p`` while training, and larger numbers in the other places."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return dropout(input)."""
        return F.dropout(input, self.p, self.training)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"p={self.p}, inplace={self.inplace}"


class Flatten(Module):
    """Makes one dimension of those from start_dim to end_dim."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Return input, flattened."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Return what stands between the parentheses."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
