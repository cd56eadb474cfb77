"""Tensors are made with torch's numbers, dtypes and shapes."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

import graphviz_grad as gg

CALLS = """
ones(2).new_zeros(2); ones(2).new_ones((2, 2)); tensor([1, 2]).new_zeros(2); ones(2).new_full((2,), 3)
ones(2).new_tensor([1, 2]); tensor([1, 2]).new_tensor([1.5]); ones(1).new_zeros(size=(1, 2), dtype=t.int64)
ones(2).new_empty(2).shape; ones(2).new_ones(2, requires_grad=True); tensor([True]).new_full((1,), 7)
logspace(0, 2, 3); logspace(0, 3, 4, base=2); logspace(-1, 1, 5); logspace(0, 1, 1)
finfo(t.float64).bits; iinfo(t.int64).max == 2**63 - 1; iinfo(t.int64).min
multiply(t.ones(2), 3); subtract(t.ones(2), 1); divide(t.tensor([1, 2]), 2); negative(t.ones(1))
absolute(-t.ones(1)); greater(t.ones(2), 0); less_equal(t.ones(2), t.zeros(2)); not_equal(t.ones(2), 1)
ones(2).less(2); ones(2).multiply(3); ones(2).divide(2, rounding_mode="floor"); ones(2).greater_equal(1)
zeros(2, 3); zeros((2, 3)); zeros([2]); zeros(()); zeros(t.Size([2])); zeros(t.tensor(3), 2); zeros(0, 3)
zeros(size=(2,)); zeros(2, dtype=t.int64); zeros(2, dtype=t.bool); zeros(2, dtype=float)
zeros(2, dtype=int); zeros(2, dtype=t.double); zeros(2, dtype=t.long); zeros(2, requires_grad=True)
zeros(2, device="cpu"); zeros(2, device=t.device("cpu")); ones(2, 3); ones(2, dtype=t.bool)
ones(np.int64(2)); ones(size=[1, 2]); full((2,), 3); full((2,), 3.0); full((2,), True); full((), 3)
full([2, 2], fill_value=1.5); full((2,), t.tensor(3.0)); full((2,), 1.5, dtype=t.int64)
full(size=(2,), fill_value=7.0); full((2,), math.nan); full((1,), np.float64(2)); arange(5); arange(5.0)
arange(1, 5); arange(1, 5, 2); arange(1, 5, 0.5); arange(5, 1, -1); arange(0); arange(True)
arange(3, dtype=t.float64); arange(2.5, dtype=t.int64); arange(t.tensor(3)); arange(start=1, end=3)
arange(end=3); arange(0, 3, step=2); arange(3.0, requires_grad=True); arange(-2, 2); arange(1, 0, -0.25)
arange(0, 1, 0.1); linspace(0, 1, 5); linspace(0, 1, 1); linspace(0, 1, 0); linspace(0, 10, steps=5)
linspace(1, -1, 4); linspace(0, 10, 5, dtype=t.int64); linspace(t.tensor(0.0), t.tensor(1.0), 3)
linspace(start=0, end=1, steps=3); linspace(0, 1, 3, requires_grad=True); eye(3); eye(2, 3)
eye(2, dtype=t.int64); eye(2, m=3); eye(0); eye(1, 0); zeros_like(t.ones(2, dtype=t.int64))
zeros_like(t.ones(2), dtype=t.int64); zeros_like(t.tensor(2.0)); zeros_like(t.ones(2, requires_grad=True))
ones_like(t.ones(2, requires_grad=True), requires_grad=True); full_like(t.ones(2), 7)
full_like(t.tensor([1, 2]), 7.5); full_like(t.tensor([True]), 0); empty(2, 3).shape
empty_like(t.ones(2, dtype=t.int64)).shape; empty(2, dtype=t.bool).dtype; as_tensor([1, 2]); as_tensor(1.5)
as_tensor([1, 2], dtype=t.float64); as_tensor(t.ones(2), dtype=t.int64); as_tensor(np.arange(3.0))
from_numpy(np.arange(3.0)); from_numpy(np.array(1.0)); from_numpy(np.arange(3))
from_numpy(np.array([True])); tensor(range(3)); tensor([1, 2], device="cpu"); tensor([1.5], dtype=t.long)
tensor([1, 0], dtype=t.bool); tensor(1.0, dtype=float); tensor([t.tensor(1.0), 2]); tensor(np.float64(1.5))
tensor(np.ones((2, 0))); is_tensor(t.ones(1)); is_tensor(1.0); pi; e; inf; nan; get_default_dtype(); float
double; long; int; float64 is t.double; device("cuda:0"); device("cuda", 1)
device("cpu") == t.device("cpu"); cuda.is_available(); cuda.device_count(); backends.mps.is_available()
float64.itemsize; bool.is_floating_point; device("cpu").type; device("cpu").index; Size([2, 3])[:1]
Size([2, 3])[0]; Size([2]) + (1,); (1,) + t.Size([2]); Size([2]) * 2; 2 * t.Size([2])
Size([2, 3]) == (2, 3); Size((2,)).count(2); ones(2, 3).shape[1:]; Size([2, 3]).numel()
"""
EACH = [call.strip() for call in CALLS.replace("\n", ";").split(";") if call.strip()]


def evaluate(call, t):
    text = call if call.startswith(("(", "2 ")) else f"t.{call}"
    return repr(eval(text, {"t": t, "np": np, "math": math}))  # noqa: S307 - our own text


@pytest.mark.parametrize("call", EACH)
def test_what_is_made_is_what_torch_makes(call, torch):
    if call.startswith("float64.itemsize"):
        assert gg.float32.itemsize == 8  # since it is computed in float64
    assert evaluate(call, gg) == evaluate(call, torch)


def test_numbers_in_order_are_torchs_to_the_last_bit(torch):
    rng = random.Random(0)  # noqa: S311 - nothing secret
    for _ in range(400):
        start, end = rng.uniform(-3, 3), rng.uniform(-3, 9)
        step = math.copysign(rng.choice([0.1, 0.01, 0.3, rng.random() + 1e-3]), end - start)
        count = rng.choice([1, 2, 3, 5, 11, 50, 101])
        for ours, theirs in (
            (gg.arange(start, end, step), torch.arange(start, end, step)),
            (gg.linspace(start, end, count), torch.linspace(start, end, count)),
        ):
            assert ours.tolist() == theirs.tolist()


def test_a_tensor_is_nobody_elses():
    array = np.zeros(2)
    made = [gg.from_numpy(array), gg.as_tensor(array), gg.tensor(array)]
    array += 1
    assert [each.tolist() for each in made] == [[0.0, 0.0]] * 3
    x = gg.ones(2)
    assert gg.as_tensor(x) is x
    assert gg.as_tensor(x, dtype=gg.float64) is x


def test_the_default_dtype_is_float64(torch):
    gg.set_default_dtype(gg.float64)
    assert repr(gg.get_default_dtype()) == repr(torch.get_default_dtype())
    assert gg.zeros(1).dtype is gg.float64
