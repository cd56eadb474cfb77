"""What tensors may and may not be, in torch's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from graphviz_grad.engine.dtype import Size, dtype_of
from graphviz_grad.engine.notice import warn_once
from graphviz_grad.engine.record import Record

if TYPE_CHECKING:
    from graphviz_grad.engine.handle import Handle

T = TypeVar("T")


def type_name(value: object) -> str:
    """Return the name of the type of ``value``, as torch's messages give it."""
    return type(value).__name__


def typename(value: object) -> str:
    """Return the name of the type of ``value`` as `torch.typename` has it, which other messages give.

    Example:
        >>> typename(2), typename(Size((2,)))
        ('int', 'graphviz_grad.engine.dtype.Size')
    """
    if isinstance(value, Record):
        return f"torch.{dtype_of(value.value).c_name}Tensor"
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def warn_of_lost_grad() -> None:
    """Give torch's warning, once, for a tensor that requires grad and is turned into a Python number."""
    warn_once(
        "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
        "Consider using tensor.detach() first."
    )


def check_tensor(function: str, value: T, argument: str = "input", position: int = 1) -> T:
    """Return an argument of ``function``; raise torch's error if it is no tensor."""
    if not isinstance(value, Record):
        raise TypeError(
            f"{function}(): argument '{argument}' (position {position}) must be Tensor, "
            f"not {type_name(value)}: {value!r}"
        )
    return value


def check_differentiable(
    payload: Any, refusal: str = "Only Tensors of floating point and complex dtype can require gradients"
) -> None:
    """Raise ``refusal``, torch's words of that occasion, if a tensor of ``payload`` cannot require grad."""
    if not dtype_of(payload).is_floating_point:
        raise RuntimeError(refusal)


def check_grad(tensor: Handle, grad: Any) -> None:
    """Raise torch's error if ``grad`` cannot be the gradient of ``tensor``."""
    if not isinstance(grad, Record):
        raise TypeError(
            f"assigned grad expected to be a Tensor or None but got grad of type {type_name(grad)}: {grad!r}"
        )
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    grad_dtype, dtype = dtype_of(grad.value), tensor.dtype
    if grad_dtype is not dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{grad_dtype.c_type}' to a tensor with grad_dtype "
            f"'{dtype.c_name}'. The gradient must match the tensor's dtype."
        )
    if np.shape(grad.value) != tensor.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(np.shape(grad.value))}' to a tensor of size "
            f"'{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the same size"
        )


def check_in_place(before: Any, after: Any) -> None:
    """Raise torch's error if a payload cannot be put in the place of another: its dtype or shape differs."""
    old, new = dtype_of(before), dtype_of(after)
    if old is not new and not old.is_floating_point:
        raise RuntimeError(f"result type {new.c_name} can't be cast to the desired output type {old.c_name}")
    if np.shape(before) != np.shape(after):
        raise RuntimeError(
            f"output with shape {list(np.shape(before))} doesn't match the broadcast shape "
            f"{list(np.shape(after))}"
        )


def seed_of(value: Any, gradient: Any) -> Any:
    """Return the payload of a root's own gradient: ``gradient``, or 1 for a scalar.

    Args:
        value: Payload of the root.
        gradient: A tensor of the root's shape, or None.

    Raises:
        RuntimeError: If ``gradient`` is omitted for a root that is no scalar, or has another shape.
        TypeError: If ``gradient`` is no tensor.
    """
    if gradient is None:
        if value.__class__ is float:
            return 1.0
        if np.size(value) != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        return 1.0 if np.ndim(value) == 0 else np.ones(np.shape(value))
    if not isinstance(gradient, Record):
        raise TypeError(
            f"gradients can be either Tensors or None, but got {type_name(gradient)}: {gradient!r} "
            "(must be a Tensor)"
        )
    seed = gradient.value
    if np.shape(seed) != np.shape(value):
        raise RuntimeError(
            f"Mismatch in shape: grad_output[0] has a shape of {Size(np.shape(seed))} and output[0] has a "
            f"shape of {Size(np.shape(value))}."
        )
    return float(seed) if np.ndim(seed) == 0 else np.asarray(seed, dtype=np.float64)
