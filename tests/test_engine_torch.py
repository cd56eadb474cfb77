"""The engine against PyTorch in float64: values, gradients, kinks, numbers as operands, names, dtypes.

`torch_agreement.py` is the same comparison at scale.
"""

from __future__ import annotations

import itertools
import math
import operator

import pytest
from hypothesis import given, settings
from random_graphs import is_root
from strategies import BINARY, COMPARISONS, CUT, OPERATORS, UNARY, Recipe, recipes
from torch_agreement import Tally, Torch, apply, judge

import graphviz_grad as gg

VALUES = (
    *(0.0, -0.0, math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, -5e-324),
    *(1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 0.3, math.pi / 2, 1e5, 1e-9, 1e-160, 1e160),
    *(20.0, 20.000001, 21.0, -21.0, 36.8, 709.0, 709.9, 710.0, -745.2, 1000.0),
)
NUMBERS = (0, 1, 2, 3, -1, -2, -3, 10, 0.0, -0.0, 0.5, -0.5, 1.5, 2.5, 1e-9, math.inf, -math.inf, math.nan)
UPSTREAM = (1.0, -2.5, 0.0, -0.0, math.inf, math.nan)
ARITHMETIC = ("add", "sub", "mul", "div", "pow")

#: Functions that random graphs are not made of.
FURTHER = (
    *(
        "log1p",
        "log2",
        "log10",
        "expm1",
        "reciprocal",
        "rsqrt",
        "square",
        "erf",
        "sinh",
        "cosh",
        "asin",
        "acos",
    ),
    *("atan", "floor", "ceil", "round", "sign", "silu", "gelu", "leaky_relu", "elu", "logsigmoid"),
)

each_unary = pytest.mark.parametrize("name", [*UNARY, "clone", *FURTHER])
each_binary = pytest.mark.parametrize("name", [*BINARY, "atan2"])
each_arithmetic = pytest.mark.parametrize("name", ARITHMETIC)


@pytest.fixture(scope="module")
def api(torch):
    return Torch(torch)


def results(name, api, operands, g):
    """Return result and gradients of an op; floats are made leaves, ("number", v) stays a Python number."""
    made = [api.tensor(each, requires_grad=True) if isinstance(each, float) else each[1] for each in operands]
    out = apply(name, api, *made)
    out.backward(api.tensor(g))
    grads = [each.grad for each in made if isinstance(each, type(out))]
    return [out.item(), *(grad.item() for grad in grads)]


def is_same(first, second):
    """Whether both are nan, or the same zero or infinity, or equal in the first twelve digits."""
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    if first == second:
        return math.copysign(1, first) == math.copysign(1, second)
    # Below the smallest normal number a float has fewer digits.
    return math.isfinite(first - second) and math.isclose(first, second, rel_tol=1e-12, abs_tol=1e-321)


def disagreements(name, api, operands, upstream=UPSTREAM):
    """Return what we and torch compute, where that is not the same."""
    found = []
    for given_operands, g in itertools.product(operands, upstream):
        ours, theirs = (results(name, each, given_operands, g) for each in (gg, api))
        if not all(map(is_same, ours, theirs)):
            found.append((given_operands, g, ours, theirs))
    return found


# --- one op ---------------------------------------------------------------------------------------


@each_unary
def test_special_values_of_one_operand(name, api):
    assert disagreements(name, api, [(value,) for value in VALUES]) == []


@each_binary
def test_special_values_of_two_operands(name, api):
    pairs = [pair for pair in itertools.product(VALUES, repeat=2) if not (name == "pow" and is_root(*pair))]
    assert disagreements(name, api, pairs, (1.0, -2.5)) == []


@each_binary
def test_special_upstream_gradients_of_two_operands(name, api):
    some = (0.0, -0.0, math.inf, math.nan, -1.0, 0.5, 2.0)
    pairs = [pair for pair in itertools.product(some, repeat=2) if not (name == "pow" and is_root(*pair))]
    assert disagreements(name, api, pairs, UPSTREAM[2:]) == []


@each_binary
def test_the_same_operand_twice(name, api):
    for value, g in itertools.product(VALUES, (1.0, -2.5)):
        found = []
        for each in (gg, api):
            x = each.tensor(value, requires_grad=True)
            apply(name, each, x, x).backward(each.tensor(g))
            found.append(x.grad.item())
        # Two contributions that cancel leave what the last digits of their logarithms leave.
        assert is_same(*found) or found[0] == pytest.approx(found[1], rel=1e-9), (value, g)


@each_arithmetic
def test_numbers_on_the_right(name, api):
    operands = [
        (value, ("number", number))
        for value, number in itertools.product(VALUES, NUMBERS)
        if not (name == "pow" and abs(value) == 1e160)  # torch's 1/(x·x) leaves the range of floats
    ]
    assert disagreements(name, api, operands, (1.0, -2.5, math.inf)) == []


