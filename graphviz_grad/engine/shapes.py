"""torch's functions that put the same numbers into another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.recorder import apply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.tensor import Tensor


def reshape(input: Tensor, shape: Sequence[int]) -> Tensor:
    """Return the same numbers in another shape."""
    check_tensor("reshape", input)
    return input.reshape(*shape)


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return tensors of one shape along a new dimension.

    Example:
        >>> from graphviz_grad import tensor
        >>> stack([tensor([1.0, 2.0]), tensor([3.0, 4.0])])
        tensor([[1., 2.],
                [3., 4.]])
    """
    return apply("stack", *tensors, dim=dim)
