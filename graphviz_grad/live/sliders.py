"""Sliders from abbreviations; every slider is a `FloatSlider`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from weakref import WeakSet

from ipywidgets import FloatSlider, Layout

from graphviz_grad.picture.page.content import Control
from graphviz_grad.picture.page.range import Range, nice_step, read_range
from graphviz_grad.text import clean

if TYPE_CHECKING:
    from typing import Any

    import numpy as np

    from graphviz_grad.live.watched import Element
    from graphviz_grad.node import Node

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


def element_slider(element: Element, array: np.ndarray, abbreviation: object) -> FloatSlider:
    """Make the slider of an element of an array, which starts where the element is, unless told otherwise.

    Args:
        element: Which one.
        array: Of which array.
        abbreviation: None, or as for `slider`.

    Example:
        >>> import numpy as np
        >>> from graphviz_grad.live.watched import Element
        >>> made = element_slider(Element("w", (1,)), np.array([0.0, 2.0]), None)
        >>> made.description, made.min, made.max, made.value
        ('w[1]', -2.0, 6.0, 2.0)
    """
    return slider(element.label, start_at(element.label, float(array[element.index]), abbreviation))


def start_at(name: str, value: float, abbreviation: object) -> object:
    """Return the abbreviation of a slider that starts at a value, unless it says where to start.

    Raises:
        ValueError: If the value is out of its range.

    Example:
        >>> start_at("x", 2.0, (0, 4)), start_at("x", 2.0, None)
        ((0.0, 4.0, 0.02, 2.0), 2.0)
    """
    if abbreviation is None:
        return value
    if isinstance(abbreviation, tuple) and len(abbreviation) in {2, 3}:
        low, high, step, _ = read_range(name, abbreviation)
        if not low <= value <= high:
            raise ValueError(f"{name}: {abbreviation!r} (must contain the leaf's value, {value!r})")
        return (low, high, step, value)
    return abbreviation


def is_ours(made: FloatSlider) -> bool:
    """Whether `slider` made this slider, so that it may be closed with its explorer.

    Example:
        >>> is_ours(slider("x", 2.0)), is_ours(slider("x", FloatSlider()))
        (True, False)
    """
    return made in _ours


def as_control(name: str, made: FloatSlider, node: Node, element: int | None = None) -> Control:
    """Say what a slider is to a page, which makes one of its own.

    Args:
        name: What it is called.
        made: The slider.
        node: The leaf that it moves, in the state that is shown.
        element: Of an array, the place of the element that it moves.

    Example:
        >>> from graphviz_grad.graph import trace
        >>> from graphviz_grad import tensor
        >>> as_control("x", slider("x", (-3, 3, 0.5)), trace([tensor(1.5)])["n0"])
        Control(node='n0', name='x', range=Range(low=-3.0, high=3.0, step=0.5, value=1.5), element=None)
    """
    payload: Any = node.value
    value = payload if element is None else float(payload.flat[element])
    low, high = min(made.min, value), max(made.max, value)
    span = Range(low, high, made.step or nice_step(high - low), value)
    return Control(node.id, clean(name), span, element)


def _checked(name: str, given: FloatSlider) -> FloatSlider:
    numbers: tuple[Any, ...] = (given.min, given.max, given.value)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"{name}: {given!r} (must have a finite min, max and value)")
    if given.min >= given.max:
        raise ValueError(f"{name}: {given!r} (must have min < max)")
    if not given.description:
        given.description = clean(name)
    return given
