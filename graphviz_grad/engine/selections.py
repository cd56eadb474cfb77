"""torch's functions that take some of the numbers, choose between them, or join tensors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.dims import check_dim
from graphviz_grad.engine.methods.choices import choose
from graphviz_grad.engine.numpy_names import take_numpy_names
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.tensor import Operand


# --- one tensor ------------------------------------------------------------------------------------


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Return a view of each place along ``dim``."""
    return check_tensor("unbind", input).unbind(dim)


def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Return views of parts of so many places along ``dim``, or of these sizes."""
    return check_tensor("split", tensor, "tensor").split(split_size_or_sections, dim)


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Return views of so many parts of one size along ``dim``; the last may be smaller."""
    return check_tensor("chunk", input).chunk(chunks, dim)


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """Return a view of the numbers at one place along ``dim``."""
    return check_tensor("select", input).select(dim, index)


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Return a view of ``length`` places along ``dim``."""
    return check_tensor("narrow", input).narrow(dim, start, length)


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Return the places along ``dim`` that a vector of ints names."""
    return check_tensor("index_select", input).index_select(dim, index)


def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Return, for each place of ``index``, the number that it names along ``dim``."""
    return check_tensor("gather", input).gather(dim, index)


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Return ``input`` with the numbers of ``src`` added where ``index`` says along ``dim``."""
    return check_tensor("scatter_add", input).scatter_add(dim, index, src)


def scatter(input: Tensor, dim: int, index: Tensor, src: Operand) -> Tensor:
    """Return ``input`` with the numbers of ``src``, or one, put where ``index`` says along ``dim``."""
    return check_tensor("scatter", input).scatter(dim, index, src)


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Return ``input`` with the places of ``source`` along ``dim`` added to those that ``index`` names."""
    return check_tensor("index_add", input).index_add(dim, index, source)


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """Return the numbers where ``mask`` is true."""
    return check_tensor("masked_select", input).masked_select(mask)


def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """Return ``input`` with ``value`` where ``mask`` is true."""
    return check_tensor("masked_fill", input).masked_fill(mask, value)


def where(condition: Tensor, input: Operand | None = None, other: Operand | None = None) -> Any:
    """Return ``input`` where ``condition`` is true, else ``other``; either may be a number.

    Of a condition alone, return where it is true: the indices along each dimension.

    Nothing flows into what was not chosen, also where that is inf or nan.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor([-1.0, 2.0], requires_grad=True)
        >>> y = where(x > 0, x, 0.0)
        >>> y.sum().backward()
        >>> y, x.grad
        (tensor([0., 2.], grad_fn=<WhereBackward0>), tensor([0., 1.]))
    """
    if input is None and other is None:
        return check_tensor("where", condition).nonzero(as_tuple=True)
    return choose(condition, input, other)


def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Return the numbers, at least ``min`` and at most ``max``: numbers or tensors, or None."""
    return check_tensor("clamp", input).clamp(min, max)


clip = clamp


def clamp_min(input: Tensor, min: Operand) -> Tensor:
    """Return the numbers, at least ``min``."""
    return check_tensor("clamp_min", input).clamp_min(min)


def clamp_max(input: Tensor, max: Operand) -> Tensor:
    """Return the numbers, at most ``max``."""
    return check_tensor("clamp_max", input).clamp_max(max)


# --- several tensors -------------------------------------------------------------------------------


def _listed(function: str, tensors: Any) -> list[Tensor]:
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"{function}(): argument 'tensors' (position 1) must be tuple of Tensors, "
            f"not {type_name(tensors)}: {tensors!r}"
        )
    for place, each in enumerate(tensors):
        if not isinstance(each, Tensor):
            raise TypeError(
                f"expected Tensor as element {place} in argument 0, but got {type_name(each)}: {each!r}"
            )
    return list(tensors)


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return tensors of one shape along a new dimension.

    Raises:
        RuntimeError: If there is none, or they differ in shape.

    Example:
        >>> from graphviz_grad import tensor
        >>> stack([tensor([1.0, 2.0]), tensor([3.0, 4.0])])
        tensor([[1., 2.],
                [3., 4.]])
    """
    given = _listed("stack", tensors)
    if not given:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = given[0].shape
    dim = check_dim(dim, len(shape) + 1)
    for place, each in enumerate(given):
        if each.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and "
                f"{list(each.shape)} at entry {place}"
            )
    return apply("stack", *given, dim=dim)


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return tensors joined along a dimension that they have.

    Raises:
        RuntimeError: If their other sizes differ.
        ValueError: If there is none.

    Example:
        >>> from graphviz_grad import tensor
        >>> cat([tensor([1.0, 2.0]), tensor([3.0])])
        tensor([1., 2., 3.])
    """
    given = _listed("cat", tensors)
    if not given:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for place, each in enumerate(given):
        if not each.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {place}) cannot be concatenated")
    ndim = max(each.ndim for each in given)
    full = [each for each in given if each.ndim == ndim or each.shape != (0,)]  # torch lets empty vectors go
    dim = check_dim(dim, next((each for each in given if each.shape != (0,)), given[0]).ndim)
    ndim = full[0].ndim
    first = next((each.shape for each in full if each.shape != (0,)), full[0].shape)
    for place, each in enumerate(given):
        if each.shape == (0,):
            continue
        if each.ndim != ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {ndim} and {each.ndim}")
        for at in range(ndim):
            if at != dim and each.shape[at] != first[at]:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {first[at]} "
                    f"but got size {each.shape[at]} for tensor number {place} in the list."
                )
    return apply("cat", *full, dim=dim)


concat = concatenate = cat


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return tensors side by side: vectors in one row, matrices by their columns."""
    given = [each.reshape(1) if not each.ndim else each for each in _listed("hstack", tensors)]
    return cat(given, 0 if given and given[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return tensors one below the other: vectors as rows."""
    given = [each.reshape(1) if not each.ndim else each for each in _listed("vstack", tensors)]
    return cat([each.unsqueeze(0) if each.ndim == 1 else each for each in given])


take_numpy_names(sys.modules[__name__])
