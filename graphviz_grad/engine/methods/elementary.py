"""Further functions of numbers, element by element, as methods."""

from __future__ import annotations

from typing import Self

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.dtype import bool_
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.recorder import apply


class Elementary(Handle):
    """Logarithms and exponentials, angles, rounding."""

    __slots__ = ()

    def log1p(self) -> Self:
        """Return ln(1 + self), exact near 0."""
        return apply("log1p", self)

    def log2(self) -> Self:
        """Return the logarithm to base 2."""
        return apply("log2", self)

    def log10(self) -> Self:
        """Return the logarithm to base 10."""
        return apply("log10", self)

    def expm1(self) -> Self:
        """Return e to the power of self, less 1, exact near 0."""
        return apply("expm1", self)

    def reciprocal(self) -> Self:
        """Return 1 / self."""
        return apply("reciprocal", self)

    def rsqrt(self) -> Self:
        """Return 1 / √self."""
        return apply("rsqrt", self)

    def erf(self) -> Self:
        """Return the error function, 2/√π ∫ exp(−t²) from 0 to self."""
        return apply("erf", self)

    def sinh(self) -> Self:
        """Return the hyperbolic sine."""
        return apply("sinh", self)

    def cosh(self) -> Self:
        """Return the hyperbolic cosine."""
        return apply("cosh", self)

    def asin(self) -> Self:
        """Return the angle whose sine is self: nan beyond ±1."""
        return apply("asin", self)

    def acos(self) -> Self:
        """Return the angle whose cosine is self: nan beyond ±1."""
        return apply("acos", self)

    def atan(self) -> Self:
        """Return the angle whose tangent is self."""
        return apply("atan", self)

    def floor(self) -> Self:
        """Return the integer below; its derivative is 0."""
        return apply("floor", self)

    def ceil(self) -> Self:
        """Return the integer above; its derivative is 0."""
        return apply("ceil", self)

    def round(self) -> Self:
        """Return the nearest integer, of two the even one; its derivative is 0."""
        return apply("round", self)

    def sign(self) -> Self:
        """Return 1, −1 or 0; its derivative is 0."""
        return apply("clone" if self.dtype is bool_ else "sign", self)

    def square(self) -> Self:
        """Return self · self."""
        return self**2  # type: ignore[operator, no-any-return]

    def atan2(self, other: Self) -> Self:
        """Return the angle of the point (other, self) from the horizontal axis."""
        check_tensor("atan2", other, "other")
        return apply("atan2", self, other)
