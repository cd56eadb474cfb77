"""Gradients checked against central differences, as `torch.autograd.gradcheck` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.functions import tensor
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class GradcheckError(RuntimeError):
    """The gradient that backward computed is not the slope that central differences measure."""


def gradcheck(  # noqa: PLR0913 - torch's signature
    func: Callable[..., Tensor],
    inputs: Tensor | Sequence[Tensor],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Check the gradients of ``func`` against central differences (f(x+eps) − f(x−eps)) / (2 eps).

    Nothing is written to ``inputs``: the check computes with copies.

    Args:
        func: Takes the tensors of ``inputs`` and returns one tensor.
        inputs: One tensor, or several; those that require grad are checked.
        eps: Half the distance of the two evaluations.
        atol: Absolute tolerance.
        rtol: Tolerance relative to the measured slope.
        raise_exception: Raise where the check fails, instead of returning False.

    Returns:
        Whether every slope agrees.

    Raises:
        GradcheckError: If one does not, with the position and both numbers.
        ValueError: If no input requires grad.

    Example:
        >>> from graphviz_grad import sigmoid
        >>> gradcheck(lambda x, z: sigmoid(x * z) + x, [tensor(2.0, requires_grad=True), tensor(-0.25)])
        True
    """
    tensors = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    checked = [position for position, each in enumerate(tensors) if each.requires_grad]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of the them have "
            "requires_grad=True."
        )
    payloads = [np.asarray(each.value) for each in tensors]
    for position in checked:
        computed = _computed(func, payloads, position)
        for index in np.ndindex(payloads[position].shape):
            slope = _slope(func, payloads, position, index, eps)
            if not np.isclose(computed[index], slope, rtol=rtol, atol=atol, equal_nan=True).all():
                if not raise_exception:
                    return False
                raise GradcheckError(
                    f"Jacobian mismatch for output 0 with respect to input {position} at {list(index)}: "
                    f"numerical: {slope!r}, analytical: {computed[index]!r} "
                    f"(must agree within {atol} + {rtol} of the numerical)"
                )
    return True


def _call(func: Callable[..., Tensor], payloads: Sequence[Any], position: int) -> tuple[Tensor, Tensor]:
    """Return func's output, and the operand at ``position``, which requires grad."""
    operands = [
        tensor(payload, requires_grad=place == position)
        for place, payload in enumerate(map(np.copy, payloads))
    ]
    return func(*operands), operands[position]


def _computed(func: Callable[..., Tensor], payloads: Sequence[Any], position: int) -> Any:
    output, operand = _call(func, payloads, position)
    if not output.requires_grad:
        return np.zeros(operand.shape)
    output.backward(tensor(np.ones(output.shape)))
    return np.asarray(operand.grad.value if operand.grad is not None else np.zeros(operand.shape))


def _slope(
    func: Callable[..., Tensor], payloads: Sequence[Any], position: int, index: tuple[int, ...], eps: float
) -> float:
    """Return the central difference of the sum of func's output along one element of one operand."""
    ends = []
    for sign in (1, -1):
        moved = [np.copy(payload) for payload in payloads]
        moved[position][index] += sign * eps
        ends.append(float(np.sum(_call(func, moved, position)[0].value)))
    return (ends[0] - ends[1]) / (2 * eps)