@each_arithmetic
def test_numbers_on_the_left(name, api):
    # torch divides a number by multiplying with the reciprocal, which leaves the range of floats sooner.
    values = [value for value in VALUES if name != "div" or 1e-9 <= abs(value) <= 1e5 or value == 0]
    operands = [
        (("number", number), value)
        for value, number in itertools.product(values, NUMBERS)
        if not (name == "pow" and is_root(number, value))
    ]
    assert disagreements(name, api, operands, (1.0, -2.5)) == []


@pytest.mark.parametrize("name", [*UNARY, *FURTHER, *BINARY, "atan2", *CUT, *COMPARISONS])
def test_no_exception_and_no_complex_number(name):
    """Where Python raises, or turns complex, IEEE 754 has an answer."""
    arity = 1 if name in {*UNARY, *FURTHER, *CUT} else 2
    for values in itertools.product(VALUES, repeat=arity):
        out = apply(name, gg, *[gg.tensor(value, requires_grad=True) for value in values])
        assert type(out.item()) in {float, bool}
        if out.requires_grad:
            out.backward()
    for value, number in itertools.product(VALUES, NUMBERS) if name in OPERATORS else ():
        for operands in ((gg.tensor(value), number), (number, gg.tensor(value))):
            assert type(apply(name, gg, *operands).item()) in {float, bool}


def test_towers_and_giants():
    nine = gg.tensor(9.0)
    assert (nine**nine**nine).item() == math.inf
    assert math.isnan((gg.tensor(-1.0) ** 0.5).item())
    assert gg.exp(gg.tensor(1000.0)).item() == math.inf
    assert (1 / gg.tensor(0.0)).item() == math.inf
    assert gg.log(gg.tensor(0.0)).item() == -math.inf
    assert (gg.tensor(0.0) ** -1).item() == math.inf


@pytest.mark.parametrize(
    ("function", "at", "value", "slopes"),
    [
        (gg.relu, [0.0], 0.0, [0.0]),
        (gg.relu, [-0.0], 0.0, [0.0]),
        (gg.relu, [math.nan], math.nan, [1.0]),
        (gg.abs, [0.0], 0.0, [0.0]),
        (gg.abs, [math.nan], math.nan, [0.0]),
        (gg.sqrt, [0.0], 0.0, [math.inf]),
        (gg.sqrt, [-1.0], math.nan, [math.nan]),
        (gg.maximum, [2.0, 2.0], 2.0, [0.5, 0.5]),
        (gg.minimum, [2.0, 2.0], 2.0, [0.5, 0.5]),
        (gg.maximum, [math.nan, 2.0], math.nan, [1.0, 1.0]),
        (operator.pow, [0.0, 0.0], 1.0, [0.0, 0.0]),
        (operator.pow, [2.0, 0.0], 1.0, [0.0, math.log(2)]),
        (operator.pow, [0.0, 2.0], 0.0, [0.0, 0.0]),
        (operator.pow, [-2.0, 2.0], 4.0, [-4.0, math.nan]),
        (operator.pow, [-2.0, 0.5], math.nan, [math.nan, math.nan]),
        (gg.log, [0.0], -math.inf, [math.inf]),
        (gg.log, [-1.0], math.nan, [-1.0]),
        (operator.truediv, [0.0, 0.0], math.nan, [math.inf, math.nan]),
        (operator.truediv, [1.0, 0.0], math.inf, [math.inf, -math.inf]),
        (gg.softplus, [20.0], math.log1p(math.exp(20)), [1 / (1 + math.exp(-20))]),
        (gg.softplus, [20.000001], 20.000001, [1.0]),
        (gg.softplus, [-800.0], 0.0, [0.0]),
        (gg.sigmoid, [-800.0], 0.0, [0.0]),
        (gg.exp, [1000.0], math.inf, [math.inf]),
        (gg.tan, [math.inf], math.nan, [math.nan]),
    ],
)
def test_kinks_and_ends(function, at, value, slopes):
    leaves = [gg.tensor(each, requires_grad=True) for each in at]
    out = function(*leaves)
    out.backward()
    assert out.item() == pytest.approx(value, rel=1e-15, nan_ok=True)
    assert [leaf.grad.item() for leaf in leaves] == pytest.approx(slopes, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 0.5, -1, -2, 2.0, 1.5])
@pytest.mark.parametrize("base", [2.0, 0.3, -2.0, 0.0, -0.5])
def test_literal_exponents(base, number, api):
    assert disagreements("pow", api, [(base, ("number", number))]) == []


# --- what an op is called, and what of it is freed ------------------------------------------------


