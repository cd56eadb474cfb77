"""Rows of layers and losses that are one step in torch."""

from __future__ import annotations

from math import nan, prod
from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op

_LEAST: Final = float(np.float32(1e-12))  # what torch divides by at 0 and 1


def _reduced(each: Any, reduction: str) -> Any:
    """Return a loss, of each element, as it is asked for."""
    if reduction == "none":
        return each
    total = np.sum(each)
    return total / each.size if reduction == "mean" else total


def _share(reduction: str, *shapes: tuple[int, ...]) -> float:
    """Return how much each element counts in the loss of operands of these shapes."""
    if reduction != "mean":
        return 1.0
    size = prod(np.broadcast_shapes(*shapes))
    return 1 / size if size else nan


def _matrix(a: Any) -> Any:
    """Return an array as a matrix: its last dimension stays."""
    return np.reshape(a, (-1, a.shape[-1]))


def _counts(classes: int, b: Any, c: Any, ignore_index: int) -> Any:
    """Return how much each class counts in each row: its weight if it is the target."""
    target = np.expand_dims(b, -1)
    return c * (target == np.arange(classes)) * (target != ignore_index)


def _nll(a: Any, counts: Any, reduction: str) -> Any:
    each = -np.sum(np.where(counts == 0, 0, a * counts), -1)  # elsewhere there may be -inf
    each = np.where(np.sum(counts, -1) == 0, 0.0, each)  # and not -0
    return np.sum(each) / np.sum(counts) if reduction == "mean" else _reduced(each, reduction)


def _nll_vjp(g: Any, counts: Any, reduction: str) -> Any:
    if reduction == "mean":
        counts = counts / np.sum(counts)
    elif reduction == "none":
        g = np.expand_dims(g, -1)
    return np.where(counts == 0, 0, -g * counts)


def _log(a: Any) -> Any:
    """Return the logarithm of a probability, cut off where torch does."""
    return np.maximum(np.log(a), -100)


def _sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def _log_sigmoid(a: Any) -> Any:
    return np.minimum(a, 0) - np.log(1 + np.exp(-np.absolute(a)))


ROWS: Final = (
    Op(
        name="linear",
        symbol="Lin",
        formula="{} @ {}ᵀ + {}",
        forward=lambda a, b, c: np.matmul(a, b.T) + c,
        vjps=(
            lambda g, a, b, c, out: np.reshape(np.matmul(_matrix(g), b), a.shape),
            lambda g, a, b, c, out: np.matmul(np.swapaxes(_matrix(g), -1, -2), _matrix(a)),
            lambda g, a, b, c, out: g,
        ),
        reads=("b", "a", ""),
        words=("g @ W", "gᵀ @ x", "sum over rows"),
        is_structural=True,
        grad_fn="AddmmBackward0",
    ),
    Op(
        name="mse_loss",
        symbol="MSE",
        formula="mse_loss({}, {})",
        forward=lambda a, b, *, reduction="mean": _reduced((a - b) * (a - b), reduction),
        vjps=(
            lambda g, a, b, out, *, reduction: g * (2 * _share(reduction, a.shape, b.shape)) * (a - b),
            lambda g, a, b, out, *, reduction: g * (2 * _share(reduction, a.shape, b.shape)) * (b - a),
        ),
        reads=("a b", "a b"),
        words=("twice the difference", "twice the difference"),
        is_structural=True,
        grad_fn="MseLossBackward0",
    ),
    Op(  # of log-probabilities, classes, and the weights of the classes
        name="nll_loss",
        symbol="NLL",
        formula="nll_loss({}, {})",
        forward=lambda a, b, c, *, ignore_index=-100, reduction="mean": _nll(
            a, _counts(a.shape[-1], b, c, ignore_index), reduction
        ),
        vjps=(
            lambda g, a, b, c, out, *, ignore_index, reduction: _nll_vjp(
                g, _counts(a.shape[-1], b, c, ignore_index), reduction
            ),
            None,
            None,
        ),
        reads=("b c", "", ""),
        words=("−g at the target", "nothing", "nothing"),
        is_structural=True,
        grad_fn="NllLossBackward0",
    ),
    Op(  # of probabilities, answers, and weights
        name="binary_cross_entropy",
        symbol="BCE",
        formula="bce({}, {})",
        forward=lambda a, b, c, *, reduction="mean": _reduced(
            c * ((b - 1) * np.maximum(np.log1p(-a), -100) - b * _log(a)), reduction
        ),
        vjps=(
            lambda g, a, b, c, out, *, reduction: (
                g * (a - b) / np.maximum((1 - a) * a, _LEAST) * c * _share(reduction, a.shape)
            ),
            lambda g, a, b, c, out, *, reduction: (
                g * (np.log(1 - a) - np.log(a)) * c * _share(reduction, a.shape)
            ),
            None,
        ),
        reads=("a b c", "a c", ""),
        words=("(a − b) / a(1 − a)", "ln(1 − a) − ln a", "nothing"),
        is_structural=True,
        grad_fn="BinaryCrossEntropyBackward0",
    ),
    Op(  # of scores, answers, weights, and the weights of the answer 1
        name="binary_cross_entropy_with_logits",
        symbol="BCσ",
        formula="bce(σ({}), {})",
        forward=lambda a, b, c, d, *, reduction="mean": _reduced(
            c * ((1 - b) * a - (1 + (d - 1) * b) * _log_sigmoid(a)), reduction
        ),
        vjps=(
            lambda g, a, b, c, d, out, *, reduction: (
                g * ((d * b + 1 - b) * _sigmoid(a) - d * b) * c * _share(reduction, a.shape)
            ),
            lambda g, a, b, c, d, out, *, reduction: (
                g * (_log_sigmoid(-a) - d * _log_sigmoid(a)) * c * _share(reduction, a.shape)
            ),
            None,
            None,
        ),
        reads=("a b c d", "a c d", "", ""),
        words=("σ(a) − b", "−a", "nothing", "nothing"),
        is_structural=True,
        grad_fn="BinaryCrossEntropyWithLogitsBackward0",
    ),
)
