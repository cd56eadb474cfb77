"""torch's functions that ask: comparisons by name, logic, and what is no ordinary number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Operand


def _compared(function: str, input: Any, other: Any) -> Tensor:
    """Return the first operand of a comparison, once torch's words for wrong ones are said."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({type_name(input)}, "
            f"{type_name(other)}), but expected one of: (Tensor input, Tensor other), "
            "(Tensor input, Number other)"
        )
    return input


def gt(input: Tensor, other: Operand) -> Tensor:
    """Return input > other, element by element."""
    return _compared("gt", input, other).gt(other)


def ge(input: Tensor, other: Operand) -> Tensor:
    """Return input ≥ other, element by element."""
    return _compared("ge", input, other).ge(other)


def lt(input: Tensor, other: Operand) -> Tensor:
    """Return input < other, element by element."""
    return _compared("lt", input, other).lt(other)


def le(input: Tensor, other: Operand) -> Tensor:
    """Return input ≤ other, element by element."""
    return _compared("le", input, other).le(other)


def eq(input: Tensor, other: Operand) -> Tensor:
    """Return input == other, element by element."""
    return _compared("eq", input, other).eq(other)


def ne(input: Tensor, other: Operand) -> Tensor:
    """Return input ≠ other, element by element."""
    return _compared("ne", input, other).ne(other)


def equal(input: Tensor, other: Tensor) -> bool:
    """Return whether both have the same shape and the same elements; nan is equal to nothing."""
    return check_tensor("equal", input).equal(check_tensor("equal", other, "other", 2))


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Return whether both are true: not 0."""
    return check_tensor("logical_and", input).logical_and(check_tensor("logical_and", other, "other", 2))


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Return whether one of both is true: not 0."""
    return check_tensor("logical_or", input).logical_or(check_tensor("logical_or", other, "other", 2))


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Return whether exactly one of both is true: not 0."""
    return check_tensor("logical_xor", input).logical_xor(check_tensor("logical_xor", other, "other", 2))


def logical_not(input: Tensor) -> Tensor:
    """Return whether each element is 0."""
    return check_tensor("logical_not", input).logical_not()


def isnan(input: Tensor) -> Tensor:
    """Return whether each element is nan."""
    return check_tensor("isnan", input).isnan()


def isinf(input: Tensor) -> Tensor:
    """Return whether each element is infinite."""
    return check_tensor("isinf", input).isinf()


def isfinite(input: Tensor) -> Tensor:
    """Return whether each element is neither infinite nor nan."""
    return check_tensor("isfinite", input).isfinite()
