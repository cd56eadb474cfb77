"""torch's functions that put numbers in order, count or find them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.numpy_names import take_numpy_names

if TYPE_CHECKING:
    from graphviz_grad.engine.return_types import Pair
    from graphviz_grad.engine.tensor import Tensor


def sort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Pair:
    """Return the numbers in order along a dimension, and where each has stood."""
    return check_tensor("sort", input).sort(dim, descending, stable=stable)


def argsort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = True) -> Tensor:
    """Return where the numbers stand, in order along a dimension."""
    return check_tensor("argsort", input).argsort(dim, descending, stable=stable)


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Pair:
    """Return the ``k`` largest numbers along a dimension, the largest first, and where each has stood.

    Example:
        >>> from graphviz_grad import tensor
        >>> topk(tensor([3.0, 1.0, 2.0]), 2).indices
        tensor([0, 2])
    """
    return check_tensor("topk", input).topk(k, dim, largest, sorted)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Return where the elements stand that are not 0: a row for each, or a tensor for each dimension."""
    return check_tensor("nonzero", input).nonzero(as_tuple=as_tuple)


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the different elements in order; also where each stands among them, and how many there are."""
    return check_tensor("unique", input).unique(sorted, return_inverse, return_counts, dim)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """Return how often each of 0, 1, 2, ... is there, or the sum of the weights that stand beside it."""
    return check_tensor("bincount", input).bincount(weights, minlength)


take_numpy_names(sys.modules[__name__])
