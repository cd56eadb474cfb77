"""torch's functions that multiply and add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphviz_grad.engine.check import check_tensor

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Tensor


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Return the matrix product."""
    check_tensor("matmul", input)
    check_tensor("matmul", other, "other", 2)
    return input.matmul(other)
