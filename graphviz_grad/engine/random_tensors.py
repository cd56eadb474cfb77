"""torch's functions that make tensors of random numbers; after `manual_seed`, of torch's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine import random
from graphviz_grad.engine.arguments import read_int, read_shape
from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.dtype import as_dtype, dtype_of
from graphviz_grad.engine.factories import make
from graphviz_grad.engine.promotion import refuse
from graphviz_grad.engine.random import Generator, default_generator
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    from graphviz_grad.engine.factories import Place, Type


def manual_seed(seed: Any) -> Generator:
    """Start the random numbers again from ``seed``: the same seed, the same numbers, and torch's.

    Example:
        >>> _ = manual_seed(0)
        >>> rand(2), randn(2)
        (tensor([0.9701, 0.7078]), tensor([-2.1788,  0.5684]))
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the random numbers again from a seed that nobody knows, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """Return the seed from which the random numbers were started."""
    return default_generator.initial_seed()


def get_rng_state() -> object:
    """Return what `set_rng_state` takes to go on from here; not torch's bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: object) -> None:
    """Go on with the random numbers from where the state was taken."""
    default_generator.set_state(new_state)


# --- of a shape -----------------------------------------------------------------------------------


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return random numbers of [0, 1).

    Args:
        sizes: The shape, as ints or as one tuple.
        size: The shape, as a keyword.
        generator: The source; the common one if left out.
        dtype: float64.
        device: The CPU.
        requires_grad: Whether gradients are computed for it.
    """
    _check_real(dtype, "check_uniform_bounds")
    payload = random.uniform(read_shape("rand", sizes, size), generator=generator)
    return make("rand", payload, dtype, device, requires_grad=requires_grad)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return random numbers of the normal distribution; its arguments are those of `rand`."""
    _check_real(dtype, "normal_kernel_cpu")
    payload = random.normal(read_shape("randn", sizes, size), generator=generator)
    return make("randn", payload, dtype, device, requires_grad=requires_grad)


def randint(
    *bounds: Any,
    low: Any = 0,
    high: Any = None,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return random integers of [low, high): ``randint(high, size)`` or ``randint(low, high, size)``.

    Args:
        bounds: ``high, size`` or ``low, high, size``.
        low: The least of them; 0 if left out.
        high: One above the largest.
        size: The shape, as a tuple.
        generator: The source; the common one if left out.
        dtype: int64 if left out.
        device: The CPU.
        requires_grad: Whether gradients are computed for it, if its dtype is float64.

    Raises:
        RuntimeError: If there are no such integers.
        TypeError: If an argument is of another type.

    Example:
        >>> _ = manual_seed(0)
        >>> randint(0, 10, (3,))
        tensor([4, 9, 3])
    """
    given = list(bounds)
    if size is None:
        size = given.pop() if given and isinstance(given[-1], (tuple, list)) else None
    if high is None and given:
        high = given.pop()
    if given:
        low = given.pop()
    if given or high is None or size is None:
        kinds = ", ".join(type_name(each) for each in bounds)
        raise TypeError(
            f"randint() received an invalid combination of arguments - got ({kinds}), but expected one of: "
            "(high, size) or (low, high, size), with ints and a tuple of ints"
        )
    least, end = read_int("randint", "low", 1, low), read_int("randint", "high", 2, high)
    if not (least >= -(1 << 63) and end < 1 << 63):
        raise ValueError(f"Overflow when unpacking long long: {(least, end)} (must fit into 64 bits)")
    payload = random.integers(least, end, read_shape("randint", (size,), None, 3), generator)
    return make("randint", payload, dtype, device, requires_grad=requires_grad)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: Type = None,
    device: Place = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return the integers below ``n`` in random order.

    Example:
        >>> _ = manual_seed(0)
        >>> randperm(4)
        tensor([0, 1, 3, 2])
    """
    count = read_int("randperm", "n", 1, n)
    if count < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {count}: [{count}]")
    return make("randperm", random.permutation(count, generator), dtype, device, requires_grad=requires_grad)


def _check_real(dtype: Type, kernel: str) -> None:
    if dtype is not None and not as_dtype("rand", dtype).is_floating_point:
        name = as_dtype("rand", dtype).c_name
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{name}': {dtype} (must be float64)")


# --- like another ---------------------------------------------------------------------------------


def rand_like(
    input: Tensor, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return random numbers of [0, 1) in the shape of another tensor."""
    check_tensor("rand_like", input)
    return rand(input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def randn_like(
    input: Tensor, *, dtype: Type = None, device: Place = None, requires_grad: bool = False
) -> Tensor:
    """Return random numbers of the normal distribution in the shape of another tensor."""
    check_tensor("randn_like", input)
    return randn(input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def randint_like(input: Tensor, *bounds: int, dtype: Type = None, requires_grad: bool = False) -> Tensor:
    """Return random integers in the shape and dtype of another tensor: ``high``, or ``low, high``."""
    check_tensor("randint_like", input)
    return randint(*bounds, size=input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


# --- of given distributions -----------------------------------------------------------------------


def normal(
    mean: Tensor | float, std: Tensor | float = 1.0, size: Any = None, *, generator: Generator | None = None
) -> Tensor:
    """Return normal numbers of that mean and standard deviation.

    Args:
        mean: A number, or a tensor of one for each.
        std: A number, or a tensor of one for each.
        size: The shape, if both are numbers.
        generator: The source; the common one if left out.

    Example:
        >>> _ = manual_seed(0)
        >>> normal(10.0, 2.0, (3,))
        tensor([13.0820,  9.4131,  5.6424])
    """
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        shape = read_shape("normal", () if size is None else (size,), None, 3)
        return make("normal", random.normal(shape, float(mean), float(std), generator))
    centre, spread = _numbers(mean), _numbers(std)
    if np.any(spread < 0):
        raise RuntimeError(f"normal expects all elements of std >= 0.0: {std!r}")
    try:
        shape = np.broadcast_shapes(centre.shape, spread.shape)
    except ValueError as error:
        raise refuse(error, [centre, spread]) from None
    return make("normal", random.normal(shape, generator=generator) * spread + centre)


def _numbers(value: Tensor | float) -> np.ndarray:
    if isinstance(value, Tensor):
        note_look(value)
        return np.asarray(value.value, np.float64)
    return np.asarray(float(value))


def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """Return ones and zeros: ones with the probabilities ``input``, or all with ``p``.

    Raises:
        RuntimeError: If a probability is none.
    """
    check_tensor("bernoulli", input)
    note_look(input)
    chances = np.asarray(input.value if p is None else np.full(input.shape, p))
    if chances.dtype.kind != "f":
        raise NotImplementedError(
            f"\"bernoulli_tensor_cpu_p_\" not implemented for '{dtype_of(chances).c_name}': {input!r}"
        )
    if not np.all((chances >= 0) & (chances <= 1)):
        raise RuntimeError(f"Expected p_in >= 0 && p_in <= 1 to be true, but got false. {input!r}")
    drawn = random.uniform(chances.shape, generator=generator)
    return make("bernoulli", np.where(drawn < chances, 1.0, 0.0))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Return places in the rows of ``input``, drawn in proportion to the weights that stand there.

    Args:
        input: The weights: a vector, or a matrix of one in each row.
        num_samples: How many are drawn for each row.
        replacement: Whether a place may be drawn again.
        generator: The source; the common one if left out.

    Raises:
        RuntimeError: If the weights, or the number of samples, cannot be drawn from.

    Example:
        >>> _ = manual_seed(0)
        >>> from graphviz_grad import tensor
        >>> multinomial(tensor([0.0, 3.0, 1.0]), 4, replacement=True)
        tensor([2, 1, 1, 2])
    """
    check_tensor("multinomial", input)
    note_look(input)
    weights, count = np.asarray(input.value), read_int("multinomial", "num_samples", 2, num_samples)
    if weights.ndim not in {1, 2}:
        raise RuntimeError(f"prob_dist must be 1 or 2 dim: {input!r}")
    if weights.dtype.kind != "f":
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {dtype_of(weights).c_name}"
        )
    if count <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples: {num_samples!r}")
    if not replacement and count > weights.shape[-1]:
        raise RuntimeError(
            f"cannot sample n_sample > prob_dist.size(-1) samples without replacement: {num_samples!r}"
        )
    if not np.all(np.isfinite(weights) & (weights >= 0)):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if np.any(weights.sum(axis=-1) == 0):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    return make("multinomial", random.choices(weights, count, generator, replacement=replacement))
