"""The op table, row by row: adding a row to `OPS` adds its tests."""

# ruff: noqa: ARG005, PLW0108 - rows are lambdas of all their operands, used or not

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter

import numpy as np
import pytest
from op_cells import ELEMENTWISE, SPECIAL, UPSTREAM, cells, compute_compiled, each_row, is_same, trees

import graphviz_grad as gg
from graphviz_grad.engine.expr import PRIMITIVES
from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.recorder import compile_op
from graphviz_grad.engine.rules import RULES, Elementwise
from graphviz_grad.engine.scalar import record_forward
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.picture.header import op_header

#: Away from every kink: no 0, no equal pair, nothing near 20 (softplus), no half (round).
SMOOTH = (-2.3, -0.71, 0.37, 0.62, 1.4, 2.9, 24.4)
DIFFERENTIABLE = {name: op for name, op in ELEMENTWISE.items() if op.partials or op.vjps}
#: Rows whose derivative is meant: zero_ passes nothing back, whatever the slope.
SLOPES = {name: op for name, op in DIFFERENTIABLE.items() if name != "zero"}
#: Rows that are flat where they have a slope: a wrong multiple of 0 is right.
FLAT = {"floor", "ceil", "round", "sign", "floor_divide", "trunc"}
STEEP = {name: op for name, op in SLOPES.items() if name not in FLAT}
#: Rows in which numbers cancel, so that the last digits of a tanh show.
ULPS = {"gelu_tanh": 256}
#: Rows that are a function's second way.
WAYS = {"gelu_tanh": "gelu"}

each_slope = pytest.mark.parametrize("op", SLOPES.values(), ids=SLOPES)
each_steep = pytest.mark.parametrize("op", STEEP.values(), ids=STEEP)


# --- derivatives ----------------------------------------------------------------------------------


def smooth_points(rule: Elementwise) -> list[tuple[float, ...]]:
    """Operands at which the row is finite, and smooth as far as anyone can know from outside."""
    points = itertools.permutations(SMOOTH, rule.op.arity)
    if rule.name == "where":  # a condition is 0 or it is not
        points = (
            (condition, *pair) for condition in (0.0, 1.4) for pair in itertools.permutations(SMOOTH, 2)
        )
    return [point for point in points if math.isfinite(rule.forward_scalar(*point))]


def check_derivatives(op: Op) -> None:
    """Compare a row's partials and contributions with central differences of its forward function."""
    rule = Elementwise(op)
    points = smooth_points(rule)
    assert len(points) >= 3
    for point in points:
        out = rule.forward_scalar(*point)
        partials = rule.partials_scalar(*point, out)
        contributions = rule.backward_scalar(-1.5, *point, out)
        for place, value in enumerate(point):
            step = 1e-6 * max(1.0, abs(value))
            ends = [
                rule.forward_scalar(*point[:place], value + signed, *point[place + 1 :])
                for signed in (step, -step)
            ]
            slope = (ends[0] - ends[1]) / (2 * step)
            tolerance = 1e-6 * abs(slope) + 1e-9 * max(1.0, abs(out))
            assert partials[place] == pytest.approx(slope, abs=tolerance), (op.name, point, place)
            assert contributions[place] == pytest.approx(-1.5 * slope, abs=2 * tolerance), (op.name, point)


def wrong(op: Op) -> Op:
    """Return the row with its last derivative wrong by one part in a hundred."""
    kind = "partials" if op.partials else "vjps"
    *others, last = getattr(op, kind)
    return dataclasses.replace(op, **{kind: (*others, lambda *args: last(*args) * 1.01)})


@each_slope
def test_derivatives_are_slopes(op):
    check_derivatives(op)


@each_slope
def test_gradcheck(op):
    for point in smooth_points(RULES[op.name]):
        inputs = [gg.tensor(value, requires_grad=True) for value in point]
        assert gg.gradcheck(compile_op(RULES[op.name], Tensor), inputs, rtol=1e-4)


@each_steep
def test_a_planted_wrong_derivative_is_caught_by_the_table(op):
    with pytest.raises(AssertionError, match=op.name):
        check_derivatives(wrong(op))


