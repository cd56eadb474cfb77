"""Higher derivatives: of every row, and of random programs; a new row is tested by being there."""

from __future__ import annotations

import gc
import itertools
import math
import random
import weakref

import numpy as np
import pytest
from structural_samples import SAMPLES

import graphviz_grad as gg
from graphviz_grad.autograd import grad
from graphviz_grad.engine.ops import OPS
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.picture.page.optable import missing_ops

pytestmark = pytest.mark.filterwarnings("ignore:Using backward\\(\\) with create_graph=True")

#: Away from every kink, and not so far from 0 that a third derivative is too small to be measured.
SMOOTH = (-1.3, -0.71, 0.37, 1.4, 2.2)
ELEMENTWISE = {name: op for name, op in OPS.items() if (op.partials or op.vjps) and not op.is_structural}
STRUCTURAL = [
    (op, sample) for op in OPS.values() if op.is_structural and op.vjps for sample in SAMPLES[op.name]
]

each_elementwise = pytest.mark.parametrize("op", ELEMENTWISE.values(), ids=ELEMENTWISE)
each_structural = pytest.mark.parametrize(
    ("op", "sample"), STRUCTURAL, ids=[f"{op.name}-{number}" for number, (op, _) in enumerate(STRUCTURAL)]
)


def weigh(out):
    """The sum of a tensor's elements, each with a weight: of a plain sum a wrong place would not be seen."""
    return (out * gg.tensor(np.cos(np.arange(out.numel())).reshape(tuple(out.shape)))).sum()


def derive(function, count=1):
    """Return the function of the same operands that is all of its derivatives, weighed and summed."""
    if not count:
        return function

    def derivative(*operands):
        moving = [
            each if each.requires_grad or not each.dtype.is_floating_point else each.detach().requires_grad_()
            for each in operands
        ]
        floats = [each for each in moving if each.requires_grad]
        out = function(*moving)
        found = grad(out, floats, create_graph=True, materialize_grads=True) if out.requires_grad else ()
        return sum((weigh(each) for each in found), gg.tensor(0.0))

    return derive(derivative, count - 1)


def row(name, params=None):
    return lambda *operands: weigh(apply(name, *operands, **(params or {})))


@each_elementwise
@pytest.mark.parametrize("times", [1, 2])
def test_derivatives_of_derivatives_are_slopes(op, times):
    rule = RULES[op.name]
    points = [
        point
        for point in itertools.permutations(SMOOTH, op.arity)
        if math.isfinite(rule.forward_scalar(*point))
    ]
    points = random.Random(7).sample(points, min(len(points), 5))  # noqa: S311 - nothing secret
    for point in points:
        operands = [gg.tensor(value, requires_grad=True) for value in point]
        assert gg.gradcheck(derive(row(op.name), times), operands, rtol=1e-4, atol=1e-4)
    columns = [gg.tensor(list(column), requires_grad=True) for column in zip(*points, strict=True)]
    assert gg.gradcheck(derive(row(op.name), times), columns, rtol=1e-4, atol=1e-4)


@each_elementwise
def test_derivatives_of_derivatives_that_were_broadcast(op):
    if op.arity < 2:
        return
    numbers = iter((0.37, 1.4, 2.2, 0.9, 1.8, 0.6, 1.1))
    shapes = [(2, 1), (3,), ()][: op.arity]
    operands = [
        gg.tensor(np.reshape([next(numbers) for _ in range(math.prod(shape))], shape), requires_grad=True)
        for shape in shapes
    ]
    for given in operands, operands[::-1]:
        assert gg.gradcheck(derive(row(op.name)), given, rtol=1e-4, atol=1e-4)


@each_structural
def test_derivatives_of_derivatives_of_arrays(op, sample):
    operands = [
        gg.tensor(
            array, requires_grad=array.dtype.kind == "f" and (op.is_variadic or op.vjps[place] is not None)
        )
        for place, array in enumerate(sample.operands)
    ]
    curved = row(op.name, sample.params)

    def function(*given):  # most rows are linear, and have no second derivative of their own
        return curved(*[each * each if each.dtype.is_floating_point else each for each in given])

    assert gg.gradcheck(derive(function), operands, eps=1e-5, rtol=1e-4, atol=1e-4)


