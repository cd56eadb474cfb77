"""Methods that ask: comparisons by name, logic, and what is no ordinary number."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import numpy as np

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.creation import as_payload
from graphviz_grad.engine.dtype import bool_, plain
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.promotion import refuse
from graphviz_grad.engine.record import Record, leaf, literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from collections.abc import Callable

H = TypeVar("H", bound=Handle)

_BITWISE: Final[dict[str, Callable[..., np.ndarray]]] = {
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}


class Logic(Handle):
    """Questions that each element answers."""

    __slots__ = ()

    # --- comparisons
    def gt(self, other: Any) -> Self:
        """Return self > other."""
        return _compare("gt", self, other)

    def ge(self, other: Any) -> Self:
        """Return self ≥ other."""
        return _compare("ge", self, other)

    def lt(self, other: Any) -> Self:
        """Return self < other."""
        return _compare("lt", self, other)

    def le(self, other: Any) -> Self:
        """Return self ≤ other."""
        return _compare("le", self, other)

    def eq(self, other: Any) -> Self:
        """Return self == other, element by element."""
        return _compare("eq", self, other)

    def ne(self, other: Any) -> Self:
        """Return self ≠ other, element by element."""
        return _compare("ne", self, other)

    greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne  # torch's other names

    def equal(self, other: Self) -> bool:
        """Return whether both have the same shape and the same elements; nan is equal to nothing."""
        check_tensor("equal", other, "other")
        note_look(self)
        note_look(other)
        return np.array_equal(self.value, other.value)

    # --- truth values; what is not 0 is true
    def logical_and(self, other: Self) -> Self:
        """Return whether both are true.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([0.0, 2.0]).logical_and(tensor([1.0, 1.0]))
            tensor([False,  True])
        """
        check_tensor("logical_and", other, "other")
        return apply("logical_and", self, other)

    def logical_or(self, other: Self) -> Self:
        """Return whether one of both is true."""
        check_tensor("logical_or", other, "other")
        return apply("logical_or", self, other)

    def logical_xor(self, other: Self) -> Self:
        """Return whether exactly one of both is true."""
        check_tensor("logical_xor", other, "other")
        return apply("logical_xor", self, other)

    def logical_not(self) -> Self:
        """Return whether each element is 0."""
        return apply("logical_not", self)

    # --- operators: of truth values logic, of ints bit by bit
    def __and__(self, other: Any) -> Self:
        """Return self & other."""
        found: Self = self._combine("and", other)
        return found

    def __or__(self, other: Any) -> Self:
        """Return self | other."""
        found: Self = self._combine("or", other)
        return found

    def __xor__(self, other: Any) -> Self:
        """Return self ^ other."""
        found: Self = self._combine("xor", other)
        return found

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Self:
        """Return ~self."""
        if self.dtype is bool_:
            return apply("logical_not", self)
        if self.dtype.is_floating_point:
            raise TypeError(
                "~ (operator.invert) is only implemented on integer and Boolean-type tensors "
                "(must be no tensor of floats)"
            )
        return self._computed(np.invert(self.value))

    def _combine(self, name: str, other: Any) -> Any:
        if isinstance(other, (int, float)):
            other = literal(self.kind, as_payload(other))
        if not isinstance(other, Record):
            return NotImplemented
        operands = [np.asarray(record.value) for record in (self, other)]
        if any(operand.dtype.kind == "f" for operand in operands):
            raise NotImplementedError(
                f"\"bitwise_{name}_cpu\" not implemented for 'Double' (must be ints or truth values)"
            )
        if all(operand.dtype == bool for operand in operands):
            return apply(f"logical_{name}", self, other)
        note_look(other)
        try:
            return self._computed(_BITWISE[name](*operands))
        except ValueError as error:
            raise refuse(error, operands) from None

    def _computed(self, array: Any) -> Self:
        """Return the result of what no page computes, as a leaf."""
        note_look(self)
        made: Self = leaf(self.kind, plain(array), requires_grad=False)
        return made

    # --- ordinary numbers
    def isnan(self) -> Self:
        """Return whether each element is nan."""
        return apply("isnan", self)

    def isinf(self) -> Self:
        """Return whether each element is infinite."""
        return apply("isinf", self)

    def isfinite(self) -> Self:
        """Return whether each element is neither infinite nor nan."""
        return apply("isfinite", self)


def _compare(name: str, tensor: H, other: Any) -> H:
    if not isinstance(other, (Record, int, float, np.generic, np.ndarray)):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({type_name(other)}), but expected "
            f"one of: (Tensor other), (Number other): {other!r}"
        )
    found: H = getattr(operator, name)(tensor, other)
    return found
