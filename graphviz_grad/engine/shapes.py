"""torch's functions that put the same numbers into another shape or order, or repeat them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.numpy_names import take_numpy_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.tensor import Tensor


def reshape(input: Tensor, shape: Sequence[int]) -> Tensor:
    """Return the same numbers in another shape; one size may be −1, which is what is left.

    Example:
        >>> from graphviz_grad import tensor
        >>> reshape(tensor([1.0, 2.0, 3.0, 4.0]), (2, 2))
        tensor([[1., 2.],
                [3., 4.]])
    """
    return check_tensor("reshape", input).reshape(shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Return the same numbers with the dimensions from ``start_dim`` to ``end_dim`` made one."""
    return check_tensor("flatten", input).flatten(start_dim, end_dim)


def ravel(input: Tensor) -> Tensor:
    """Return the same numbers in one dimension."""
    return check_tensor("ravel", input).ravel()


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Return the same numbers with one dimension made several."""
    return check_tensor("unflatten", input).unflatten(dim, sizes)


def squeeze(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Return the same numbers without dimensions of size 1: all of them, or those named."""
    return check_tensor("squeeze", input).squeeze(dim)


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """Return the same numbers with one more dimension, of size 1."""
    return check_tensor("unsqueeze", input).unsqueeze(dim)


def permute(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Return the same numbers with the dimensions in another order."""
    return check_tensor("permute", input).permute(dims)


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Return the same numbers with two dimensions exchanged."""
    return check_tensor("transpose", input).transpose(dim0, dim1)


swapaxes = swapdims = transpose


def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Return the same numbers with dimensions moved to other places."""
    return check_tensor("movedim", input).movedim(source, destination)


def t(input: Tensor) -> Tensor:
    """Return the transpose of a matrix; a vector as it is."""
    return check_tensor("t", input).t()


def flip(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Return the numbers in reverse order along ``dims``."""
    return check_tensor("flip", input).flip(dims)


def roll(input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Tensor:
    """Return the numbers moved along ``dims``; what leaves at the end comes in at the front."""
    return check_tensor("roll", input).roll(shifts, dims)


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """Return a view in which dimensions of size 1 are repeated."""
    return check_tensor("broadcast_to", input).broadcast_to(size)


def tile(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Return the tensor beside itself, so many times along each dimension."""
    return check_tensor("tile", input).tile(dims)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the numbers on and below a diagonal; 0 above.

    Example:
        >>> from graphviz_grad import tensor
        >>> tril(tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[1., 0.],
                [3., 4.]])
    """
    return check_tensor("tril", input).tril(diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the numbers on and above a diagonal; 0 below."""
    return check_tensor("triu", input).triu(diagonal)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return a view of the numbers on a diagonal."""
    return check_tensor("diagonal", input).diagonal(offset, dim1, dim2)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the diagonal of a matrix; of a vector, the matrix that has it on its diagonal."""
    return check_tensor("diag", input).diag(diagonal)


take_numpy_names(sys.modules[__name__])