# --- against torch --------------------------------------------------------------------------------

SHAPES = ((), (3,), (2, 3), (2, 1))
CURVED = ("exp", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "abs")
JOINED = ("add", "sub", "mul", "div", "maximum", "minimum", "pow")
ALONG = ("logsumexp", "softmax", "log_softmax", "amax", "cumsum")
REDUCED = ("sum", "mean", "prod", "norm", "var", *ALONG)


def draw_program(seed):
    """Draw leaves, and lines of a program over them; the results are numbers of a moderate size."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    leaves = [
        np.reshape([rng.uniform(0.3, 1.5) * rng.choice((1, 1, -1)) for _ in range(math.prod(shape))], shape)
        for shape in rng.choices(SHAPES, k=rng.randint(1, 3))
    ]
    made = [gg.tensor(leaf) for leaf in leaves]
    lines = []
    for _ in range(rng.randint(2, 6)):
        kind = rng.random()
        first, second = rng.randrange(len(made)), rng.randrange(len(made))
        if kind < 0.35:
            line = (rng.choice(CURVED), first)
        elif kind < 0.75:
            line = (rng.choice(JOINED), first, second)
        elif kind < 0.85:
            line = ("matmul", first, second)
        else:
            line = (rng.choice(REDUCED), first)
        try:
            result = run_line(gg, line[0], *(made[operand] for operand in line[1:]))
        except RuntimeError:  # two shapes that do not broadcast
            continue
        if result.numel() < 40 and np.abs(result.tolist()).max() < 20:
            lines.append(line)
            made.append(result)
    return leaves, lines


def run_line(t, name, a, b=None):
    special = {
        "pow": lambda: (a * a + 0.5) ** b,  # a positive base: else most of it would be nan
        "div": lambda: a / (b * b + 0.5),
        "softplus": lambda: (t.nn.functional if hasattr(t, "nn") else t).softplus(a),
        "matmul": lambda: a.reshape((-1, 1)) @ b.reshape((1, -1)),
        "var": lambda: a.var(correction=0),
    }
    if name in special:
        return special[name]()
    if name in ALONG:
        return getattr(a, name)(a.ndim - 1)
    return getattr(t, name)(a) if b is None else getattr(t, name)(a, b)


def derivatives(t, leaves, lines, depth=3):
    """Return the value of a program, and all derivatives up to ``depth``, weighed on the way."""
    made = [t.tensor(leaf, requires_grad=True) for leaf in leaves]
    moving = made[:]
    for name, *operands in lines:
        made.append(run_line(t, name, *(made[operand] for operand in operands)))
    out = sum(((each.sin() * 0.5).sum() for each in made[len(leaves) :]), t.tensor(0.0))
    found = [out.item()]
    for _ in range(depth):
        if not out.requires_grad:
            break
        grads = t.autograd.grad(out, moving, create_graph=True, materialize_grads=True)
        found += [number for each in grads for number in np.ravel(each.tolist())]
        out = sum(
            (each * t.tensor(np.cos(np.arange(each.numel())).reshape(tuple(each.shape)))).sum()
            for each in grads
        )
    return np.array(found)


def test_random_programs_have_torchs_derivatives_of_every_order(torch):
    compared = 0
    for seed in range(80):
        leaves, lines = draw_program(seed)
        theirs = derivatives(torch, leaves, lines)
        nudged = derivatives(torch, [leaf * (1 + 2e-16) for leaf in leaves], lines)
        if not np.isfinite(theirs).all() or np.abs(theirs).max() > 1e6 or theirs.shape != nudged.shape:
            continue
        ours = derivatives(gg, leaves, lines)
        assert len(ours) == len(theirs), (seed, lines)
        tolerance = 1e-11 * np.abs(theirs).max() + 100 * np.abs(theirs - nudged).max()
        assert np.abs(ours - theirs).max() <= tolerance, (seed, lines, ours, theirs)
        compared += len(theirs)
    assert compared > 1200


# --- as pictures ----------------------------------------------------------------------------------


def test_a_gradient_is_drawn_like_any_tensor():
    x, w = gg.tensor(2.0, requires_grad=True), gg.tensor(0.5, requires_grad=True)
    y = gg.tanh(w * x)
    (slope,) = grad(y, x, create_graph=True)
    graph = gg.draw(slope).graph
    formulas = {node.name: node.formula for node in graph.nodes if node.formula}
    # Neither a seed nor a factor of 1, which would be many a card.
    assert formulas == {
        "v1": "w · x",
        "y": "tanh(v1)",
        "v2": "y · y",
        "v3": "1 − v2",
        "slope": "v3 · w",
    }
    assert {node.grad for node in graph.nodes} == {None}
    slope.backward()
    graph = gg.draw(slope).graph
    assert (graph.root, graph["x"].grad) == ("slope", pytest.approx(-0.1599, abs=1e-4))


def test_a_stored_gradient_is_called_as_one_writes_it():
    x = gg.tensor(2.0, requires_grad=True)
    z = gg.tensor(3.0, requires_grad=True)
    (x * x * z).backward(create_graph=True)
    graph = gg.draw(x.grad + 1).graph
    assert graph["x.grad"].value == 12.0
    assert graph["x.grad"].op == "add"
    x.grad = z.grad = None
    (x * x).backward()
    assert gg.draw(x - 0.1 * x.grad).graph["x.grad"].is_leaf
    x.grad = None


def test_a_gradient_never_is_somebody_elses_tensor():
    x, z, w = (gg.tensor(value, requires_grad=True) for value in (2.0, 3.0, 5.0))
    found = [
        *grad(x * z, (x, z), create_graph=True),
        *grad((x + w) * z, (x, w), create_graph=True),
        *grad(x * (z + w), x, create_graph=True),
    ]
    assert [each.item() for each in found] == [3.0, 2.0, 3.0, 3.0, 8.0]
    assert not {id(each) for each in found} & {id(x), id(z), id(w)}
    assert all(each.grad_fn.name() == "MulBackward0" for each in found)
    (x * z).backward(create_graph=True)
    with gg.no_grad():
        x.grad.zero_()
        z.grad.mul_(10)
    assert (x.item(), z.item(), x.grad.item(), z.grad.item()) == (2.0, 3.0, 0.0, 20.0)
    x.grad = z.grad = None


def test_a_derivative_moves_with_a_slider_and_in_a_page():
    e = gg.explore(lambda x: grad(x**4 - 2 * x**2, x, create_graph=True)[0], x=2.0)
    assert (e.values["y"], e.grads["x"]) == (24.0, 44.0)
    e.sliders["x"].value = 1.0
    assert (e.values["y"], e.grads["x"]) == (0.0, 8.0)
    assert not e._source.looks_at_values
    assert missing_ops(e._state.program) == []
    e.close()


def test_a_derivative_of_a_kinked_function_moves():
    def slope(x, w):
        y = gg.relu(w * x) + x.abs() * gg.maximum(x, w)
        return grad(y, x, create_graph=True)[0]

    e = gg.explore(slope, x=2.0, w=1.0)
    for x, expected in (2.0, 5.0), (0.5, 2.0), (-1.0, -1.0):
        e.sliders["x"].value = x
        assert e.values["y"] == expected
    assert not e._source.looks_at_values
    e.close()


def test_a_recorded_pass_by_itself_leaves_no_cycle():
    gc.collect()
    gc.disable()
    try:
        x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
        y = gg.sigmoid(x * z) + x**2 / z
        (slope,) = grad(y, x, create_graph=True)
        (curvature,) = grad(slope, z, create_graph=True)
        curvature.backward(retain_graph=True)
        handle = y.register_hook(lambda grad: grad)
        grad(y, x, retain_graph=True)
        held = [weakref.ref(each) for each in (x, z, y, slope, curvature)]
        del x, z, y, slope, curvature
        assert [each() for each in held] == [None] * 5
        handle.remove()
    finally:
        gc.enable()
