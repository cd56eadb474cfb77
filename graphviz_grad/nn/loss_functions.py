"""Losses as functions; `graphviz_grad.nn.functional` has them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.promotion import refuse
from graphviz_grad.engine.record import Record, leaf, literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.nn.targets import check_classes, check_pair, check_reduction, warn_of_sizes

if TYPE_CHECKING:
    from graphviz_grad.engine.dtype import Size


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Return the mean of (input − target)², or their sum, or each.

    Args:
        input: What was predicted.
        target: What is right, of the same shape.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Example:
        >>> from graphviz_grad import tensor
        >>> mse_loss(tensor([1.0, 5.0]), tensor([1.0, 2.0]))
        tensor(4.5000)
    """
    check_pair("mse_loss", input, target)
    warn_of_sizes(input, target)
    check_reduction(reduction)
    try:
        return apply("mse_loss", input, target, reduction=reduction)
    except ValueError as error:
        raise refuse(error, [np.asarray(input.value), np.asarray(target.value)]) from None


def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Return the mean of abs(input − target), or their sum, or each."""
    check_pair("l1_loss", input, target)
    warn_of_sizes(input, target)
    check_reduction(reduction)
    distance = (input - target).abs()
    return distance if reduction == "none" else distance.mean() if reduction == "mean" else distance.sum()


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean of minus the log-probabilities of the right classes, or their sum, or each.

    Args:
        input: Log-probabilities, of shape (n, classes) or (classes,).
        target: The right class of each row, of shape (n,) or ().
        weight: How much each class counts, of shape (classes,).
        ignore_index: The target that counts nothing.
        reduction: ``"mean"`` (by the weights that count), ``"sum"`` or ``"none"``.

    Raises:
        IndexError: If a target is no class.
        RuntimeError, ValueError: If the shapes do not fit, or ``target`` is not of integers.

    Example:
        >>> from graphviz_grad import tensor
        >>> nll_loss(tensor([[-0.5, -2.0], [-3.0, -1.0]]), tensor([0, 1]))
        tensor(0.7500)
    """
    check_pair("nll_loss_nd", input, target)
    check_classes(input, target, ignore_index)
    check_reduction(reduction)
    return apply("nll_loss", input, target, _factor(weight), ignore_index=ignore_index, reduction=reduction)


def cross_entropy(  # noqa: PLR0913 - torch's signature
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return `nll_loss` of the log-softmax of scores (logits).

    Args:
        input: Scores, of shape (n, classes) or (classes,).
        target: The right class of each row, of shape (n,) or (); or their probabilities, of input's shape.
        weight: How much each class counts, of shape (classes,).
        ignore_index: The target that counts nothing.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        label_smoothing: How much of each target is spread evenly over all classes.

    Raises:
        IndexError: If a target is no class.
        RuntimeError, ValueError: If the shapes do not fit.

    Example:
        >>> from graphviz_grad import tensor
        >>> cross_entropy(tensor([[0.0, 0.0], [0.0, 0.0]]), tensor([0, 1]))
        tensor(0.6931)
    """
    check_pair("cross_entropy_loss", input, target)
    check_reduction(reduction)
    scores: Tensor = input.log_softmax(min(1, input.ndim - 1))
    if target.shape == input.shape and target.dtype.is_floating_point:
        classes = input.shape[-1]
        if label_smoothing:
            target = target * (1 - label_smoothing) + label_smoothing / classes
        return _cross_entropy_of_probabilities(scores, target, weight, reduction)
    loss = nll_loss(scores, target, weight, ignore_index=ignore_index, reduction=reduction)
    if not label_smoothing:
        return loss
    classes = scores.shape[-1]
    spread = _spread(scores.shape, target, weight, ignore_index, reduction)
    smooth = scores * leaf(Tensor, spread, requires_grad=False)
    rest = smooth.sum(-1) if reduction == "none" else smooth.sum()
    total: Tensor = loss * (1 - label_smoothing) + rest * (label_smoothing / classes)
    return total


def _cross_entropy_of_probabilities(
    scores: Tensor, target: Tensor, weight: Tensor | None, reduction: str
) -> Tensor:
    products = scores * target if weight is None else scores * target * weight
    total = products.sum(-1) if reduction == "none" else products.sum()
    total = total.neg()
    if reduction != "mean":
        return total
    return named(total / (scores.numel() // scores.shape[-1]), "DivBackward1")  # torch divides by a size


def _spread(
    shape: Size, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str
) -> np.ndarray:
    """Return how much each log-probability counts for what is smoothed over all classes."""
    counts = np.not_equal(target.value, ignore_index).astype(np.float64)
    factors = np.ones(shape[-1]) if weight is None else np.asarray(weight.value)
    spread: np.ndarray = -counts[..., None] * factors
    if reduction == "mean":
        chosen = np.where(counts, target.value, 0)
        spread /= (counts * factors[chosen]).sum()
    return spread


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """Return the mean of −(target · ln input + (1 − target) · ln(1 − input)), or their sum, or each.

    Args:
        input: Probabilities; logarithms are cut off at −100, as in torch.
        target: The right answers, 0, 1 or between, of the same shape.
        weight: How much each element counts.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    Raises:
        ValueError: If the shapes differ.
        RuntimeError: If an element of ``input`` is no probability.

    Example:
        >>> from graphviz_grad import tensor
        >>> binary_cross_entropy(tensor([0.5, 0.5]), tensor([1.0, 0.0]))
        tensor(0.6931)
    """
    check_pair("binary_cross_entropy", input, target)
    check_reduction(reduction)
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is "
            "deprecated. Please ensure they have the same size."
        )
    if target.dtype is not input.dtype:
        raise RuntimeError(f"Found dtype {target.dtype.c_name} but expected {input.dtype.c_name}")
    with np.errstate(invalid="ignore"):
        if not np.all((np.asarray(input.value) >= 0) & (np.asarray(input.value) <= 1)):
            raise RuntimeError("all elements of input should be between 0 and 1")
    return apply("binary_cross_entropy", input, target, _factor(weight), reduction=reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Return `binary_cross_entropy` of the sigmoid of scores (logits), without its overflow.

    Args:
        input: Scores.
        target: The right answers, 0, 1 or between, of the same shape.
        weight: How much each element counts.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        pos_weight: How much the answer 1 counts.

    Raises:
        ValueError: If the shapes differ.

    Example:
        >>> from graphviz_grad import tensor
        >>> binary_cross_entropy_with_logits(tensor([0.0, 1000.0]), tensor([1.0, 1.0]))
        tensor(0.3466)
    """
    check_pair("binary_cross_entropy_with_logits", input, target)
    check_reduction(reduction)
    if input.shape != target.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if not target.dtype.is_floating_point:
        raise RuntimeError(
            f"result type {input.dtype.c_name} can't be cast to the desired output type {target.dtype.c_name}"
        )
    operands = input, target, _factor(weight), _factor(pos_weight)
    return apply("binary_cross_entropy_with_logits", *operands, reduction=reduction)


def named(result: Tensor, grad_fn: str) -> Tensor:
    """Return a result under torch's name of its backward node, where torch has one op and we have several."""
    if result.op is not None:
        result.op = result.op.named(grad_fn)
    return result


def _factor(weight: Any) -> Record:
    """Return a weight as an operand; without one, the number 1."""
    return literal(Tensor, 1.0) if weight is None else weight
