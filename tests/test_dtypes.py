"""Ints, truth values, masks and comparisons of values, as torch has them."""

from __future__ import annotations

import itertools
import math

import pytest
from strategies import BINARY, COMPARISONS, CUT, OPERATORS, UNARY
from torch_agreement import Torch, apply

import graphviz_grad as gg

VALUES = (
    0.0,
    -0.0,
    math.inf,
    -math.inf,
    math.nan,
    1e308,
    5e-324,
    1.0,
    -1.0,
    2.0,
    1e-9,
    1 + 1e-6,
    1 + 1e-4,
    2.000001,
)


@pytest.fixture(scope="module")
def api(torch):
    return Torch(torch)


def say(function, *args):
    """Return what is printed, or the kind of error and its first words."""
    try:
        return repr(function(*args))
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
        return f"{type(error).__name__}: {str(error)[:40]}"


MIXED = (0, 1, 2, -1, -3, 7, 10**12, True, False, 2.5, 0.0)


@pytest.mark.parametrize("name", [*UNARY, *CUT])
def test_ints_and_truth_values_of_one_operand(name, api):
    for value in MIXED:
        ours, theirs = (say(getattr(each, name), each.tensor(value)) for each in (gg, api))
        # torch has no relu and no abs of truth values, no softplus of ints
        assert ours == theirs or "NotImplemented" in theirs or "Boolean inputs" in theirs, value


@pytest.mark.parametrize("name", [*BINARY, *COMPARISONS])
def test_ints_and_truth_values_of_two_operands(name, api):
    for first, second in itertools.product(MIXED, repeat=2):
        if name == "pow" and (isinstance(first, bool) or (isinstance(second, int) and second < 0)):
            continue  # torch truncates 2**-1 to 0; here it is refused
        ours, theirs = (say(apply, name, each, each.tensor(first), each.tensor(second)) for each in (gg, api))
        assert ours == theirs, (first, second)
        if name not in OPERATORS or isinstance(first, bool) or isinstance(second, bool):
            continue
        ours, theirs = (say(apply, name, each, each.tensor(first), second) for each in (gg, api))
        assert ours == theirs, (first, "number", second)
        ours, theirs = (say(apply, name, each, first, each.tensor(second)) for each in (gg, api))
        assert ours == theirs, ("number", first, second)


def test_a_mask_selects_in_both_directions(api):
    for each in (gg, api):
        x = each.tensor(3.0, requires_grad=True)
        y = x * (x > 2) + x * (x < 2) * 100
        y.backward()
        assert (y.item(), x.grad.item()) == (3.0, 1.0)


@pytest.mark.parametrize("equal_nan", [False, True])
@pytest.mark.parametrize(
    ("rtol", "atol"), [(1e-5, 1e-8), (0.0, 0.0), (0.0, 1e-3), (0.5, 0.0), (math.inf, 0.0)]
)
def test_isclose(rtol, atol, equal_nan, torch):
    for first, second in itertools.product(VALUES, repeat=2):
        found = [
            t.isclose(t.tensor(first), t.tensor(second), rtol=rtol, atol=atol, equal_nan=equal_nan).item()
            for t in (gg, torch)
        ]
        assert found[0] == found[1], (first, second)
    for data in ([1.0, 2.0, math.nan], [1.0, 2.1, math.nan], 2.0):
        found = [
            t.allclose(t.tensor([1.0, 2.0, math.nan]), t.tensor(data), rtol, atol, equal_nan)
            for t in (gg, torch)
        ]
        assert found[0] is found[1]
    assert gg.isclose(gg.tensor(3), gg.tensor(3)).item() is True
    assert gg.isclose(gg.tensor(True), gg.tensor(False)).item() is False  # noqa: FBT003 - torch's way
