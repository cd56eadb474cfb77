"""Methods that put the same numbers into another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.recorder import apply

if TYPE_CHECKING:
    from collections.abc import Sequence


class Shapes(Handle):
    """Other shapes of a tensor."""

    __slots__ = ()

    def reshape(self, *shape: int | Sequence[int]) -> Self:
        """Return the same numbers in another shape.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1.0, 2.0, 3.0, 4.0]).reshape(2, 2)
            tensor([[1., 2.],
                    [3., 4.]])
        """
        sizes = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        return apply("reshape", self, shape=tuple(sizes))
