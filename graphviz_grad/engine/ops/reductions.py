"""Rows that make one number of many, along some dimensions or all, and sums that grow along one.

A dimension is an int, several are a tuple, None means all.
"""

from __future__ import annotations

import math
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


def count(a: Any, dim: Any) -> int:
    """Return how many elements of ``a`` make one number."""
    dims = range(a.ndim) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    return math.prod(a.shape[each] for each in dims)


def _pull_product(g: Any, a: Any, out: Any, dim: Any, *, keepdim: bool) -> Any:
    """Return g times the product of the others: out / a, but where there is a zero."""
    g, out = keep(g, dim, keepdim=keepdim), keep(out, dim, keepdim=keepdim)
    zeros = np.sum(a == 0, axis=dim, keepdims=True)
    factors = np.where(a == 0, 1.0, a)  # not a itself: 0 / 0 would be a nan of the second derivative
    others = np.prod(factors, axis=dim, keepdims=True)
    found = g * np.where(zeros == 0, out / factors, np.where((zeros == 1) & (a == 0), others, 0.0))
    return np.where(zeros > 1, 0.0, found) if dim is None else found


def _variance(a: Any, dim: Any, correction: float, *, keepdim: bool) -> Any:
    # Not np.var, which warns for itself; of too few elements torch, too, divides by 0.
    squares = np.square(a - np.sum(a, axis=dim, keepdims=True) / count(a, dim))
    return np.sum(squares, axis=dim, keepdims=keepdim) / max(count(a, dim) - correction, 0)


def _pull_variance(g: Any, a: Any, dim: Any, correction: float) -> Any:
    freedom = count(a, dim) - correction
    distance = a - np.sum(a, axis=dim, keepdims=True) / count(a, dim)
    if dim is None and freedom <= 0:
        return g * np.where(distance == 0, np.nan, np.inf)
    return g * distance * (2 / freedom if freedom else math.inf)


def _norm(a: Any, p: float, dim: Any, *, keepdim: bool) -> Any:
    sizes = np.absolute(a)
    if p == 0:
        return np.sum(a != 0, axis=dim, keepdims=keepdim) * 1.0
    if p == 1 or count(a, dim) == 1:
        return np.sum(sizes, axis=dim, keepdims=keepdim)
    if p == 2:
        return np.sqrt(np.sum(a * a, axis=dim, keepdims=keepdim))
    if p == math.inf:
        return np.max(sizes, axis=dim, keepdims=keepdim, initial=0.0)
    if p == -math.inf:
        return np.min(sizes, axis=dim, keepdims=keepdim)
    return np.sum(sizes**p, axis=dim, keepdims=keepdim) ** (1 / p)


def _pull_norm(g: Any, a: Any, out: Any, p: float, dim: Any) -> Any:
    """Return torch's contributions: where the norm is 0 there is no slope, and nan has no sign."""
    sizes = np.absolute(a)
    sign = np.where(a > 0, 1.0, np.where(a < 0, -1.0, 0.0))
    if p in {0, 1}:
        return sign * g * p
    if math.isinf(p):
        is_found = np.where(np.isnan(out), np.isnan(a), sizes == out)
        return sign * np.where(is_found, g / np.sum(is_found, axis=dim, keepdims=True), 0.0)
    if p < 1:
        return np.where(a == 0, 0.0, sign * sizes ** (p - 1)) * g * out ** (1 - p)
    if p == 2:
        return g * (a / np.where(out == 0, 1.0, out))
    slope = np.where(out == 0, 0.0, g / out ** (p - 1))
    return (sign * sizes ** (p - 1) if p < 2 else a * sizes ** (p - 2)) * slope


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
    Op(  # of no elements nan, without numpy's warning
        name="mean",
        symbol="μ",
        formula="mean({})",
        forward=lambda a, *, dim=None, keepdim=False: np.sum(a, axis=dim, keepdims=keepdim) / count(a, dim),
        vjps=(
            lambda g, a, out, *, dim, keepdim: np.broadcast_to(
                keep(g, dim, keepdim=keepdim) / count(a, dim), a.shape
            ),
        ),
        words=("spread, ÷ n",),
        is_structural=True,
    ),
    Op(
        name="prod",
        symbol="Π",
        formula="prod({})",
        forward=lambda a, *, dim=None, keepdim=False: np.prod(a, axis=dim, keepdims=keepdim),
        vjps=(lambda g, a, out, *, dim, keepdim: _pull_product(g, a, out, dim, keepdim=keepdim),),
        reads=("a out",),
        words=("× the others",),
        is_structural=True,
    ),
    Op(
        name="var",
        symbol="s²",
        formula="var({})",
        forward=lambda a, *, dim=None, correction=1, keepdim=False: _variance(
            a, dim, correction, keepdim=keepdim
        ),
        vjps=(
            lambda g, a, out, *, dim, correction, keepdim: _pull_variance(
                keep(g, dim, keepdim=keepdim), a, dim, correction
            ),
        ),
        reads=("a",),
        words=("× 2 (a − mean) / (n − 1)",),
        is_structural=True,
    ),
    Op(
        name="std",
        symbol="s",
        formula="std({})",
        forward=lambda a, *, dim=None, correction=1, keepdim=False: np.sqrt(
            _variance(a, dim, correction, keepdim=keepdim)
        ),
        vjps=(
            lambda g, a, out, *, dim, correction, keepdim: _pull_variance(
                keep(np.where(out == 0, 0.0, g / (2 * out)), dim, keepdim=keepdim), a, dim, correction
            ),
        ),
        reads=("a out",),
        words=("× (a − mean) / std",),
        is_structural=True,
    ),
    Op(
        name="norm",
        symbol="‖·‖",
        formula="norm({})",
        forward=lambda a, *, p=2, dim=None, keepdim=False: _norm(a, p, dim, keepdim=keepdim),
        vjps=(
            lambda g, a, out, *, p, dim, keepdim: _pull_norm(
                keep(g, dim, keepdim=keepdim), a, keep(out, dim, keepdim=keepdim), p, dim
            ),
        ),
        reads=("a out",),
        words=("× direction",),
        is_structural=True,
        grad_fn="LinalgVectorNormBackward0",
    ),
    Op(
        name="any",
        symbol="∨",
        formula="any({})",
        forward=lambda a, *, dim=None, keepdim=False: np.any(a, axis=dim, keepdims=keepdim),
        is_structural=True,
    ),
    Op(
        name="all",
        symbol="∧",
        formula="all({})",
        forward=lambda a, *, dim=None, keepdim=False: np.all(a, axis=dim, keepdims=keepdim),
        is_structural=True,
    ),
    Op(
        name="count_nonzero",
        symbol="#",
        formula="count_nonzero({})",
        forward=lambda a, *, dim=None: np.sum(a != 0, axis=dim),
        is_structural=True,
    ),
    Op(
        name="cumsum",
        symbol="Σ↓",
        formula="cumsum({})",
        forward=lambda a, *, dim: np.reshape(np.cumsum(a, axis=dim), a.shape),
        vjps=(lambda g, a, out, *, dim: np.flip(np.cumsum(np.flip(g, dim), axis=dim), dim),),
        words=("sums from the end",),
        is_structural=True,
    ),
)
