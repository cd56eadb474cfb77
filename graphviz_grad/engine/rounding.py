"""a·b + c, rounded once: what torch's compiled kernels do where numpy rounds twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_SPLITTER: Final = 2.0**27 + 1


def multiply_add(a: ArrayLike, b: ArrayLike, c: ArrayLike) -> Any:
    """Return a·b + c as a fused multiply-add gives it.

    The product and the sum are each taken apart into what a float holds and what it drops (Dekker, Knuth).

    Example:
        >>> tenth = float(multiply_add(0.1, 10.0, -1.0))  # what 0.1 is more than a tenth
        >>> tenth == 2.0**-54, 0.1 * 10.0 - 1.0
        (True, 0.0)
    """
    a, b, c = np.asarray(a, np.float64), np.asarray(b, np.float64), np.asarray(c, np.float64)
    with np.errstate(all="ignore"):
        product, total = a * b, a * b + c
        (a_high, a_low), (b_high, b_low) = _split(a), _split(b)
        dropped = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
        part = total - product
        dropped = dropped + ((product - (total - part)) + (c - part))
    return np.where(np.isfinite(dropped), total + dropped, total)


def _split(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two numbers of half the digits, whose sum is ``value``."""
    scaled = _SPLITTER * value
    high = scaled - (scaled - value)
    return high, value - high
