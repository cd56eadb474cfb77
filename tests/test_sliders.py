"""Abbreviations of sliders: what each gives, and what is refused with which words."""

# ruff: noqa: ARG005 - explored functions need not use what they are given

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets import FloatSlider, IntSlider

import graphviz_grad as gg
from graphviz_grad.live.parameters import Parameters
from graphviz_grad.live.sliders import slider
from graphviz_grad.picture.page.range import TICKS, nice_step, read_range


@pytest.mark.parametrize(
    ("abbreviation", "low", "high", "value"),
    [
        (2.0, -2, 6, 2),
        (-2.0, -6, 2, -2),
        (0, -1, 1, 0),
        (0.0, -1, 1, 0),
        (3, -3, 9, 3),
        (np.float64(0.5), -0.5, 1.5, 0.5),
        (np.int64(-4), -12, 4, -4),
        ((-3, 3), -3, 3, 0),
        ((0.0, 1.0), 0, 1, 0.5),
        ((0, 10, 3), 0, 10, 3),
        ((-8, 8, 0.5, 6), -8, 8, 6),
        ((1e-9, 3e-9), 1e-9, 3e-9, 2e-9),
    ],
)
def test_what_an_abbreviation_stands_for(abbreviation, low, high, value):
    made = slider("x", abbreviation)
    assert type(made) is FloatSlider
    assert (made.min, made.max, made.value) == pytest.approx((low, high, value), rel=1e-12)
    assert made.description == "x"


def test_a_slider_of_the_users_own_stands_for_itself():
    own = FloatSlider(value=1.0, min=0.0, max=5.0, description="speed")
    assert slider("x", own) is own
    assert own.description == "speed"
    assert slider("x", FloatSlider()).description == "x"


@pytest.mark.parametrize(
    ("abbreviation", "error", "words"),
    [
        (True, TypeError, "x: True (must be a number, (min, max), "),
        (np.True_, TypeError, "(must be a number, (min, max), "),
        ("2", TypeError, "x: '2' (must be a number, (min, max), "),
        ([1, 2], TypeError, "x: [1, 2] (must be a number, (min, max), "),
        (2 + 1j, TypeError, "(must be a number, (min, max), "),
        (IntSlider(), TypeError, "(must be a number, (min, max), "),
        ((1,), TypeError, "x: (1,) (must be a number, (min, max), "),
        ((0, 1, 0.1, 0.5, 9), TypeError, "(must be a number, (min, max), "),
        ((0, True), TypeError, "x: (0, True) (must be a tuple of numbers)"),
        (("a", "b"), TypeError, "x: ('a', 'b') (must be a tuple of numbers)"),
        ((3, -3), ValueError, "x: (3, -3) (must be (min, max) with min < max)"),
        ((1, 1), ValueError, "x: (1, 1) (must be (min, max) with min < max)"),
        ((0, 1, 0), ValueError, "x: (0, 1, 0) (must have 0 < step <= max - min)"),
        ((0, 1, -0.1), ValueError, "(must have 0 < step <= max - min)"),
        ((0, 1, 2), ValueError, "(must have 0 < step <= max - min)"),
        ((0, 1, 0.1, 2), ValueError, "x: (0, 1, 0.1, 2) (must have min <= value <= max)"),
        (math.nan, ValueError, "x: nan (must be finite, "),
        (math.inf, ValueError, "x: inf (must be finite, "),
        (1e308, ValueError, "x: 1e+308 (must be finite, "),
        ((0, math.inf), ValueError, "x: (0, inf) (must be finite)"),
        ((math.nan, 1), ValueError, "x: (nan, 1) (must be finite)"),
        ((-1e308, 1e308), ValueError, "(must be finite)"),
        ((0, 1, math.nan), ValueError, "(must be finite)"),
        (FloatSlider(value=math.nan), ValueError, "(must have a finite min, max and value)"),
        (FloatSlider(min=1, max=1), ValueError, "(must have min < max)"),
    ],
)
def test_what_is_refused(abbreviation, error, words):
    with pytest.raises(error) as caught:
        slider("x", abbreviation)
    assert words in str(caught.value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_gives_a_range_around_it_or_a_clear_error(number):
    try:
        low, high, step, value = read_range("x", number)
    except ValueError as error:
        assert "must be finite, and between" in str(error)  # noqa: PT017
        return
    assert low <= value <= high
    assert value == number
    assert 0 < step < high - low


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_steps_are_nice_and_fine(span):
    step = nice_step(span)
    assert TICKS * (1 - 1e-9) <= span / step <= 2.5 * TICKS * (1 + 1e-9)
    assert f"{step:.0e}"[0] in "125"


def test_the_readout_shows_what_the_slider_can_do():
    assert slider("x", 2.0).readout_format == ".4f"
    assert slider("x", (0, 1e-3)).readout_format == ".3e"
    assert slider("x", (-1e6, 1e6)).readout_format == ".3e"


# --- parameters


def test_sliders_come_in_the_order_of_the_signature():
    parameters = Parameters(lambda a, b, c=3.0: a * b * c, {"b": 1.0, "a": 2.0})
    assert list(parameters.sliders) == ["a", "b", "c"]
    assert parameters.sliders["c"].value == 3.0


def test_every_kind_of_parameter():
    def f(a, b=2.0, /, c=3.0, *args, d=(0, 4), e=None, **others):
        assert args == ()
        assert e is None
        return a + 10 * b + 100 * c + 1000 * d + others["g"]

    parameters = Parameters(f, {"a": 1.0, "g": 5.0})
    assert list(parameters.sliders) == ["a", "b", "c", "d", "g"]
    moving = {name: gg.tensor(made.value) for name, made in parameters.sliders.items()}
    assert parameters.call(moving).item() == 1 + 20 + 300 + 2000 + 5


def test_tensors_and_arrays_are_held_fixed():
    w = gg.tensor(3.0, requires_grad=True)
    parameters = Parameters(lambda x, w, v: x * w * v, {"x": 2.0, "w": w, "v": np.array(2.0)})
    assert list(parameters.sliders) == ["x"]
    assert parameters.fixed["w"] is w
    assert parameters.call({"x": gg.tensor(1.0)}).item() == 6.0


@pytest.mark.parametrize(
    ("function", "abbreviations", "words"),
    [
        (lambda x: x, {"x": 1.0, "w": 2.0}, "explore: 'w' (must be a parameter of the function: x)"),
        (
            lambda x, z: x,
            {"x": 1.0},
            "explore: 'z' (must have a start or a range, such as z=2.0 or z=(-3, 3))",
        ),
        (lambda x, *, z: x, {"x": 1.0}, "explore: 'z' (must have a start or a range"),
        (lambda x, flag=False: x, {"x": 1.0}, "flag: False (must be a number, "),
        (lambda x, mode="sum": x, {"x": 1.0}, "mode: 'sum' (must be a number, "),
        (lambda x: x, {"x": [1.0]}, "x: [1.0] (must be a number, "),
        (lambda: gg.tensor(1.0), {}, "(must have a parameter that gets a slider)"),
        (lambda x: x, {"x": gg.tensor(1.0)}, "(must have a parameter that gets a slider)"),
        (max, {"x": 1.0}, "(must be a function with named parameters)"),
    ],
)
def test_parameters_that_are_refused(function, abbreviations, words):
    with pytest.raises(TypeError) as caught:
        Parameters(function, abbreviations)
    assert words in str(caught.value)
