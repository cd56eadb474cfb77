"""Methods that put the same numbers into another shape or order, or repeat them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.dims import check_dim, check_dims
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.inplace import view
from graphviz_grad.engine.notice import warn_once
from graphviz_grad.engine.numpy_names import take_numpy_names
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.sizes import expand_shape, infer_shape, read_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence


_PERMUTE: Final = {
    name: RULES["permute"].named(name) for name in ("PermuteBackward0", "TransposeBackward0", "TBackward0")
}
_T_OF_OTHERS: Final = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
    "throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
    "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
)
_NO_VIEW: Final = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans "
    "across two contiguous subspaces). Use .reshape(...) instead."
)


class Shapes(Handle):
    """Other shapes and orders of a tensor's numbers: views of them, wherever torch's are."""

    __slots__ = ()

    # --- another shape
    def reshape(self, *shape: int | Sequence[int]) -> Self:
        """Return the same numbers in another shape; one size may be −1, which is what is left.

        Raises:
            RuntimeError: If their number is another.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1.0, 2.0, 3.0, 4.0]).reshape(2, -1)
            tensor([[1., 2.],
                    [3., 4.]])
        """
        sizes = infer_shape(read_sizes("reshape", shape), self.numel())
        rule = RULES["reshape"].bind(shape=sizes)
        if self.is_contiguous():
            return view(rule, self)
        if _has_view(self.value, sizes):
            return view(rule.named("ReshapeAliasBackward0"), self)
        return apply(rule.named("UnsafeViewBackward0"), self)

    def view(self, *shape: int | Sequence[int]) -> Self:
        """Return the same numbers in another shape, as a view: a change of one changes the other.

        Raises:
            RuntimeError: If their number is another, or only a copy could have this shape (of a transpose).
        """
        sizes = infer_shape(read_sizes("view", shape), self.numel())
        if not _has_view(self.value, sizes):
            raise RuntimeError(f"{_NO_VIEW} (shape {list(sizes)} of a tensor of shape {list(self.shape)})")
        return view(RULES["reshape"].bind(shape=sizes), self)

    def view_as(self, other: Self) -> Self:
        """Return a view in the shape of ``other``."""
        check_tensor("view_as", other, "other")
        return self.view(other.shape)

    def reshape_as(self, other: Self) -> Self:
        """Return the same numbers in the shape of ``other``."""
        check_tensor("reshape_as", other, "other")
        return self.reshape(other.shape)

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Self:
        """Return the same numbers with the dimensions from ``start_dim`` to ``end_dim`` made one."""
        first, last = check_dim(start_dim, self.ndim), check_dim(end_dim, self.ndim)
        if first > last:
            raise RuntimeError(
                f"flatten() has invalid args: start_dim cannot come after end_dim: {start_dim}, {end_dim}"
            )
        if not self.ndim:
            return self.reshape(1)
        if first == last:
            return self
        shape = self.shape
        return self.reshape(*shape[:first], int(np.prod(shape[first : last + 1])), *shape[last + 1 :])

    def ravel(self) -> Self:
        """Return the same numbers in one dimension."""
        return self.reshape(-1)

    def unflatten(self, dim: int, sizes: Sequence[int]) -> Self:
        """Return the same numbers with one dimension made several."""
        dim = check_dim(dim, self.ndim)
        shape = self.shape
        try:
            inner = infer_shape(read_sizes("unflatten", (sizes,), "sizes"), shape[dim])
        except RuntimeError:
            raise RuntimeError(
                f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
                f"({shape[dim]}) in the input tensor"
            ) from None
        return self.view(*shape[:dim], *inner, *shape[dim + 1 :])

    def squeeze(self, dim: int | Sequence[int] | None = None) -> Self:
        """Return the same numbers without dimensions of size 1: all of them, or those named."""
        rule = RULES["squeeze"]
        shape = self.shape
        if dim is None:
            return view(rule.bind(dim=_ones(shape, range(len(shape)))).named("SqueezeBackward0"), self)
        number = 2 if isinstance(dim, (tuple, list)) else 1
        dims = check_dims(dim, len(shape)) if shape else ()
        return view(rule.bind(dim=_ones(shape, dims)).named(f"SqueezeBackward{number}"), self)

    def unsqueeze(self, dim: int) -> Self:
        """Return the same numbers with one more dimension, of size 1.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1.0, 2.0]).unsqueeze(1).shape
            torch.Size([2, 1])
        """
        return view(RULES["unsqueeze"].bind(dim=check_dim(dim, self.ndim + 1)), self)

    # --- another order
    def permute(self, *dims: int | Sequence[int]) -> Self:
        """Return the same numbers with the dimensions in another order."""
        order = read_sizes("permute", dims, "dims")
        if len(order) != self.ndim:
            raise RuntimeError(
                "permute(sparse_coo): number of dimensions in the tensor input does not match the length "
                "of the "
                f"desired ordering of dimensions i.e. input.dim() = {self.ndim} is not equal to len(dims) = "
                f"{len(order)}"
            )
        order = tuple(check_dim(dim, self.ndim) for dim in order)
        if len(set(order)) < len(order):
            raise RuntimeError(f"permute(): duplicate dims are not allowed.: {list(order)}")
        return self._permute(order, "PermuteBackward0")

    def transpose(self, dim0: int, dim1: int) -> Self:
        """Return the same numbers with two dimensions exchanged."""
        first, second = check_dim(dim0, self.ndim), check_dim(dim1, self.ndim)
        order = list(range(self.ndim))
        if order:
            order[first], order[second] = order[second], order[first]
        return self._permute(tuple(order), "TransposeBackward0")

    swapaxes = swapdims = transpose

    def movedim(self, source: int | Sequence[int], destination: int | Sequence[int]) -> Self:
        """Return the same numbers with dimensions moved to other places."""
        froms, tos = check_dims(source, self.ndim), check_dims(destination, self.ndim)
        if len(froms) != len(tos):
            raise RuntimeError(
                f"movedim: Invalid source or destination dims: source ({list(froms)} dims) should "
                f"contain the same number of dims as destination ({list(tos)} dims)"
            )
        if not self.ndim:
            froms = tos = ()
        order = [dim for dim in range(self.ndim) if dim not in froms]
        for to, dim in sorted(zip(tos, froms, strict=True)):
            order.insert(to, dim)
        return self._permute(tuple(order), "PermuteBackward0")

    moveaxis = movedim

    @property
    def T(self) -> Self:  # noqa: N802 - torch's name
        """The transpose: the dimensions in reverse order."""
        if self.ndim != 2:  # noqa: PLR2004 - a matrix has two
            warn_once(_T_OF_OTHERS)
        return self._permute(tuple(reversed(range(self.ndim))), "PermuteBackward0")

    @property
    def mT(self) -> Self:  # noqa: N802 - torch's name
        """The transpose of the last two dimensions."""
        if not self.ndim:
            warn_once("Tensor.mT is deprecated on 0-D tensors. This function is the identity in these cases.")
            return self._permute((), "PermuteBackward0")
        if self.ndim < 2:  # noqa: PLR2004 - a matrix has two
            raise RuntimeError(
                f"tensor.mT is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor."
            )
        return self.transpose(-2, -1)

    def t(self) -> Self:
        """Return the transpose of a matrix; a vector as it is."""
        if self.ndim > 2:  # noqa: PLR2004 - a matrix has two
            raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
        return self._permute(tuple(reversed(range(self.ndim))), "TBackward0")

    def _permute(self, dims: tuple[int, ...], grad_fn: str) -> Self:
        return view(_PERMUTE[grad_fn].bind(dims=dims), self)

    def flip(self, *dims: int | Sequence[int]) -> Self:
        """Return the numbers in reverse order along ``dims``."""
        along = check_dims(read_sizes("flip", dims, "dims"), self.ndim)
        return apply("flip", self, dims=along if self.ndim else ())

    def roll(self, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Self:
        """Return the numbers moved along ``dims``; what leaves at the end comes in at the front."""
        steps = read_sizes("roll", (shifts,), "shifts")
        if dims is None or dims == ():
            if len(steps) > 1:
                raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:0")
            return apply("roll", self, shifts=steps[0])
        given = read_sizes("roll", (dims,), "dims")
        if not self.ndim:
            raise IndexError(f"Dimension specified as {given[0]} but tensor has no dimensions")
        along = tuple(check_dim(dim, self.ndim) for dim in given)
        if len(steps) != len(along):
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(along)}")
        return apply("roll", self, shifts=steps, dims=along)

    # --- copies
    def expand(self, *sizes: int | Sequence[int]) -> Self:
        """Return a view in which dimensions of size 1 are repeated; −1 leaves a size as it is.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[1.0], [2.0]]).expand(-1, 3)
            tensor([[1., 1., 1.],
                    [2., 2., 2.]])
        """
        return view(
            RULES["expand"].bind(shape=expand_shape(read_sizes("expand", sizes, "size"), self.shape)), self
        )

    broadcast_to = expand

    def expand_as(self, other: Self) -> Self:
        """Return a view that is expanded to the shape of ``other``."""
        check_tensor("expand_as", other, "other")
        return self.expand(other.shape)

    def repeat(self, *repeats: int | Sequence[int]) -> Self:
        """Return the tensor beside itself, so many times along each dimension."""
        times = read_sizes("repeat", repeats, "repeats")
        if len(times) < self.ndim:
            raise RuntimeError(
                "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: "
                f"{list(times)} (must be {self.ndim} at least)"
            )
        return apply("repeat", self, repeats=times)

    def tile(self, *dims: int | Sequence[int]) -> Self:
        """Return the tensor beside itself; dimensions that are not named are taken once."""
        times = read_sizes("tile", dims, "dims")
        return self.repeat((1,) * (self.ndim - len(times)) + times)

    # --- triangles and diagonals
    def tril(self, diagonal: int = 0) -> Self:
        """Return the numbers on and below a diagonal; 0 above."""
        return apply("tril", self, diagonal=_check_matrix(self, "tril", diagonal))

    def triu(self, diagonal: int = 0) -> Self:
        """Return the numbers on and above a diagonal; 0 below."""
        return apply("triu", self, diagonal=_check_matrix(self, "triu", diagonal))

    def diagonal(self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Self:
        """Return a view of the numbers on a diagonal."""
        first, second = check_dim(dim1, self.ndim), check_dim(dim2, self.ndim)
        if first == second:
            raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
        return view(RULES["diagonal"].bind(offset=offset, dim1=first, dim2=second), self)

    def diag(self, diagonal: int = 0) -> Self:
        """Return the diagonal of a matrix; of a vector, the matrix that has it on its diagonal."""
        if self.ndim == 1:
            return apply("diag", self, diagonal=diagonal)
        if self.ndim != 2:  # noqa: PLR2004 - a matrix has two
            raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {self.ndim}D")
        return apply(RULES["diagonal"].named("DiagonalBackward0_copy"), self, offset=diagonal)

    # --- memory
    def is_contiguous(self) -> bool:
        """Return whether the numbers lie in memory in the order in which they are printed."""
        return not isinstance(self.value, np.ndarray) or bool(self.value.flags.c_contiguous)

    def contiguous(self) -> Self:
        """Return this tensor if it is contiguous, else a copy that is."""
        if self.is_contiguous():
            return self
        made = apply("clone", self)
        made.value = np.ascontiguousarray(made.value)
        return made

    def stride(self, dim: int | None = None) -> Any:
        """Return how many numbers lie between neighbours, along each dimension or one."""
        if not isinstance(self.value, np.ndarray):
            return ()
        strides = tuple(stride // self.value.itemsize for stride in self.value.strides)
        return strides if dim is None else strides[check_dim(dim, self.ndim)]


def _has_view(value: Any, shape: tuple[int, ...]) -> bool:
    """Return whether a payload can be seen in another shape without being copied."""
    if not isinstance(value, np.ndarray) or value.flags.c_contiguous:
        return True
    return bool(np.may_share_memory(value, value.reshape(shape)))


def _ones(shape: Sequence[int], dims: Sequence[int]) -> tuple[int, ...]:
    return tuple(dim for dim in dims if shape[dim] == 1)


def _check_matrix(tensor: Handle, function: str, diagonal: Any) -> int:
    if tensor.ndim < 2:  # noqa: PLR2004 - a matrix has two
        raise RuntimeError(f"{function}: input tensor must have at least 2 dimensions")
    if not hasattr(diagonal, "__index__"):
        raise TypeError(
            f"{function}(): argument 'diagonal' (position 1) must be int, not {type(diagonal).__name__}: "
            f"{diagonal!r}"
        )
    return int(diagonal.__index__())


take_numpy_names(Shapes)
