"""Methods that change a tensor in place: the op, then `become`. Their names end with an underscore."""

from __future__ import annotations

from typing import Any, Self, TypeVar

import numpy as np

from graphviz_grad.engine.check import check_in_place, check_tensor, type_name
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.inplace import base_of, become, forget
from graphviz_grad.engine.methods.choices import Choices
from graphviz_grad.engine.methods.selections import Selections
from graphviz_grad.engine.operand import as_operand
from graphviz_grad.engine.record import leaf, literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.sizes import expand_shape

H = TypeVar("H", bound=Handle)


class Changes(Choices, Selections):
    """What a tensor can become."""

    __slots__ = ()

    def zero_(self) -> Self:
        """Set every element to 0 in place."""
        return become(self, apply("zero", self))

    def fill_(self, value: Any) -> Self:
        """Set every element to one number in place."""
        if isinstance(value, Handle) and value.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions."
            )
        is_tensor = isinstance(value, Handle)
        return self._put_everywhere(value, "fill_", f"FillBackward{3 if is_tensor else 2}")

    def copy_(self, src: Self) -> Self:
        """Take over the numbers of another tensor, which is broadcast, in place."""
        check_tensor("copy_", src, "other")
        if expand_shape(self.shape, src.shape) != self.shape:
            raise RuntimeError(f"copy_(): {list(src.shape)} (must broadcast to {list(self.shape)})")
        return self._put_everywhere(src, "copy_", "CopyBackwards")

    def _put_everywhere(self, value: Any, function: str, grad_fn: str) -> Self:
        operand = as_operand(self, value)
        if operand is None:
            raise TypeError(
                f"{function}(): argument 'value' (position 1) must be Number, not {type_name(value)}: "
                f"{value!r}"
            )
        if operand.dtype is not self.dtype:
            cast = np.asarray(operand.value).astype(self.dtype.scalar)
            if cast.ndim:
                operand = leaf(self.kind, cast, requires_grad=False)
            else:
                operand = literal(self.kind, cast.item())
        return become(self, apply(RULES["fill"].named(grad_fn), self, operand), operand)

    # --- elementwise functions
    def abs_(self) -> Self:
        """Take the absolute value in place."""
        return become(self, apply("abs", self))

    def neg_(self) -> Self:
        """Change the sign in place."""
        return become(self, apply("neg", self))

    def exp_(self) -> Self:
        """Take e to the power of the numbers in place."""
        return _become(self, apply("exp", self))

    def log_(self) -> Self:
        """Take the natural logarithm in place."""
        return _become(self, apply("log", self))

    def sqrt_(self) -> Self:
        """Take the square root in place."""
        return _become(self, apply("sqrt", self))

    def sin_(self) -> Self:
        """Take the sine in place."""
        return _become(self, apply("sin", self))

    def cos_(self) -> Self:
        """Take the cosine in place."""
        return _become(self, apply("cos", self))

    def tan_(self) -> Self:
        """Take the tangent in place."""
        return _become(self, apply("tan", self))

    def tanh_(self) -> Self:
        """Take the hyperbolic tangent in place."""
        return _become(self, apply("tanh", self))

    def sigmoid_(self) -> Self:
        """Take 1 / (1 + exp(−x)) in place."""
        return _become(self, apply("sigmoid", self))

    def relu_(self) -> Self:
        """Take max(x, 0) in place."""
        return become(self, apply("relu", self))

    # --- choices
    def masked_fill_(self, mask: Self, value: Any) -> Self:
        """Put one number in place where ``mask`` is true."""
        return _become(self, self.masked_fill(mask, value))

    def clamp_(self, min: Any = None, max: Any = None) -> Self:  # noqa: A002 - torch's names
        """Bound the numbers in place."""
        return _become(self, self.clamp(min, max))

    def clamp_min_(self, min: Any) -> Self:  # noqa: A002 - torch's name
        """Bound the numbers from below in place."""
        return _become(self, self.clamp_min(min))

    def clamp_max_(self, max: Any) -> Self:  # noqa: A002 - torch's name
        """Bound the numbers from above in place."""
        return _become(self, self.clamp_max(max))

    # --- at places
    def scatter_(self, dim: int, index: Self, src: Any) -> Self:
        """Put the numbers of ``src``, or one, in place where ``index`` says along ``dim``.

        Example:
            >>> from graphviz_grad import tensor, zeros
            >>> zeros(2, 3).scatter_(1, tensor([[2], [0]]), 1.0)
            tensor([[0., 0., 1.],
                    [1., 0., 0.]])
        """
        return _become(self, self.scatter(dim, index, src))

    def scatter_add_(self, dim: int, index: Self, src: Self) -> Self:
        """Add the numbers of ``src`` in place where ``index`` says along ``dim``."""
        return _become(self, self.scatter_add(dim, index, src))

    def index_add_(self, dim: int, index: Self, source: Self) -> Self:
        """Add the places of ``source`` along ``dim`` in place to those that ``index`` names."""
        return _become(self, self.index_add(dim, index, source))

    # --- history
    def detach_(self) -> Self:
        """Forget in place how this tensor was computed: it is a leaf from now on.

        What was computed from it before keeps the history.
        """
        if base_of(self) is not self:
            raise RuntimeError(
                f"Can't detach views in-place. Use detach() instead. (shape {list(self.shape)})"
            )
        if self.op is not None:
            forget(self)
        return self


def _become(tensor: H, changed: Handle) -> H:
    check_in_place(tensor.value, changed.value)
    return become(tensor, changed)