@each_steep
def test_a_planted_wrong_derivative_is_caught_by_gradcheck(op):
    function = compile_op(Elementwise(wrong(op)), Tensor)
    points = smooth_points(RULES[op.name])
    passed = [
        gg.gradcheck(
            function,
            [gg.tensor(value, requires_grad=True) for value in point],
            rtol=1e-4,
            raise_exception=False,
        )
        for point in points
    ]
    assert sum(passed) <= 0.75 * len(points)  # where the slope is 0, one part in a hundred of it is nothing


def test_zero_gives_and_passes_nothing():
    rule = RULES["zero"]
    for value, g in itertools.product(SPECIAL, UPSTREAM):
        assert (rule.forward_scalar(value), rule.backward_scalar(g, value, 0.0)) == (0.0, (0.0,))
    assert not rule.saves


# --- the compiled rule is the row -----------------------------------------------------------------


def compute_with_numpy(op: Op, args: tuple[float, ...], out: float) -> list[float]:
    """Return result, contributions for each upstream gradient, and partials, by the row itself."""
    arrays = [np.asarray(arg) for arg in args]
    found = []
    with np.errstate(all="ignore"):
        found.append(op.forward(*arrays))
        arrays.append(np.asarray(out))
        for g in UPSTREAM:
            found += [vjp(np.asarray(g), *arrays) for vjp in op.vjps]
            found += [np.asarray(g) * partial(*arrays) for partial in op.partials]
        found += [vjp(np.asarray(1.0), *arrays) for vjp in op.vjps]
        found += [partial(*arrays) for partial in op.partials]
    return [float(each) for each in found]


@each_row
def test_the_compiled_rule_is_the_row(op):
    """Also: no Python exception, no complex number, nothing but floats (and truth values of comparisons)."""
    rule = RULES[op.name]
    for args in cells(op):
        if op.name == "pow" and args in {(0.0, 0.5), (-math.inf, 0.5)}:
            continue  # its slope is a power of −½: a root, too, but not to numpy
        out = rule.forward_scalar(*args)
        compiled = compute_compiled(rule, args, out)
        assert {type(number) for number in compiled} <= {float, bool}, (args, compiled)
        expected = compute_with_numpy(op, args, out)
        # The libraries behind math and numpy differ in the last digit of tan, tanh and pow.
        agreed = [is_same(*pair, ulps=ULPS.get(op.name, 2)) for pair in zip(compiled, expected, strict=True)]
        assert all(agreed), (args, compiled, expected)


@each_row
def test_arrays_take_the_same_way(op):
    rule = RULES[op.name]
    ulps = ULPS.get(op.name, 4)
    # To numpy a power with one exponent of ½ is a square root, with an array of them it is pow.
    rows = [row for row in cells(op) if not (op.name == "pow" and row in {(0.0, 0.5), (-math.inf, 0.5)})]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    out = rule.forward(*columns)
    for row, result in zip(rows, out, strict=True):
        assert is_same(float(rule.forward(*row)), float(result), ulps=ulps), row
    if rule.is_differentiable:
        contributions = rule.backward(np.full(len(out), -2.5), *columns, out)
        for place, row in enumerate(rows):
            scalars = rule.backward(-2.5, *row, float(out[place]))
            pairs = zip(scalars, (each[place] for each in contributions), strict=True)
            assert all(is_same(*map(float, pair), ulps=ulps) for pair in pairs), row


@each_slope
def test_partials_of_ints_and_truth_values_are_those_of_the_floats(op):
    rule = RULES[op.name]
    args = (3, True, 2)[: op.arity]
    floats = tuple(map(float, args))
    out = rule.forward_scalar(*floats)
    assert rule.partials(*args, out) == pytest.approx(rule.partials(*floats, out), rel=1e-15, nan_ok=True)


# --- the table itself -----------------------------------------------------------------------------


@each_row
def test_rules_use_declared_primitives_only(op):
    """Else a higher derivative could not run the same tree on tensors."""
    for tree in trees(op):
        assert set(tree.heads()) <= PRIMITIVES
        assert set(tree.variables()) <= {"g", *op.operands, "out"}
    assert "g" not in set(record_forward(op).variables())
    assert "out" not in set(record_forward(op).variables())


