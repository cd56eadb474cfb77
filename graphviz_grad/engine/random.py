"""torch's random numbers: its CPU generator (MT19937), and the distributions as its kernels draw them.

After ``manual_seed`` the numbers are torch's own float64 numbers, bit by bit. Samples are numpy arrays here;
`graphviz_grad.engine.random_tensors` makes tensors of them.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from graphviz_grad.engine.device import CPU, Device, check_device
from graphviz_grad.engine.rounding import multiply_add

if TYPE_CHECKING:
    from collections.abc import Sequence

    Shape = Sequence[int]

_DEFAULT_SEED: Final = 67280421310721  # torch's, of a generator that was not seeded
_WIDE: Final = 1 << 28  # from this range on an integer is drawn from 64 bits
_BLOCK: Final = 16  # normal numbers are made in blocks of so many, fewer one by one


class Generator:
    """A source of random numbers, as torch's on the CPU.

    Args:
        device: ``"cpu"``.

    Example:
        >>> import graphviz_grad as gg
        >>> g = gg.Generator().manual_seed(2147483647)
        >>> gg.randn(2, generator=g), gg.randint(0, 10, (3,), generator=g)
        (tensor([-0.9800, -1.6578]), tensor([3, 0, 4]))
    """

    __slots__ = ("_made", "_seed", "_spare")

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device)
        self.manual_seed(_DEFAULT_SEED)

    @property
    def device(self) -> Device:
        """Where the numbers are made."""
        return CPU

    def manual_seed(self, seed: Any) -> Self:
        """Start again from ``seed``: the same seed, the same numbers.

        Raises:
            ValueError: If it does not fit into 64 bits.
        """
        number = int(seed)
        if not -(1 << 63) <= number < 1 << 64:
            raise ValueError(f"Overflow when unpacking long long: seed {seed!r} (must fit into 64 bits)")
        self._seed = number % (1 << 64)
        self._made: np.random.RandomState | None = None
        self._spare: float | None = None  # normal numbers made one by one are made in pairs
        return self

    def seed(self) -> int:
        """Start again from a seed that nobody knows, and return it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little") >> 11)  # 53 bits, as torch's
        return self._seed

    @property
    def _bits(self) -> np.random.RandomState:
        """The MT19937 of numpy, made for the first number: importing numpy.random takes its time."""
        if self._made is None:
            self._made = np.random.RandomState(self._seed % (1 << 32))
        return self._made

    def initial_seed(self) -> int:
        """Return the seed of the latest start."""
        return self._seed

    def get_state(self) -> object:
        """Return what `set_state` takes to go on from here; not torch's bytes."""
        return self._seed, self._bits.get_state(), self._spare

    def set_state(self, state: Any) -> Self:
        """Go on from where the state was taken."""
        self._seed, bits, self._spare = state
        self._bits.set_state(bits)
        return self

    def draw32(self, count: int) -> np.ndarray:
        """Return the next ``count`` numbers of 32 bits, as uint64."""
        bits = self._bits.bytes(4 * count) if count else b""  # of no bytes numpy draws four, too
        return np.frombuffer(bits, "<u4").astype(np.uint64)

    def draw64(self, count: int) -> np.ndarray:
        """Return ``count`` numbers of 64 bits, each made of the next two of 32."""
        high, low = self.draw32(2 * count).reshape(count, 2).T
        both: np.ndarray = (high << np.uint64(32)) | low
        return both

    def draw_uniform(self, count: int) -> np.ndarray:
        """Return ``count`` numbers of [0, 1)."""
        numbers: np.ndarray = (self.draw64(count) & np.uint64((1 << 53) - 1)) * 2.0**-53
        return numbers

    def draw_normal(self, count: int) -> np.ndarray:
        """Return ``count`` normal numbers: Box-Muller's, in torch's two ways."""
        if count < _BLOCK:
            return np.array([self._next_normal() for _ in range(count)], np.float64)
        numbers = self.draw_uniform(count)
        whole = count - count % _BLOCK
        numbers[:whole] = _box_muller(numbers[:whole])
        if whole < count:  # the last block ends with the array, and is drawn anew
            numbers[-_BLOCK:] = _box_muller(self.draw_uniform(_BLOCK))
        return numbers

    def _next_normal(self) -> float:
        if self._spare is not None:
            number, self._spare = self._spare, None
            return number
        first, second = self.draw_uniform(2).tolist()
        radius, angle = math.sqrt(-2 * math.log1p(-second)), 2 * math.pi * first
        self._spare = radius * math.sin(angle)
        return radius * math.cos(angle)


