"""`Tensor`: what users compute with, under torch's names, with torch's behaviour.

Every operator and method is written out, so that editors and type checkers see them; what each one computes
stands in the op table alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import numpy as np

from graphviz_grad.engine.check import check_in_place, check_tensor, type_name
from graphviz_grad.engine.creation import as_payload
from graphviz_grad.engine.grad_mode import forget, is_grad_enabled, off
from graphviz_grad.engine.handle import Handle, Number
from graphviz_grad.engine.record import Record, literal, next_order, part
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from graphviz_grad.engine.rules import Rule

_ADD, _SUB, _MUL, _DIV, _POW = (RULES[name] for name in ("add", "sub", "mul", "div", "pow"))
# The same rows under the names that torch's reflected operators print.
_RSUB: Final = _SUB.named("RsubBackward1")
_RDIV: Final = _DIV.named("MulBackward0")
_POW_OF_TENSORS: Final = _POW.named("PowBackward1")
_POW_OF_NUMBER: Final = _POW.named("PowBackward2")
_SIGNS: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_NEG, _ABS, _EXP, _LOG, _SQRT = (RULES[name] for name in ("neg", "abs", "exp", "log", "sqrt"))
_SIN, _COS, _TAN, _TANH = (RULES[name] for name in ("sin", "cos", "tan", "tanh"))
_SIGMOID, _RELU, _SOFTPLUS = (RULES[name] for name in ("sigmoid", "relu", "softplus"))
_MAXIMUM, _MINIMUM = RULES["maximum"], RULES["minimum"]
_CLONE, _DETACH, _ZERO = (RULES[name] for name in ("clone", "detach", "zero"))
_GT, _GE, _LT, _LE, _EQ, _NE = (RULES[name] for name in ("gt", "ge", "lt", "le", "eq", "ne"))


class Tensor(Handle):
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
        return _join(_ADD, self, other if other.__class__ is Tensor else _operand(self, other))

    def __radd__(self, other: Operand) -> Tensor:
        """Return other + self."""
        return _join(_ADD, _operand(self, other), self)

    def __sub__(self, other: Operand) -> Tensor:
        """Return self − other."""
        return _join(_SUB, self, other if other.__class__ is Tensor else _operand(self, other))

    def __rsub__(self, other: Operand) -> Tensor:
        """Return other − self."""
        return _join(_RSUB, _operand(self, other), self)

    def __mul__(self, other: Operand) -> Tensor:
        """Return self · other."""
        return _join(_MUL, self, other if other.__class__ is Tensor else _operand(self, other))

    def __rmul__(self, other: Operand) -> Tensor:
        """Return other · self."""
        return _join(_MUL, _operand(self, other), self)

    def __truediv__(self, other: Operand) -> Tensor:
        """Return self / other."""
        return _join(_DIV, self, other if other.__class__ is Tensor else _operand(self, other))

    def __rtruediv__(self, other: Operand) -> Tensor:
        """Return other / self."""
        return _join(_RDIV, _operand(self, other), self)

    def __pow__(self, other: Operand) -> Tensor:
        """Return self to the power of other."""
        if isinstance(other, Tensor):
            return _join(_POW_OF_TENSORS, self, other)
        return _join(_POW, self, _operand(self, other))

    def __rpow__(self, other: Operand) -> Tensor:
        """Return other to the power of self."""
        return _join(_POW_OF_NUMBER, _operand(self, other), self)

    def __neg__(self) -> Tensor:
        """Return −self."""
        return _unary(_NEG, self)

    def __pos__(self) -> Tensor:
        """Return self."""
        return self

    def __abs__(self) -> Tensor:
        """Return the absolute value."""
        return _unary(_ABS, self)

    # --- comparisons: tensors of bool, as in torch
    def __gt__(self, other: Operand) -> Tensor:
        """Return self > other."""
        return _join(_GT, self, other if other.__class__ is Tensor else _operand(self, other))

    def __ge__(self, other: Operand) -> Tensor:
        """Return self ≥ other."""
        return _join(_GE, self, other if other.__class__ is Tensor else _operand(self, other))

    def __lt__(self, other: Operand) -> Tensor:
        """Return self < other."""
        return _join(_LT, self, other if other.__class__ is Tensor else _operand(self, other))

    def __le__(self, other: Operand) -> Tensor:
        """Return self ≤ other."""
        return _join(_LE, self, other if other.__class__ is Tensor else _operand(self, other))

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        """Return self == other, element by element."""
        return _join(_EQ, self, other if other.__class__ is Tensor else _operand(self, other))

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        """Return self ≠ other, element by element."""
        return _join(_NE, self, other if other.__class__ is Tensor else _operand(self, other))

    __hash__ = object.__hash__

    # --- in place
    def __iadd__(self, other: Operand) -> Self:
        """Add other in place."""
        return self._change(_ADD, other)

    def __isub__(self, other: Operand) -> Self:
        """Subtract other in place."""
        return self._change(_SUB, other)

    def __imul__(self, other: Operand) -> Self:
        """Multiply by other in place."""
        return self._change(_MUL, other)

    def __itruediv__(self, other: Operand) -> Self:
        """Divide by other in place."""
        return self._change(_DIV, other)

    add_, sub_, mul_, div_ = __iadd__, __isub__, __imul__, __itruediv__

    def zero_(self) -> Self:
        """Set every element to 0 in place."""
        return self._become(_unary(_ZERO, self))

    def _change(self, rule: Rule, other: Any) -> Self:
        changed = _join(rule, self, _operand(self, other))
        if changed is NotImplemented:
            raise TypeError(
                f"unsupported operand type(s) for {_SIGNS[rule.name]}=: 'Tensor' and {type_name(other)!r}: "
                f"{other!r} (must be a Tensor or a number)"
            )
        check_in_place(self.value, changed.value)
        return self._become(changed)

    def _become(self, changed: Tensor) -> Self:
        """Become the result of an op; what was computed from the old value keeps it."""
        if self.op is None and self.flows and is_grad_enabled():
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
        if changed.flows:
            part(self, changed)
        else:
            self.change(changed.value)
        return self

    @property
    def data(self) -> Tensor:
        """The value without its history; assigning to it changes this tensor in place, unrecorded."""
        return leaf(self.value, requires_grad=False)

    @data.setter
    def data(self, data: Tensor) -> None:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}: {data!r}")
        self.change(data.value)

    # --- functions
    def add(self, other: Operand) -> Tensor:
        """Return self + other."""
        return self + other

    def sub(self, other: Operand) -> Tensor:
        """Return self − other."""
        return self - other

    def mul(self, other: Operand) -> Tensor:
        """Return self · other."""
        return self * other

    def div(self, other: Operand) -> Tensor:
        """Return self / other."""
        return self / other

    def pow(self, exponent: Operand) -> Tensor:
        """Return self to the power of ``exponent``."""
        return self**exponent

    def neg(self) -> Tensor:
        """Return −self."""
        return _unary(_NEG, self)

    def abs(self) -> Tensor:
        """Return the absolute value."""
        return _unary(_ABS, self)

    def exp(self) -> Tensor:
        """Return e to the power of self."""
        return _unary(_EXP, self)

    def log(self) -> Tensor:
        """Return the natural logarithm."""
        return _unary(_LOG, self)

    def sqrt(self) -> Tensor:
        """Return the square root."""
        return _unary(_SQRT, self)

    def sin(self) -> Tensor:
        """Return the sine."""
        return _unary(_SIN, self)

    def cos(self) -> Tensor:
        """Return the cosine."""
        return _unary(_COS, self)

    def tan(self) -> Tensor:
        """Return the tangent."""
        return _unary(_TAN, self)

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent."""
        return _unary(_TANH, self)

    def sigmoid(self) -> Tensor:
        """Return 1 / (1 + exp(−self))."""
        return _unary(_SIGMOID, self)

    def relu(self) -> Tensor:
        """Return max(self, 0)."""
        return _unary(_RELU, self)

    def softplus(self) -> Tensor:
        """Return ln(1 + exp(self)); above 20, self."""
        return _unary(_SOFTPLUS, self)

    def maximum(self, other: Tensor) -> Tensor:
        """Return the larger of both, element by element."""
        check_tensor("maximum", other, "other")
        return _join(_MAXIMUM, self, other)

    def minimum(self, other: Tensor) -> Tensor:
        """Return the smaller of both, element by element."""
        check_tensor("minimum", other, "other")
        return _join(_MINIMUM, self, other)

    def clone(self) -> Tensor:
        """Return a copy that gradients flow through."""
        return _unary(_CLONE, self)

    def detach(self) -> Tensor:
        """Return the value without its history: no gradient flows through it."""
        return _unary(_DETACH, self)


