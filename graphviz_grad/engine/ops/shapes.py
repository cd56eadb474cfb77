"""Rows that put the same numbers into another shape."""

from __future__ import annotations

from typing import Final

import numpy as np

from graphviz_grad.engine.ops.op import Op

ROWS: Final = (
    Op(
        name="reshape",
        symbol="▭",
        formula="reshape({}, {shape})",
        forward=lambda a, *, shape: np.reshape(a, shape),
        vjps=(lambda g, a, out, *, shape: np.reshape(g, a.shape),),
        words=("shape back",),
        is_structural=True,
        grad_fn="ViewBackward0",
    ),
)
