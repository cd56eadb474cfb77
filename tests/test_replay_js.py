"""The page's own passes, run in node, give what Python's give: random graphs, hostile numbers, every op."""

from __future__ import annotations

import itertools
import json
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from op_cells import ELEMENTWISE
from replays import Node, damage, differences, leaves_of, magnifies, rows, step_by_step, traced, unpack
from strategies import BINARY, COMPARISONS, CUT, OPERATORS, UNARY, moved_recipes

import graphviz_grad as gg
from graphviz_grad.engine.ops import OPS
from graphviz_grad.graph import trace
from graphviz_grad.picture.page.optable import missing_ops, op_table
from graphviz_grad.program import Program
from tests.benchmarks import graphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture(scope="module")
def node(tmp_path_factory) -> Iterator[Node]:
    node = Node(tmp_path_factory.mktemp("replay"))
    yield node
    node.close()


def in_python(program: Program, leaves: Mapping[str, float]) -> list[float]:
    return np.frombuffer(program.run(leaves).pack()).tolist()


def check_steps(node: Node, program: Program, leaves: Mapping[str, float]) -> None:
    node.load(program)
    seen = node.run(leaves)
    run = program.run(leaves)
    pairs = [*zip(run.values, run.grads, strict=True), *zip(run.partials, run.contributions, strict=True)]
    is_number = [number is not None for pair in pairs for number in pair]
    assert [math.isnan(a) or b for a, b in zip(seen, is_number, strict=True)] == [True] * len(seen)
    moved = Program.from_graph(program.graph.with_numbers(*run))
    assert differences(seen, step_by_step(moved, seen, is_number)) == []


