"""Methods that multiply and add."""

from __future__ import annotations

from typing import Self

from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.recorder import apply


class Products(Handle):
    """Products of vectors and matrices."""

    __slots__ = ()

    def matmul(self, other: Self) -> Self:
        """Return the matrix product.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[1.0, 2.0], [3.0, 4.0]]).matmul(tensor([[1.0], [10.0]]))
            tensor([[21.],
                    [43.]])
        """
        return apply("matmul", self, other)

    def __matmul__(self, other: Self) -> Self:
        """Return the matrix product."""
        return self.matmul(other)
