"""Tensors print the text that torch prints."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_grad as gg

SCALARS = [
    *(0, 1, -1, -5, 10**9, 10**18, True, False),
    *(0.0, -0.0, 1.0, 2.0, -3.0, 1000.0, 1001.0, 1e5, 1e7, 99999999.0, 1e8, 100000001.0, 1e9, 1e15, 1e22),
    *(
        0.5,
        -1.5,
        0.1,
        1 / 3,
        2 / 3,
        0.235003712,
        0.99999,
        0.999999,
        123.456,
        999.9,
        1000.1,
        9999.99999,
        1234.5,
    ),
    *(1e-4, 9.9e-5, 5e-5, 1e-5, -1e-5, 1e-300, 5e-324, 12345678.9, 100000.5, 1e308, 1.2345e300, 2.0000000001),
    *(math.inf, -math.inf, math.nan),
]
ARRAYS = [
    *([], [[]], [[], []], [1.0], [1.0, 2.0, 3.0], [1.5, 2.0], [1, 2, 3], [-1, 10, 100], [True, False]),
    *([[1.0, 2.0], [3.0, 4.0]], [[1.5, -2.0], [3.0, 4.0]], [[[1.0, 2.0]]], [[1], [2]]),
    *([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]], [1e-5, 1.0], [1e5, 1.0], [1e5, 1.5], [1e9, 1.0]),
    *([0.0, 0.0], [-0.0, 1.0], [1000.5, 1.5], [1001.0, 1.0], [1e-4, 1e-3], [9e-5, 2e-4], [1e-10, 1e10]),
    *(
        [math.inf, 1.0],
        [math.nan, 1.5],
        [math.nan, math.inf],
        [1.0, -math.inf, math.nan],
        [1e8, 1.0],
        [2e8, 1.0],
    ),
    *([1e-8], [0.1, 1e-4], [12345678, 1], list(range(30)), [i / 7 for i in range(20)]),
    [i * 1000.0 for i in range(15)],
    [[i / 7 * j for i in range(12)] for j in range(3)],
    [[[i * 1.5 + j - k for i in range(15)] for j in range(2)] for k in range(2)],
]
FORMATS = ["", ".3f", "8.2f", ">12", "e", ".2e", "g", "+.1f", "d", "%", "s", "zz"]


def say(function):
    try:
        return function()
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("data", SCALARS + ARRAYS, ids=lambda data: str(data)[:24])
@pytest.mark.parametrize("requires_grad", [False, True])
def test_tensors_print_as_in_torch(data, requires_grad, torch):
    def print_with(t):
        x = t.tensor(data, requires_grad=requires_grad)
        return [repr(x), str(x), f"{x}", repr([x]), f"{x!r:>40}", "%s" % x]  # noqa: UP031

    assert say(lambda: print_with(gg)) == say(lambda: print_with(torch))


@pytest.mark.parametrize("data", [0.5, -2.0, 1e-5, 3, True, math.nan, [1.0, 2.0]], ids=str)
@pytest.mark.parametrize("spec", FORMATS)
def test_formats_are_those_of_the_number(spec, data, torch):
    assert say(lambda: format(gg.tensor(data), spec)) == say(lambda: format(torch.tensor(data), spec))


def test_formats_of_tensors_that_require_grad(torch):
    for t in (gg, torch):
        x = t.tensor(0.5, requires_grad=True)
        assert f"{x.item():.2f} {x.detach():.3f}" == "0.50 0.500"
        assert f"{x}" == "0.5"


@pytest.mark.parametrize("data", [0.5, 3, True, [1.0, 2.0], [[1, 2, 3]]], ids=str)
def test_everything_else_that_is_printed(data, torch):
    def print_with(t):
        x = t.tensor(data)
        return [
            *map(repr, (x.dtype, x.shape, x.size(), x.ndim, x.dim(), x.numel(), x.tolist())),
            repr(list(x)) if x.ndim else None,
            *map(str, (x.dtype, x.shape, x.is_leaf, x.requires_grad, x.grad, x.grad_fn, x.numpy())),
        ]

    assert print_with(gg) == print_with(torch)


def test_results_wrap_as_in_torch(torch):
    def print_with(t):
        lines = []
        for count in range(1, 40):
            x = t.tensor([i / 8 for i in range(count)], requires_grad=True)
            lines += [repr(x), repr(x * 2), repr(t.sigmoid(x)), repr(x.detach())]
        return lines

    assert print_with(gg) == print_with(torch)


def test_random_scalars(torch):
    rng = random.Random(0)  # noqa: S311 - nothing secret
    for _ in range(3000):
        value = rng.choice(
            [
                rng.gauss(0, 1),
                rng.gauss(0, 1) * 10.0 ** rng.randint(-12, 12),
                float(rng.randint(-2000, 2000)),
                rng.randint(0, 10**10) / 1000,
            ]
        )
        assert repr(gg.tensor(value)) == repr(torch.tensor(value))


@st.composite
def arrays(draw):
    """Arrays of every kind: ints, truth values, floats of all sizes side by side, nan, inf and zeros."""
    shape = draw(
        st.one_of(
            st.lists(st.integers(0, 5), max_size=4).map(tuple),
            st.sampled_from([(30,), (1001,), (2, 700), (40, 30), (11, 10, 10), (1100, 1), (2, 3, 7, 30)]),
        )
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["int", "bool", "round", "float", "spread", "positive", "special"]))
    if kind == "int":
        return rng.integers(-(10 ** draw(st.integers(0, 18))), 10 ** draw(st.integers(0, 18)), shape)
    if kind == "bool":
        return rng.random(shape) < 0.5
    values = rng.normal(size=shape) * 10.0 ** draw(st.integers(-12, 12))
    if kind == "round":
        return np.round(values, draw(st.integers(0, 3)))
    if kind == "spread":
        return values * 10.0 ** rng.integers(-6, 6, shape)
    if kind == "positive":
        return np.abs(values)
    if kind == "special":
        for value in draw(st.sets(st.sampled_from([0.0, -0.0, 1.0, math.inf, -math.inf, math.nan]))):
            values = np.where(rng.random(shape) < 0.3, value, values)
    return values


OPTIONS = st.fixed_dictionaries(
    {"sci_mode": st.sampled_from([None, True, False])},
    optional={
        "profile": st.sampled_from(["default", "short", "full"]),
        "precision": st.sampled_from([0, 1, 2, 6, 10]),
        "threshold": st.sampled_from([0, 5, 100, math.inf]),
        "edgeitems": st.sampled_from([0, 1, 2, 5]),
        "linewidth": st.sampled_from([20, 40, 120, 200]),
    },
)


def check_print(array, requires_grad, torch):
    x, y = (t.tensor(array, requires_grad=requires_grad and array.dtype == float) for t in (gg, torch))
    assert repr(x) == repr(y)
    if x.requires_grad:
        assert repr(gg.sigmoid(x)) == repr(torch.sigmoid(y))


@settings(max_examples=1500)
@given(array=arrays(), requires_grad=st.booleans())
def test_random_arrays(array, requires_grad, torch):
    check_print(array, requires_grad, torch)


@settings(max_examples=500)
@given(array=arrays(), requires_grad=st.booleans(), options=OPTIONS)
def test_random_arrays_with_other_options(array, requires_grad, options, torch):
    for t in (gg, torch):
        t.set_printoptions(profile="default")
        t.set_printoptions(**options)
    try:
        check_print(array, requires_grad, torch)
    finally:
        for t in (gg, torch):
            t.set_printoptions(profile="default")


def test_what_the_lessons_show():
    x = gg.tensor(0.5, requires_grad=True)
    a = gg.sigmoid(x)
    a.backward()
    assert [repr(each) for each in (x, a, x.grad, a.detach())] == [
        "tensor(0.5000, requires_grad=True)",
        "tensor(0.6225, grad_fn=<SigmoidBackward0>)",
        "tensor(0.2350)",
        "tensor(0.6225)",
    ]
    assert repr(a.grad_fn).startswith("<SigmoidBackward0 object at 0x")
    assert repr(x.grad_fn) == "None"