def _box_muller(numbers: np.ndarray) -> np.ndarray:
    """Return normal numbers for uniform ones, block by block: cosines first, then sines.

    By Python's functions, since numpy's differ from C's in the last bit.
    """
    first, second = numbers.reshape(-1, 2, _BLOCK // 2).swapaxes(0, 1)
    radius = np.sqrt(-2 * _map(math.log, 1 - first))
    angle = 2 * math.pi * second
    return np.stack([radius * _map(math.cos, angle), radius * _map(math.sin, angle)], axis=1).ravel()


def _map(function: Any, array: np.ndarray) -> np.ndarray:
    return np.fromiter(map(function, array.ravel().tolist()), np.float64, array.size).reshape(array.shape)


default_generator: Final = Generator()
default_generator.seed()


# --- distributions --------------------------------------------------------------------------------


def _choose(generator: Any) -> Generator:
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(
            f"expected a 'torch.Generator' object, but got {type(generator).__name__}: {generator!r}"
        )
    return generator


def uniform(shape: Shape, low: float = 0.0, high: float = 1.0, generator: Any = None) -> np.ndarray:
    """Return numbers of [low, high).

    Raises:
        RuntimeError: If ``low`` is above ``high``.

    Example:
        >>> _ = default_generator.manual_seed(0)
        >>> uniform((2,)).round(4).tolist(), uniform((), -1.0, 1.0).round(4).item()
        ([0.9701, 0.7078], -0.0812)
    """
    if not low <= high:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}"
        )
    numbers = _choose(generator).draw_uniform(math.prod(shape)).reshape(shape)
    return numbers if (low, high) == (0, 1) else multiply_add(numbers, high - low, low)


def normal(shape: Shape, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> np.ndarray:
    """Return normal numbers.

    Raises:
        RuntimeError: If ``std`` is negative.
    """
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    numbers = _choose(generator).draw_normal(math.prod(shape)).reshape(shape)
    return numbers if (mean, std) == (0, 1) else multiply_add(numbers, std, mean)


def integers(low: int, high: int, shape: Shape, generator: Any = None) -> np.ndarray:
    """Return integers of [low, high).

    Raises:
        RuntimeError: If there are none.
    """
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    source, count, size = _choose(generator), math.prod(shape), high - low
    drawn = source.draw64(count) if size >= _WIDE else source.draw32(count)
    return ((drawn % np.uint64(size)) + np.uint64(low % (1 << 64))).astype(np.int64).reshape(shape)


def permutation(count: int, generator: Any = None) -> np.ndarray:
    """Return the integers below ``count`` in random order."""
    order = np.arange(count)
    drawn = _choose(generator).draw32(max(count - 1, 0)).tolist()
    for place, number in enumerate(drawn):
        other = place + number % (count - place)
        order[place], order[other] = order[other], order[place]
    return order


def exponential(shape: Shape, rate: float = 1.0, generator: Any = None) -> np.ndarray:
    """Return exponential numbers.

    Raises:
        RuntimeError: If ``rate`` is not positive.
    """
    if not rate > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate:g}")
    numbers = _choose(generator).draw_uniform(math.prod(shape)).reshape(shape)
    return _map(math.log1p, -numbers) * (-1 / rate)


def choices(
    weights: np.ndarray, count: int, generator: Any = None, *, replacement: bool = False
) -> np.ndarray:
    """Return, for each row of weights, ``count`` places of it, drawn in proportion to them."""
    if not replacement or count == 1:
        scores = weights / exponential(weights.shape, generator=generator)
        return np.argsort(-scores, axis=-1, kind="stable")[..., :count]
    sums = np.cumsum(weights, axis=-1)
    drawn = uniform((*weights.shape[:-1], count), generator=generator)
    below: np.ndarray = np.sum(drawn[..., None] > (sums / sums[..., -1:])[..., None, :], axis=-1)
    return below
