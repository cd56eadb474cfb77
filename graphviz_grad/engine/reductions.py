"""torch's functions that make one number of many."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.numpy_names import take_numpy_names

if TYPE_CHECKING:
    from graphviz_grad.engine.dims import Dims
    from graphviz_grad.engine.tensor import Tensor


def sum(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the sum of all elements, or along ``dim``.

    Example:
        >>> from graphviz_grad import tensor
        >>> sum(tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
        tensor([4., 6.])
    """
    return check_tensor("sum", input).sum(dim, keepdim)


def mean(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the mean of all elements, or along ``dim``."""
    return check_tensor("mean", input).mean(dim, keepdim)


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the product of all elements, or along ``dim``."""
    return check_tensor("prod", input).prod(dim, keepdim)


def var(
    input: Tensor,
    dim: Dims | bool = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the variance, by the number of elements less ``correction``, which is 1 if nothing is said."""
    return check_tensor("var", input).var(dim, unbiased, keepdim, correction=correction)


def std(
    input: Tensor,
    dim: Dims | bool = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the standard deviation, the root of `var`."""
    return check_tensor("std", input).std(dim, unbiased, keepdim, correction=correction)


def norm(input: Tensor, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the p-norm, (Σ |a|^p)^(1/p); the 2-norm if nothing is said."""
    return check_tensor("norm", input).norm(p, dim, keepdim)


def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """Return ln Σ exp(a) along ``dim``, without overflow."""
    return check_tensor("logsumexp", input).logsumexp(dim, keepdim)


def cumsum(input: Tensor, dim: int) -> Tensor:
    """Return the sums of all elements up to each along ``dim``."""
    return check_tensor("cumsum", input).cumsum(dim)


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """Return the largest of all elements; along ``dim``, also where each is; of two tensors, `maximum`."""
    return check_tensor("max", input).max(dim, keepdim)


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """Return the smallest of all elements; along ``dim``, also where each is; of two tensors, `minimum`."""
    return check_tensor("min", input).min(dim, keepdim)


def amax(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the largest element along ``dim``; several that are the largest share the gradient."""
    return check_tensor("amax", input).amax(dim, keepdim)


def amin(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the smallest element along ``dim``; several that are the smallest share the gradient."""
    return check_tensor("amin", input).amin(dim, keepdim)


def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the largest element is; without ``dim``, among all, counted row by row."""
    return check_tensor("argmax", input).argmax(dim, keepdim)


def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the smallest element is; without ``dim``, among all, counted row by row."""
    return check_tensor("argmin", input).argmin(dim, keepdim)


def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return whether any element is not 0."""
    return check_tensor("any", input).any(dim, keepdim)


def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return whether no element is 0."""
    return check_tensor("all", input).all(dim, keepdim)


def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """Return how many elements are not 0."""
    return check_tensor("count_nonzero", input).count_nonzero(dim)


def softmax(input: Tensor, dim: int) -> Tensor:
    """Return exp(a) / Σ exp(a) along ``dim``."""
    return check_tensor("softmax", input).softmax(dim)


def log_softmax(input: Tensor, dim: int) -> Tensor:
    """Return ln(exp(a) / Σ exp(a)) along ``dim``, without overflow."""
    return check_tensor("log_softmax", input).log_softmax(dim)


take_numpy_names(sys.modules[__name__])
