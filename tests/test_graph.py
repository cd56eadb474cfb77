"""The frozen graph: what trace sees, and what a graph says of itself."""

from __future__ import annotations

import dataclasses
import gc
import json
import math
import os
import pickle
import struct
import subprocess
import sys
import weakref

import numpy as np
import pytest
from hypothesis import given
from strategies import BINARY, COMPARISONS, CUT, UNARY, recipes

import graphviz_grad as gg
from graphviz_grad.graph import Edge, Graph, Node, trace
from graphviz_grad.snapshot import JSON_VERSION


def leaf(name="x", value=2.0, **fields):
    node = Node("n0", name, None, "", "", value, None, None, is_leaf=True, requires_grad=True, parents=())
    return dataclasses.replace(node, **fields)


def tensors(*values, **options):
    return [gg.tensor(value, requires_grad=True, **options) for value in values]


# --- a graph by itself


def test_lookup_by_name_and_id():
    graph = Graph((leaf(),), (), ("n0",), None)
    assert graph["x"] is graph["n0"] is graph.nodes[0]
    assert "x" in graph
    assert "q" not in graph
    with pytest.raises(KeyError, match=r"graph: 'q' \(must be one of x\)"):
        graph["q"]


def test_lookup_names_only_a_few_of_many():
    nodes = tuple(leaf(f"x{i}", id=f"n{i}") for i in range(20))
    with pytest.raises(KeyError, match=r"must be one of x0, x1, x2, x3, x4, x5, x6, x7, \.\.\.\)"):
        Graph(nodes, (), ("n0",), None)["q"]


def test_frozen():
    graph = Graph((leaf(),), (), ("n0",), None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        graph.root = "y"
    with pytest.raises(dataclasses.FrozenInstanceError):
        graph.nodes[0].value = 3.0


def test_arrays_are_copies_and_read_only():
    x = gg.tensor([1.0, 2.0], requires_grad=True, name="x")
    y = x * x
    y.backward(gg.tensor([1.0, 1.0]))
    graph = trace([y])
    numbers = [graph["x"].value, graph["x"].grad, graph["x"].stored, graph.edges[0].partial]
    for number in numbers:
        with pytest.raises(ValueError, match="read-only"):
            number[0] = 9.0
    assert graph["x"].value is not x.record.value
    assert x.record.value.flags.writeable


def test_equality_and_hash_are_of_content():
    def build(value):
        x = gg.tensor(value, requires_grad=True)
        y = x * x
        y.backward()
        return trace([y])

    assert build(math.nan) == build(math.nan)
    assert hash(build(1.0)) == hash(build(2.0))
    assert build(1.0) != build(2.0)
    assert build(1.0) != "graph"


def test_repr_is_short():
    x = gg.tensor(2.0)
    assert repr(trace([x * x])) == "Graph(y: 2 nodes, 2 edges)"


def test_replace_forgets_what_was_found_out():
    graph = Graph((leaf(),), (), ("n0",), None)
    before = graph.structure
    renamed = dataclasses.replace(graph, nodes=(leaf("z"),))
    assert renamed["z"].name == "z"
    assert renamed.structure != before


def test_pickle():
    x, z = tensors(2.0, 3.0)
    graph = trace([x * z])
    assert pickle.loads(pickle.dumps(graph)) == graph  # noqa: S301 - our own bytes


# --- structure


def test_structure_is_everything_but_numbers():
    def build(x, z, op=lambda a, b: a * b, *, backward=True):
        x, z = tensors(x, z)
        y = op(x, z)
        if backward:
            y.backward()
        return trace([y], scopes=[{"x": x, "z": z, "y": y}]).structure

    same = build(2.0, 3.0)
    assert build(-1.0, math.nan) == same
    assert len({
        same,
        build(2.0, 3.0, backward=False),
        build(2.0, 3.0, op=lambda a, b: a + b),
        build(2.0, 3.0, op=lambda a, b: b * a),
        build(2.0, 3.0, op=lambda a, _: a * a),
        build(2.0, 3.0, op=lambda a, _: a * 3),
        build(2.0, 3.0, op=lambda a, _: a * 4),
    }) == 7  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"name": "z"},
        {"requires_grad": False},
        {"is_named": False},
        {"is_changed": True},
        {"retains_grad": True},
        {"grad": 1.0},
        {"stored": 1.0},
        {"value": np.ones(2)},
        {"value": np.ones(3)},
        {"params": (("dim", 0),)},
    ],
)
def test_structure_sees(change):
    def structure(**fields):
        return Graph((leaf(**fields),), (), ("n0",), None).structure

    assert structure(**change) != structure()
    assert structure(**change) == structure(**change)


