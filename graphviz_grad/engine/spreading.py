"""torch's functions that bring tensors to one shape, or repeat what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.dtype import Size, int64
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.promotion import refuse
from graphviz_grad.engine.record import leaf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.tensor import Tensor


def broadcast_shapes(*shapes: int | Sequence[int]) -> Size:
    """Return the shape that tensors of these shapes have together.

    Raises:
        RuntimeError: If they do not fit.

    Example:
        >>> broadcast_shapes((2, 1), (3,))
        torch.Size([2, 3])
    """
    found: list[int] = []
    for place, shape in enumerate(shapes):
        sizes = (shape,) if isinstance(shape, int) else tuple(shape)
        found = [1] * (len(sizes) - len(found)) + found
        for dim in range(-1, -len(sizes) - 1, -1):
            if sizes[dim] not in {1, found[dim]}:
                if found[dim] != 1:
                    raise RuntimeError(
                        f"Attempting to broadcast a dimension of length {sizes[dim]} at {dim}! Mismatching "
                        f"argument at index {place} had {sizes}; but expected shape should be "
                        f"broadcastable to {found}"
                    )
                found[dim] = sizes[dim]
    return Size(found)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return views of tensors, all of the shape that they have together."""
    for place, tensor in enumerate(tensors):
        if not isinstance(tensor, Handle):
            raise TypeError(
                f"expected Tensor as element {place} in argument 0, but got {type_name(tensor)}: {tensor!r}"
            )
    try:
        shape = broadcast_shapes(*[tensor.shape for tensor in tensors])
    except RuntimeError:
        raise refuse(ValueError(), [tensor.detach().numpy() for tensor in tensors]) from None
    return tuple(tensor if tensor.shape == shape else tensor.expand(shape) for tensor in tensors)


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Return the coordinates of a grid: for each vector an array, in which it runs along one dimension.

    Args:
        tensors: Vectors, or one list of them.
        indexing: ``"ij"``: the first runs along the first dimension; ``"xy"``: along the second.

    Example:
        >>> from graphviz_grad import arange
        >>> meshgrid(arange(2), arange(3), indexing="ij")[1]
        tensor([[0, 1, 2],
                [0, 1, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    if indexing is None:
        warn("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.")
    if indexing not in {None, "ij", "xy"}:
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for place, tensor in enumerate(tensors, start=1):
        check_tensor("meshgrid", tensor, "tensors", place)
        if tensor.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {tensor}"
            )
        if tensor.dtype is not tensors[0].dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    dims = [*range(len(tensors))]
    if indexing == "xy":
        dims[:2] = dims[1::-1]
    sizes = [tensors[dim].numel() for dim in dims]
    return tuple(
        tensor.reshape([-1 if at == dim else 1 for at in range(len(dims))]).expand(sizes)
        for tensor, dim in zip(tensors, dims, strict=True)
    )


def repeat_interleave(input: Tensor, repeats: int | Tensor | None = None, dim: int | None = None) -> Tensor:
    """Return each place along ``dim`` several times; of counts alone, each place as often as it counts."""
    check_tensor("repeat_interleave", input)
    if repeats is not None:
        return input.repeat_interleave(repeats, dim)
    if input.dtype is not int64 or input.ndim != 1:
        raise NotImplementedError(
            f'"repeat_interleave_cpu" not implemented for {input.dtype.c_name!r}: {input!r} '
            "(must be a vector of ints)"
        )
    places: Tensor = leaf(input.kind, np.arange(input.numel()), requires_grad=False)
    return places.repeat_interleave(input)


def trace(input: Tensor) -> Tensor:
    """Return the sum of the numbers on the diagonal of a matrix."""
    check_tensor("trace", input)
    return input.trace()
