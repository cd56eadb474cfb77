"""Learning rates that change from epoch to epoch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.notice import warn
from graphviz_grad.optim.optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LambdaLR", "MultiStepLR", "StepLR"]


class LRScheduler:
    """Base class: call `step` after each epoch.

    Args:
        optimizer: Whose learning rates change.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = -1
        self._go_on()

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group in ``last_epoch``; a subclass says how."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """Return the present learning rate of each group."""
        return self._last_lr

    def step(self) -> None:
        """Go on to the next epoch."""
        if not self.last_epoch and not self.optimizer.has_stepped:
            warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and "
                "later, you should call them in the opposite order: `optimizer.step()` before "
                "`lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first value "
                "of the learning rate schedule. See more details at "
                "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
            )
        self._go_on()

    def _go_on(self) -> None:
        self.last_epoch += 1
        self._last_lr = self.get_lr()
        for group, rate in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = rate

    def _rates(self) -> list[float]:
        """Return the learning rate of each group in the epoch before."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimiser and functions."""
        return {name: value for name, value in vars(self).items() if name not in {"optimizer", "lr_lambdas"}}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        vars(self).update(state_dict)


class StepLR(LRScheduler):
    """Times ``gamma`` every ``step_size`` epochs.

    Example:
        >>> import graphviz_grad as gg
        >>> optimizer = gg.optim.SGD([gg.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> optimizer.step()
        >>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
        >>> for _ in range(4):
        ...     print(scheduler.get_last_lr())
        ...     scheduler.step()
        [1.0]
        [1.0]
        [0.5]
        [0.5]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group in ``last_epoch``."""
        is_due = self.last_epoch and self.last_epoch % self.step_size == 0
        return [rate * self.gamma if is_due else rate for rate in self._rates()]


class MultiStepLR(LRScheduler):
    """Times ``gamma`` at each of the ``milestones``."""

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = list(milestones), gamma
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group in ``last_epoch``."""
        times = self.milestones.count(self.last_epoch)
        return [rate * self.gamma**times if times else rate for rate in self._rates()]


class ExponentialLR(LRScheduler):
    """Times ``gamma`` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group in ``last_epoch``."""
        return [rate * self.gamma if self.last_epoch else rate for rate in self._rates()]


class LambdaLR(LRScheduler):
    """The first learning rate times a function of the epoch; one function, or one for each group."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]
    ) -> None:
        groups = optimizer.param_groups
        self.lr_lambdas = [lr_lambda] * len(groups) if callable(lr_lambda) else list(lr_lambda)
        if len(self.lr_lambdas) != len(groups):
            raise ValueError(f"Expected {len(groups)} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group in ``last_epoch``."""
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * factor(self.last_epoch) for base, factor in pairs]


class CosineAnnealingLR(LRScheduler):
    """Down half a wave of the cosine from the first learning rate to ``eta_min`` in ``T_max`` epochs."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803 - torch's
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group, from that of the epoch before, as torch does."""
        if not self.last_epoch:
            return self._rates()
        return [*self._from_before()]

    def _from_before(self) -> Iterator[float]:
        period, low, epoch = self.T_max, self.eta_min, self.last_epoch
        for rate, base in zip(self._rates(), self.base_lrs, strict=True):
            if (epoch - 1 - period) % (2 * period) == 0:  # from the bottom, where the quotient is 0/0
                yield rate + (base - low) * (1 - math.cos(math.pi / period)) / 2
            else:
                now, before = (1 + math.cos(math.pi * at / period) for at in (epoch, epoch - 1))
                yield now / before * (rate - low) + low
