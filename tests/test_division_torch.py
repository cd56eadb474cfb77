"""Remainders and quotients cut to whole numbers, compared with torch expression by expression."""

from __future__ import annotations

import itertools

import pytest
from both import check

import graphviz_grad as gg

OPERANDS = ("s", "v", "u", "x", "zeros[0]", "i", "hostile[1]", "hostile[2]", "2", "-1.5", "3.0", "m[0]")
SIGNS = ("%", "//")


def calls():
    for a, b in itertools.product(OPERANDS, repeat=2):
        if a[0].isalpha() or b[0].isalpha():
            yield from (f"{a} % {b}", f"({a} // {b}).detach()")
        if a[0].isalpha():
            yield from (f"{a}.fmod({b})", f"t.floor_divide({a}, {b}).detach()")
            yield f"t.div({a}, {b}, rounding_mode='floor')"
            if not {a, b} & {
                "hostile[1]",
                "hostile[2]",
                "zeros[0]",
                "m[0]",
            }:  # where torch has 0
                yield f"t.div({a}, {b}, rounding_mode='trunc')"
        yield f"t.remainder({a}, {b})"
    for wrong in ("None", "'a'", "[1.0]"):
        yield from (f"x {sign} {wrong}" for sign in SIGNS)
        yield from (f"x.{name}({wrong})" for name in ("fmod", "remainder"))
    yield from (
        "i % 0",
        "i // 0",
        "i.fmod(0)",
        "i % t.tensor([1, 0, 2])",
        "v % t.tensor([1.0, 2.0])",
        "i // i[:2]",
    )
    yield from (
        "v.div(2, rounding_mode='foo')",
        "t.true_divide(i, 2)",
        "v.trunc()",
        "hostile.trunc()",
        "i.trunc()",
    )
    yield from (
        "t.trunc(x * 1.3)",
        "t.trunc(1.0)",
        "(v % 1).sum()",
        "(5 % v).sum()",
        "v % v",
    )


def is_printed_otherwise(call):
    """Whether torch has no derivative here, and says so: with a number first, and of what it rounds."""
    return call.startswith(
        ("2 %", "-1.5 %", "3.0 %", "5 %", "(5 %", "t.remainder(2", "t.remainder(-", "t.remainder(3")
    )


@pytest.mark.parametrize("call", [call for call in sorted({*calls()}) if not is_printed_otherwise(call)])
def test_as_in_torch(call, torch):
    check(torch, call)


def test_remainders_of_numbers_have_torchs_values(torch):
    for t in (gg, torch):
        v = t.tensor([1.5, -2.0, 0.25])
        assert (5 % v).tolist() == [0.5, -1.0, 0.0]
        assert t.remainder(-7, v).tolist() == [0.5, -1.0, 0.0]


def test_of_what_is_rounded_down_torch_has_no_derivative(torch):
    printed = [repr(t.tensor(5.0, requires_grad=True) // 2) for t in (gg, torch)]
    assert printed[0] == printed[1] == "tensor(2., grad_fn=<NotImplemented>)"


def test_a_remainder_moves_with_a_slider():
    e = gg.explore(lambda x: x % 2, x=3.5)
    assert (e.values["y"], e.grads["x"]) == (1.5, 1.0)
    e.sliders["x"].value = -0.5
    assert (e.values["y"], e.grads["x"]) == (1.5, 1.0)
