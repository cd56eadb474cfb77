"""Rows that divide and keep a whole number, or what is left over: from C's fmod, which is exact."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op


def _is_beyond(left: Any, b: Any) -> Any:
    """Return whether what fmod has left has the other sign than b: then the quotient below is one less."""
    return np.where(left == 0, False, np.where(left < 0, b > 0, b < 0))


def _remainder(a: Any, b: Any) -> Any:
    left = np.fmod(a, b)
    return np.where(_is_beyond(left, b), left + b, left)


def _cut(a: Any) -> Any:
    """Return a rounded towards 0."""
    return np.where(a < 0, np.ceil(a), np.floor(a))


def _floor_divide(a: Any, b: Any) -> Any:
    left = np.fmod(a, b)
    quotient = (a - left) / b
    quotient = np.where(_is_beyond(left, b), quotient - 1, quotient)
    below = np.floor(quotient)
    nearest = np.where(quotient - below > 0.5, below + 1, below)
    return np.where(b == 0, a / b, np.where(quotient == 0, a / b * 0, nearest))


ROWS: Final = (
    Op(
        name="remainder",
        symbol="%",
        formula="{} % {}",
        forward=_remainder,
        vjps=(lambda g, a, b, out: g, lambda g, a, b, out: -g * _floor_divide(a, b)),
    ),
    Op(
        name="fmod",
        symbol="mod",
        formula="fmod({}, {})",
        forward=lambda a, b: np.fmod(a, b),
        vjps=(lambda g, a, b, out: g, lambda g, a, b, out: -g * _cut(a / b)),
    ),
    Op(
        name="floor_divide",
        symbol="//",
        formula="{} // {}",
        forward=_floor_divide,
        vjps=(lambda g, a, b, out: np.where(True, 0, g), lambda g, a, b, out: np.where(True, 0, g)),
    ),
    Op(
        name="trunc",
        symbol="0.",
        formula="trunc({})",
        forward=_cut,
        vjps=(lambda g, a, out: np.where(True, 0, g),),
    ),
)
