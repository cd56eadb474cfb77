"""The operands that rules are tried with, and what their compiled form makes of them."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest

from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.scalar import record_contributions, record_forward, record_partials

if TYPE_CHECKING:
    from graphviz_grad.engine.expr import Expr
    from graphviz_grad.engine.rules import Elementwise

SPECIAL = (
    0.0,
    -0.0,
    math.inf,
    -math.inf,
    math.nan,
    1e308,
    5e-324,
    -1.0,
    0.5,
    2.0,
    20.0,
    21.0,
    709.0,
    710.0,
    1e3,
)
ORDINARY = (-2.3, -0.71, 0.37, 1.4, 24.5)
UPSTREAM = (1.0, -2.5, 0.0, math.inf, math.nan)

#: The rows that are functions of numbers; for the others see test_structural.py.
ELEMENTWISE = {name: op for name, op in OPS.items() if not op.is_structural}

each_row = pytest.mark.parametrize("op", ELEMENTWISE.values(), ids=ELEMENTWISE)


def cells(op: Op) -> list[tuple[float, ...]]:
    """Every combination of special and ordinary operands."""
    return list(itertools.product(SPECIAL + ORDINARY, repeat=op.arity))


def is_same(first: float, second: float, *, ulps: float = 0, relative: float = 0.0) -> bool:
    """Whether both are nan, or equal (zeros of either sign), or as nearly equal as is asked."""
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    if first == second:
        return True
    if math.isinf(first) or math.isinf(second):
        return False
    size = max(abs(first), abs(second))
    return abs(first - second) <= max(ulps * math.ulp(size), relative * size)


def compute_compiled(rule: Elementwise, args: tuple[float, ...], out: float) -> list[float]:
    """Return the same by the scalar functions that were printed from the row."""
    found = [rule.forward_scalar(*args)]
    if rule.is_differentiable:
        for g in UPSTREAM:
            found += rule.backward_scalar(g, *args, out)
        found += rule.partials_scalar(*args, out)
    return found


def trees(op: Op) -> list[Expr]:
    return [record_forward(op), *record_contributions(op), *record_partials(op)]