EXPRESSIONS = {
    **{name: (lambda api, x, _, name=name: getattr(api, name)(x)) for name in (*UNARY, *CUT)},
    **{f"{name}(x, z)": (lambda api, x, z, name=name: apply(name, api, x, z)) for name in BINARY},
    **{f"{name}(z, x)": (lambda api, x, z, name=name: apply(name, api, z, x)) for name in BINARY},
    **{f"{name}(x, x)": (lambda api, x, _, name=name: apply(name, api, x, x)) for name in BINARY},
    **{
        f"{name}(x, {number})": (lambda api, x, _, name=name, number=number: apply(name, api, x, number))
        for name in ARITHMETIC
        for number in (0, 1, 2, -1, 0.5)
    },
    **{
        f"{name}({number}, x)": (lambda api, x, _, name=name, number=number: apply(name, api, number, x))
        for name in ARITHMETIC
        for number in (0, 1, 2, -1, 0.5)
    },
    "method add": lambda _, x, z: x.add(z),
    "method pow": lambda _, x, z: x.pow(2) + z.pow(x),
    "function div": lambda api, x, z: api.div(x, z) + api.div(x, 2),
    "function pow": lambda api, x, z: api.pow(2, x) + api.pow(x, 2) + api.pow(x, z),
    "function sub": lambda api, x, _: api.sub(x, 1),
    "sum": lambda _, x, z: sum([x, z, x]),
    "+x": lambda _, x, z: +x + z,
    "|x|": lambda _, x, z: abs(x) - z,
    "chain": lambda api, x, z: api.sigmoid(x * z) + x,
    "only sums": lambda _, x, z: x + z - 1 + x,
    "saved and not": lambda api, x, z: api.exp(x) + z,
}


@pytest.mark.parametrize("frozen", [False, True], ids=["both", "z frozen"])
@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_prints_and_frees_as_torch(expression, frozen, api):
    said = []
    for each in (gg, api):
        x = each.tensor(0.7, requires_grad=True)
        z = each.tensor(1.3, requires_grad=not frozen)
        y = expression(each, x, z)
        lines = [repr(y), repr(y.requires_grad), repr(y.is_leaf), y.grad_fn.name() if y.grad_fn else None]
        for _ in range(3):
            try:
                y.backward()
                lines.append(repr((x.grad, z.grad)))
            except RuntimeError as error:  # torch may have added to some leaves by then
                lines.append(str(error).partition(".")[0])
        said.append(lines)
    assert said[0] == said[1]


# --- random graphs --------------------------------------------------------------------------------


def test_random_graphs_agree(api):
    tally = Tally()
    for seed in range(1500):
        tally.add(seed, api)
    assert not tally.differ, tally.text()
    assert tally.apart < 0.03 * tally.graphs, tally.text()  # at most 2 % of 100,000; this is a slice
    assert set(tally.ops) == {*UNARY, *BINARY, *CUT, *COMPARISONS}
    assert tally.agree > 1400
    assert tally.broken > 20


def test_a_wrong_derivative_would_be_found(api, monkeypatch):
    """The comparison itself is tested: it finds a sine whose slope is wrong by one part in a million."""
    from graphviz_grad.engine.rules import RULES  # noqa: PLC0415 - used here only

    pull = RULES["sin"].pull

    def wrong(record):
        (parent,) = record.parents
        before = parent.pass_grad
        pull(record)
        parent.pass_grad = before + (parent.pass_grad - before) * (1 + 1e-6)

    monkeypatch.setattr(RULES["sin"], "pull", wrong)
    tally = Tally()
    for seed in range(150):
        tally.add(seed, api)
    assert len(tally.differ) > 10


@settings(max_examples=150)
@given(recipe=recipes(max_steps=36, ops=UNARY + BINARY + CUT))
def test_graphs_that_hypothesis_draws(recipe: Recipe, api):
    _, is_agreed, is_apart = judge(recipe, api)
    assert is_agreed or is_apart


@settings(max_examples=150)
@given(recipe=recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
def test_graphs_where_numbers_break(recipe: Recipe, api):
    _, is_agreed, is_apart = judge(recipe, api)
    assert is_agreed or is_apart


@settings(max_examples=100)
@given(recipe=recipes(max_steps=20))
def test_flags_and_names_of_random_graphs(recipe: Recipe, api):
    for ours, theirs in zip(recipe.build(), recipe.build(api=api), strict=True):
        assert (ours.requires_grad, ours.is_leaf) == (theirs.requires_grad, theirs.is_leaf)
        assert repr(ours.dtype) == repr(theirs.dtype)
        assert (ours.grad_fn and ours.grad_fn.name()) == (theirs.grad_fn and theirs.grad_fn.name())
