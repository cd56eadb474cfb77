"""Rows that put in order: where each number of the ordered tensor stands."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op


def _argsort(a: Any, dim: int, *, descending: bool, count: int | None) -> Any:
    """Return where the numbers stand, in order; of equal ones the first comes first, and nan is the largest.

    Args:
        a: The numbers.
        dim: Along which dimension.
        descending: Whether the largest comes first.
        count: How many of them; None for all.
    """
    if not np.ndim(a):
        return np.zeros((), np.int64)
    if descending:  # from the back, and numbered from there
        order = a.shape[dim] - 1 - np.flip(np.argsort(np.flip(a, dim), axis=dim, kind="stable"), dim)
    else:
        order = np.argsort(a, axis=dim, kind="stable")
    return order if count is None else np.take(order, np.arange(count), axis=dim)


ROWS: Final = (
    Op(
        name="argsort",
        symbol="↕",
        formula="argsort({})",
        forward=lambda a, *, dim=-1, descending=False, count=None: _argsort(
            a, dim, descending=descending, count=count
        ),
        is_structural=True,
    ),
)
