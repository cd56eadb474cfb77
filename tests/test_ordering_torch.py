"""What puts in order, counts and finds, compared with torch expression by expression."""

from __future__ import annotations

import pytest
from both import check

import graphviz_grad as gg

OPERANDS = ("s", "v", "x", "b", "ties", "zeros", "hostile", "huge", "i", "m", "empty")
SORTS = ("dim=0", "0, True", "-1, descending=True", "dim=2", "stable=True", "'a'")


def calls():
    for operand in OPERANDS:
        yield from (f"{operand}.sort()", f"{operand}.argsort()", f"t.sort({operand}, descending=True).values")
        yield from (
            f"{operand}.nonzero()",
            f"t.nonzero({operand}, as_tuple=True)",
            f"t.unique({operand}.detach())",
        )
        yield from (f"{operand}.sort({arguments})" for arguments in SORTS)
    for operand in ("s", "v", "x", "b"):
        yield from (f"{operand}.topk(1)", f"t.topk({operand}, 1, 0, False)", f"{operand}.topk(4)")
        yield from (
            f"{operand}.topk(0)",
            f"{operand}.topk(1, dim=1)",
            f"({operand} * 2).topk(1).values.sum()",
        )
    yield from (
        "v.topk(2)",
        "v.topk(3, largest=False)",
        "hostile.topk(2).values",
        "i.topk(2)",
        "x.topk(2, dim=-1)",
    )
    yield from (
        "(x.sort(1).values * y.T).sum()",
        "x.argsort(1, True)",
        "t.argsort(x, descending=True, dim=0)",
    )
    yield from ("t.sort(2.0)", "t.argsort([1.0])", "t.topk(1.0, 1)", "t.nonzero(1.0)")
    for arguments in (
        "return_counts=True",
        "return_inverse=True",
        "True, True, True",
        "dim=0",
        "sorted=False",
    ):
        yield from (f"{operand}.detach().unique({arguments})" for operand in ("ties", "zeros"))
        yield f"t.unique(i, {arguments})"
    yield from (
        "i.bincount()",
        "t.bincount(i, minlength=6)",
        "t.bincount(i, u.detach())",
        "t.bincount(i, weights=i)",
    )
    yield from (
        "v.bincount()",
        "(-i).bincount()",
        "m.long().bincount()",
        "t.bincount(t.tensor([], dtype=t.long))",
    )
    yield from ("x[x.nonzero(as_tuple=True)]", "x[x > 0].sort().values")


@pytest.mark.parametrize("call", sorted({*calls()}))
def test_as_in_torch(call, torch):
    check(torch, call)


def test_an_order_moves_with_a_slider():
    e = gg.explore(lambda x: (gg.stack([x, x * 0 + 1.0]).sort().values * gg.tensor([10.0, 1.0])).sum(), x=0.5)
    assert (e.values["y"], e.grads["x"]) == (6.0, 10.0)
    e.sliders["x"].value = 1.5
    assert (e.values["y"], e.grads["x"]) == (11.5, 1.0)
