"""The three dtypes, and `Size`, printed as torch prints them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np


class DType:
    """A torch dtype. float64, int64 and bool are computed in; float32 is accepted and computed in float64.

    Args:
        name: torch's name, such as ``"float64"``.
        scalar: The numpy type that payloads have.
    """

    __slots__ = ("name", "scalar")

    def __init__(self, name: str, scalar: type[np.generic]) -> None:
        self.name = name
        self.scalar = scalar

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    @property
    def c_name(self) -> str:
        """What torch's messages call it."""
        return {"f": "Double", "i": "Long", "b": "Bool"}[np.dtype(self.scalar).kind]

    @property
    def c_type(self) -> str:
        """The type in C that some of torch's messages name."""
        return {"f": "double", "i": "long int", "b": "bool"}[np.dtype(self.scalar).kind]

    @property
    def is_floating_point(self) -> bool:
        """Whether gradients can flow through tensors of this dtype."""
        return self.scalar is np.float64


float64: Final = DType("float64", np.float64)
float32: Final = DType("float32", np.float64)
int64: Final = DType("int64", np.int64)
bool_: Final = DType("bool", np.bool_)

_BY_KIND: Final = {"f": float64, "i": int64, "b": bool_}


def dtype_of(payload: Any) -> DType:
    """Return the dtype of a payload: a Python number or an array.

    Example:
        >>> dtype_of(2.0), dtype_of(2), dtype_of(True)
        (torch.float64, torch.int64, torch.bool)
    """
    if payload.__class__ is float:
        return float64
    return _BY_KIND[np.asarray(payload).dtype.kind]


class Size(tuple[int, ...]):
    """The shape of a tensor.

    Example:
        >>> Size((2, 3)), Size(()).numel()
        (torch.Size([2, 3]), 1)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def numel(self) -> int:
        """Return the number of elements."""
        product = 1
        for size in self:
            product *= size
        return product