Operand: TypeAlias = "Tensor | Number | np.ndarray | np.generic"


# The functions below are the hot path of define-by-run. Tensors are filled in directly, because calling a
# class with an __init__ costs as much as the rest of the operation together.
_new: Final = object.__new__


def leaf(value: Any, requires_grad: bool) -> Tensor:  # noqa: FBT001 - a keyword costs a tenth of the call
    """Return a tensor that nothing was computed from.

    Args:
        value: The payload: a Python number, or an array.
        requires_grad: Whether gradients are computed for it.
    """
    made = _new(Tensor)
    made.value = value
    made.op = made.stamp = made.stored = made.extra = None
    made.parents = ()
    made.flows = requires_grad
    made.order = next_order()
    return made


def _unary(rule: Rule, operand: Tensor) -> Tensor:
    a = operand.value
    made = _new(Tensor)
    if a.__class__ is float:
        forward = rule.forward_scalar  # in two steps: CPython 3.11 calls a local faster than an attribute
        made.value = forward(a)
    else:
        made.value = rule.forward(a)
    made.op = rule
    made.parents = (operand,)
    made.flows = operand.flows and rule.is_differentiable
    made.order = next_order()
    made.stamp = made.stored = made.extra = None
    if off:
        forget(made)
    return made


def _join(rule: Rule, left: Record | None, right: Record | None) -> Tensor:
    if left is None or right is None:
        return NotImplemented  # type: ignore[no-any-return]
    a = left.value
    b = right.value
    made = _new(Tensor)
    if a.__class__ is float is b.__class__:
        forward = rule.forward_scalar
        made.value = forward(a, b)
    else:
        made.value = rule.forward(a, b)
    made.op = rule
    made.parents = (left, right)
    made.flows = (left.flows or right.flows) and rule.is_differentiable
    made.order = next_order()
    made.stamp = made.stored = made.extra = None
    if off:
        forget(made)
    return made


def _operand(tensor: Tensor, value: Any) -> Record | None:
    """Return the record of an operand that stands beside ``tensor``, or None if it cannot be one."""
    if isinstance(value, (float, int)):  # bool is an int
        if tensor.value.__class__ is not float:
            return literal(value if isinstance(value, float) else as_payload(value))
        try:
            return literal(float(value))
        except OverflowError:
            raise OverflowError(f"int too big to convert: {value!r} (must fit into a float)") from None
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.generic):
        return _operand(tensor, value.item())
    if isinstance(value, np.ndarray) and value.dtype.kind in "fib":
        return leaf(value.item() if value.ndim == 0 else value.copy(), requires_grad=False)
    return None
