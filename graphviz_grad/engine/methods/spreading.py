"""Methods that repeat numbers in their place, and that ask whether two tensors are close."""

from __future__ import annotations

from typing import Self

import numpy as np

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.dims import check_dim
from graphviz_grad.engine.dtype import plain
from graphviz_grad.engine.methods.selections import Selections
from graphviz_grad.engine.methods.shapes import Shapes
from graphviz_grad.engine.record import Record, leaf
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.watch import note_look


class Spreading(Selections, Shapes):
    """What comes of repeating and of comparing."""

    __slots__ = ()

    def repeat_interleave(self, repeats: int | Self, dim: int | None = None) -> Self:
        """Return each place along ``dim`` several times, one after the other.

        Args:
            repeats: How often, for all or for each.
            dim: Along which dimension; without one, of all numbers in one row.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1, 2]).repeat_interleave(2), tensor([1, 2]).repeat_interleave(tensor([1, 3]))
            (tensor([1, 1, 2, 2]), tensor([1, 2, 2, 2]))
        """
        if dim is None:
            return self.flatten().repeat_interleave(repeats, 0)
        dim = check_dim(dim, self.ndim)
        counts = np.asarray(repeats.value if isinstance(repeats, Record) else repeats)
        size = self.shape[dim]
        if np.any(counts < 0):
            raise RuntimeError(f"Repeats must be non-negative: {counts.tolist()}")
        if counts.ndim and counts.size not in {1, size}:
            raise RuntimeError(
                "repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{counts.size} and input.size({dim}) = {size}"
            )
        places = np.repeat(np.arange(size), np.broadcast_to(counts.ravel(), (size,)))
        made = self.index_select(dim, leaf(self.kind, places, requires_grad=False))
        if made.op is not None and not isinstance(repeats, Record):
            made.op = made.op.named("ViewBackward0")  # torch expands, copies and reshapes
        return made

    def trace(self) -> Self:
        """Return the sum of the numbers on the diagonal of a matrix."""
        if self.ndim != 2:  # noqa: PLR2004 - a matrix
            raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {self.ndim}")
        made = apply("sum", self.diagonal())
        if made.op is not None:
            made.op = made.op.named("TraceBackward0")
        return made

    def isclose(
        self,
        other: Self,
        rtol: float = 1e-05,
        atol: float = 1e-08,
        equal_nan: bool = False,  # noqa: FBT001, FBT002 - torch's signature
    ) -> Self:
        """Return whether both differ by at most atol + rtol · abs(other), element by element.

        Raises:
            RuntimeError: If the dtypes differ, or a tolerance is negative, as in torch.
        """
        check_tensor("isclose", other, "other")
        for name, tolerance in (("rtol", rtol), ("atol", atol)):
            if tolerance < 0:
                raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
        if self.dtype is not other.dtype:
            raise RuntimeError(f"{self.dtype.c_name} did not match {other.dtype.c_name}")
        a, b = np.asarray(self.value, np.float64), np.asarray(other.value, np.float64)
        with np.errstate(all="ignore"):  # not np.isclose, which takes an infinite tolerance otherwise
            distance = np.abs(a - b)
            close = (a == b) | (np.isfinite(distance) & (distance <= atol + np.abs(rtol * b)))
        if equal_nan:
            close |= np.isnan(a) & np.isnan(b)
        found: Self = leaf(self.kind, plain(close), requires_grad=False)
        return found

    def allclose(
        self,
        other: Self,
        rtol: float = 1e-05,
        atol: float = 1e-08,
        equal_nan: bool = False,  # noqa: FBT001, FBT002 - torch's signature
    ) -> bool:
        """Return whether every element is close, as `isclose` has it."""
        check_tensor("allclose", other, "other")
        note_look(self)
        note_look(other)
        return bool(np.all(self.isclose(other, rtol, atol, equal_nan).value))
