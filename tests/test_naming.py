"""What tensors are called: the rule, in plain Python and in IPython."""

from __future__ import annotations

import gc
import unicodedata
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from strategies import hostile_names
from traitlets.config import Config

import graphviz_grad as gg
from graphviz_grad.graph import trace
from graphviz_grad.naming import first_names, unique_names, variables


def names_of(graph):
    return [node.name for node in graph.nodes]


# --- the pure rule


def test_the_single_output_is_y_and_the_rest_are_numbered():
    assert unique_names([None, None, None], [2]) == ["v1", "v2", "y"]


def test_several_outputs_are_numbered():
    assert unique_names([None, None, None], [2, 1]) == ["v1", "y2", "y1"]


def test_taken_names_are_passed_over():
    assert unique_names(["y", "v1", None, None], [3]) == ["y", "v1", "v2", "y1"]
    assert unique_names(["y2", None, None], [1, 2]) == ["y2", "y1", "y3"]


def test_a_duplicate_gets_a_number_that_nobody_wants():
    assert unique_names(["x", "x", "x"]) == ["x", "x_2", "x_3"]
    assert unique_names(["x", "x", "x_2"]) == ["x", "x_3", "x_2"]
    assert unique_names(["x", "x_2", "x_2"]) == ["x", "x_2", "x_2_2"]


@given(st.lists(st.none() | st.sampled_from(["x", "x_2", "y", "y1", "v1", "v2", "x_2_2"])), st.data())
def test_names_are_unique_and_first_come_first_served(wanted, data):
    outputs = data.draw(st.lists(st.sampled_from(range(len(wanted))), unique=True)) if wanted else []
    names = unique_names(wanted, outputs)
    assert len(set(names)) == len(names) == len(wanted)
    for position, name in enumerate(wanted):
        if name and name not in wanted[:position]:
            assert names[position] == name


def test_many_duplicates_take_linear_time():
    assert unique_names(["x"] * 100_000)[-1] == "x_100000"


def test_earlier_sources_win_and_empty_names_are_none():
    assert first_names([(1, "")], [(1, " ")], [(1, None)], [(1, "x")], [(1, "z")]) == {1: "x"}


class Lazy:
    """A proxy of the kind that some libraries leave in a namespace."""

    @property
    def __class__(self):
        raise RuntimeError("this must not be looked at")


def test_only_types_are_looked_at():
    held = {1, 2}
    dead = weakref.proxy(held)
    del held
    gc.collect()
    scope = {"p": dead, "q": Lazy(), 3: 4.0, "_": 1.0, "__x": 2.0, "a": 3.0, "In": [], "Out": {}}
    assert list(variables([scope], float)) == [("a", 3.0)]


# --- in a graph


def test_order_of_precedence():
    def build():
        x = gg.tensor(2.0, name="own")
        return x, x * x

    x, y = build()
    assert names_of(trace([y], names={"call": x}, scopes=[{"local": x}])) == ["call", "y"]
    assert names_of(trace([y], scopes=[{"local": x}])) == ["own", "y"]
    x.name = None
    assert names_of(trace([y], scopes=[{"parameter": x}, {"local": x}])) == ["parameter", "y"]
    assert names_of(trace([y], scopes=[{}, {"first": x, "second": x}])) == ["first", "y"]
    assert names_of(trace([y])) == ["v1", "y"]


def test_locals_before_globals_in_the_order_of_definition():
    b = gg.tensor(2.0)
    a = b
    graph = trace([a * b], scopes=[locals(), {"g": a}])
    assert names_of(graph) == ["b", "y"]


def test_an_output_goes_by_its_variable():
    x = gg.tensor(2.0)
    loss = x * x
    graph = trace([loss], scopes=[locals()])
    assert names_of(graph) == ["x", "loss"]
    assert all(node.is_named for node in graph.nodes)


def test_a_constant_is_not_named():
    c = gg.tensor(2.0)
    graph = trace([c * gg.tensor(3.0)], scopes=[{"c": c}])
    assert [(node.name, node.is_named) for node in graph.nodes] == [("c", True), ("v1", False), ("y", False)]


def test_two_tensors_of_one_name():
    a = gg.tensor(1.0, name="w")
    b = gg.tensor(2.0)
    graph = trace([a + b], scopes=[{"w": b}])
    assert names_of(graph) == ["w", "w_2", "y"]
    assert graph["y"].formula == "w + w_2"


def test_a_variable_follows_its_tensor_through_a_change_in_place():
    x = gg.tensor(2.0, requires_grad=True)
    a = x * 2
    b = a * 3
    a *= 5
    graph = trace([a + b], scopes=[{"x": x, "a": a, "b": b}])
    assert {node.name: node.formula for node in graph.nodes} == {
        "x": "",
        "v1": "x · 2",
        "b": "v1 · 3",
        "a": "v1 · 5",
        "y": "a + b",
    }


@given(st.lists(hostile_names, min_size=3, max_size=3))
def test_hostile_names_are_cleaned_and_unique(names):
    x, z = gg.tensor(2.0, name=names[0]), gg.tensor(3.0)
    y = x * z
    graph = trace([y], names={names[1]: z}, scopes=[{names[2]: y}])
    found = names_of(graph)
    assert len(set(found)) == 3
    for name in found:
        assert name == name.strip() != ""
        assert unicodedata.is_normalized("NFC", name)
        assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in name)
        assert graph[name].name == name
    assert graph.nodes[2].formula == f"{found[0]} · {found[1]}"
    graph.to_json().encode()


def test_a_name_that_looks_like_an_id_is_a_name():
    x = gg.tensor(2.0, name="n1")
    graph = trace([x * x])
    assert (graph["n1"].id, graph["n0"].id) == ("n0", "n0")


@pytest.mark.parametrize("value", [2.0, None, "x"])
def test_names_name_tensors(value):
    x = gg.tensor(2.0)
    with pytest.raises(TypeError, match=r"names\['a'\]: .* \(must be a Tensor\)"):
        trace([x * x], names={"a": value})


# --- in IPython


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    # A doctest before us leaves its last result in builtins._, and IPython then leaves `_` alone.
    monkeypatch.delattr("builtins._", raising=False)
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    yield shell
    shell.reset()


def run_cell(shell, cell):
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


def test_in_ipython_variables_name_tensors(shell):
    run_cell(shell, "import graphviz_grad as gg\nfrom graphviz_grad.graph import trace")
    run_cell(shell, "gg.tensor(2.0, requires_grad=True)")  # Out[2], _, _2
    run_cell(shell, "x = _\nz = gg.tensor(3.0)")
    run_cell(shell, "x * z")  # Out[4], _, _4
    run_cell(shell, "y = Out[4] + x")
    graph = run_cell(shell, "trace([y], scopes=[locals(), globals()])")
    assert [(node.name, node.formula) for node in graph.nodes] == [
        ("x", ""),
        ("z", ""),
        ("v1", "x · z"),
        ("y", "v1 + x"),
    ]


def test_in_ipython_a_redefined_variable_names_the_new_tensor(shell):
    run_cell(shell, "import graphviz_grad as gg\nfrom graphviz_grad.graph import trace")
    run_cell(shell, "x = gg.tensor(2.0)\na = x * x")
    run_cell(shell, "x = gg.tensor(5.0)")
    graph = run_cell(shell, "trace([a + x], scopes=[locals(), globals()])")
    assert [node.name for node in graph.nodes] == ["v1", "a", "x", "y"]
