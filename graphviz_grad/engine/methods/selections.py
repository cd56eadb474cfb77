"""Methods that take some of the numbers, or put numbers somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.creation import convert
from graphviz_grad.engine.dims import check_dim, check_range
from graphviz_grad.engine.dtype import int64
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.indexing import read_index
from graphviz_grad.engine.inplace import become, put, touch, view
from graphviz_grad.engine.numpy_names import take_numpy_names
from graphviz_grad.engine.ops.placing import along
from graphviz_grad.engine.record import Record, leaf, literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.sizes import expand_shape
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphviz_grad.engine.rules import Rule

_INDEX: Final = RULES["index"]
_STEPS: Final = (
    "Select",
    "Slice",
    "Unsqueeze",
    "Alias",
    "Index",
    "Unbind",
    "Split",
    "SplitWithSizes",
    "MaskedSelect",
)
#: The row under the names that torch has for what it is used for.
_READS: Final = {name: _INDEX.named(name) for name in (f"{step}Backward0" for step in _STEPS)}


class Selections(Handle):
    """What can be taken out of tensors."""

    __slots__ = ()

    # --- by an index
    def __getitem__(self, index: Any) -> Self:
        """Return the numbers at an index: a view, if it is made of ints and slices.

        Example:
            >>> from graphviz_grad import tensor
            >>> x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
            >>> x[0, 1], x[:, [0, 2]], x[x > 4]
            (tensor(2.), tensor([[1., 3.],
                    [4., 6.]]), tensor([5., 6.]))
        """
        found = read_index(index, np.shape(self.value))
        rule = _READS[found.grad_fn].bind(index=found.items)
        return view(rule, self) if found.is_view else apply(rule, self)

    def __setitem__(self, index: Any, value: Any) -> None:
        """Put numbers at an index, in place."""
        found = read_index(index, np.shape(self.value))
        operand = self._assigned(value)
        rule = _READS[found.grad_fn].bind(index=found.items)
        if not found.is_view:
            self._put_at(rule, operand, "CopySlices" if found.is_of_view else "IndexPutBackward0")
            return
        shape = np.shape(rule.forward(self.value))
        _check_fits(operand, shape)
        if isinstance(value, Handle) and _is_view_of(value, self, rule):
            touch(value)  # ``x[0] += 1`` has changed x already, and now hands the view back
            return
        if found.is_whole:
            name = "CopyBackwards" if isinstance(value, Handle) else "FillBackward3"
            become(self, apply(RULES["fill"].named(name), self, operand), operand)
        else:
            put(self, rule, operand)

    def _put_at(self, rule: Rule, operand: Record, grad_fn: str) -> None:
        """Put numbers at an index that has arrays."""
        taken = np.shape(rule.forward(self.value))
        given = np.shape(operand.value)
        try:
            fits = np.broadcast_shapes(given, taken) == taken
        except ValueError:
            fits = False
        if not fits:
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(given)} cannot be broadcast to indexing "
                f"result of shape {list(taken)}"
            )
        put = RULES["index_put"].named(grad_fn)
        become(self, apply(put, self, operand, index=rule.params["index"]))

    def _assigned(self, value: Any) -> Any:
        """Return what is assigned to some of the numbers as an operand of this tensor's dtype."""
        if isinstance(value, np.generic):
            value = value.item()
        if not isinstance(value, (Handle, float, int)):
            raise TypeError(
                f"can't assign a {type_name(value)} to a torch.{self.dtype.c_name}Tensor: {value!r}"
            )
        if isinstance(value, Handle) and value.dtype is self.dtype:
            return value
        payload = value.value if isinstance(value, Handle) else value
        payload = convert(payload, self.dtype)
        if np.ndim(payload):
            return leaf(self.kind, payload, requires_grad=False)
        return literal(self.kind, payload)

    def select(self, dim: int, index: int) -> Self:
        """Return a view of the numbers at one place along ``dim``."""
        dim = check_dim(dim, self.ndim)
        return self[(slice(None),) * dim + (index,)]

    def narrow(self, dim: int, start: int, length: int) -> Self:
        """Return a view of ``length`` places along ``dim``."""
        dim = check_dim(dim, self.ndim)
        size = self.shape[dim]
        if not 0 <= start <= size or length < 0 or start + length > size:
            raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
        return self[(slice(None),) * dim + (slice(start, start + length),)]

    def index_select(self, dim: int, index: Self) -> Self:
        """Return the places along ``dim`` that a vector of ints names."""
        dim = check_dim(dim, self.ndim)
        check_tensor("index_select", index, "index", 2)
        if index.ndim > 1:
            raise IndexError(f"index_select(): Index is supposed to be a vector: shape {list(index.shape)}")
        check_range(_check_places("index_select", index), self.shape[dim] if self.ndim else 1)
        return apply("index_select", self, index, dim=dim)

    def gather(self, dim: int, index: Self) -> Self:
        """Return, for each place of ``index``, the number that it names along ``dim``.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, tensor([[1], [0]]))
            tensor([[2.],
                    [3.]])
        """
        dim = check_dim(dim, self.ndim)
        _check_along("gather", self, dim, index)
        return apply("gather", self, index, dim=dim)

    def scatter_add(self, dim: int, index: Self, src: Self) -> Self:
        """Return this tensor with the numbers of ``src`` added where ``index`` says along ``dim``."""
        dim = check_dim(dim, self.ndim)
        _check_along("scatter_add", self, dim, index)
        return apply("scatter_add", self, index, src, dim=dim)

    def scatter(self, dim: int, index: Self, src: Any) -> Self:
        """Return this tensor with the numbers of ``src``, or one, put where ``index`` says along ``dim``."""
        dim = check_dim(dim, self.ndim)
        _check_along("scatter", self, dim, index)
        operand = self._assigned(src)
        name = "ScatterBackward1"
        if isinstance(src, Handle):
            name = "ScatterBackward0"
            part = tuple(map(slice, index.shape))
            operand = src if src.shape == index.shape else apply(_INDEX.bind(index=part), src)
        places = along(np.asarray(index.value), dim)
        return apply(RULES["index_put"].named(name), self, operand, index=places)

    def index_add(self, dim: int, index: Self, source: Self) -> Self:
        """Return this tensor with the places of ``source`` added to those that ``index`` names."""
        dim = check_dim(dim, self.ndim)
        places = (*(slice(None),) * dim, _check_places("index_add", index))
        rule = RULES["index_put"].named("IndexAddBackward0")
        return apply(rule, self, source, index=places, accumulate=True)

    def masked_select(self, mask: Self) -> Self:
        """Return the numbers where ``mask`` is true."""
        check_tensor("masked_select", mask, "mask")
        note_look(mask)
        truth = np.broadcast_to(mask.value, np.broadcast_shapes(mask.shape, self.shape))
        first = self.expand(truth.shape) if truth.shape != self.shape else self  # type: ignore[attr-defined]
        rule = _READS["MaskedSelectBackward0"].bind(index=np.nonzero(truth))
        return apply(rule, first)

    # --- parts
    def __iter__(self) -> Iterator[Self]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind())

    def unbind(self, dim: int = 0) -> tuple[Self, ...]:
        """Return a view of each place along ``dim``."""
        if not self.ndim:
            raise IndexError("Dimension specified as 0 but tensor has no dimensions")
        dim = check_dim(dim, self.ndim)
        return self._parts(dim, range(self.shape[dim]), "Unbind")

    def split(self, split_size: int | Sequence[int], dim: int = 0) -> tuple[Self, ...]:
        """Return views of parts of so many places along ``dim``, or of these sizes."""
        if not self.ndim:
            raise RuntimeError("split expects at least a 1-dimensional tensor")
        dim = check_dim(dim, self.ndim)
        size = self.shape[dim]
        if isinstance(split_size, (tuple, list)):
            if sum(split_size) != size:
                raise RuntimeError(
                    f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size "
                    f"at dimension {dim}), but got split_sizes={list(split_size)}"
                )
            ends = np.cumsum(split_size).tolist()
            parts = [slice(end - length, end) for end, length in zip(ends, split_size, strict=True)]
            return self._parts(dim, parts, "SplitWithSizes")
        if not isinstance(split_size, int):
            raise TypeError(
                "split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, "
                f"not {type_name(split_size)}: {split_size!r}"
            )
        if split_size < 0 or (split_size == 0 and size):
            raise RuntimeError(
                "split_size can only be 0 if dimension size is 0, but got dimension size of "
                f"{size}: {split_size} (must be 1 at least)"
            )
        starts = range(0, max(size, 1), split_size or 1)
        return self._parts(dim, [slice(start, min(start + split_size, size)) for start in starts], "Split")

    def chunk(self, chunks: int, dim: int = 0) -> tuple[Self, ...]:
        """Return views of so many parts of one size along ``dim``; the last may be smaller."""
        if chunks <= 0:
            raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
        if not self.ndim:
            raise RuntimeError("chunk expects at least a 1-dimensional tensor")
        dim = check_dim(dim, self.ndim)
        size = self.shape[dim]
        return self.split(-(-size // chunks), dim)

    def _parts(self, dim: int, places: Sequence[int | slice], name: str) -> tuple[Self, ...]:
        whole = (slice(None),) * dim
        return tuple(
            view(
                _READS[f"{name}Backward0"].bind(index=(*whole, place)),
                self,
                number=number,
            )
            for number, place in enumerate(places)
        )


def _check_fits(operand: Record, shape: tuple[int, ...]) -> None:
    """Raise torch's error if an operand cannot be put into a part of this shape."""
    given = np.shape(operand.value)
    while len(given) > len(shape) and given[0] == 1:  # torch lets such dimensions go
        given = given[1:]
    if expand_shape(shape, given) != shape:
        raise RuntimeError(f"shape mismatch: {given} (must broadcast to {shape})")


def _is_view_of(value: Handle, tensor: Handle, rule: Rule) -> bool:
    """Return whether a tensor is the very view that ``rule`` would make of another, and up to date."""
    mine = value.extra and value.extra.alias
    its = tensor.extra and tensor.extra.alias
    if not mine or not its or mine.storage is not its.storage:
        return False
    base = tensor if its.base is None else its.base
    return mine.base is base and mine.path[:-1] == its.path and mine.path[-1].params == rule.params


def _check_places(function: str, index: Any) -> np.ndarray:
    check_tensor(function, index, "index", 2)
    note_look(index)
    if index.dtype is not int64:
        raise RuntimeError(f"{function}(): Expected dtype int32/int64 for index, not {index.dtype}")
    return np.asarray(index.value)


def _check_along(function: str, tensor: Handle, dim: int, index: Any) -> None:
    """Raise torch's error if an index does not fit a tensor along ``dim``."""
    places = _check_places(function, index)
    shape = tensor.shape
    if max(places.ndim, 1) != max(len(shape), 1):
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as input tensor: "
            f"{list(places.shape)} beside {list(shape)}"
        )
    sizes = enumerate(zip(places.shape, shape, strict=False))
    for at, (mine, its) in sizes:
        if at != dim and mine > its:
            raise RuntimeError(
                f"Size does not match at dimension {at} expected index {list(places.shape)} to be no "
                f"larger than self {list(shape)} apart from dimension {dim}"
            )
    size = shape[dim] if shape else 1
    outside = places[(places < 0) | (places >= size)]
    if outside.size:
        raise RuntimeError(f"index {outside[0]} is out of bounds for dimension {dim} with size {size}")


take_numpy_names(Selections)
