"""The dtypes, and `Size`, printed as torch prints them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.notice import warn_once


class DType:
    """A torch dtype. float64, int64 and bool are computed in; float32 and int32 are accepted for them.

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

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return np.dtype(self.scalar).itemsize


float64: Final = DType("float64", np.float64)
float32: Final = DType("float32", np.float64)
int64: Final = DType("int64", np.int64)
int32: Final = DType("int32", np.int64)
bool_: Final = DType("bool", np.bool_)

_BY_KIND: Final = {"f": float64, "i": int64, "b": bool_}
_BY_TYPE: Final = {float: float64, int: int64, bool: bool_}
_COMPUTED_AS: Final = {float32: float64, int32: int64}


def as_dtype(function: str, dtype: Any) -> DType:
    """Return the dtype that is computed in where a user asks for ``dtype``: one of torch's, or a Python type.

    What float32 and int32 mean here is said once.

    Raises:
        TypeError: If it is none.

    Example:
        >>> as_dtype("zeros", int), as_dtype("zeros", float64)
        (torch.int64, torch.float64)
    """
    if isinstance(dtype, type):
        dtype = _BY_TYPE.get(dtype, dtype)
    if not isinstance(dtype, DType):
        raise TypeError(
            f"{function}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}: {dtype!r}"
        )
    if dtype in _COMPUTED_AS:
        wide = _COMPUTED_AS[dtype]
        warn_once(f"dtype {dtype.name} is computed in {wide.name} (said once)")
        return wide
    return dtype


def finfo(type: DType = float64) -> np.finfo[Any]:  # noqa: A002 - torch's name
    """Return the limits of floats: ``eps``, ``max``, ``tiny``."""
    return np.finfo(as_dtype("finfo", type).scalar)


def iinfo(type: DType) -> np.iinfo[Any]:  # noqa: A002 - torch's name
    """Return the limits of ints: ``min``, ``max``."""
    return np.iinfo(as_dtype("iinfo", type).scalar)


def get_default_dtype() -> DType:
    """Return float64: the dtype of every tensor of floats."""
    return float64


def set_default_dtype(d: Any) -> None:
    """Accept float64, which it always is, and float32, computed in float64 and said once.

    Raises:
        TypeError: If it is another.
    """
    if not isinstance(d, DType):
        raise TypeError(
            f"invalid dtype object: only floating-point types are supported as the default type: {d!r}"
        )
    if not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type: {d!r}")
    as_dtype("set_default_dtype", d)


def dtype_of(payload: Any) -> DType:
    """Return the dtype of a payload: a Python number or an array.

    Example:
        >>> dtype_of(2.0), dtype_of(2), dtype_of(True)
        (torch.float64, torch.int64, torch.bool)
    """
    if payload.__class__ is float:
        return float64
    return _BY_KIND[np.asarray(payload).dtype.kind]


def plain(array: Any) -> Any:
    """Return an array as a payload: without dimensions, as a Python number.

    Example:
        >>> plain(np.array(2.0)), plain(np.array([2.0]))
        (2.0, array([2.]))
    """
    return array.item() if np.ndim(array) == 0 else array


class Size(tuple[int, ...]):
    """The shape of a tensor.

    Example:
        >>> Size((2, 3)), Size(()).numel(), Size((2, 3))[:1]
        (torch.Size([2, 3]), 1, torch.Size([2]))
    """

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return Size(found) if isinstance(place, slice) else found

    def __add__(self, other: tuple[Any, ...]) -> Size:
        return Size(super().__add__(other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other: tuple[int, ...]) -> Size:
        return Size(other + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: Any) -> Size:
        return Size(super().__mul__(times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def numel(self) -> int:
        """Return the number of elements."""
        product = 1
        for size in self:
            product *= size
        return product
