"""What brings tensors to one shape, or repeats what is in them: numbers, gradients, text, errors of torch."""

from __future__ import annotations

import pytest
from both import check

import graphviz_grad as gg

CALLS = [
    *("t.broadcast_tensors(x, s)", "t.broadcast_tensors(v, y)", "t.broadcast_tensors(x, v, i)"),
    *("t.broadcast_tensors(x, q)", "t.broadcast_tensors(x)", "t.broadcast_tensors(x, 1.0)"),
    *("t.repeat_interleave(x, 2)", "x.repeat_interleave(2, dim=0)", "x.repeat_interleave(3, -1)"),
    *("x.repeat_interleave(i, dim=1)", "v.repeat_interleave(i)", "t.repeat_interleave(i)"),
    *("t.repeat_interleave(v, t.tensor([2]))", "x.repeat_interleave(0, 1)", "s.repeat_interleave(2)"),
    *("x.repeat_interleave(i, dim=0)", "x.repeat_interleave(-1)", "x.repeat_interleave(2, 2)"),
    *("t.repeat_interleave(v)", "m.repeat_interleave(2, 0)", "empty.repeat_interleave(2)"),
    *("t.trace(q)", "q.trace()", "x.trace()", "t.trace(v)", "t.trace(i)"),
    *(f"t.meshgrid({vectors}, indexing='ij')" for vectors in ("v", "v, u", "v, u, v", "v, s", "[v, u]")),
    *(f"t.meshgrid({vectors}, indexing='xy')" for vectors in ("v", "v, u", "v, u, v", "v, s", "[v, u]")),
    *("t.meshgrid(v, i, indexing='ij')", "t.meshgrid(v, u, indexing='yx')", "t.meshgrid(v, u)"),
    *("x.isclose(x + 1e-9)", "t.isclose(x, x * 1.1, rtol=0.2)", "hostile.isclose(hostile, equal_nan=True)"),
    *("x.isclose(i)", "x.isclose(x, atol=-1)", "x.isclose(1.0)", "v.isclose(x)"),
]


@pytest.mark.parametrize("call", CALLS)
def test_as_in_torch(call, torch):
    check(torch, call)


SHAPES = [
    (),
    ((2, 1), (3,)),
    (2, (3, 1)),
    ((2, 3), (3,), (1, 1, 1)),
    ((2,), (3,)),
    ((2, 3), (2, 1), (4, 3)),
    ((0,), (1,)),
]


@pytest.mark.parametrize("shapes", SHAPES)
def test_shapes_broadcast_as_in_torch(shapes, torch):
    found = []
    for package in (gg, torch):
        try:
            found.append(repr(package.broadcast_shapes(*shapes)))
        except RuntimeError as error:
            found.append(str(error))
    assert found[0] == found[1]


def test_allclose_as_in_torch(torch):
    found = []
    for package in (gg, torch):
        x = package.tensor([1.0, float("nan")])
        found.append([x.allclose(x), x.allclose(x, equal_nan=True), x[:1].allclose(x[:1] + 1e-9)])
        found[-1].append(package.allclose(x[0], x[0] * 1.1, rtol=0.2))
    assert found[0] == found[1]
