"""What losses compare with: checks in torch's words, and `one_hot`."""

from __future__ import annotations

from typing import Final

import numpy as np

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.dtype import int64
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.tensor import Tensor

_REDUCTIONS: Final = {"none", "mean", "sum"}


def check_reduction(reduction: str) -> None:
    """Raise torch's error if this is no reduction."""
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction (must be 'none', 'mean' or 'sum')")


def check_pair(function: str, input: Tensor, target: Tensor) -> None:
    """Raise torch's error if one of two arguments is no tensor."""
    check_tensor(function, input)
    check_tensor(function, target, "target", 2)


def warn_of_sizes(input: Tensor, target: Tensor) -> None:
    """Warn, as torch does, where a loss is about to broadcast."""
    if input.shape != target.shape:
        warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they have the "
            "same size."
        )


def check_classes(scores: Tensor, target: Tensor, ignore_index: int) -> None:
    """Raise torch's error if ``target`` is not a class for each row of ``scores``."""
    if scores.ndim not in {1, 2}:
        raise RuntimeError(
            f"input tensor should be 1D or 2D: {scores.ndim}D (other shapes are not supported)"
        )
    if scores.ndim == 2 and target.ndim and target.shape[0] != scores.shape[0]:  # noqa: PLR2004 - a matrix
        raise ValueError(
            f"Expected input batch_size ({scores.shape[0]}) to match target batch_size ({target.shape[0]})."
        )
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.dtype is not int64:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.c_name}")
    if target.ndim != scores.ndim - 1:
        raise RuntimeError(f"size mismatch (got input: {list(scores.shape)} , target: {list(target.shape)})")
    for index in np.ravel(target.value).tolist():
        if index != ignore_index and not 0 <= index < scores.shape[-1]:
            raise IndexError(f"Target {index} is out of bounds.")


def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """Return a row for each class index: 1 at its place, else 0.

    Args:
        input: Classes, as integers.
        num_classes: The length of a row; by default one more than the largest.

    Example:
        >>> from graphviz_grad import tensor
        >>> one_hot(tensor([0, 2]))
        tensor([[1, 0, 0],
                [0, 0, 1]])
    """
    check_tensor("one_hot", input)
    if input.dtype is not int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    classes = np.asarray(input.value)
    if classes.size and classes.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    count = classes.max() + 1 if num_classes == -1 else num_classes
    if classes.size and classes.max() >= count:
        raise RuntimeError("Class values must be smaller than num_classes.")
    hot = np.equal(classes[..., None], np.arange(count)).astype(np.int64)
    return leaf(Tensor, hot, requires_grad=False)
