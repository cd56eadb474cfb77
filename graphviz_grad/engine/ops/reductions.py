"""Rows that make one number of many, along some dimensions or all."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op


def keep(reduced: Any, dim: Any, *, keepdim: bool) -> Any:
    """Return what was reduced along ``dim`` with these dimensions put back, of size 1.

    Args:
        reduced: The result of a reduction, or its gradient.
        dim: An int, several, or None for all (which broadcasts as it is).
        keepdim: Whether they are there already.
    """
    return reduced if keepdim or dim is None else np.expand_dims(reduced, dim)


ROWS: Final = (
    Op(
        name="sum",
        symbol="Σ",
        formula="sum({})",
        forward=lambda a, *, dim=None, keepdim=False: np.sum(a, axis=dim, keepdims=keepdim),
        vjps=(lambda g, a, out, *, dim, keepdim: np.broadcast_to(keep(g, dim, keepdim=keepdim), a.shape),),
        words=("spread",),
        is_structural=True,
    ),
)
