"""Comparisons, logic and the questions that numbers answer, compared with torch expression by expression."""

from __future__ import annotations

import itertools

import pytest
from both import check

import graphviz_grad as gg

OPERANDS = ("s", "v", "x", "hostile", "i", "m", "empty")
COMPARISONS = ("gt", "ge", "lt", "le", "eq", "ne")
LOGIC = ("logical_and", "logical_or", "logical_xor")
WRONG = ("None", "'a'", "[1.0]")


def calls():
    for name, operand in itertools.product(("isnan", "isinf", "isfinite", "logical_not"), OPERANDS):
        yield f"{operand}.{name}()"
        yield f"t.{name}({operand})"
    for name, (a, b) in itertools.product(LOGIC, itertools.product(OPERANDS, repeat=2)):
        yield f"{a}.{name}({b})"
    for name in LOGIC:
        yield from (f"t.{name}(zeros, hostile[:3])", f"t.{name}(x, 1.0)", f"x.{name}(1.0)", f"t.{name}(2, x)")
    for name, (a, b) in itertools.product(COMPARISONS, itertools.product(OPERANDS, repeat=2)):
        yield f"{a}.{name}({b})"
    for name in COMPARISONS:
        yield from (f"x.{name}({wrong})" for wrong in WRONG)
        yield from (f"t.{name}(x, 1)", f"t.{name}(i, 2.5)", f"t.{name}(m, True)", f"t.{name}(1.0, x)")
    for sign, (a, b) in itertools.product(
        "&|^", itertools.product(("i", "m", "x", "3", "True", "2.5"), repeat=2)
    ):
        if (a.isidentifier() and a != "True") or b in {"i", "m", "x"}:
            yield f"{a} {sign} {b}"
    yield from (f"m & {wrong}" for wrong in WRONG)
    yield from ("~i", "~m", "~x", "~(x > 0) | (x < -1)", "(x > 0) & m", "i & m", "t.tensor([1, 2]) & i")
    yield from ("x * ((x > 0) & m)", "x * ~(x > 0)", "x * (x > 0).logical_xor(m)", "t.tensor(True) & m")
    yield from ("(~(x > 0)).sum()", "t.isnan(1.0)", "t.logical_not([1])", "x.isnan().any()")


@pytest.mark.parametrize("call", sorted({*calls()}))
def test_as_in_torch(call, torch):
    check(torch, call)


@pytest.mark.parametrize(
    "call",
    [
        *("t.equal(x, x)", "x.equal(x * 1)", "t.equal(h, h)", "x.equal(i)", "t.equal(i, i.double())"),
        *("x.equal(t.tensor([1.0]))", "t.equal(t.tensor(True), t.tensor(1.0))"),
    ],
)
def test_equal(call, torch):
    found = []
    for t in (gg, torch):
        names = {"t": t, "x": t.ones(3), "h": t.tensor([float("nan")]), "i": t.tensor([1, 2])}
        found.append(eval(call, names))  # noqa: S307 - our own text
    assert found[0] is found[1]
    with pytest.raises(TypeError, match=r"^equal\(\): argument 'other' \(position 1\) must be Tensor"):
        gg.ones(2).equal(2)


def test_logic_moves_with_a_slider():
    e = gg.explore(lambda x: x * ((x > 1) & ~(x > 2)), x=1.5)
    assert (e.values["y"], e.grads["x"]) == (1.5, 1.0)
    e.sliders["x"].value = 2.5
    assert (e.values["y"], e.grads["x"]) == (0.0, 0.0)
    assert {"logical_and", "logical_not"} <= {node.op for node in e.graph.nodes}
