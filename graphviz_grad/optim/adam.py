"""`Adam` and `AdamW`: steps of about the learning rate in each parameter, whatever the gradient's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.factories import zeros_like
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.optim.optimizer import Optimizer, check_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2014): the mean of the gradients over the root of the mean of their squares.

    Args:
        params: The parameters, or groups of them.
        lr: The learning rate.
        betas: How much of the two running means is kept at each step.
        eps: Is added to the root.
        weight_decay: Adds so much of the parameter to its gradient.
        amsgrad: Divides by the largest mean of squares so far (Reddi et al., 2018).
        foreach: How torch computes; kept and printed only.
        maximize: Climbs.
        capturable: See ``foreach``.
        differentiable: See ``foreach``.
        fused: See ``foreach``.
        decoupled_weight_decay: Shrinks the parameter instead of changing its gradient, as `AdamW` does.

    Raises:
        ValueError: If an option is out of range.

    Example:
        >>> import graphviz_grad as gg
        >>> w = gg.tensor([1.0, -100.0], requires_grad=True)
        >>> optimizer = gg.optim.Adam([w], lr=0.5)
        >>> (w * w).backward(gg.tensor([1.0, 1.0]))
        >>> optimizer.step()
        >>> w
        tensor([  0.5000, -99.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_option("learning rate", lr)
        check_option("epsilon value", eps)
        for place, beta in enumerate(betas):
            check_option(f"beta parameter at index {place}", beta, is_valid=0 <= beta < 1)
        check_option("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def update(self, param: Tensor, grad: Any, group: Mapping[str, Any]) -> None:
        """Change one parameter in place."""
        lr, (beta1, beta2), decay = float(group["lr"]), group["betas"], group["weight_decay"]
        state = self.state[param]
        if not state:
            state["step"] = leaf(Tensor, 0.0, requires_grad=False)
            names = ("exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if group["amsgrad"] else []))
            state.update((name, zeros_like(param)) for name in names)
        state["step"].add_(1)
        if decay and group["decoupled_weight_decay"]:
            param.mul_(1 - lr * decay)
        elif decay:
            grad = grad + decay * param.value
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean.add_((1 - beta1) * (grad - mean.value))
        square.mul_(beta2).add_((1 - beta2) * grad * grad)
        if group["amsgrad"]:
            square = state["max_exp_avg_sq"].copy_(state["max_exp_avg_sq"].maximum(square))
        step = state["step"].value
        root = np.sqrt(square.value) / (1 - beta2**step) ** 0.5 + group["eps"]
        param.add_(-(lr / (1 - beta1**step)) * (mean.value / root))


class AdamW(Adam):
    """Adam with weight decay that does not go through the running means (Loshchilov and Hutter, 2017)."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, **options, decoupled_weight_decay=True
        )
