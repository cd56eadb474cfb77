"""`Tensor`: what users compute with, under torch's names, with torch's behaviour.

Every operator and method is written out, so that editors and type checkers see them; what each one computes
stands in the op table alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import numpy as np

from graphviz_grad.engine.check import check_in_place, check_tensor, type_name
from graphviz_grad.engine.detached import tie
from graphviz_grad.engine.inplace import become, check_recorded
from graphviz_grad.engine.methods.changes import Changes
from graphviz_grad.engine.methods.conversions import Conversions
from graphviz_grad.engine.methods.division import Division
from graphviz_grad.engine.methods.elementary import Elementary
from graphviz_grad.engine.methods.filling import Filling
from graphviz_grad.engine.methods.logic import Logic
from graphviz_grad.engine.methods.making import Making
from graphviz_grad.engine.methods.ordering import Ordering
from graphviz_grad.engine.methods.products import Products
from graphviz_grad.engine.methods.reductions import Reductions
from graphviz_grad.engine.methods.spreading import Spreading
from graphviz_grad.engine.methods.values import Values
from graphviz_grad.engine.operand import as_operand
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.recorder import compile_op
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.storage import share, unshare
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphviz_grad.engine.handle import Number


class Tensor(
    Elementary,
    Reductions,
    Products,
    Spreading,
    Filling,
    Conversions,
    Values,
    Changes,
    Logic,
    Ordering,
    Division,
    Making,
):
    """A number or an array that remembers how it was computed.

    Made by `graphviz_grad.tensor`, and by operations on tensors.

    Example:
        >>> from graphviz_grad import tensor
        >>> x, z = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
        >>> y = x * z
        >>> y.backward()
        >>> y, x.grad
        (tensor(6., grad_fn=<MulBackward0>), tensor(3.))
    """

    __slots__ = ()

    # --- arithmetic
    def __add__(self, other: Operand) -> Tensor:
        """Return self + other."""
        return _add(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __radd__(self, other: Operand) -> Tensor:
        """Return other + self."""
        return _add(as_operand(self, other), self)

    def __sub__(self, other: Operand) -> Tensor:
        """Return self − other."""
        return _sub(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __rsub__(self, other: Operand) -> Tensor:
        """Return other − self."""
        return _rsub(as_operand(self, other), self)

    def __mul__(self, other: Operand) -> Tensor:
        """Return self · other."""
        return _mul(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __rmul__(self, other: Operand) -> Tensor:
        """Return other · self."""
        return _mul(as_operand(self, other), self)

    def __truediv__(self, other: Operand) -> Tensor:
        """Return self / other."""
        return _div(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __rtruediv__(self, other: Operand) -> Tensor:
        """Return other / self."""
        return _rdiv(as_operand(self, other), self)

    def __pow__(self, other: Operand) -> Tensor:
        """Return self to the power of other."""
        if isinstance(other, Tensor):
            return _pow_of_tensors(self, other)
        return _pow(self, as_operand(self, other))

    def __rpow__(self, other: Operand) -> Tensor:
        """Return other to the power of self."""
        return _pow_of_number(as_operand(self, other), self)

    def __neg__(self) -> Tensor:
        """Return −self."""
        return _neg(self)

    def __pos__(self) -> Tensor:
        """Return self."""
        return self

    def __abs__(self) -> Tensor:
        """Return the absolute value."""
        return _abs(self)

    # --- comparisons: tensors of bool, as in torch
    def __gt__(self, other: Operand) -> Tensor:
        """Return self > other."""
        return _gt(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __ge__(self, other: Operand) -> Tensor:
        """Return self ≥ other."""
        return _ge(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __lt__(self, other: Operand) -> Tensor:
        """Return self < other."""
        return _lt(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __le__(self, other: Operand) -> Tensor:
        """Return self ≤ other."""
        return _le(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        """Return self == other, element by element."""
        return _eq(self, other if other.__class__ is Tensor else as_operand(self, other))

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        """Return self ≠ other, element by element."""
        return _ne(self, other if other.__class__ is Tensor else as_operand(self, other))

    __hash__ = object.__hash__

    # --- in place
    def __iadd__(self, other: Operand) -> Self:
        """Add other in place."""
        return self._change(_add, other, "+=")

    def __isub__(self, other: Operand) -> Self:
        """Subtract other in place."""
        return self._change(_sub, other, "-=")

    def __imul__(self, other: Operand) -> Self:
        """Multiply by other in place."""
        return self._change(_mul, other, "*=")

    def __itruediv__(self, other: Operand) -> Self:
        """Divide by other in place."""
        return self._change(_div, other, "/=")

    def __ipow__(self, other: Operand) -> Self:
        """Raise to the power of other in place."""
        return self._change(_pow_of_tensors if isinstance(other, Tensor) else _pow, other, "**=")

    mul_, div_, pow_ = __imul__, __itruediv__, __ipow__

    def add_(self, other: Operand, *, alpha: Number = 1) -> Self:
        """Add alpha · other in place."""
        return self._change(_add, other, "+=", alpha)

    def sub_(self, other: Operand, *, alpha: Number = 1) -> Self:
        """Subtract alpha · other in place."""
        return self._change(_sub, other, "-=", alpha)

    def _change(self, op: Callable[..., Tensor], other: Any, sign: str, alpha: Number = 1) -> Self:
        operand = as_operand(self, _scaled(other, alpha))
        if operand is not None:
            check_recorded(self, (), operand)
        changed = op(self, operand)
        if changed is NotImplemented:
            raise TypeError(
                f"unsupported operand type(s) for {sign}: 'Tensor' and {type_name(other)!r}: "
                f"{other!r} (must be a Tensor or a number)"
            )
        check_in_place(self.value, changed.value)
        return become(self, changed, other if isinstance(other, Tensor) else None)

    @property
    def data(self) -> Tensor:
        """The value without its history; changing it in place, or assigning to it, changes this tensor."""
        note_look(self)
        made = leaf(Tensor, self.value, requires_grad=False)
        share(self, made, is_hidden=True)
        return made

    @data.setter
    def data(self, data: Tensor) -> None:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}: {data!r}")
        if data.value is not self.value:  # `x.data -= 1` has changed it already
            unshare(self)
            self.change(data.value, is_hidden=True)

    # --- functions
    def add(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Return self + alpha · other."""
        return self + _scaled(other, alpha)

    def sub(self, other: Operand, *, alpha: Number = 1) -> Tensor:
        """Return self − alpha · other."""
        return self - _scaled(other, alpha)

    def mul(self, other: Operand) -> Tensor:
        """Return self · other."""
        return self * other

    def pow(self, exponent: Operand) -> Tensor:
        """Return self to the power of ``exponent``."""
        return self**exponent

    def neg(self) -> Tensor:
        """Return −self."""
        return _neg(self)

    def abs(self) -> Tensor:
        """Return the absolute value."""
        return _abs(self)

    def exp(self) -> Tensor:
        """Return e to the power of self."""
        return _exp(self)

    def log(self) -> Tensor:
        """Return the natural logarithm."""
        return _log(self)

    def sqrt(self) -> Tensor:
        """Return the square root."""
        return _sqrt(self)

    def sin(self) -> Tensor:
        """Return the sine."""
        return _sin(self)

    def cos(self) -> Tensor:
        """Return the cosine."""
        return _cos(self)

    def tan(self) -> Tensor:
        """Return the tangent."""
        return _tan(self)

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent."""
        return _tanh(self)

    def sigmoid(self) -> Tensor:
        """Return 1 / (1 + exp(−self))."""
        return _sigmoid(self)

    def relu(self) -> Tensor:
        """Return max(self, 0)."""
        return _relu(self)

    def softplus(self) -> Tensor:
        """Return ln(1 + exp(self)); above 20, self."""
        return _softplus(self)

    def maximum(self, other: Tensor) -> Tensor:
        """Return the larger of both, element by element."""
        check_tensor("maximum", other, "other")
        return _maximum(self, other)

    def minimum(self, other: Tensor) -> Tensor:
        """Return the smaller of both, element by element."""
        check_tensor("minimum", other, "other")
        return _minimum(self, other)

    # torch's other names
    subtract, multiply, negative, absolute = sub, mul, neg, abs  # noqa: A003 - the method is meant

    def clone(self) -> Tensor:
        """Return a copy that gradients flow through."""
        made = _clone(self)
        if isinstance(made.value, np.ndarray):
            made.value = np.array(made.value, order="K" if all(made.value.strides) else "C")
        return made

    def detach(self) -> Tensor:
        """Return the value without its history: no gradient flows through it.

        Changing it in place changes this tensor, as in torch.
        """
        made = _detach(self)
        tie(self, made)
        share(self, made, is_hidden=False)
        return made


Tensor.kind = Tensor

Operand: TypeAlias = "Tensor | Number | np.ndarray | np.generic"


def _scaled(other: Operand, alpha: Number) -> Operand:
    return other if alpha == 1 else other * alpha  # type: ignore[operator]


def _compile(name: str, grad_fn: str | None = None) -> Callable[..., Tensor]:
    rule = RULES[name]
    return compile_op(rule if grad_fn is None else rule.named(grad_fn), Tensor)


_add, _sub, _mul, _div, _pow = map(_compile, ("add", "sub", "mul", "div", "pow"))
# The same rows under the names that torch's reflected operators print.
_rsub: Final = _compile("sub", "RsubBackward1")
_rdiv: Final = _compile("div", "MulBackward0")
_pow_of_tensors: Final = _compile("pow", "PowBackward1")
_pow_of_number: Final = _compile("pow", "PowBackward2")
_neg, _abs, _exp, _log, _sqrt = map(_compile, ("neg", "abs", "exp", "log", "sqrt"))
_sin, _cos, _tan, _tanh = map(_compile, ("sin", "cos", "tan", "tanh"))
_sigmoid, _relu, _softplus = map(_compile, ("sigmoid", "relu", "softplus"))
_maximum, _minimum = map(_compile, ("maximum", "minimum"))
_clone, _detach = map(_compile, ("clone", "detach"))
_gt, _ge, _lt, _le, _eq, _ne = map(_compile, ("gt", "ge", "lt", "le", "eq", "ne"))
