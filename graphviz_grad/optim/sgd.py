"""`SGD`: gradient descent, with momentum if asked for."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.optim.optimizer import Optimizer, check_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SGD(Optimizer):
    """Gradient descent: param −= lr · grad.

    Args:
        params: The parameters, or groups of them.
        lr: The learning rate.
        momentum: How much of the last step's direction is kept.
        dampening: How much of the gradient the momentum does not take up.
        weight_decay: Adds so much of the parameter to its gradient.
        nesterov: Looks ahead by the momentum.
        maximize: Climbs.
        foreach: How torch computes; kept and printed only, as are ``differentiable`` and ``fused``.
        differentiable: See ``foreach``.
        fused: See ``foreach``.

    Raises:
        ValueError: If an option is negative, or ``nesterov`` is without momentum.

    Example:
        >>> import graphviz_grad as gg
        >>> w = gg.tensor(1.0, requires_grad=True)
        >>> optimizer = gg.optim.SGD([w], lr=0.1, momentum=0.9)
        >>> for _ in range(2):
        ...     optimizer.zero_grad()
        ...     (w * w).backward()
        ...     optimizer.step()
        >>> w
        tensor(0.4600, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_option("learning rate", lr)
        check_option("momentum value", momentum)
        check_option("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update(self, param: Tensor, grad: Any, group: Mapping[str, Any]) -> None:
        """Change one parameter in place."""
        if group["weight_decay"]:
            grad = grad + group["weight_decay"] * param.value
        momentum = group["momentum"]
        if momentum:
            state = self.state[param]
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = leaf(Tensor, copy(grad), requires_grad=False)
            else:
                buffer.mul_(momentum).add_((1 - group["dampening"]) * grad)
            grad = grad + momentum * buffer.value if group["nesterov"] else buffer.value
        param.add_(-float(group["lr"]) * grad)
