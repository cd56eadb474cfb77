"""Rows that choose among numbers: by an index, by a condition; and those that put tensors together."""

from __future__ import annotations

from typing import Final

import numpy as np

from graphviz_grad.engine.ops.op import Op

ROWS: Final = (
    Op(
        name="stack",
        symbol="≡",
        formula="stack({})",
        forward=lambda *arrays, dim=0: np.stack(arrays, axis=dim),
        vjps=(lambda g, *arrays, out, place, dim: np.take(g, place, axis=dim),),
        words=("take back",),
        is_structural=True,
    ),
)
