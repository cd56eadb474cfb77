"""Rows that take some of the numbers, by an index, or put them somewhere; and those that join tensors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op
from graphviz_grad.engine.ops.placing import along, get, index_put, scatter_add

_LISTED: Final = 4


def write_index(index: tuple[Any, ...]) -> str:
    """Return an index as it is written between brackets; of an array of many places, its shape.

    Example:
        >>> write_index((0, slice(None, -1), np.array([0, 2]))), write_index((..., np.zeros((5, 2), int)))
        ('0, :−1, [0, 2]', '..., ⟨5×2⟩')
    """
    return ", ".join(map(_write_item, index)) or "..."


def _write_item(item: Any) -> str:
    if isinstance(item, np.ndarray):
        if item.ndim == 1 and item.size <= _LISTED:
            return f"[{', '.join(map(str, item.tolist()))}]"
        return f"⟨{'×'.join(map(str, item.shape))}⟩"
    if item is Ellipsis:
        return "..."
    if isinstance(item, slice):
        bounds = ("" if bound is None else str(bound) for bound in (item.start, item.stop, item.step))
        return ":".join(bounds).replace("-", "−")[: None if item.step is not None else -1]
    return str(item).replace("-", "−")


def _part(sizes: list[int], place: int, dim: int) -> tuple[slice, ...]:
    """Return the index of one of several parts that were joined along a dimension."""
    start = sum(sizes[:place])
    return (slice(None),) * dim + (slice(start, start + sizes[place]),)


ROWS: Final = (
    Op(
        name="index",
        symbol="[·]",
        formula=lambda a, *, index: f"{a}[{write_index(index)}]",
        forward=lambda a, *, index: get(a, index),
        vjps=(lambda g, a, out, *, index: index_put(np.zeros(a.shape), g, index=index, accumulate=True),),
        words=("put back in place",),
        is_structural=True,
    ),
    Op(
        name="index_put",
        symbol="[←]",
        formula=lambda a, b, *, index, accumulate: (
            f"{a}[{write_index(index)}] {'+=' if accumulate else '←'} {b}"
        ),
        forward=lambda a, b, *, index, accumulate=False: index_put(a, b, index=index, accumulate=accumulate),
        vjps=(
            lambda g, a, b, out, *, index, accumulate: g if accumulate else index_put(g, 0.0, index=index),
            lambda g, a, b, out, *, index, accumulate: get(g, index),
        ),
        words=("0 where it was put", "taken from there"),
        is_structural=True,
        grad_fn="IndexPutBackward0",
    ),
    Op(
        name="index_select",
        symbol="[i]",
        formula="{}[{}]",
        forward=lambda a, b, *, dim=0: np.take(a, b, axis=dim),
        vjps=(
            lambda g, a, b, out, *, dim: index_put(
                np.zeros(a.shape), g, index=(*(slice(None),) * dim, np.asarray(b)), accumulate=True
            ),
            None,
        ),
        reads=("b", ""),
        words=("put back in place", "no gradient"),
        is_structural=True,
        grad_fn="IndexSelectBackward0",
    ),
    Op(
        name="gather",
        symbol="[↓]",
        formula="gather({}, {})",
        forward=lambda a, b, *, dim=0: a[along(b, dim)],
        vjps=(lambda g, a, b, out, *, dim: scatter_add(np.zeros(a.shape), b, g, dim=dim), None),
        reads=("b", ""),
        words=("put back in place", "no gradient"),
        is_structural=True,
    ),
    Op(
        name="scatter_add",
        symbol="[+]",
        formula="scatter_add({}, {}, {})",
        forward=lambda a, b, c, *, dim=0: scatter_add(a, b, c, dim=dim),
        vjps=(
            lambda g, a, b, c, out, *, dim: g,
            None,
            lambda g, a, b, c, out, *, dim: index_put(
                np.zeros(c.shape), g[along(b, dim)], index=tuple(map(slice, b.shape))
            ),
        ),
        reads=("", "", "b"),
        words=("as it is", "no gradient", "taken from there"),
        is_structural=True,
        grad_fn="ScatterAddBackward0",
    ),
    # --- several tensors, joined
    Op(
        name="stack",
        symbol="≡",
        formula="stack({})",
        forward=lambda *arrays, dim=0: np.ascontiguousarray(np.stack(arrays, axis=dim)),
        vjps=(lambda g, *arrays, out, place, dim: np.take(g, place, axis=dim),),
        words=("take back",),
        is_structural=True,
    ),
    Op(
        name="cat",
        symbol="a|b",
        formula="cat({})",
        forward=lambda *arrays, dim=0: np.ascontiguousarray(np.concatenate(arrays, axis=dim)),
        vjps=(
            lambda g, *arrays, out, place, dim: g[
                _part([array.shape[dim] for array in arrays], place, dim % g.ndim)
            ],
        ),
        words=("take back",),
        is_structural=True,
    ),
)
