"""Methods that make one number of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias

from graphviz_grad.engine.dims import check_dims
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.recorder import apply

if TYPE_CHECKING:
    from collections.abc import Sequence

Dims: TypeAlias = "int | Sequence[int] | None"


class Reductions(Handle):
    """What tensors reduce to."""

    __slots__ = ()

    def sum(self, dim: Dims = None, keepdim: bool = False) -> Self:  # noqa: FBT001, FBT002 - torch's signature
        """Return the sum of all elements, or along ``dim``.

        Args:
            dim: One dimension or several; None for all.
            keepdim: Whether they stay, of size 1.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=1)
            tensor([3., 7.])
        """
        return apply("sum", self, **_along(self, dim, keepdim=keepdim))


def _along(tensor: Handle, dim: Dims, *, keepdim: bool) -> dict[str, Any]:
    """Return the static arguments of a reduction, as the user has written them, once they are checked.

    Of no dimensions torch makes all. A scalar has none to reduce.
    """
    several = isinstance(dim, (tuple, list))
    if dim is not None:
        check_dims(dim, tensor.ndim)
    if dim is None or not tensor.ndim or (several and not dim):
        return {"dim": None, "keepdim": bool(keepdim and tensor.ndim)}
    return {"dim": tuple(dim) if several else dim, "keepdim": bool(keepdim)}  # type: ignore[arg-type]
