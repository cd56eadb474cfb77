"""Rows that add exponentials: logsumexp, softmax and its logarithm, none of which overflow."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op
from graphviz_grad.engine.ops.reductions import keep


def _normal(a: Any, dim: Any) -> tuple[Any, Any]:
    """Return the exponents of a softmax, the largest of which is 0, and the sum of their exponentials."""
    exponents = a - np.max(a, axis=dim, keepdims=True, initial=-np.inf)
    return exponents, np.sum(np.exp(exponents), axis=dim, keepdims=True)


def _softmax(a: Any, dim: Any) -> Any:
    exponents, total = _normal(a, dim)
    return np.exp(exponents) / total


def _log_softmax(a: Any, dim: Any) -> Any:
    exponents, total = _normal(a, dim)
    return exponents - np.log(total)


def _log_sum_exp(a: Any, dim: Any, *, keepdim: bool) -> Any:
    a = a * 1.0
    largest = np.max(a, axis=dim, keepdims=True, initial=-np.inf)
    largest = np.where(np.isinf(largest), 0.0, largest)
    found = np.log(np.sum(np.exp(a - largest), axis=dim, keepdims=True)) + largest
    return found if keepdim else np.squeeze(found, axis=dim)


ROWS: Final = (
    Op(
        name="logsumexp",
        symbol="lse",
        formula="logsumexp({})",
        forward=lambda a, *, dim=None, keepdim=False: _log_sum_exp(a, dim, keepdim=keepdim),
        vjps=(
            lambda g, a, out, *, dim, keepdim: (
                keep(g, dim, keepdim=keepdim) * np.exp(a - keep(out, dim, keepdim=keepdim))
            ),
        ),
        reads=("a out",),
        words=("× softmax",),
        is_structural=True,
    ),
    Op(
        name="softmax",
        symbol="sm",
        formula="softmax({})",
        forward=lambda a, *, dim: _softmax(a, dim),
        vjps=(lambda g, a, out, *, dim: (g - np.sum(g * out, axis=dim, keepdims=True)) * out,),
        reads=("out",),
        words=("× softmax, − its mean",),
        is_structural=True,
    ),
    Op(
        name="log_softmax",
        symbol="lsm",
        formula="log_softmax({})",
        forward=lambda a, *, dim: _log_softmax(a, dim),
        vjps=(lambda g, a, out, *, dim: g - np.exp(out) * np.sum(g, axis=dim, keepdims=True),),
        reads=("out",),
        words=("− softmax × sum",),
        is_structural=True,
        grad_fn="LogSoftmaxBackward0",
    ),
)
