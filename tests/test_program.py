"""Replaying a graph is the same as building it again: numbers, gradients, what is None."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from replays import leaves_of, traced
from strategies import BINARY, COMPARISONS, CUT, UNARY, moved_recipes

import graphviz_grad as gg
from graphviz_grad.graph import Graph, trace
from graphviz_grad.node import Edge, Node
from graphviz_grad.program import Program


@given(moved_recipes())
def test_replay_is_building_again(drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    replayed = Program.from_graph(graph).replay(leaves_of(recipe, graph, values))
    assert replayed == traced(recipe, values)


@given(moved_recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
def test_replay_is_building_again_where_numbers_break(drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    replayed = Program.from_graph(graph).replay(leaves_of(recipe, graph, values))
    assert replayed == traced(recipe, values)


@given(moved_recipes())
def test_the_numbers_alone_are_those_of_the_graph(drawn):
    recipe, values = drawn
    graph = traced(recipe)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    assert program.run(leaves).pack() == program.replay(leaves).numbers()


@given(moved_recipes())
def test_a_move_keeps_the_structure_and_the_program(drawn):
    recipe, values = drawn
    graph = traced(recipe)
    program = Program.from_graph(graph)
    before = program.graph.to_json()
    moved = program.replay(leaves_of(recipe, graph, values))
    assert moved.structure == graph.structure
    assert program.graph.to_json() == before
    assert program.replay({}) == graph


def test_closed_form():
    x = gg.tensor(2.0, requires_grad=True)
    z = gg.tensor(3.0, requires_grad=True)
    program = Program.from_graph(trace([gg.sigmoid(x * z) + x], names={"x": x, "z": z}))
    graph = program.replay({"n0": 2.0, "n1": -0.25})
    s = 1 / (1 + math.exp(0.5))
    assert graph["y"].value == pytest.approx(s + 2, rel=1e-15)
    assert graph["x"].grad == graph["x"].stored == pytest.approx(1 - 0.25 * s * (1 - s), rel=1e-15)
    assert graph["z"].grad == pytest.approx(2 * s * (1 - s), rel=1e-15)
    assert graph.root == "y"


def test_steps_are_plain_data():
    x = gg.tensor(2.0, requires_grad=True)
    program = Program.from_graph(trace([3 * x * x]))
    assert json.loads(json.dumps([program.steps, program.constants, program.root])) == [
        [["mul", [3, 0], 1, [-1, 0], []], ["mul", [1, 0], 2, [1, 2], []]],
        [3.0],
        2,
    ]


def test_frozen_leaves_keep_none():
    w = gg.tensor(3.0)
    x = gg.tensor(2.0, requires_grad=True)
    graph = Program.from_graph(trace([w * x], names={"w": w, "x": x})).replay({"n0": 5.0})
    assert (graph["w"].value, graph["w"].grad, graph["w"].stored) == (5.0, None, None)
    assert (graph.edges[0].partial, graph.edges[0].contribution) == (None, None)
    assert graph["x"].grad == 5.0


def test_detach_passes_nothing():
    x = gg.tensor(2.0, requires_grad=True)
    u = (x * x).detach()
    graph = Program.from_graph(trace([u * x], names={"x": x, "u": u})).replay({"n0": 3.0})
    assert graph["y"].value == 27.0
    assert graph["x"].grad == 9.0
    assert graph["u"].grad is None


def test_nothing_requires_grad():
    x = gg.tensor(2.0)
    graph = Program.from_graph(trace([x * x])).replay({"n0": 3.0})
    assert (graph["y"].value, graph["y"].grad, graph.root) == (9.0, None, None)


def test_retained_gradients_are_stored():
    x = gg.tensor(2.0, requires_grad=True)
    a = x * x
    a.retain_grad()
    graph = Program.from_graph(trace([a * 3], names={"a": a})).replay({})
    assert graph["a"].stored == graph["a"].grad == 3.0
    assert graph["y"].stored is None


def test_root_is_the_last_output_or_the_one_asked_for():
    x = gg.tensor(2.0, requires_grad=True)
    program = Program.from_graph(trace([x * 3, x * 5]))
    assert program.replay({})["n0"].grad == 5.0
    assert program.replay({}).root == "y2"
    other = program.replay({}, root="y1")
    assert (other["n0"].grad, other["y2"].grad, other.root) == (3.0, None, "y1")
    assert [edge.contribution for edge in other.edges] == [3.0, None]
    assert Program.from_graph(program.graph, root="n1").replay({}) == other
    with pytest.raises(KeyError, match=r"'q' \(must be one of v1, y1, y2\)"):
        program.replay({}, root="q")


def test_a_root_outside_the_drawing_gives_way():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * 3
    (y * 7).backward()
    graph = trace([y])
    assert (graph.root, graph["y"].grad) == ("output", 7.0)
    replayed = Program.from_graph(graph).replay({})
    assert (replayed.root, replayed["y"].grad) == ("y", 1.0)


def test_a_leaf_changed_in_place_is_replayed_as_it_is():
    x = gg.tensor(2.0, requires_grad=True)
    y = x + 1
    x.data = gg.tensor(10.0)
    graph = trace([y], names={"x": x})
    assert graph["x"].is_changed
    replayed = Program.from_graph(graph).replay({})
    assert (replayed["y"].value, replayed["x"].is_changed) == (11.0, False)


def test_arrays_replay_with_broadcasting():
    x = gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b = gg.tensor(10.0, requires_grad=True)
    y = x * b + x
    with pytest.raises(
        RuntimeError, match=r"grad can be implicitly created only for scalar outputs: y has shape"
    ):
        Program.from_graph(trace([y])).replay({})


def test_arrays_of_one_element():
    values = [[[2.0]], 3.0]
    moved = [[[5.0]], -1.0]

    def build(values):
        x, b = (gg.tensor(value, requires_grad=True) for value in values)
        return gg.sigmoid(x * b) + x

    graph = trace([build(values)])
    fresh = build(moved)
    fresh.backward()
    program = Program.from_graph(graph)
    replayed = program.replay({"n0": moved[0], "n1": moved[1]})
    assert replayed == trace([fresh])
    assert replayed.nodes[1].grad.__class__ is float
    assert not replayed.nodes[0].grad.flags.writeable


def test_integers_stay_integers():
    n = gg.tensor(3)
    x = gg.tensor(2.0, requires_grad=True)
    y = x * (n * 2 + 1)
    y.backward()
    graph = trace([y])
    replayed = Program.from_graph(graph).replay({})
    assert replayed == graph
    assert replayed["v3"].value == 6
    assert replayed["v3"].value.__class__ is int


@pytest.mark.parametrize("value", ["3", None, [1.0, 2.0], 1j, object()])
def test_a_leaf_is_a_number(value):
    x = gg.tensor(2.0, requires_grad=True)
    program = Program.from_graph(trace([x * x]))
    with pytest.raises(TypeError, match=r"^n0: .* \(must be a real number\)$"):
        program.replay({"n0": value})


def test_numpy_numbers_become_floats():
    x = gg.tensor(2.0, requires_grad=True)
    program = Program.from_graph(trace([x * x]))
    for value in (3, np.float64(3.0), np.int64(3), np.float32(3.0)):
        values = program.run({"n0": value}).values
        assert values == [3.0, 9.0]
        assert {type(value) for value in values} == {float}


def test_wrong_array_and_wrong_leaf():
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    n = gg.tensor(3)
    program = Program.from_graph(trace([x * n]))
    with pytest.raises(TypeError, match=r"n0: 3.0 \(must be an array of shape \(2,\)\)"):
        program.run({"n0": 3.0})
    with pytest.raises(TypeError, match=r"n1: 2.5 \(must be int\)"):
        program.run({"n1": 2.5})
    with pytest.raises(ValueError, match=r"leaf: 'n2' \(must be one of n0, n1\)"):
        program.run({"n2": 1.0})


def test_unknown_op():
    leaf = Node("n0", "x", None, "", "", 1.0, None, None, is_leaf=True, requires_grad=True, parents=())
    made = Node(
        "n1", "y", "teleport", "t", "t(x)", 1.0, None, None,
        is_leaf=False, requires_grad=True, parents=("n0",), arguments=("n0",),
    )  # fmt: skip
    edge = Edge("e0", "n0", "n1", 0, None, None, requires_grad=True)
    with pytest.raises(ValueError, match=r"op: 'teleport' \(must be one of add, sub"):
        Program.from_graph(Graph((leaf, made), (edge,), ("n1",), None))


def test_ten_thousand_deep():
    x = gg.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(10_000):
        y = (y + x).tanh()
    program = Program.from_graph(trace([y], max_nodes=20_001))
    y.backward()
    assert program.replay({})["n0"].grad == x.grad.item()


def test_replay_writes_to_no_tensor():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    Program.from_graph(trace([y])).replay({"n0": 9.0})
    assert (x.item(), x.grad.item(), y.item()) == (2.0, 4.0, 4.0)


def test_threads_share_a_program():
    x = gg.tensor(2.0, requires_grad=True)
    y = x
    for _ in range(20):
        y = gg.sin(y * x)
    program = Program.from_graph(trace([y]))
    expected = [program.run({"n0": k / 10}).pack() for k in range(40)]
    fresh = Program.from_graph(trace([y]))  # the tape is looked up under contention
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            assert list(pool.map(lambda k: fresh.run({"n0": k / 10}).pack(), range(40))) == expected


@settings(max_examples=20)
@given(moved_recipes(max_steps=60))
def test_larger_graphs(drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    assert Program.from_graph(graph).replay(leaves_of(recipe, graph, values)) == traced(recipe, values)
