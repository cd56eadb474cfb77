"""What training loops do to gradients and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    """Shrink the gradients, all by one factor, so that their norm is at most ``max_norm``.

    Args:
        parameters: Whose gradients.
        max_norm: The largest norm of all gradients taken together as one vector.
        norm_type: Which norm; ``float("inf")`` is the largest element.
        error_if_nonfinite: Whether a norm of nan or inf is an error.

    Returns:
        The norm that they had.

    Raises:
        RuntimeError: If that is not finite, and is to be.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor([3.0, 4.0], requires_grad=True)
        >>> (x * x).backward(tensor([0.5, 0.5]))
        >>> clip_grad_norm_([x], max_norm=1.0), x.grad
        (tensor(5.), tensor([0.6000, 0.8000]))
    """
    grads = _grads(parameters)
    with np.errstate(all="ignore"):
        each = [np.linalg.norm(np.ravel(grad.value), norm_type) for grad in grads]
        total = float(np.linalg.norm(np.array(each), norm_type)) if each else 0.0
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it "
            "cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, "
            "set `error_if_nonfinite=False`"
        )
    factor = min(max_norm / (total + 1e-6), 1.0)
    for grad in grads:
        grad.mul_(factor)
    return leaf(Tensor, total, requires_grad=False)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Cut every element of the gradients off at ±``clip_value``."""
    for grad in _grads(parameters):
        grad.clamp_(-clip_value, clip_value)


def _grads(parameters: Any) -> list[Any]:
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [tensor.grad for tensor in tensors if tensor.grad is not None]
