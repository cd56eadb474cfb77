"""A program written as JSON and read back: the same program, and what is no program is refused in words."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replays import damage, leaves_of, rows, traced
from strategies import BINARY, COMPARISONS, CUT, UNARY, hostile_names, moved_recipes

import graphviz_grad as gg
from graphviz_grad.graph import trace
from graphviz_grad.program import Program


@given(moved_recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
def test_a_program_read_back_is_the_same(drawn):
    recipe, values = drawn
    graph = traced(recipe)
    program = Program.from_graph(graph)
    again = Program.from_json(program.to_json())
    assert again.to_json() == program.to_json()
    assert (again.steps, repr(again.constants), again.root) == (
        program.steps,
        repr(program.constants),
        program.root,
    )
    assert again.graph == program.replay({})
    leaves = leaves_of(recipe, graph, values)
    assert again.replay(leaves) == program.replay(leaves)


def test_the_form():
    x = gg.tensor(2.0, requires_grad=True)
    w = gg.tensor([[1.0, math.nan]])
    a = x * w
    a.retain_grad()
    program = Program.from_graph(trace([a + 3 > 1, gg.exp(x) ** -math.inf], names={"x": x, "w": w, "a": a}))
    assert json.loads(program.to_json()) == {
        "version": 1,
        "root": 6,
        "outputs": [4, 6],
        "leaves": [
            {"id": "n0", "name": "x", "value": 2.0},
            {"id": "n1", "name": "w", "value": [1.0, "nan"], "shape": [1, 2]},
        ],
        "results": ["a", "v1", "y1", "v2", "y2"],
        "constants": [3.0, 1.0, "-inf"],
        "steps": [
            ["mul", [0, 1], 2, [0, -1]],
            ["add", [2, 7], 3, [2, -1]],
            ["gt", [3, 8], 4, [-1, -1]],
            ["exp", [0], 5, [4]],
            ["pow", [5, 9], 6, [5, -1]],
        ],
        "shapes": {"1": [1, 2], "2": [1, 2], "3": [1, 2], "4": [1, 2]},
        "frozen": [1, 4],
        "unnamed": [3, 4, 5, 6],
        "retained": [0, 2],
    }
    assert Program.from_json(program.to_json()).to_json() == program.to_json()


@pytest.mark.parametrize("value", [3, True, -(2**63), -0.0, math.inf, math.nan, 5e-324, 0.1])
def test_numbers_keep_their_kind(value):
    x = gg.tensor(1.0, requires_grad=True)
    program = Program.from_graph(trace([gg.tensor(value) * x]))
    leaf = Program.from_json(program.to_json()).graph.nodes[1]
    assert repr(leaf.value) == repr(value)


@pytest.mark.parametrize(
    "array",
    [
        np.array([]),
        np.zeros((0, 3)),
        np.array([1, 2**63 - 1]),
        np.array([[True], [False]]),
        np.array([math.nan, -math.inf, -0.0, 1e308]),
        np.arange(24.0).reshape(2, 3, 4),
    ],
)
def test_arrays_keep_shape_and_type(array):
    x = gg.tensor(1.0, requires_grad=True)
    program = Program.from_graph(trace([gg.tensor(array) > 0, x * 2]))
    leaf = Program.from_json(program.to_json()).graph.nodes[1].value
    assert (leaf.shape, leaf.dtype, leaf.tolist().__repr__()) == (
        array.shape,
        array.dtype,
        array.tolist().__repr__(),
    )
    assert not leaf.flags.writeable


@given(st.lists(hostile_names, min_size=1, max_size=4))
def test_names_can_stand_in_a_page(names):
    x = gg.tensor(2.0, requires_grad=True)
    tensors = [x + k for k in range(len(names))]
    graph = trace(tensors, names=dict(zip(names, tensors, strict=False)))
    text = Program.from_graph(graph).to_json()
    assert text.isascii()
    assert "<" not in text
    assert [node.name for node in Program.from_json(text).graph.nodes] == [node.name for node in graph.nodes]


def test_a_root_that_needs_no_gradient():
    x = gg.tensor(2.0, requires_grad=True)
    w = gg.tensor(3.0, name="w")
    program = Program.from_graph(trace([x * w]), root="w")
    again = Program.from_json(program.to_json())
    assert (program.root, again.root, again.graph.root) == (None, None, None)
    assert again.graph.nodes[0].grad is None


def test_a_root_of_many_elements():
    program = Program.from_graph(trace([gg.tensor([1.0, 2.0], requires_grad=True) * 2]))
    again = Program.from_json(program.to_json())
    assert again.to_json() == program.to_json()
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs: y has"):
        again.replay({})


def test_it_is_small():
    assert len(rows()[2][0].to_json()) < 250
    x = gg.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(98):
        y = gg.tanh(y * x)
    assert len(Program.from_graph(trace([y])).to_json()) < 60 * 197


# --- what is refused


def source() -> dict[str, Any]:
    x = gg.tensor(2.0, requires_grad=True)
    n = gg.tensor([1.5], name="n")
    return json.loads(Program.from_graph(trace([x * n + 3 * x], names={"x": x})).to_json())


def without(key: str) -> str:
    return json.dumps({name: part for name, part in source().items() if name != key})


def changed(key: str, value: Any) -> str:
    return json.dumps(source() | {key: value})


def with_leaf(**fields: Any) -> str:
    leaf = {"id": "n1", "name": "n", "value": [1.5], "shape": [1]} | fields
    return changed("leaves", [{"id": "n0", "name": "x", "value": 2.0}, leaf])


def with_step(*step: Any) -> str:
    return changed("steps", [step, *source()["steps"][1:]])


NUMBERS = '(must be a number of 64 bits, "nan", "inf" or "-inf")'

BAD_TEXTS = [
    ("", "program: not JSON (Expecting value: line 1 column 1 (char 0))"),
    ("{", "program: not JSON ("),
    ("[" * 100_000, "program: not JSON ("),
    ('{"version": 1e309}', "program: not JSON (1e309 is no float64)"),
    ('{"version": NaN}', "program: not JSON (NaN is no number)"),
    ("[]", "program: [] (must be an object)"),
    ("7", "program: 7 (must be an object)"),
    ("{}", "program: version None (must be 1)"),
    ('{"version": 7}', "program: version 7 (must be 1)"),
    ('{"version": 1.0}', "program: version 1.0 (must be 1)"),
    ('{"version": true}', "program: version True (must be 1)"),
    (without("leaves"), "program: leaves: None (must be a list)"),
    (without("results"), "program: results: None (must be a list)"),
    (without("steps"), "program: steps: None (must be a list)"),
    (without("constants"), "program: constants: None (must be a list)"),
    (without("outputs"), "program: outputs: None (must be a list)"),
    (without("shapes"), "program: shapes: None (must be {'1': [1], '2': [1], '4': [1]})"),
    (changed("results", ["a"]), "program: results: ['a'] (must be a name for each step)"),
    (changed("results", ["a", 2, "y"]), "program: name 2 (must be text)"),
    (changed("outputs", []), "program: outputs: [] (must be at least one slot)"),
    (changed("outputs", [5]), "program: outputs: 5 (must be a slot from 0 to 4)"),
    (changed("outputs", [True]), "program: outputs: True (must be a slot from 0 to 4)"),
    (changed("root", -1), "program: root: -1 (must be a slot from 0 to 4)"),
    (changed("root", 1), "program: root: 1 (must be not frozen)"),
    (changed("constants", ["3"]), f"program: constants: '3' {NUMBERS}"),
    (changed("bools", [4]), "program: bools: [4] (must be None)"),
    (changed("frozen", 1), "program: frozen: 1 (must be a list)"),
    (changed("leaves", [1, 2]), "program: leaves: 1 (must be objects)"),
    (with_leaf(id="n0"), "program: leaves: [{"),
    (with_leaf(id="n01"), "program: leaves: id 'n01' (must be n0 to n4)"),
    (with_leaf(id="n٣"), "program: leaves: id 'n٣' (must be n0 to n4)"),
    (with_leaf(id="n" + "9" * 5000), "program: leaves: id 'n9999"),
    (with_leaf(id=None), "program: leaves: id None (must be n0 to n4)"),
    (with_leaf(name=None), "program: name None (must be text)"),
    (with_leaf(value=None), "program: n1: None (must be 1 numbers)"),
    (with_leaf(value=None, shape=None), f"program: n1: None {NUMBERS}"),
    (with_leaf(value=[1, 2.0], shape=[2]), "program: n1: [1, 2.0] (must be numbers of one kind)"),
    (with_leaf(value=[2**63], shape=[1]), f"program: n1: 9223372036854775808 {NUMBERS}"),
    (with_leaf(shape=[-1, -1]), "program: n1: shape [-1, -1] (must be a list of sizes)"),
    (with_leaf(shape=[10**9, 10**9]), "program: n1: [1.5] (must be 1000000000000000000 numbers)"),
    (with_step(), "program: steps[0]: [] (must be [op, operands, result, edges])"),
    (
        with_step("mul", [0, 1], 2),
        "program: steps[0]: ['mul', [0, 1], 2] (must be [op, operands, result, edges])",
    ),
    (with_step("times", [0, 1], 2, [0, -1]), "program: steps[0]: op 'times' (must be one of add, sub, mul"),
    (with_step([], [0, 1], 2, [0, -1]), "program: steps[0]: op [] (must be one of add"),
    (with_step("mul", [0], 2, [0]), "program: steps[0]: operands [0] (must be 2 slots)"),
    (with_step("mul", [0, 1], 2, [0]), "program: steps[0]: edges [0] (must be 2 numbers)"),
    (with_step("mul", [0, 1], 3, [0, -1]), "program: steps[0]: result 3 (must be slot 2)"),
    (with_step("mul", [0, 2], 2, [0, -1]), "program: steps[0]: operand 2 (must be below 2, or 5 to 5)"),
    (with_step("mul", [0, 6], 2, [0, -1]), "program: steps[0]: operand 6 (must be below 2, or 5 to 5)"),
    (with_step("mul", [0, True], 2, [0, -1]), "program: steps[0]: operand True (must be below 2, or 5 to 5)"),
    (with_step("mul", [0, 1], 2, [0, 1]), "program: steps[0]: edge 1 (must be -1)"),
    (with_step("mul", [0, 1], 2, [1, -1]), "program: steps[0]: edge 1 (must be -1 or 0)"),
    (with_step("mul", [0, 1], 2, [0, -1], []), "program: steps[0]: static arguments [] (must be an object)"),
    (
        changed("leaves", [{"id": f"n{k}", "name": "x", "value": [1.0] * k, "shape": [k]} for k in (0, 1)]),
        "program: shapes:",
    ),
]


@pytest.mark.parametrize(("text", "words"), BAD_TEXTS, ids=range(len(BAD_TEXTS)))
def test_what_is_no_program_is_refused(text, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}") as caught:
        Program.from_json(text)
    assert len(str(caught.value)) < 2000  # the ops that there are may all be named


def test_shapes_that_do_not_go_together():
    leaves = [{"id": f"n{k}", "name": "x", "value": [1.0] * k, "shape": [k]} for k in (2, 3)]
    leaves = [leaf | {"id": f"n{k}"} for k, leaf in enumerate(leaves)]
    with pytest.raises(ValueError, match=r"^program: steps\[0\]: The size of tensor a \(2\) must match"):
        Program.from_json(changed("leaves", leaves))


@given(st.data())
@settings(max_examples=300)
def test_damaged_programs_are_refused_in_words(data):
    """Something is replaced somewhere: it is refused, or it is a program and runs."""
    text = json.dumps(damage(data, source()))
    try:
        program = Program.from_json(text)
    except ValueError as error:
        assert str(error).startswith("program: ")  # noqa: PT017
    else:
        assert Program.from_json(program.to_json()).to_json() == program.to_json()
        program.run({})


@given(st.binary(max_size=200))
def test_any_bytes(noise):
    with pytest.raises(ValueError, match=r"^program: "):
        Program.from_json(noise)
