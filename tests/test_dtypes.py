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
        is_refused = ours.startswith(theirs) and "Error: " in theirs
        assert ours == theirs or is_refused or (name == "softplus" and "NotImplemented" in theirs), value


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


# --- other dtypes, and what a tensor says of itself -----------------------------------------------

CALLS = """
b.sign(); t.tensor(True).sign(); t.erf(t.tensor(3)); t.erf(b); i.sign(); i.floor(); i.round(); b.square()
x.size(0); x.size(-1); x.size(dim=1); x.size(); x.nelement(); x.ndimension(); t.numel(x); x.device
x.is_cuda; x.is_floating_point(); t.is_floating_point(i); x.type(); i.type(); b.type(); x.type(t.int64)
x.type("torch.LongTensor"); x.type_as(i); i.type_as(x); b.type_as(x); x.to(t.int64); x.to(int)
x.to("cpu") is x; x.to(t.float64) is x; x.to(i); x.to("cpu", t.int64); x.to(device="cpu", dtype=t.int64)
x.to(t.device("cpu")); x.cpu() is x; x.double() is x; x.to(t.float64, copy=True) is x; x.long(); x.bool()
i.double(); i.bool(); b.long(); b.double(); r.long(); r.bool(); r.double() is r; (r * 1).to(t.int64)
(r * 1).to(t.float64); i.to(t.float64).requires_grad; (x > 2).double(); (x > 2).double() * r; special.long()
special.bool(); t.tensor(True).double(); t.tensor(3).double(); r.detach().long()
(i == 1).double().requires_grad_(); x.numpy(); r.numpy(force=True); t.tensor(2.5).tolist()
complex(r.detach()); i.to(t.float64).dtype; b.to(t.int64).dtype; x.to(b); t.zeros(0).long()
t.zeros(2, 0).bool()
"""
EACH = [call.strip() for call in CALLS.replace("\n", ";").split(";") if call.strip()]


def evaluate(call, t):
    names = {
        "t": t,
        "x": t.tensor([[1.0, 2.0, 3.0], [4.5, -5.5, 0.0]]),
        "i": t.tensor([1, 2]),
        "b": t.tensor([True, False]),
        "r": t.tensor(1.5, requires_grad=True),
        "special": t.tensor([1.9, -1.9, -0.0, math.nan, math.inf, -math.inf, 1e30]),
    }
    return repr(eval(call, names))  # noqa: S307 - our own text


@pytest.mark.parametrize("call", EACH)
def test_conversions(call, torch):
    assert evaluate(call, gg) == evaluate(call, torch)


def test_a_mask_made_floats_moves_with_what_it_was_made_of():
    e = gg.explore(lambda x: x * (x > 2).double(), x=3.0)
    assert (e.values["y"], e.grads["x"]) == (3.0, 1.0)
    e.sliders["x"].value = 1.0
    assert (e.values["y"], e.grads["x"]) == (0.0, 0.0)
    assert not e.graph["x"].is_leaf or len(e.graph.nodes) > 3
