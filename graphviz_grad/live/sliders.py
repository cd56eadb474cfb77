"""Sliders from abbreviations; every slider is a `FloatSlider`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from weakref import WeakSet

from ipywidgets import FloatSlider, Layout

from graphviz_grad.picture.page.range import read_range
from graphviz_grad.text import clean

if TYPE_CHECKING:
    from typing import Any

WIDEST = 1e5  # beyond it (or with steps too fine for 4 decimals) the readout switches to exponents

_ours: WeakSet[FloatSlider] = WeakSet()


def slider(name: str, abbreviation: object) -> FloatSlider:
    """Make the slider that an abbreviation stands for; a FloatSlider stands for itself.

    Example:
        >>> made = slider("x", (-8, 8, 0.5, 2))
        >>> made.min, made.max, made.step, made.value
        (-8.0, 8.0, 0.5, 2.0)
    """
    if isinstance(abbreviation, FloatSlider):
        return _checked(name, abbreviation)
    low, high, step, value = read_range(name, abbreviation)
    is_plain = max(-low, high) < WIDEST and step >= 1e-4  # noqa: PLR2004 (what 4 decimals can show)
    made = FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=clean(name),
        readout_format=".4f" if is_plain else ".3e",
        layout=Layout(width="auto"),
    )
    _ours.add(made)
    return made


def is_ours(made: FloatSlider) -> bool:
    """Whether `slider` made this slider, so that it may be closed with its explorer.

    Example:
        >>> is_ours(slider("x", 2.0)), is_ours(slider("x", FloatSlider()))
        (True, False)
    """
    return made in _ours


def _checked(name: str, given: FloatSlider) -> FloatSlider:
    numbers: tuple[Any, ...] = (given.min, given.max, given.value)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"{name}: {given!r} (must have a finite min, max and value)")
    if given.min >= given.max:
        raise ValueError(f"{name}: {given!r} (must have min < max)")
    if not given.description:
        given.description = clean(name)
    return given
