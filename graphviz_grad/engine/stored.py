"""What modules and optimisers do to stored gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphviz_grad.engine.tensor import Tensor


def clear_grad(tensor: Tensor, *, set_to_none: bool = True) -> None:
    """Forget the stored gradient of a leaf, or set it to zero.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(2.0, requires_grad=True)
        >>> (x * x).backward()
        >>> clear_grad(x, set_to_none=False)
        >>> x.grad
        tensor(0.)
    """
    grad = None if set_to_none else tensor.grad
    if grad is None:
        tensor.grad = None
    else:
        tensor.grad = grad.detach().zero_()
