"""torch's functions that divide and keep a whole number, or what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Operand


def remainder(input: Operand, other: Operand) -> Tensor:
    """Return what is left of a division that rounds down: it has the sign of ``other``."""
    if isinstance(other, Tensor):
        found: Any = input % other
        return found  # type: ignore[no-any-return]
    tensor: Any = check_tensor("remainder", input)
    return tensor.remainder(other)  # type: ignore[no-any-return]


def fmod(input: Tensor, other: Operand) -> Tensor:
    """Return what is left of a division that rounds towards 0: it has the sign of ``input``."""
    return check_tensor("fmod", input).fmod(other)


def floor_divide(input: Tensor, other: Operand) -> Tensor:
    """Return the quotient rounded down."""
    return check_tensor("floor_divide", input).floor_divide(other)


def true_divide(input: Tensor, other: Operand) -> Tensor:
    """Return input / other."""
    return check_tensor("true_divide", input).true_divide(other)


def trunc(input: Tensor) -> Tensor:
    """Return the whole part: rounded towards 0."""
    return check_tensor("trunc", input).trunc()
