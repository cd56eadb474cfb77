"""torch's functions that make one number of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphviz_grad.engine.check import check_tensor

if TYPE_CHECKING:
    from graphviz_grad.engine.methods.reductions import Dims
    from graphviz_grad.engine.tensor import Tensor


def sum(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the sum of all elements, or along ``dim``.

    Example:
        >>> from graphviz_grad import tensor
        >>> sum(tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
        tensor([4., 6.])
    """
    check_tensor("sum", input)
    return input.sum(dim, keepdim)