def test_structure_sees_a_line_more_on_a_card():
    once = Graph((leaf(grad=1.0, stored=1.0),), (), ("n0",), "x")
    twice = Graph((leaf(grad=1.0, stored=2.0),), (), ("n0",), "x")
    undefined = Graph((leaf(grad=math.nan, stored=float("nan")),), (), ("n0",), "x")
    assert once.structure != twice.structure
    assert once.structure == undefined.structure


# --- numbers


def test_numbers_are_little_endian_floats_in_order():
    x, z = tensors(2.0, 3.0)
    y = x * z
    graph = trace([y])
    numbers = struct.unpack("<10d", graph.numbers())
    nan = math.nan
    assert np.array_equal(numbers, [2, nan, 3, nan, 6, nan, 3, nan, 2, nan], equal_nan=True)
    y.backward()
    numbers = struct.unpack("<10d", trace([y]).numbers())
    assert numbers == (2, 3, 3, 2, 6, 1, 3, 3, 2, 2)


def test_numbers_of_other_kinds():
    graph = Graph((leaf(value=True), leaf(value=np.ones(2)), leaf(value=10**400)), (), ("n0",), None)
    value, _, array, _, large, _, *elements = struct.unpack("<8d", graph.numbers())
    assert (value, math.isnan(array), large) == (1.0, True, math.inf)
    assert elements == [1.0, 1.0]  # those of arrays come last


def test_with_numbers():
    x, w = gg.tensor(2.0, requires_grad=True, name="x"), gg.tensor(3.0, name="w")
    graph = trace([x * w])
    new = graph.with_numbers([5.0, 3.0, 15.0], [3.0, None, 1.0], [3.0, None], [3.0, None])
    assert (new["x"].value, new["x"].grad, new["x"].stored) == (5.0, 3.0, 3.0)
    assert (new["y"].grad, new["y"].stored) == (1.0, None)
    assert [(edge.partial, edge.contribution) for edge in new.edges] == [(3.0, 3.0), (None, None)]
    assert graph["x"].value == 2.0
    assert new.structure != graph.structure
    assert new.with_numbers([0.0] * 3, [0.0, None, 0.0], [0.0, None], [0.0, None]).structure == new.structure
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        graph.with_numbers([], [], [], [])


# --- JSON


def test_json():
    x, w = gg.tensor(math.nan, requires_grad=True, name="x"), gg.tensor([1.0, math.inf], name="w")
    data = json.loads(trace([x * w * math.inf]).to_json())
    assert data["version"] == JSON_VERSION
    assert data["root"] is None
    assert data["outputs"] == ["n3"]
    assert [node["value"] for node in data["nodes"]] == ["nan", [1.0, "inf"], ["nan", "nan"], ["nan", "nan"]]
    assert data["nodes"][3]["arguments"] == ["n2", "inf"]
    assert data["nodes"][2]["formula"] == "x · w"
    assert set(data["nodes"][0]) == {field.name for field in dataclasses.fields(Node)}
    assert set(data["edges"][0]) == {field.name for field in dataclasses.fields(Edge)}


def test_json_keeps_every_digit():
    x = gg.tensor(0.1 + 0.2, name="x")
    assert json.loads(trace([x]).to_json())["nodes"][0]["value"] == 0.1 + 0.2


