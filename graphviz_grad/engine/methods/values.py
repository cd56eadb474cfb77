"""Methods that hand out the numbers: as Python's, as numpy's, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from graphviz_grad.engine.check import warn_of_lost_grad
from graphviz_grad.engine.dims import check_dim
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from graphviz_grad.engine.dtype import Size
    from graphviz_grad.engine.handle import Number


class Values(Handle):
    """The numbers of a tensor, out of the graph."""

    __slots__ = ()

    # --- how many
    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    def size(self, dim: int | None = None) -> Size | int:
        """Return the size of each dimension, or of one.

        Example:
            >>> from graphviz_grad import zeros
            >>> zeros(2, 3).size(), zeros(2, 3).size(-1)
            (torch.Size([2, 3]), 3)
        """
        return self.shape if dim is None else self.shape[check_dim(dim, self.ndim)]

    def dim(self) -> int:
        """Return the number of dimensions."""
        return self.ndim

    def ndimension(self) -> int:
        """Return the number of dimensions."""
        return self.ndim

    def nelement(self) -> int:
        """Return the number of elements."""
        return self.numel()

    # --- as numbers
    def item(self) -> Number:
        """Return the value as a Python number.

        Raises:
            RuntimeError: If there is not exactly one element.
        """
        if self.numel() != 1:
            raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
        note_look(self)
        value: Number = np.asarray(self.value).item()
        return value

    def tolist(self) -> Any:
        """Return the values as (nested lists of) Python numbers."""
        note_look(self)
        return np.asarray(self.value).tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """Return the values as a new array.

        torch's shares its memory with the tensor; here a change of the one is never seen in the other.

        Args:
            force: Whether a tensor that requires grad is taken, too.

        Raises:
            RuntimeError: If this tensor requires grad.
        """
        if self.requires_grad and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
            )
        note_look(self)
        return np.array(self.value)

    def __float__(self) -> float:
        number = self._number()
        if self.flows:
            warn_of_lost_grad()
        return float(number)

    def __complex__(self) -> complex:
        return complex(float(self))

    def __int__(self) -> int:
        return int(self._number())

    def __index__(self) -> int:
        if self.numel() != 1 or self.dtype.is_floating_point:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:  # noqa: FBT001
        if copy is False:
            raise ValueError("copy: False (must be True or None: a tensor's numbers are not numpy's)")
        array = self.numpy()
        return array if dtype is None else array.astype(dtype)

    def __bool__(self) -> bool:
        if self.numel() != 1:
            values = "more than one value" if self.numel() else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {values} is ambiguous")
        return bool(self._number())

    def _number(self) -> Number:
        if self.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.item()

    def __format__(self, spec: str) -> str:
        # What is printed decides nothing, so this is no look at the value.
        return (
            format(np.asarray(self.value).item(), spec) if self.ndim == 0 else object.__format__(self, spec)
        )

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return int(self.shape[0])
