"""Methods that fill a tensor with random numbers, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from graphviz_grad.engine import random
from graphviz_grad.engine.dtype import plain
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.inplace import become
from graphviz_grad.engine.record import leaf

if TYPE_CHECKING:
    import numpy as np

    from graphviz_grad.engine.random import Generator


class Filling(Handle):
    """Random numbers put in place; a leaf that requires grad takes them under `no_grad` only, as in torch."""

    __slots__ = ()

    def uniform_(
        self,
        from_: float = 0.0,
        to: float = 1.0,
        *,
        generator: Generator | None = None,
        **named: float,  # torch's first argument is a word of Python's
    ) -> Self:
        """Fill with random numbers of [from, to).

        Example:
            >>> import graphviz_grad as gg
            >>> _ = gg.manual_seed(0)
            >>> gg.zeros(2).uniform_(-1, 1)
            tensor([0.9401, 0.4156])
        """
        low = named.pop("from", from_)
        if named:
            raise TypeError(f"uniform_() got an unexpected keyword argument '{next(iter(named))}'")
        self._check_real("check_uniform_bounds")
        return self._fill("uniform_", random.uniform(self.shape, float(low), float(to), generator))

    def normal_(self, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with random numbers of the normal distribution."""
        self._check_real("normal_kernel_cpu")
        return self._fill("normal_", random.normal(self.shape, float(mean), float(std), generator))

    def exponential_(self, lambd: float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with random numbers of the exponential distribution."""
        self._check_real("exponential")
        return self._fill("exponential_", random.exponential(self.shape, float(lambd), generator))

    def random_(self, *bounds: int, generator: Generator | None = None) -> Self:
        """Fill with random integers: ``random_(high)`` or ``random_(low, high)``, without ``high`` itself."""
        if len(bounds) not in {1, 2}:
            raise TypeError(f"random_(): {bounds!r} (must be high, or low and high)")
        low, high = (0, *bounds)[-2:]
        drawn = random.integers(low, high, self.shape, generator)
        return self._fill("random_", drawn.astype(self.dtype.scalar))

    def bernoulli_(self, p: float = 0.5, *, generator: Generator | None = None) -> Self:
        """Fill with ones, with the probability ``p``, and zeros."""
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
        drawn = random.uniform(self.shape, generator=generator) < p
        return self._fill("bernoulli_", drawn.astype(self.dtype.scalar))

    def _check_real(self, kernel: str) -> None:
        if not self.dtype.is_floating_point:
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{self.dtype.c_name}'")

    def _fill(self, function: str, payload: np.ndarray) -> Self:
        if self.flows and self.op is not None:
            raise RuntimeError(
                f"{function}: a computed tensor that requires grad (must be a leaf, or detached)"
            )
        return become(self, leaf(self.kind, plain(payload), requires_grad=False))
