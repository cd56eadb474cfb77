"""Methods that put numbers in order, and count or find them."""

# ruff: noqa: FBT001, FBT002 - torch's signatures

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.dims import check_dim
from graphviz_grad.engine.dtype import plain
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.numpy_names import take_numpy_names
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.return_types import Sorted, TopK
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from graphviz_grad.engine.return_types import Pair

_NAMES: Final = "SortBackward0", "SortBackward1", "TopkBackward0"
_GATHER: Final = {name: RULES["gather"].named(name) for name in _NAMES}
_CLONE: Final = {name: RULES["clone"].named(name) for name in _NAMES}


class Ordering(Handle):
    """Numbers in order. Where they stand moves with a slider; gradients go back to where they stood."""

    __slots__ = ()

    def sort(self, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Pair:
        """Return the numbers in order along a dimension, and where each has stood.

        Args:
            dim: The dimension.
            descending: Whether the largest comes first.
            stable: Equal ones keep their order in any case.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([3.0, 1.0, 2.0]).sort()
            torch.return_types.sort(
            values=tensor([1., 2., 3.]),
            indices=tensor([1, 2, 0]))
        """
        dim = check_dim(dim, self.ndim, "sort")
        order = apply("argsort", self, dim=dim, descending=bool(descending))
        return Sorted(self._take(order, dim, f"SortBackward{int(stable is not None)}"), order)

    def argsort(self, dim: int = -1, descending: bool = False, *, stable: bool = True) -> Self:
        """Return where the numbers stand, in order along a dimension."""
        del stable
        return apply("argsort", self, dim=check_dim(dim, self.ndim, "argsort"), descending=bool(descending))

    def topk(self, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Pair:  # noqa: A002
        """Return the ``k`` largest numbers along a dimension, the largest first, and where each has stood.

        Args:
            k: How many.
            dim: The dimension.
            largest: Whether to take the largest; else the smallest, the smallest first.
            sorted: They are in order in any case.

        Raises:
            RuntimeError: If there are not so many.
        """
        del sorted
        dim = check_dim(dim, self.ndim, "topk")
        size = self.shape[dim] if self.ndim else 1
        if not 0 <= k <= size:
            raise RuntimeError(f"selected index k out of range: {k!r} (must be 0 to {size})")
        order = apply("argsort", self, dim=dim, descending=bool(largest), count=k)
        return TopK(self._take(order, dim, "TopkBackward0"), order)

    def _take(self, order: Self, dim: int, grad_fn: str) -> Self:
        return apply(_GATHER[grad_fn], self, order, dim=dim) if self.ndim else apply(_CLONE[grad_fn], self)

    # --- finding and counting: nothing of it is drawn
    def nonzero(self, *, as_tuple: bool = False) -> Any:
        """Return where the elements stand that are not 0: a row for each, or a tensor for each dimension.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[0, 5], [7, 0]]).nonzero(), tensor([0, 5, 7]).nonzero(as_tuple=True)
            (tensor([[0, 1],
                    [1, 0]]), (tensor([1, 2]),))
        """
        array = np.asarray(self.value)
        if as_tuple:
            return tuple(self._found(places) for places in np.nonzero(np.atleast_1d(array)))
        return self._found(np.argwhere(array))

    def unique(
        self,
        sorted: bool = True,  # noqa: A002 - torch's name
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> Any:
        """Return the different elements in order; also where each stands among them, and how many there are.

        Args:
            sorted: They are in order in any case.
            return_inverse: Whether to return for each element its place among the different ones.
            return_counts: Whether to return how often each is there.
            dim: Compare the slices along this dimension; None for the elements.
        """
        del sorted
        axis = None if dim is None else check_dim(dim, self.ndim, "unique")
        found, inverse, counts = np.unique(
            np.asarray(self.value), return_inverse=True, return_counts=True, axis=axis, equal_nan=False
        )
        results = [found]
        if return_inverse:
            results.append(inverse.reshape(self.shape) if dim is None else inverse.ravel())
        if return_counts:
            results.append(counts)
        made = tuple(map(self._found, results))
        return made if len(made) > 1 else made[0]

    def bincount(self, weights: Self | None = None, minlength: int = 0) -> Self:
        """Return how often each of 0, 1, 2, ... is there, or the sum of the weights that stand beside it.

        Raises:
            RuntimeError: If there are others than these, or the tensor is no vector.
        """
        array = np.asarray(self.value)
        if array.dtype.kind == "f":
            raise NotImplementedError("\"bincount_cpu\" not implemented for 'Double' (must be ints)")
        if array.ndim != 1 or np.any(array < 0):
            raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
        if weights is not None:
            check_tensor("bincount", weights, "weights", 2)
            note_look(weights)
        return self._found(np.bincount(array, weights.value if weights is not None else None, minlength))

    def _found(self, array: Any) -> Self:
        note_look(self)
        made: Self = leaf(self.kind, plain(array), requires_grad=False)
        return made


take_numpy_names(Ordering)
