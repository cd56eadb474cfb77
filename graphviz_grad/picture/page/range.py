"""Abbreviations for ranges of sliders, in the manner of ipywidgets' `interact`."""

from __future__ import annotations

import math
from numbers import Real
from typing import Final, NamedTuple, TypeGuard

import numpy as np

FORMS: Final = "a number, (min, max), (min, max, step), (min, max, step, value) or a FloatSlider"
TICKS: Final = 100
"""A slider has at least this many steps, so that dragging looks continuous."""


class Range(NamedTuple):
    """Where a slider may go, in what steps, and where it starts.

    Example:
        >>> Range(-3.0, 3.0, 0.05, 0.0).value
        0.0
    """

    low: float
    high: float
    step: float
    value: float


def read_range(name: str, abbreviation: object) -> Range:
    """Read a slider's abbreviation.

    Args:
        name: Whose slider it is, for the error.
        abbreviation: A number ``v`` (range ``(-|v|, 3|v|)``, mirrored for negatives, ``(-1, 1)`` for 0),
            ``(min, max)``, ``(min, max, step)`` or ``(min, max, step, value)``.

    Raises:
        TypeError: If it is none of these.
        ValueError: If its numbers are not finite or not in order.

    Example:
        >>> read_range("x", 2.0)
        Range(low=-2.0, high=6.0, step=0.05, value=2.0)
        >>> read_range("x", (-3, 3))
        Range(low=-3.0, high=3.0, step=0.05, value=0.0)
        >>> read_range("x", (3, -3))
        Traceback (most recent call last):
        ValueError: x: (3, -3) (must be (min, max) with min < max)
    """
    if is_number(abbreviation):
        return _around(name, abbreviation)
    if not isinstance(abbreviation, tuple) or not 2 <= len(abbreviation) <= 4:  # noqa: PLR2004 (the four forms)
        raise TypeError(f"{name}: {abbreviation!r} (must be {FORMS})")
    if not all(is_number(part) for part in abbreviation):
        raise TypeError(f"{name}: {abbreviation!r} (must be a tuple of numbers)")
    low, high, *rest = map(float, abbreviation)
    if not all(map(math.isfinite, (low, high, high - low, *rest))):
        raise ValueError(f"{name}: {abbreviation!r} (must be finite)")
    if low >= high:
        raise ValueError(f"{name}: {abbreviation!r} (must be (min, max) with min < max)")
    step = rest[0] if rest else nice_step(high - low)
    if not 0 < step <= high - low:
        raise ValueError(f"{name}: {abbreviation!r} (must have 0 < step <= max - min)")
    value = rest[1] if len(rest) > 1 else _middle(low, high, step)
    if not low <= value <= high:
        raise ValueError(f"{name}: {abbreviation!r} (must have min <= value <= max)")
    return Range(low, high, step, value)


def is_number(thing: object) -> TypeGuard[float]:
    """Whether it is a real number of Python or numpy; a bool is not.

    Example:
        >>> is_number(2), is_number(np.float32(2)), is_number(True), is_number("2")
        (True, True, False, False)
    """
    return isinstance(thing, Real) and not isinstance(thing, (bool, np.bool_))


def nice_step(span: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that divides a span into at least `TICKS` steps.

    Example:
        >>> nice_step(8.0), nice_step(6.0), nice_step(16.0), nice_step(200.0)
        (0.05, 0.05, 0.1, 2.0)
    """
    exponent = math.floor(math.log10(span / TICKS))
    for digit in (5, 2, 1):
        step = float(f"{digit}e{exponent}")
        if step * TICKS <= span * (1 + 1e-12):
            return step
    return float(f"5e{exponent - 1}")  # span / TICKS was rounded up to a power of ten


def _around(name: str, number: float) -> Range:
    """The range of a bare number: 0 to its left, twice its size to its right, as `interact` has it."""
    try:
        value = float(number)
    except OverflowError:  # an int of more than 308 digits
        value = math.inf
    size = abs(value)
    if size == 0:
        return Range(-1.0, 1.0, nice_step(2.0), 0.0)
    if not 1e-300 < size < 1e300:  # noqa: PLR2004 (a step would be subnormal, the range infinite)
        raise ValueError(f"{name}: {number!r} (must be finite, and between 1e-300 and 1e300 in size)")
    low, high = (-size, 3 * size) if value > 0 else (-3 * size, size)
    return Range(low, high, nice_step(high - low), value)


def _middle(low: float, high: float, step: float) -> float:
    """The step of the grid at or just below the middle, without the grid's rounding noise."""
    ticks = math.floor((high - low) / 2 / step * (1 + 1e-12))
    middle = round(low + ticks * step, 12 - math.floor(math.log10(high - low)))
    return min(max(middle, low), high) + 0.0  # no -0.0
