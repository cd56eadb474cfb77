"""Random numbers are torch's own, bit by bit, whatever is drawn and in whatever order."""

from __future__ import annotations

import math
import random
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_grad as gg

SEEDS = st.one_of(
    st.sampled_from([0, 1, 42, -1, 2**32, 2**63, 2**64 - 1, -(2**63)]), st.integers(0, 2**64 - 1)
)
SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 5, 15, 16, 17, 33]), max_size=3).map(tuple)
RANGES = st.tuples(
    st.integers(-(2**40), 2**40), st.sampled_from([1, 2, 10, 1000, 2**28 - 1, 2**28, 2**33, 2**60])
)

#: What is drawn, by name: a function of torch or of this package, of the source, and of the parameters.
DRAWS = {
    "rand": lambda t, source, shape, low, size: t.rand(shape, **source),
    "randn": lambda t, source, shape, low, size: t.randn(shape, **source),
    "randint": lambda t, source, shape, low, size: t.randint(low, low + size, shape, **source),
    "randperm": lambda t, source, shape, low, size: t.randperm(math.prod(shape) % 500, **source),
    "uniform_": lambda t, source, shape, low, size: t.ones(shape).uniform_(low, low + size / 7, **source),
    "normal_": lambda t, source, shape, low, size: t.zeros(shape).normal_(low / 7, size / 3, **source),
    "exponential_": lambda t, source, shape, low, size: t.zeros(shape).exponential_(2.5, **source),
    "bernoulli_": lambda t, source, shape, low, size: t.zeros(shape).bernoulli_(0.3, **source),
    "bernoulli": lambda t, source, shape, low, size: t.bernoulli(t.rand(shape, **source), **source),
    "random_": lambda t, source, shape, low, size: t.zeros(shape, dtype=t.int64).random_(
        low, low + size, **source
    ),
    "random_ below": lambda t, source, shape, low, size: t.zeros(shape).random_(min(size, 1000), **source),
    "normal": lambda t, source, shape, low, size: t.normal(low / 7, size / 3, shape, **source),
    "normal of tensors": lambda t, source, shape, low, size: t.normal(
        t.rand(shape, **source), t.rand((1, *shape), **source), **source
    ),
    "rand_like": lambda t, source, shape, low, size: t.rand_like(t.ones(shape)),
    "randn_like": lambda t, source, shape, low, size: t.randn_like(t.ones(shape)),
    "randint_like": lambda t, source, shape, low, size: t.randint_like(t.tensor([1, 2]), low, low + size),
    "multinomial": lambda t, source, shape, low, size: t.multinomial(
        t.rand((5, 7), **source), size % 6 + 1, replacement=size % 2 == 0, **source
    ),
}
STEP = st.tuples(st.sampled_from(sorted(DRAWS)), SHAPES, RANGES, st.booleans())


@settings(max_examples=300)
@given(seed=SEEDS, steps=st.lists(STEP, min_size=1, max_size=8))
def test_every_sequence_of_draws_is_torchs(seed, steps, torch):
    own = {t: t.Generator().manual_seed(7) for t in (gg, torch)}
    for t in (gg, torch):
        t.manual_seed(seed)
    for name, shape, (low, size), has_source in steps:
        ours, theirs = (
            DRAWS[name](t, {"generator": own[t]} if has_source else {}, shape, low, size) for t in (gg, torch)
        )
        assert ours.shape == theirs.shape
        assert str(ours.dtype) == str(theirs.dtype)
        assert np.array_equal(ours.numpy(), theirs.numpy()), name
    assert gg.rand(()).item() == torch.rand(()).item()


@pytest.mark.parametrize("count", [*range(40), 100, 1000, 100_003])
def test_normal_numbers_of_every_length(count, torch):
    for t in (gg, torch):
        t.manual_seed(1)
    assert gg.randn(count).tolist() == torch.randn(count).tolist()


def test_what_surrounds_the_numbers(torch):
    def show(t):
        g = t.Generator()
        yield from (g.initial_seed(), g.device, g.manual_seed(-1).initial_seed(), t.Generator("cpu") is g)
        yield t.manual_seed(3).initial_seed(), t.initial_seed(), t.manual_seed(t.tensor(4)).initial_seed()
        yield t.manual_seed(5) is t.default_generator, t.rand(2, requires_grad=True)
        yield (
            t.randint(0, 2, (3,), dtype=t.bool),
            t.randint(5, (2,)),
            t.randint(high=5, size=(2,)),
            t.randn(()),
        )
        yield (
            t.randint(low=-3, high=5, size=(2,), dtype=t.float64),
            t.randperm(3, dtype=t.float64),
            t.randperm(0),
        )

    assert list(map(repr, show(gg))) == list(map(repr, show(torch)))


def test_a_state_is_where_the_numbers_go_on():
    gg.manual_seed(0)
    gg.randn(3)
    state, source = gg.get_rng_state(), gg.Generator()
    expected = gg.randn(5).tolist()
    gg.set_rng_state(state)
    assert gg.randn(5).tolist() == expected
    assert gg.randn(5, generator=source.set_state(state)).tolist() == expected


def test_a_seed_that_nobody_knows():
    assert gg.seed() == gg.initial_seed()
    first = gg.rand(4).tolist()
    assert gg.Generator().seed() != gg.seed()
    assert gg.rand(4).tolist() != first


def test_filling_is_a_change_in_place():
    gg.manual_seed(0)
    x = gg.zeros(3, requires_grad=True)
    with gg.no_grad():
        assert x.uniform_(-1, 1) is x
    assert x.requires_grad
    assert x.is_leaf
    y = x * x
    with gg.no_grad():
        x.normal_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    with pytest.raises(RuntimeError, match=r"^uniform_: a computed tensor that requires grad"):
        (x * 2).uniform_()


def test_threads_share_the_numbers_without_a_number_given_twice():
    gg.manual_seed(0)
    drawn = []
    threads = [
        threading.Thread(target=lambda: drawn.extend(gg.rand(4).tolist() for _ in range(100)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({number for each in drawn for number in each}) == 1600


def test_as_lessons_draw_names(torch):
    """A generator of its own, weights, and one sample after the other."""

    def draw(t):
        g = t.Generator().manual_seed(2147483647)
        weights = t.rand((27, 27), generator=g)
        place, places = 0, []
        for _ in range(50):
            place = t.multinomial(t.tensor(weights.tolist()[place]), 1,
                                  replacement=True, generator=g).item()  # fmt: skip
            places.append(place)
        return places

    assert draw(gg) == draw(torch)


def test_python_and_numpy_keep_their_own():
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - whether it is left alone
    expected = random.random(), np.random.random()  # noqa: NPY002, S311
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    gg.manual_seed(1)
    gg.randn(20)
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002, S311