def test_names_and_symbols_are_unique():
    assert [op.name for op in OPS.values()] == list(OPS) == list(RULES)
    assert max(Counter(op.symbol for op in OPS.values()).values()) == 1
    assert max(Counter(op.formula for op in OPS.values()).values()) == 1


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_the_symbol_fits_its_badge(op):
    assert op_header("y", "f(x)", op.name, op.symbol, "").badge.text == op.symbol


@each_row
def test_the_formula_has_a_place_for_each_operand(op):
    if op.name != "zero":
        assert op.formula.count("{}") == op.arity
    assert RULES[op.name].write(*"xzw"[: op.arity])


@each_row
def test_every_row_is_a_function_or_a_method_under_its_name(op):
    operator = f"__{op.name}__"
    assert (
        op.name in WAYS or hasattr(gg, op.name) or hasattr(Tensor, operator) or hasattr(Tensor, f"{op.name}_")
    )
    if op.name in DIFFERENTIABLE and op.name not in {"zero", "fill"}:
        assert WAYS.get(op.name, op.name) in gg.__all__


@each_row
def test_torch_has_it_under_that_name(op, torch):
    homes = (torch, torch.nn.functional, torch.Tensor)
    name = WAYS.get(op.name, op.name)
    assert any(hasattr(home, each) for home in homes for each in (name, f"{name}_"))


# --- rows that must not be ------------------------------------------------------------------------


def row(forward, **derivatives):
    return Op(name="planted", symbol="?", formula="{}", forward=forward, **derivatives)


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda a: a if a > 0 else -a, "must not branch on a value"),
        (lambda a: max(a, 0), "must not branch on a value"),
        (lambda a: (a > 0) and a, "must not branch on a value"),
        (lambda a: np.arcsinh(a), r"np.arcsinh \(must be one of absolute, add"),
        (lambda a: np.sum(a), "np.sum"),
        (lambda a: np.sum(a, axis=0), r"np.sum with keywords \['axis'\]"),
        (lambda a: np.add.reduce(a), "np.add with reduce"),
        (lambda a: np.exp(a, out=None, where=True), "must be a plain call"),
        (lambda a: math.exp(a), "must be real number, not Expr"),
        (lambda a: a + 1j, r"1j \(must be an operand or a real number\)"),
        (lambda a: "a", r"'a' \(must be an operand or a real number\)"),
        (lambda a: None, r"None \(must be an operand or a real number\)"),
        (lambda a: a[0], "not subscriptable"),
        (lambda a: a // 2, "unsupported operand"),
    ],
)
def test_a_rule_that_cannot_be_recorded_fails_with_its_name(forward, message):
    with pytest.raises(TypeError, match=f"^op 'planted': .*{message}"):
        Elementwise(row(forward))
    with pytest.raises(TypeError, match=f"^op 'planted': .*{message}"):
        Elementwise(row(lambda a: a, partials=(lambda a, out: forward(a),)))
    with pytest.raises(TypeError, match=f"^op 'planted': .*{message}"):
        Elementwise(row(lambda a: a, vjps=(lambda g, a, out: forward(a),)))


def test_one_derivative_per_operand():
    with pytest.raises(ValueError, match=r"^op 'planted': 1 derivatives \(must be 2\)"):
        row(lambda a, b: a + b, partials=(lambda a, b, out: 1,))
    with pytest.raises(ValueError, match=r"^op 'planted': 2 derivatives \(must be 1\)"):
        row(lambda a: -a, vjps=(lambda g, a, out: -g, lambda g, a, out: -g))
    with pytest.raises(ValueError, match=r"^op 'planted': partials and vjps"):
        row(lambda a: -a, partials=(lambda a, out: -1,), vjps=(lambda g, a, out: -g,))


def test_a_derivative_takes_every_operand():
    with pytest.raises(TypeError, match=r"^op 'planted': .* takes 1 positional argument but 2 were given"):
        Elementwise(row(lambda a: -a, partials=(lambda a: -1,)))
    with pytest.raises(TypeError, match=r"^op 'planted': .* missing 1 required positional argument"):
        Elementwise(row(lambda a: -a, vjps=(lambda g, a, b, out: -g,)))
