"""Reductions print what torch prints, have its numbers and its gradients, and raise its errors."""

from __future__ import annotations

import pytest
from both import check

import graphviz_grad as gg

METHODS = ("sum", "mean", "prod", "var", "std", "norm", "amax", "amin", "max", "min", "argmax", "argmin")
COUNTS = ("any", "all", "count_nonzero")
LINES = ("cumsum", "softmax", "log_softmax", "logsumexp")
OPERANDS = ("s", "v", "x", "b", "ties", "zeros", "i", "m", "empty")
#: torch computes these in another order, which shows where numbers overflow, and whether a zero is elsewhere.
CLEVER = {"prod", "var", "std"}
SINGLE = {"prod", "max", "min", "argmax", "argmin"}


def calls():  # noqa: C901 - a list, as loops
    for name in METHODS:
        extreme = () if name in CLEVER else ("hostile", "huge")
        for operand in (*OPERANDS, *extreme):
            yield f"{operand}.{name}()"
        for operand in ("s", "v", "x", "ties", "zeros", "m", *extreme, "empty"):
            yield f"{operand}.{name}(dim=0)"
            yield f"{operand}.{name}(dim=-1, keepdim=True)"
        yield f"b.{name}(dim=1)"
        yield f"x.{name}(dim=2)"
        yield f"v.{name}(dim=-2)"
        if name not in SINGLE:
            for arguments in ("dim=(0, 2)", "dim=(-1, 0), keepdim=True", "dim=[1]", "dim=(0, 0)"):
                yield f"b.{name}({arguments})"
        yield f"t.{name}(x)"
        yield f"t.{name}(x, dim=1)"
        if name not in CLEVER and name != "norm":
            yield f"t.{name}(2.0)"
    for name in COUNTS:
        for operand in (*OPERANDS, "hostile"):
            yield f"{operand}.{name}()"
        yield f"x.{name}(dim=1)"
        yield f"t.{name}(m, dim=0)"
        yield f"b.{name}(dim=(0, 1))"
    for name in LINES:
        for operand in ("s", "v", "x", "ties", "zeros", "i", "hostile", "huge", "empty"):
            yield f"{operand}.{name}(dim=0)"
            yield f"{operand}.{name}(-1)"
        yield f"t.{name}(b, 1)"
        yield f"x.{name}(2)"
    yield from MORE


MORE = (
    "m.cumsum(1)",
    "x.sum(None, True)",
    "x.sum(1, True)",
    "x.sum((0, 1))",
    "x.sum(1.5)",
    "x.sum('a')",
    "x.prod((0, 1))",
    "x.max((0, 1))",
    "x.argmax(None, True)",
    "x.argmax(keepdim=True)",
    "x.max(ties)",
    "t.max(x, ties)",
    "t.min(x, 1)",
    "t.max(x, 1, True)",
    "t.min(x, ties)",
    "x.var(unbiased=False)",
    "x.var(0, False)",
    "x.var(False)",
    "x.std(True)",
    "x.var(0, correction=0)",
    "x.var(0, correction=2)",
    "x.std(0, correction=5)",
    "x.std((0, 1), unbiased=True, keepdim=True)",
    "t.var(x, 0, unbiased=False)",
    "t.std(x, False)",
    "x.mean(dim=())",
    "x.sum(dim=())",
    "x.amax(dim=())",
    "s.std()",
    "x.logsumexp((0, 1))",
    "x.logsumexp((0, 1), keepdim=True)",
    "b.logsumexp(dim=(0, 2))",
    "t.logsumexp(x, 1, True)",
    *(
        f"{operand}.norm({p}{rest})"
        for operand in ("v", "x", "zeros", "ties", "hostile")
        for p in ("0.5", "1", "1.5", "2", "3", "inf", "-inf", "-1", "'fro'")
        for rest in ("", ", dim=0")
    ),
    *(f"s.norm({p})" for p in ("0.5", "2", "3", "inf")),
    "x.norm(2, 1, True)",
    "x.norm(dim=(0, 1))",
    "t.norm(x, p=1, dim=0)",
    "(x * 2).sum()",
    "(x > 0).sum()",
    "(x > 0).sum(0)",
    "x.sum(0).max()",
    "x - x.mean(0)",
    "(x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True)",
    "tuple(x.max(1))",
    "x.min(0).values",
    "x.max(0).indices",
)


@pytest.mark.parametrize("text", dict.fromkeys(calls()))
def test_as_torch(text, torch):
    check(torch, text)


@pytest.mark.parametrize("name", ["max", "min"])
def test_extremes_of_no_rows_have_gradients(name):
    x = gg.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    getattr(x[1:], name)(dim=1).values.sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0, 0.0]]
