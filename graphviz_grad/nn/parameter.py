"""`Parameter`: a tensor that a module learns."""

from __future__ import annotations

import numpy as np

from graphviz_grad.engine.check import check_differentiable, type_name
from graphviz_grad.engine.record import Record, leaf
from graphviz_grad.engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf that requires grad, and that a module takes for its own when it becomes an attribute.

    Args:
        data: Its numbers; by default none.
        requires_grad: Whether gradients are computed for it.

    Raises:
        TypeError: If ``data`` is no tensor.
        RuntimeError: If integers are to require grad.

    Example:
        >>> from graphviz_grad import tensor
        >>> Parameter(tensor([1.0, 2.0]))
        Parameter containing:
        tensor([1., 2.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        if data is not None and not isinstance(data, Tensor):
            raise TypeError(
                f"Parameter(): argument 'data' (position 1) must be Tensor, not {type_name(data)}: {data!r}"
            )
        value = np.empty(0) if data is None else data.value
        if requires_grad:
            check_differentiable(value)
        made = leaf(Tensor, value, requires_grad)
        for slot in Record.__slots__:
            if hasattr(made, slot):
                setattr(self, slot, getattr(made, slot))

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
