"""Rows that find the largest and the smallest.

Gradients are torch's: where several are the largest, `amax`, and `max` without a dimension, share evenly;
`max` along a dimension chooses the first.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op
from graphviz_grad.engine.ops.reductions import keep


def _extreme(a: Any, dim: Any, find: Any, *, keepdim: bool) -> Any:
    """Return what ``find`` (np.argmax, np.argmin) finds first: of two zeros it has the sign of the first."""
    if dim is None:
        return np.reshape(np.ravel(a)[find(a)], (1,) * a.ndim if keepdim else ())
    if isinstance(dim, tuple):
        return (np.max if find is np.argmax else np.min)(a, axis=dim, keepdims=keepdim)
    found = np.take_along_axis(a, find(a, axis=dim, keepdims=True), dim)
    return found if keepdim else np.squeeze(found, axis=dim)


def _share(g: Any, a: Any, out: Any, dim: Any, *, keepdim: bool) -> Any:
    """Return g shared evenly by the elements that are the result."""
    is_found = a == keep(out, dim, keepdim=keepdim)
    number = np.sum(is_found, axis=dim, keepdims=True)
    return keep(g, dim, keepdim=keepdim) * is_found / number


def _first(position: Any, a: Any, dim: int) -> Any:
    """Return where along ``dim`` the element at ``position`` is."""
    shape = [1] * a.ndim
    shape[dim] = a.shape[dim]
    return np.reshape(np.arange(a.shape[dim]), shape) == np.expand_dims(position, dim)


def _pull_extreme(g: Any, a: Any, dim: Any, find: Any, place: Any) -> Any:
    """Return g where ``find`` (np.max) found the result: at the first along a dimension, else shared."""
    if dim is None:
        largest = find(a)
        is_found = np.where(np.isnan(largest), np.isnan(a), a == largest)
        return np.where(is_found, g / np.sum(is_found), 0.0)
    return np.where(_first(place(a, axis=dim), a, dim), g, 0.0)


ROWS: Final = (
    Op(
        name="max",
        symbol="⊤",
        formula="max({})",
        forward=lambda a, *, dim=None, keepdim=False: _extreme(a, dim, np.argmax, keepdim=keepdim),
        vjps=(
            lambda g, a, out, *, dim, keepdim: _pull_extreme(
                keep(g, dim, keepdim=keepdim), a, dim, np.max, np.argmax
            ),
        ),
        reads=("a",),
        words=("to the largest",),
        is_structural=True,
    ),
    Op(
        name="min",
        symbol="⊥",
        formula="min({})",
        forward=lambda a, *, dim=None, keepdim=False: _extreme(a, dim, np.argmin, keepdim=keepdim),
        vjps=(
            lambda g, a, out, *, dim, keepdim: _pull_extreme(
                keep(g, dim, keepdim=keepdim), a, dim, np.min, np.argmin
            ),
        ),
        reads=("a",),
        words=("to the smallest",),
        is_structural=True,
    ),
    Op(
        name="amax",
        symbol="⊤÷",
        formula="amax({})",
        forward=lambda a, *, dim=None, keepdim=False: _extreme(a, dim, np.argmax, keepdim=keepdim),
        vjps=(lambda g, a, out, *, dim, keepdim: _share(g, a, out, dim, keepdim=keepdim),),
        reads=("a out",),
        words=("shared by the largest",),
        is_structural=True,
    ),
    Op(
        name="amin",
        symbol="⊥÷",
        formula="amin({})",
        forward=lambda a, *, dim=None, keepdim=False: _extreme(a, dim, np.argmin, keepdim=keepdim),
        vjps=(lambda g, a, out, *, dim, keepdim: _share(g, a, out, dim, keepdim=keepdim),),
        reads=("a out",),
        words=("shared by the smallest",),
        is_structural=True,
    ),
    Op(
        name="argmax",
        symbol="i⊤",
        formula="argmax({})",
        forward=lambda a, *, dim=None, keepdim=False: np.argmax(a, axis=dim, keepdims=keepdim),
        is_structural=True,
    ),
    Op(
        name="argmin",
        symbol="i⊥",
        formula="argmin({})",
        forward=lambda a, *, dim=None, keepdim=False: np.argmin(a, axis=dim, keepdims=keepdim),
        is_structural=True,
    ),
)
