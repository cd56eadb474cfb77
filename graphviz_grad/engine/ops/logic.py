"""Rows of truth values: what is not 0 is true, nan included, as in torch."""

from __future__ import annotations

from typing import Final

import numpy as np

from graphviz_grad.engine.ops.op import Op

ROWS: Final = (
    Op(
        name="logical_and",
        symbol="and",
        formula="{} and {}",
        forward=lambda a, b: np.where(a == 0, False, b != 0),
    ),
    Op(
        name="logical_or",
        symbol="or",
        formula="{} or {}",
        forward=lambda a, b: np.where(a == 0, b != 0, True),
    ),
    Op(
        name="logical_xor",
        symbol="xor",
        formula="{} xor {}",
        forward=lambda a, b: np.where(a == 0, b != 0, b == 0),
    ),
    Op(name="logical_not", symbol="not", formula="not {}", forward=lambda a: a == 0),
    # What is finite gives 0 when multiplied by it; anything else gives nan.
    Op(name="isfinite", symbol="<∞", formula="isfinite({})", forward=lambda a: a * 0 == 0),
    Op(
        name="isinf",
        symbol="∞",
        formula="isinf({})",
        forward=lambda a: np.where(a == a, a * 0 != 0, False),  # noqa: PLR0124 - nan is not itself
    ),
    Op(name="isnan", symbol="nan", formula="isnan({})", forward=lambda a: a != a),  # noqa: PLR0124 - same
)
