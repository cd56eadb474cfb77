"""Elementwise rows that choose between numbers: by a condition, by bounds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op


# Of two equal zeros the bounded number stays, and a bound of nan gives nan: torch's way, not np.maximum's.
def _at_least(a: Any, b: Any) -> Any:
    return np.where(a >= b, a, np.where(a < b, b, a + b))


def _at_most(a: Any, b: Any) -> Any:
    return np.where(a <= b, a, np.where(a > b, b, a + b))


ROWS: Final = (
    Op(  # the condition is true where it is not 0; nothing flows into it
        name="where",
        symbol="?:",
        formula="where({}, {}, {})",
        forward=lambda a, b, c: np.where(a != 0, b, c),
        vjps=(
            lambda g, a, b, c, out: np.where(True, 0, g),
            lambda g, a, b, c, out: np.where(a != 0, g, 0),
            lambda g, a, b, c, out: np.where(a != 0, 0, g),
        ),
    ),
    Op(
        name="clamp_min",
        symbol="≥b",
        formula="clamp({}, min={})",
        forward=lambda a, b: _at_least(a, b),
        vjps=(
            lambda g, a, b, out: np.where(a >= b, g, 0),
            lambda g, a, b, out: np.where(a < b, g, 0),
        ),
    ),
    Op(
        name="clamp_max",
        symbol="≤b",
        formula="clamp({}, max={})",
        forward=lambda a, b: _at_most(a, b),
        vjps=(
            lambda g, a, b, out: np.where(a <= b, g, 0),
            lambda g, a, b, out: np.where(a > b, g, 0),
        ),
    ),
    Op(  # where the bounds contradict each other, the upper one holds
        name="clamp",
        symbol="[a,b]",
        formula="clamp({}, {}, {})",
        forward=lambda a, b, c: _at_most(_at_least(a, b), c),
        vjps=(
            lambda g, a, b, c, out: np.where(a >= b, np.where(a <= c, g, 0), 0),
            lambda g, a, b, c, out: np.where(b < c, np.where(a < b, g, 0), 0),
            lambda g, a, b, c, out: np.where(a > c, g, np.where(c < b, g, 0)),
        ),
    ),
    Op(  # b in the place of a, whatever that was
        name="fill",
        symbol="←",
        formula="{} ← {}",
        forward=lambda a, b: np.where(True, b, a),
        vjps=(
            lambda g, a, b, out: np.where(True, 0, g),
            lambda g, a, b, out: np.where(True, g, 0),
        ),
    ),
)
