"""Methods that divide and keep a whole number, or what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import numpy as np

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.dtype import plain
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.operand import as_operand
from graphviz_grad.engine.promotion import refuse
from graphviz_grad.engine.record import Record, leaf
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphviz_grad.engine.rules import Rule

H = TypeVar("H", bound=Handle)

#: The rows under the names that torch prints, beside a number and beside a tensor.
_RULES: Final = {
    "remainder": [RULES["remainder"].named(f"RemainderBackward{kind}") for kind in range(2)],
    "fmod": [RULES["fmod"].named(f"FmodBackward{kind}") for kind in range(2)],
    "floor_divide": [RULES["floor_divide"].named("NotImplemented")] * 2,
}
_FLOORED, _CUT = (RULES[name].named("DivBackward2") for name in ("floor_divide", "trunc"))
#: Of ints nothing is drawn, and no page computes it.
_WHOLE: Final[dict[str, Callable[..., np.ndarray]]] = {
    "remainder": np.remainder,
    "fmod": np.fmod,
    "floor_divide": np.floor_divide,
    "quotient": lambda a, b: (a - np.fmod(a, b)) // b,
}
_KERNELS: Final = {
    "remainder": "remainder_cpu",
    "fmod": "fmod_cpu",
    "floor_divide": "div_floor_cpu",
    "quotient": "div_trunc_cpu",
}


class Division(Handle):
    """Quotients cut to whole numbers, and remainders."""

    __slots__ = ()

    def remainder(self, other: Any) -> Self:
        """Return what is left of a division that rounds down: it has the sign of ``other``.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([5.5, -5.5]).remainder(2)
            tensor([1.5000, 0.5000])
        """
        found: Self = _divided("remainder", self, _operand("remainder", self, other))
        return found

    def fmod(self, other: Any) -> Self:
        """Return what is left of a division that rounds towards 0: it has the sign of this tensor."""
        found: Self = _divided("fmod", self, _operand("fmod", self, other))
        return found

    def floor_divide(self, other: Any) -> Self:
        """Return the quotient rounded down; it is flat wherever it has a slope."""
        found: Self = _divided("floor_divide", self, _operand("floor_divide", self, other))
        return found

    def __mod__(self, other: Any) -> Self:
        """Return self % other."""
        found: Self = _divided("remainder", self, as_operand(self, other))
        return found

    def __rmod__(self, other: Any) -> Self:
        """Return other % self."""
        found: Self = _divided("remainder", as_operand(self, other), self)
        return found

    def __floordiv__(self, other: Any) -> Self:
        """Return self // other."""
        found: Self = _divided("floor_divide", self, as_operand(self, other))
        return found

    def __rfloordiv__(self, other: Any) -> Self:
        """Return other // self."""
        found: Self = _divided("floor_divide", as_operand(self, other), self)
        return found

    def true_divide(self, other: Any) -> Self:
        """Return self / other."""
        return self / other  # type: ignore[no-any-return]

    def div(self, other: Any, *, rounding_mode: str | None = None) -> Self:
        """Return self / other, rounded if asked for.

        Args:
            other: A tensor or a number.
            rounding_mode: ``"floor"`` rounds down, ``"trunc"`` towards 0; None does not round.

        Raises:
            RuntimeError: If it is another.
        """
        if rounding_mode is None:
            return self.true_divide(other)
        if rounding_mode not in {"floor", "trunc"}:
            raise RuntimeError(
                "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
                f"'{rounding_mode}'"
            )
        operand = _operand("div", self, other)
        found: Self
        if rounding_mode == "floor":
            found = _divided("floor_divide", self, operand, _FLOORED)
        elif _are_whole(self, operand):
            found = _divided("quotient", self, operand)
        else:
            found = apply(_CUT, self.true_divide(operand))
        return found

    divide = div  # torch's other name

    def trunc(self) -> Self:
        """Return the whole part: rounded towards 0."""
        return apply("trunc", self) if self.dtype.is_floating_point else self


def _operand(function: str, tensor: H, other: Any) -> H:
    operand = as_operand(tensor, other)
    if operand is None:
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({type_name(other)}), but "
            f"expected one of: (Tensor other), (Number other): {other!r}"
        )
    return operand  # type: ignore[no-any-return]


def _are_whole(*operands: Record) -> bool:
    return all(np.asarray(operand.value).dtype.kind in "ib" for operand in operands)


def _divided(name: str, a: Any, b: Any, rule: Rule | None = None) -> Any:
    """Return the quotient or the remainder; NotImplemented where one of both is no operand."""
    if a is None or b is None:
        return NotImplemented
    if not _are_whole(a, b):
        return apply(rule or _RULES[name][not b.is_literal], a, b)
    operands = [np.asarray(operand.value) for operand in (a, b)]
    if all(operand.dtype.kind == "b" for operand in operands):
        raise NotImplementedError(f"\"{_KERNELS[name]}\" not implemented for 'Bool' (must be numbers)")
    if not np.all(operands[1]):
        raise RuntimeError("ZeroDivisionError: ints divided by 0")
    note_look(a)
    note_look(b)
    try:
        return leaf(a.kind, plain(_WHOLE[name](*operands)), requires_grad=False)
    except ValueError as error:
        raise refuse(error, operands) from None
