"""Rows that multiply and add: products of vectors and matrices."""

from __future__ import annotations

from typing import Final

import numpy as np

from graphviz_grad.engine.ops.op import Op

ROWS: Final = (
    Op(
        name="matmul",
        symbol="@",
        formula="{} @ {}",
        forward=lambda a, b: np.matmul(a, b),
        vjps=(
            lambda g, a, b, out: np.matmul(g, np.swapaxes(b, -1, -2)),
            lambda g, a, b, out: np.matmul(np.swapaxes(a, -1, -2), g),
        ),
        reads=("b", "a"),
        words=("g @ bᵀ", "aᵀ @ g"),
        is_structural=True,
        grad_fn="MmBackward0",
    ),
)
