"""Methods that choose between numbers: by a condition, by bounds."""

from __future__ import annotations

from typing import Any, Final, Self

import numpy as np

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.dtype import bool_
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.operand import as_operand
from graphviz_grad.engine.record import literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES

# The rows as torch calls their nodes: with a tensor among the bounds, and with numbers.
_CLAMP: Final = [RULES["clamp"].named(f"ClampBackward{kind}") for kind in (0, 1)]
_CLAMP_MIN: Final = [RULES["clamp_min"].named(f"ClampBackward{kind}") for kind in (0, 1)]
_CLAMP_MAX: Final = [RULES["clamp_max"].named(f"ClampBackward{kind}") for kind in (0, 1)]


class Choices(Handle):
    """What tensors are bounded by, or give way to."""

    __slots__ = ()

    def where(self, condition: Self, other: Any) -> Self:
        """Return self where ``condition`` is true, else ``other``."""
        chosen: Self = choose(condition, self, other)
        return chosen

    def masked_fill(self, mask: Self, value: Any) -> Self:
        """Return self with ``value`` where ``mask`` is true."""
        if not isinstance(mask, Handle):
            raise TypeError(f"masked_fill(): argument 'mask' must be Tensor, not {type_name(mask)}: {mask!r}")
        if mask.dtype is not bool_:
            kind = {"Double": "double", "Long": "long int"}[mask.dtype.c_name]
            raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {kind}")
        if isinstance(value, Handle) and value.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        name = f"MaskedFillBackward{int(isinstance(value, Handle))}"
        operand = _operand("masked_fill", self, value)
        if operand.dtype is not self.dtype:
            cast = np.asarray(operand.value).astype(self.dtype.scalar)
            operand = literal(self.kind, cast.item())
        return apply(RULES["where"].named(name), mask, operand, self)

    def clamp(self, min: Any = None, max: Any = None) -> Self:  # noqa: A002 - torch's names
        """Return the numbers, at least ``min`` and at most ``max``: numbers or tensors, or None.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([-1.0, 0.5, 2.0]).clamp(0, 1)
            tensor([0.0000, 0.5000, 1.0000])
        """
        if min is None and max is None:
            raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
        kind = 0 if isinstance(min, Handle) or isinstance(max, Handle) else 1
        if max is None:
            return apply(_CLAMP_MIN[kind], self, _operand("clamp", self, min))
        if min is None:
            return apply(_CLAMP_MAX[kind], self, _operand("clamp", self, max))
        return apply(_CLAMP[kind], self, _operand("clamp", self, min), _operand("clamp", self, max))

    clip = clamp

    def clamp_min(self, min: Any) -> Self:  # noqa: A002 - torch's name
        """Return the numbers, at least ``min``."""
        name = f"ClampMinBackward{1 if isinstance(min, Handle) else 0}"
        return apply(RULES["clamp_min"].named(name), self, _operand("clamp", self, min))

    def clamp_max(self, max: Any) -> Self:  # noqa: A002 - torch's name
        """Return the numbers, at most ``max``."""
        name = f"ClampMaxBackward{1 if isinstance(max, Handle) else 0}"
        return apply(RULES["clamp_max"].named(name), self, _operand("clamp", self, max))


def choose(condition: Any, input: Any, other: Any) -> Any:  # noqa: A002 - torch's name
    """Return ``input`` where ``condition`` is true, else ``other``; either may be a number."""
    if not isinstance(condition, Handle):
        raise TypeError(
            f"where() received an invalid combination of arguments - got {type_name(condition)}: "
            f"{condition!r} (must be a Tensor of bool)"
        )
    if condition.dtype is not bool_:
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype.c_name}"
        )
    beside = next((each for each in (input, other) if isinstance(each, Handle)), condition)
    first, second = _operand("where", beside, input), _operand("where", beside, other)
    return apply("where", condition, first, second)


def _operand(function: str, tensor: Handle, value: Any) -> Any:
    operand = as_operand(tensor, value)
    if operand is None:
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got {type_name(value)}: {value!r} "
            "(must be a Tensor or a number)"
        )
    return operand
