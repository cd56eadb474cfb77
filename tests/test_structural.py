"""Structural rows: adding one to `OPS`, with samples beside it, adds its tests."""

# ruff: noqa: ARG005 - rows are lambdas of all their operands, used or not

from __future__ import annotations

import dataclasses
import inspect

import numpy as np
import pytest
from structural_samples import SAMPLES

import graphviz_grad as gg
from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES, Structural
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.graph import trace
from graphviz_grad.program import Program

STRUCTURAL = {name: op for name, op in OPS.items() if op.is_structural}
SLOPES = {name: op for name, op in STRUCTURAL.items() if op.vjps}
CASES = [(op, sample) for op in SLOPES.values() for sample in SAMPLES[op.name]]

each_row = pytest.mark.parametrize("op", STRUCTURAL.values(), ids=STRUCTURAL)
each_case = pytest.mark.parametrize(
    ("op", "sample"), CASES, ids=[f"{op.name}-{number}" for number, (op, _) in enumerate(CASES)]
)


def flows(op, place):
    return op.is_variadic or op.vjps[place] is not None


def tensors(op, sample):
    return [
        gg.tensor(array, requires_grad=flows(op, place) and array.dtype.kind == "f")
        for place, array in enumerate(sample.operands)
    ]


def weighted(rule, params):
    """The row, its results weighted: of a sum alone a wrong place would not be seen."""

    def function(*operands):
        out = apply(rule, *operands, **params)
        weights = np.cos(np.arange(out.numel())).reshape(out.shape)
        return (out * gg.tensor(weights)).sum()

    return function


def test_every_structural_row_has_samples():
    assert SAMPLES.keys() == STRUCTURAL.keys()


@each_case
def test_gradcheck(op, sample):
    function = weighted(RULES[op.name], sample.params)
    assert gg.gradcheck(function, tensors(op, sample), eps=1e-5, rtol=1e-6)


@pytest.mark.parametrize("op", SLOPES.values(), ids=SLOPES)
def test_a_planted_wrong_vjp_is_caught(op):
    vjps = [vjp and (lambda *args, vjp=vjp, **params: vjp(*args, **params) * 1.01) for vjp in op.vjps]
    rule = Structural(op)
    rule.op = PlantedOp(op, vjps)
    passed = [
        gg.gradcheck(weighted(rule, sample.params), tensors(op, sample), rtol=1e-6, raise_exception=False)
        for sample in SAMPLES[op.name]
    ]
    assert sum(passed) <= len(passed) // 2  # where the slope is 0, one part in a hundred of it is nothing


class PlantedOp:
    """A row with other vjps, whose signatures nobody checks."""

    def __init__(self, op, vjps):
        self.vjps = vjps
        self.op = op

    def __getattr__(self, name):
        return getattr(self.op, name)


@each_case
def test_a_vjp_reads_what_it_declares_and_no_more(op, sample):
    """What is not read may change; what is read makes a difference, in one sample at least."""
    rule = RULES[op.name].bind(**sample.params)
    arrays = [*map(np.asarray, sample.operands), np.asarray(rule.forward(*sample.operands))]
    g = np.cos(np.arange(arrays[-1].size)).reshape(arrays[-1].shape)
    for place in range(len(sample.operands)):
        if not flows(op, place):
            continue
        saved = rule.saved([place], len(sample.operands))
        others = [
            array if at in saved or array.dtype.kind != "f" else np.full_like(array, np.nan)
            for at, array in enumerate(arrays)
        ]
        expected = rule.backward(g, *arrays, places=[place])[0]
        assert np.array_equal(rule.backward(g, *others, places=[place])[0], expected)


@pytest.mark.parametrize("op", SLOPES.values(), ids=SLOPES)
def test_what_is_declared_is_read(op):
    unread = {
        (place, at)
        for sample in SAMPLES[op.name]
        for place in range(len(op.vjps))
        for at in RULES[op.name].bind(**sample.params).saved([place], len(sample.operands))
    }
    for sample in SAMPLES[op.name]:
        rule = RULES[op.name].bind(**sample.params)
        arrays = [*map(np.asarray, sample.operands), np.asarray(rule.forward(*sample.operands))]
        for place, at in list(unread):
            if at >= len(arrays):
                continue
            changed = [
                np.full_like(array, np.nan if array.dtype.kind == "f" else 0) if other == at else array
                for other, array in enumerate(arrays)
            ]
            g = np.cos(np.arange(arrays[-1].size)).reshape(arrays[-1].shape)
            pair = [rule.backward(g, *given, places=[place])[0] for given in (arrays, changed)]
            if not np.array_equal(*pair):
                unread.discard((place, at))
    assert not unread


@each_case
def test_contributions_have_the_shape_of_the_operand_or_one_it_was_broadcast_to(op, sample):
    rule = RULES[op.name].bind(**sample.params)
    out = rule.forward(*sample.operands)
    contributions = rule.backward(np.ones(np.shape(out)), *sample.operands, out)
    for operand, contribution in zip(sample.operands, contributions, strict=True):
        if contribution is not None:
            shape = np.shape(contribution)
            assert np.broadcast_shapes(shape, operand.shape) == shape