@given(moved_recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
@settings(max_examples=400)
def test_every_step_of_random_graphs(node, drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    check_steps(node, Program.from_graph(graph), leaves_of(recipe, graph, values))


@given(moved_recipes(max_steps=60, special=True))
@settings(max_examples=60)
def test_every_step_of_larger_graphs(node, drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    check_steps(node, Program.from_graph(graph), leaves_of(recipe, graph, values))


@pytest.mark.parametrize(("program", "moves"), rows(), ids=ELEMENTWISE)
def test_every_op_with_every_special_operand(node, program, moves):
    node.load(program)
    for leaves in moves:
        assert differences(node.run(leaves), in_python(program, leaves)) == [], leaves


@given(moved_recipes(max_steps=30))
@settings(max_examples=300)
def test_whole_graphs(node, drawn):
    """Ordinary numbers agree all the way through; a graph that magnifies last digits is checked by steps."""
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    node.load(program)
    if differences(node.run(leaves), in_python(program, leaves)):
        event("magnifies last digits")
        assert magnifies(program, leaves)
        check_steps(node, program, leaves)


def build(name: str, size: int) -> Program:
    def leaf(value):
        return gg.tensor(value, requires_grad=True)

    if name == "random":
        plan = graphs.draw_plan(size, gg.tanh, gg.relu)
        return Program.from_graph(trace([graphs.run_plan(plan, leaf)[-1]], max_nodes=size))
    root = graphs.neuron(leaf) if name == "neuron" else graphs.mlp(leaf, 4, 4, 1)
    return Program.from_graph(trace([root]))


@pytest.mark.parametrize(
    ("name", "size"), [("neuron", 13), ("mlp", 117), ("random", 1000), ("random", 10_000)]
)
def test_graphs_of_every_size(node, name, size):
    program = build(name, size)
    assert len(program.graph.nodes) == size
    node.load(program)
    for value in (0.3, -1.7):
        assert differences(node.run({"n0": value}), in_python(program, {"n0": value})) == []


# --- arrays and truth values


def check(node: Node, program: Program, leaves: Mapping[str, float]) -> None:
    node.load(program)
    assert differences(node.run(leaves), in_python(program, leaves)) == []


SHAPES = ((), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 1, 3), (0,), (2, 0))


def shaped(shape: tuple[int, ...], seed: int) -> gg.Tensor:
    return gg.tensor(np.random.default_rng(seed).uniform(0.2, 2, shape), requires_grad=True)


@pytest.mark.parametrize("op", UNARY + BINARY)
def test_arrays_are_broadcast(node, op):
    for shapes in itertools.product(SHAPES, repeat=OPS[op].arity):
        a, *rest = (shaped(shape, seed) for seed, shape in enumerate(shapes))
        try:
            y = apply(op, a, *rest) * a
        except RuntimeError:  # shapes that do not go together
            continue
        y.backward(gg.tensor(np.ones(y.shape)))
        graph = trace([y])
        answer = node.ask("elements", Program.from_graph(graph).to_json())
        for slot, (value, grad) in enumerate(answer):
            assert differences(unpack(value), np.ravel(graph.nodes[slot].value).tolist()) == [], (
                shapes,
                slot,
            )
            assert differences(unpack(grad), np.ravel(graph.nodes[slot].grad).tolist()) == [], (shapes, slot)


def apply(op: str, *operands: gg.Tensor) -> gg.Tensor:
    return OPERATORS[op](*operands) if op in OPERATORS else getattr(gg, op)(*operands)


def test_arrays_of_one_element_beside_numbers(node):
    w = gg.tensor([[2.0]], requires_grad=True)
    x = gg.tensor(3.0, requires_grad=True)
    c = gg.tensor([[[0.5]]])
    program = Program.from_graph(trace([gg.sigmoid(x * w) * c + x]))
    check(node, program, {"n1": -0.25})
    [values, slopes] = node.sweep("n1", [0.0, 1.0, -2.0], {})
    expected = program.sweep("n1", [0.0, 1.0, -2.0])
    assert differences(values, expected.values.tolist()) == []
    assert differences(slopes, expected.slopes.tolist()) == []


def test_an_array_does_not_move(node):
    node.load(Program.from_graph(trace([gg.tensor([1.0]) * gg.tensor(2.0, requires_grad=True)])))
    with pytest.raises(ValueError, match=r"leaf 0 \(must be one of 1\)"):
        node.ask("move", [[0, 1.5]])


def test_truth_values_and_integers(node):
    """A sum of truth values is a truth value."""
    x = gg.tensor(2.0, requires_grad=True)
    n = gg.tensor(3)
    y = x * ((x > 1) + (x > 0)) + n * (x < 5) + n**2
    program = Program.from_graph(trace([y]))
    for value in (3.0, 0.5, -1.0, 7.0, math.nan):
        check(node, program, {"n0": value})


# --- sweeps


@given(moved_recipes(special=True), st.lists(st.floats(-3, 3), min_size=1, max_size=5))
def test_a_sweep_is_many_runs(node, drawn, points):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    node.load(program)
    state = node.run(leaves)
    target = int(graph.outputs[0][1:])
    for leaf in leaves:
        others = {other: value for other, value in leaves.items() if other != leaf}
        found, slopes = node.sweep(leaf, points, others)
        assert repr(unpack(node.ask("state"))) == repr(state)
        for point, value, slope in zip(points, found, slopes, strict=True):
            seen = node.run({**others, leaf: point})
            assert repr([value, slope]) == repr([seen[2 * target], seen[2 * int(leaf[1:]) + 1]])
        node.run(leaves)


# --- the table, and what is refused


def test_the_table_is_the_same_text_every_time():
    text = op_table()
    assert op_table.__wrapped__() == text
    assert re.findall(r"^  (\w+): \{ arity", text, re.MULTILINE) == [*ELEMENTWISE]
    assert not any(word in text for word in ("eval", "Function(", "NaN", "None", "True", "--"))


def test_every_op_runs_in_the_page():
    assert all(missing_ops(program) == [] for program, _ in rows())


def source() -> dict[str, Any]:
    x = gg.tensor(2.0, requires_grad=True)
    return json.loads(Program.from_graph(trace([x * gg.tensor([1.5]) + 3 * x])).to_json())


def without(key: str) -> dict[str, Any]:
    return {name: part for name, part in source().items() if name != key}


def changed(key: str, value: Any) -> dict[str, Any]:
    return source() | {key: value}


BAD_SOURCES = [
    (None, "program: version undefined (must be 1)"),
    ([], "program: version undefined (must be 1)"),
    ({}, "program: version undefined (must be 1)"),
    (changed("version", 7), "program: version 7 (must be 1)"),
    (changed("version", "1"), 'program: version "1" (must be 1)'),
    (without("steps"), "program: steps: undefined (must be a list)"),
    (without("leaves"), "program: leaves: undefined (must be a list)"),
    (without("constants"), "program: constants: undefined (must be a list)"),
    (without("root"), "program: outputs and root: [4,null] (must be slots of nodes)"),
    (without("shapes"), "program: n1: [1.5] (must be an array of shape undefined)"),
    (changed("outputs", []), "program: outputs and root: [4] (must be slots of nodes)"),
    (changed("outputs", [5]), "program: outputs and root: [5,4] (must be slots of nodes)"),
    (changed("root", 1.5), "program: outputs and root: [4,1.5] (must be slots of nodes)"),
    (changed("constants", ["3"]), 'program: constants: "3" (must be a number, "nan", "inf" or "-inf")'),
    (changed("constants", []), "program: steps[1]: [5,0] (must be 2 earlier slots)"),
    (changed("leaves", [None, None]), "program: leaf null (must be one of n0 to n4)"),
    (changed("leaves", [{"id": "n9"}] * 2), 'program: leaf {"id":"n9"} (must be one of n0 to n4)'),
    (changed("leaves", [{"id": "n0", "value": None}] * 2), "program: n0: null (must be a number"),
    (
        changed("leaves", [{"id": "n0", "value": 1.0}] * 2),
        'program: leaf {"id":"n0","value":1} (must be one of',
    ),
    (changed("steps", [None, None, None]), "program: steps[0]: op undefined (must be one of add, sub"),
    (changed("steps", [["__proto__", [0, 1], 2, [0, 1]]] * 3), 'program: steps[0]: op "__proto__" (must be'),
    (changed("steps", [["mul", [0], 2, [0]]] * 3), "program: steps[0]: [0] (must be 2 earlier slots)"),
    (
        changed("steps", [["mul", [0, 2], 2, [0, 1]]] * 3),
        "program: steps[0]: [0,2] (must be 2 earlier",
    ),
    (changed("steps", [["mul", [0, 0.5], 2, [0, 1]]] * 3), "program: steps[0]: [0,0.5] (must be 2 earlier"),
    (changed("steps", [["mul", [0, 1], 0, [0, 1]]] * 3), "program: steps[0]: 0 (must be a slot of its own)"),
    (
        changed("steps", [["mul", [0, 1], -1, [0, 1]]] * 3),
        "program: steps[0]: -1 (must be a slot of",
    ),
    (
        changed("steps", [["mul", [0, 1], 2, [7, -1]]] * 3),
        "program: steps[0]: edges [7,-1] (must be -1, or",
    ),
    (changed("steps", [["mul", [0, 1], 2]] * 3), "program: steps[0]: edges undefined (must be -1, or the"),
]


@pytest.mark.parametrize(("bad", "words"), BAD_SOURCES)
def test_what_is_no_program_is_refused(node, bad, words):
    with pytest.raises(ValueError, match=f"^Error: {re.escape(words)}"):
        node.ask("load", json.dumps(bad))


@given(st.data())
@settings(max_examples=300)
def test_damaged_programs_are_refused_in_words(node, data):
    """Something is replaced somewhere: the page says what is wrong, or runs."""
    damaged = damage(data, source())
    try:
        node.ask("load", json.dumps(damaged))
        node.ask("run", [], "")
    except ValueError as error:
        assert str(error).startswith("Error: program: ")  # noqa: PT017


def test_a_root_of_many_elements_is_refused(node):
    program = Program.from_graph(trace([gg.tensor([1.0, 2.0], requires_grad=True) * 3]))
    with pytest.raises(ValueError, match=r"program: root of shape \[2\] \(must be one number\)"):
        node.load(program)


def test_a_move_that_is_refused_changes_nothing(node):
    program = Program.from_graph(trace([gg.tensor(2.0, requires_grad=True) ** 3]))
    node.load(program)
    state = node.run({"n0": 5.0})
    for pairs, words in [
        ([[0, "6"]], 'program: n0: "6" (must be a number)'),
        ([[0, None]], "program: n0: null (must be a number)"),
        ([[0, 1.0], [1, 2.0]], "program: leaf 1 (must be one of 0)"),
        ([["n0", 1.0]], 'program: leaf "n0" (must be one of 0)'),
    ]:
        with pytest.raises(ValueError, match=re.escape(words)):
            node.ask("move", pairs)
        assert unpack(node.ask("state")) == state