@given(recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
def test_json_is_strict_and_deterministic(recipe):
    def forbid(constant):
        raise AssertionError(constant)

    first, second = (trace(recipe.build()[-1:]) for _ in range(2))
    json.loads(first.to_json(), parse_constant=forbid)
    assert first.to_json() == second.to_json()
    assert first.structure == second.structure


SCRIPT = """
import graphviz_grad as gg
from graphviz_grad.graph import trace
x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(-0.25, requires_grad=True)
y = gg.sigmoid(x * z) + x * x
y.backward()
graph = trace([y, x * z], scopes=[globals()])
print(graph.structure, graph.to_json())
"""


def test_hash_seeds_change_nothing():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(outputs) == 1


# --- what trace sees


def test_the_neuron():
    x, z = tensors(2.0, -0.25)
    a = x * z
    s = gg.sigmoid(a)
    y = s + x
    y.backward()
    graph = trace([y], scopes=[locals()])
    assert [(node.id, node.name, node.formula) for node in graph.nodes] == [
        ("n0", "x", ""),
        ("n1", "z", ""),
        ("n2", "a", "x · z"),
        ("n3", "s", "σ(a)"),
        ("n4", "y", "s + x"),
    ]
    assert [(edge.id, edge.parent, edge.child, edge.operand) for edge in graph.edges] == [
        ("e0", "n0", "n2", 0),
        ("e1", "n1", "n2", 1),
        ("e2", "n2", "n3", 0),
        ("e3", "n3", "n4", 0),
        ("e4", "n0", "n4", 1),
    ]
    assert graph.outputs == ("n4",)
    assert graph.root == "y"
    assert graph["a"].symbol == "×"
    assert graph["a"].parents == graph["a"].arguments == ("n0", "n1")
    d = graph["s"].value * (1 - graph["s"].value)
    assert graph["a"].grad == pytest.approx(d)
    assert [edge.contribution for edge in graph.edges] == pytest.approx([-0.25 * d, 2 * d, d, 1, 1])
    assert [edge.partial for edge in graph.edges] == pytest.approx([-0.25, 2, d, 1, 1])
    assert graph["x"].grad == graph["x"].stored == pytest.approx(0.941249, abs=1e-6)
    assert (graph["a"].stored, graph["a"].retains_grad, graph["x"].retains_grad) == (None, False, True)


def test_a_repeated_operand_has_two_edges():
    (x,) = tensors(3.0)
    y = x * x
    y.backward()
    graph = trace([y])
    assert [(edge.operand, edge.contribution) for edge in graph.edges] == [(0, 3.0), (1, 3.0)]
    assert graph["y"].parents == ("n0", "n0")


def test_python_numbers_stand_in_the_formula():
    (x,) = tensors(3.0, name="x")
    y = (-2 * x + 0.5) / 1e-05 - 1e400
    graph = trace([y])
    formulas = [node.formula for node in graph.nodes]
    assert formulas == ["", "(−2) · x", "v1 + 0.5", "v2 / 1e−05", "v3 − inf"]
    assert [node.arguments for node in graph.nodes[1:3]] == [(-2.0, "n0"), ("n1", 0.5)]
    assert [(edge.operand, edge.parent) for edge in graph.edges] == [
        (1, "n0"),
        (0, "n1"),
        (0, "n2"),
        (0, "n3"),
    ]
    assert len(graph.nodes) == 5


def test_integer_powers_are_raised():
    (x,) = tensors(3.0, name="x")
    n = gg.tensor(2.0, name="n")
    made = [x**2, x**-1, x**10.0, x**0.5, 2**x, x**n]
    formulas = [trace([y])["y"].formula for y in made]
    assert formulas == ["x²", "x⁻¹", "x¹⁰", "x ^ 0.5", "2 ^ x", "x ^ n"]


def test_not_computed_is_none():
    x, w = gg.tensor(2.0, requires_grad=True, name="x"), gg.tensor(3.0, name="w")
    graph = trace([x * w])
    assert graph.root is None
    assert {node.grad for node in graph.nodes} == {node.stored for node in graph.nodes} == {None}
    assert [(edge.partial, edge.contribution) for edge in graph.edges] == [(3.0, None), (None, None)]
    assert [edge.requires_grad for edge in graph.edges] == [True, False]
    assert [node.requires_grad for node in graph.nodes] == [True, False, True]


def test_gradients_are_those_of_the_latest_pass_through_the_output():
    (x,) = tensors(2.0, name="x")
    for _ in range(2):
        y = x * x
        y.backward()
    graph = trace([y])
    assert (graph["x"].grad, graph["x"].stored) == (4.0, 8.0)
    other = x * 10
    other.backward()
    graph = trace([y])
    assert (graph["y"].grad, graph["x"].grad, graph["x"].stored) == (1.0, None, 18.0)
    assert [edge.contribution for edge in graph.edges] == [2.0, 2.0]


def test_a_retained_graph_shows_its_second_pass():
    a, b = tensors(2.0, 3.0)
    y = (a * b) ** 2
    y.backward(retain_graph=True)
    y.backward()
    graph = trace([y], scopes=[locals()])
    assert (graph["a"].grad, graph["a"].stored) == (36.0, 72.0)


def test_a_consumed_graph_still_draws():
    (x,) = tensors(2.0)
    y = x * x
    y.backward()
    graph = trace([y])
    assert graph["y"].grad == 1.0
    for _ in range(2):
        with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
            y.backward()
    assert trace([y]) == graph


def test_the_latest_of_several_passes():
    (x,) = tensors(2.0, name="x")
    a, b = x * 3, x * 5
    a.backward(retain_graph=True)
    b.backward()
    assert trace([a, b], scopes=[locals()]).root == "b"
    assert trace([a, b])["x"].grad == 5.0
    assert trace([a])["y"].grad == 1.0
    assert trace([b, a]).outputs == ("n2", "n1")
    assert trace([b, a]).root == "y1"
    a.backward()
    assert trace([a, b], scopes=[locals()]).root == "a"


def test_the_root_may_lie_outside_the_drawing():
    (x,) = tensors(2.0)
    y = x * 3
    loss = y * 7
    loss.backward()
    assert trace([y]).root == "output"
    assert trace([y], scopes=[locals()]).root == "loss"
    assert trace([y], names={"L": loss}).root == "L"
    graph = trace([y], scopes=[{"x": loss, "y": y}], names={"x": x})
    assert graph.root == "x_2"
    assert graph["y"].grad == 7.0
    assert graph.edges[0].contribution == 21.0


def test_the_root_keeps_its_own_name_when_it_is_gone():
    (x,) = tensors(2.0)
    y = x * 3
    loss = y * 7
    loss.name = "L"
    loss.backward()
    del loss
    assert trace([y]).root == "L"


def test_a_part_that_the_pass_did_not_reach():
    (x,) = tensors(2.0, name="x")
    a, b = x * 3, x * 5
    a.backward()
    graph = trace([a, b])
    assert (graph["y1"].grad, graph["y2"].grad, graph["x"].grad) == (1.0, None, 3.0)
    assert [edge.contribution for edge in graph.edges] == [3.0, None]
    assert [edge.partial for edge in graph.edges] == [3.0, 5.0]


def test_a_leaf_changed_since():
    (x,) = tensors(2.0, name="x")
    y = x * 3
    y.backward()
    with gg.no_grad():
        x -= 0.5 * x.grad
    graph = trace([y])
    assert (graph["x"].value, graph["x"].is_changed, graph["y"].value) == (0.5, True, 6.0)
    assert not trace([x * 3])["x"].is_changed


def test_edges_use_what_the_consumer_has_seen():
    (x,) = tensors(2.0, name="x")
    y = x * x
    y.backward()
    x.data = gg.tensor(10.0)
    graph = trace([y])
    assert [(edge.partial, edge.contribution) for edge in graph.edges] == [(2.0, 2.0)] * 2
    assert graph["x"].value == 10.0


def test_a_change_in_place_that_is_recorded_changes_no_card():
    (x,) = tensors(2.0)
    a = x * 2
    b = a * 3
    a *= 5
    y = a + b
    y.backward()
    graph = trace([y], scopes=[locals()])
    assert graph["x"].grad == 16.0
    assert not any(node.is_changed for node in graph.nodes)
    assert graph["v1"].value == 4.0


def test_detach_is_drawn_cut():
    (x,) = tensors(2.0)
    u = (x * x).detach()
    y = u * x
    y.backward()
    graph = trace([y], scopes=[locals()])
    assert graph["u"].op == "detach"
    assert (graph["u"].grad, graph["x"].grad) == (None, 4.0)
    cut = next(edge for edge in graph.edges if edge.child == graph["u"].id)
    assert (cut.requires_grad, cut.partial, cut.contribution) == (False, None, None)


def test_comparisons_have_no_gradient():
    (x,) = tensors(2.0)
    y = (x > 1) * x
    y.backward()
    graph = trace([y])
    assert graph.nodes[1].value is True
    assert graph.edges[0].requires_grad is False
    assert graph.nodes[0].grad == 1.0


def test_broadcasting_is_summed_out_of_contributions():
    x, b = (
        gg.tensor([1.0, 2.0, 3.0], requires_grad=True, name="x"),
        gg.tensor(10.0, requires_grad=True, name="b"),
    )
    y = x * b
    y.backward(gg.tensor([1.0, 1.0, 1.0]))
    graph = trace([y])
    assert graph["b"].grad == graph.edges[1].contribution == 6.0
    assert graph["b"].grad.__class__ is float
    assert graph.edges[0].contribution.tolist() == [10.0, 10.0, 10.0]


def test_retained_gradients():
    (x,) = tensors(2.0)
    a = x * x
    a.retain_grad()
    (a * 3).backward()
    graph = trace([a], scopes=[locals()])
    assert (graph["a"].stored, graph["a"].retains_grad, graph.root) == (3.0, True, "output")


def test_a_leaf_alone():
    (x,) = tensors(2.0)
    graph = trace([x], scopes=[locals()])
    assert (len(graph.nodes), graph.edges, graph.outputs, graph["x"].is_leaf) == (1, (), ("n0",), True)


def test_an_output_drawn_twice():
    (x,) = tensors(2.0)
    y = x * x
    graph = trace([y, x, y])
    assert graph.outputs == ("n1", "n0")
    assert [node.name for node in graph.nodes] == ["y2", "y1"]


@given(recipes(special=True))
def test_ids_are_topological_and_contributions_add_up(recipe):
    *_, y = recipe.build()
    if y.requires_grad:
        y.backward()
    graph = trace([y])
    slots = {node.id: slot for slot, node in enumerate(graph.nodes)}
    assert list(slots) == [f"n{slot}" for slot in range(len(graph.nodes))]
    assert [edge.id for edge in graph.edges] == [f"e{number}" for number in range(len(graph.edges))]
    uses = [(slots[edge.child], edge.operand) for edge in graph.edges]
    assert uses == sorted(uses)
    for edge in graph.edges:
        assert slots[edge.parent] < slots[edge.child]
        assert graph.nodes[slots[edge.child]].arguments[edge.operand] == edge.parent
    for node in graph.nodes:
        received = [e.contribution for e in graph.edges if e.parent == node.id and e.contribution is not None]
        if node.id in graph.outputs:
            assert not received
            assert node.grad == (1.0 if node.requires_grad else None)
        elif node.grad is None:
            assert not received
        else:
            size = sum(map(abs, received))
            assert node.grad == pytest.approx(sum(received), rel=1e-12, abs=1e-12 * size, nan_ok=True)
            assert node.grad == node.stored or not node.is_leaf or math.isnan(node.grad)


# --- limits and faults


def test_ten_thousand_nodes_deep():
    (x,) = tensors(1.0)
    y = x
    for _ in range(10_000):
        y = y + x
    y.backward()
    graph = trace([y], max_nodes=20_000)
    assert graph["y"].value == 10_001.0
    assert graph.nodes[0].grad == 10_001.0


def test_too_many_nodes():
    (x,) = tensors(1.0)
    y = x
    for _ in range(5000):
        y = y + 1
    with pytest.raises(
        ValueError, match=r"^graph: 5001 nodes \(must be at most max_nodes=1000; draw an interm"
    ):
        trace([y])
    with pytest.raises(ValueError, match="or pass max_nodes=5001"):
        trace([y], max_nodes=5000)
    assert len(trace([y], max_nodes=5001).nodes) == 5001


@pytest.mark.parametrize("output", [2.0, None, "y", [gg.tensor(1.0)]])
def test_outputs_are_tensors(output):
    with pytest.raises(TypeError, match=r"^output: .* \(must be a Tensor\)$"):
        trace([output])


def test_no_outputs():
    with pytest.raises(ValueError, match=r"outputs: none \(must be at least one Tensor\)"):
        trace([])


def test_a_graph_holds_no_tensor():
    (x,) = tensors(2.0)
    y = x * x
    graph = trace([y], scopes=[{"x": x, "y": y}])
    alive = weakref.ref(y)
    gc.disable()
    try:
        del x, y
        assert alive() is None
    finally:
        gc.enable()
    assert graph["y"].value == 4.0