@each_case
def test_drawn_replayed_and_written(op, sample):
    """The graph knows the static arguments, and a program with them is the same after a journey by JSON."""
    operands = tensors(op, sample)
    output = weighted(RULES[op.name], sample.params)(*operands)
    output.backward()
    graph = trace([output])
    node = next(node for node in graph.nodes if node.op == op.name)
    assert dict(node.params).keys() == op.params.keys()
    assert "{" not in node.formula
    edges = [edge for edge in graph.edges if edge.child == node.id]
    assert all(edge.partial is None for edge in edges)
    program = Program.from_graph(graph)
    state = program.replay({})
    assert [n.grad is None for n in state.nodes] == [n.grad is None for n in graph.nodes]
    for ours, theirs in zip(state.nodes, graph.nodes, strict=True):
        assert ours.grad is None or np.allclose(ours.grad, theirs.grad)
    assert Program.from_json(program.to_json()).graph == state
    assert state.to_json()


@pytest.mark.parametrize(("op", "sample"), [case for case in CASES if case[1].operands[0].dtype.kind == "f"])
def test_a_slider_moves_what_is_computed_from_arrays(op, sample):
    array = sample.operands[0]
    rule = RULES[op.name]

    def function(t):
        first = gg.tensor(array) * t
        others = [gg.tensor(other) for other in sample.operands[1:]]
        return weighted(rule, sample.params)(first, *others)

    e = gg.explore(function, t=1.0)
    e.sliders["t"].value = 1.5
    t = gg.tensor(1.5, requires_grad=True)
    function(t).backward()
    assert e.grads["t"] == pytest.approx(t.grad.item())


@each_row
def test_words_for_each_operand(op):
    assert len(op.words) == len(op.vjps)
    assert all(0 < len(word) <= 24 for word in op.words)


@each_row
def test_torch_has_it_under_that_name(op, torch):
    assert any(hasattr(home, op.name) for home in (torch, torch.nn.functional, torch.Tensor))


# --- rows that must not be ------------------------------------------------------------------------


def planted(**fields):
    row = {"name": "planted", "symbol": "?", "formula": "{}", "forward": lambda a, *, dim=None: a}
    return Op(**{**row, "is_structural": True, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_structural": False}, "an elementwise row"),
        ({"partials": (lambda a, out: 1,)}, "must give vjps"),
        ({"vjps": (lambda g, a, out: g,)}, r"without the static arguments \['dim'\]"),
        ({"vjps": (lambda g, a, out, *, dim: g,), "reads": ("a", "b")}, r"2 reads \(must be 1\)"),
        ({"vjps": (lambda g, a, out, *, dim: g,), "reads": ("b",)}, "reads 'b'"),
        ({"vjps": (lambda g, a, out, *, dim: g,), "words": ("", "")}, r"2 words \(must be 1\)"),
    ],
)
def test_a_row_that_cannot_be_is_refused(fields, words):
    with pytest.raises(ValueError, match=f"^op 'planted': .*{words}"):
        planted(**fields)


# --- static arguments -----------------------------------------------------------------------------


def test_rules_are_bound_once():
    rule = RULES["sum"]
    assert rule.bind(dim=1) is rule.bind(dim=1)
    assert rule.bind(dim=1) is not rule.bind(dim=True)
    assert rule.bind(dim=1).bind() is rule.bind(dim=1)
    assert rule.bind(dim=1).params == {"dim": 1, "keepdim": False}


def test_static_arguments_that_do_not_fit_are_refused():
    for rule, params in (("sum", {"axis": 1}), ("reshape", {}), ("mul", {"dim": 0})):
        with pytest.raises(TypeError, match=f"^op '{rule}': static arguments"):
            RULES[rule].bind(**params)


def test_the_formula_names_what_is_not_by_default():
    x = gg.tensor([[1.0, 2.0]])
    formulas = [
        trace([y], names={"x": x})["y"].formula
        for y in (x.sum(), x.sum(1), x.sum((0, 1), keepdim=True), x.reshape(2), gg.stack([x, x], dim=1))
    ]
    assert formulas == [
        "sum(x)",
        "sum(x, dim=1)",
        "sum(x, dim=(0, 1), keepdim=True)",
        "reshape(x, 2)",
        "stack(x, x, dim=1)",
    ]


def test_a_second_backward_raises_where_something_was_saved():
    x = gg.tensor([[1.0, 2.0]], requires_grad=True)
    total = x.sum()
    total.backward()
    total.backward()
    product = (x @ gg.tensor([[1.0], [2.0]])).sum()
    product.backward()
    with pytest.raises(RuntimeError, match=r"^Trying to backward through the graph a second time"):
        product.backward()


def test_a_saved_value_that_was_changed_raises():
    x = gg.tensor([[1.0, 2.0]], requires_grad=True)
    a, b = x * 2, gg.tensor([[1.0], [2.0]])
    y = (a @ b).sum()
    a *= 2  # read by no derivative: b requires none
    y.backward()
    y = (x @ b).sum()
    b *= 2
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_a_program_with_static_arguments_that_do_not_fit_is_refused():
    text = Program.from_graph(trace([gg.tensor([1.0]).sum(0)])).to_json()
    for wrong in ('{"axis":0}', '{"dim":{"slice":[1]}}', '{"dim":7}'):
        with pytest.raises(ValueError, match=r"^program: steps"):
            Program.from_json(text.replace('{"dim":0,"keepdim":false}', wrong))


def test_tensor_has_the_methods():
    assert all(inspect.isfunction(getattr(Tensor, name)) for name in ("sum", "matmul", "reshape"))
    assert dataclasses.is_dataclass(Op)
