"""The ways to run a program agree: the tape, the generated source, the compiled function, the sweep."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from op_cells import ELEMENTWISE
from replays import differences, leaves_of, magnifies, rows, traced
from strategies import BINARY, COMPARISONS, CUT, UNARY, floats, moved_recipes

import graphviz_grad as gg
from graphviz_grad.engine.expr import PRIMITIVES
from graphviz_grad.graph import trace
from graphviz_grad.program import Program
from graphviz_grad.replay import replayer
from graphviz_grad.replay.straight import compile_code
from graphviz_grad.replay.sweep import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphviz_grad.program import Numbers

ALL = UNARY + BINARY + CUT + COMPARISONS


def run_source(program: Program, leaves: Mapping[str, float]) -> Numbers:
    """Run the generated source, which otherwise comes after some hundred runs."""
    with mock.patch.object(replayer, "PAYS_BACK", 0), mock.patch.object(replayer, "MOST_NODES", math.inf):
        program.run({})
    with mock.patch.object(replayer.Tape, "run", side_effect=AssertionError):
        return program.run(leaves)


def bits(numbers: Numbers) -> list[list[str]]:
    """Every number with its kind and all of its digits; a nan's sign is a matter of chance."""
    return [["nan" if number != number else repr(number) for number in group] for group in numbers]  # noqa: PLR0124


@given(moved_recipes(special=True, ops=ALL))
@settings(max_examples=300)
def test_the_source_gives_the_bits_of_the_tape(drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    tape = bits(program.run(leaves))
    assert bits(run_source(program, leaves)) == tape


@settings(max_examples=30)
@given(moved_recipes(max_steps=60, special=True, ops=ALL))
def test_the_source_gives_the_bits_of_the_tape_in_larger_graphs(drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    tape = bits(program.run(leaves))
    assert bits(run_source(program, leaves)) == tape


@pytest.mark.parametrize(("program", "moves"), rows(), ids=ELEMENTWISE)
def test_every_op_with_every_special_operand(program, moves):
    tape = [bits(program.run(leaves)) for leaves in moves]
    run_source(program, {})
    assert [bits(program.run(leaves)) for leaves in moves] == tape


@given(moved_recipes(special=True, ops=ALL))
def test_the_compiled_function_gives_values_and_gradients(drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    expected = bits(program.run(leaves))[:2]
    assert bits(program.compile()(*leaves.values())) == expected
    with mock.patch.object(replayer, "MOST_COMPILED", 0):
        assert bits(program.compile()(*leaves.values())) == expected


def test_the_source_is_written_when_it_pays_back():
    program = Program.from_graph(trace([gg.tensor(2.0, requires_grad=True) ** 2]))
    with mock.patch.object(replayer, "compile_code", wraps=compile_code) as compiled:
        for _ in range(replayer.PAYS_BACK):
            program.run({"n0": 3.0})
        assert not compiled.called
        for _ in range(20):
            assert program.run({"n0": 3.0}).grads == [6.0, 1.0]
        assert compiled.call_count == 1


def test_no_source_is_written_of_a_large_graph():
    x = gg.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(replayer.MOST_NODES):
        y = y * x
    program = Program.from_graph(trace([y], max_nodes=replayer.MOST_NODES + 1))
    with mock.patch.object(replayer, "compile_code", side_effect=AssertionError):
        for _ in range(replayer.PAYS_BACK + 2):
            program.run({})
    assert program.compile()(0.5)[1] == program.run({}).grads  # somebody has asked for it


def test_the_source_can_be_read():
    x = gg.tensor(2.0, requires_grad=True)
    w = gg.tensor(3.0)
    program = Program.from_graph(trace([gg.tanh(x * w) + 1 + x], names={"x": x}))
    assert program.compile().__doc__.splitlines() == [
        "def replay(v0, v1):",
        "    v2 = v0 * v1",
        "    v3 = tanh(v2)",
        "    v4 = v3 + 1.0",
        "    v5 = v4 + v0",
        "    c2 = 1.0 - v3 * v3",
        "    g0 = 1.0 + (c2 * v1)",
        "    return [v0, v1, v2, v3, v4, v5], [g0, None, c2, 1.0, 1.0, 1.0],",
    ]
    assert program.compile()() == ([*program.run({}).values], [*program.run({}).grads])


def test_source_of_arrays_and_truth_values():
    x = gg.tensor(2.0, requires_grad=True)
    w = gg.tensor([[3.0]], requires_grad=True)
    n = gg.tensor(3)
    program = Program.from_graph(trace([x * w * (x > 1) + n * (x > 1) + (n + 2) * x], names={"x": x, "w": w}))
    for value in (3.0, 0.5, math.nan):
        tape = program.run({"n0": value})
        again = run_source(Program.from_graph(program.graph), {"n0": value})
        assert bits(again) == bits(tape)
        assert [number.__class__ for number in again.values] == [number.__class__ for number in tape.values]


def test_compile_and_sweep_refuse_a_root_of_many_elements():
    program = Program.from_graph(trace([gg.tensor([1.0, 2.0], requires_grad=True) * gg.tensor(2.0)]))
    words = (
        r"^grad can be implicitly created only for scalar outputs: y has shape \(2,\) \(must be one number\)"
    )
    for way in (program.compile, lambda: program.sweep("n1", [1.0]), lambda: program.run({})):
        with pytest.raises(RuntimeError, match=words):
            way()


def test_arrays_overflow_in_silence():
    """Gradients of arrays are added where numpy would warn."""
    w = gg.tensor([1e308], requires_grad=True)
    program = Program.from_graph(trace([w * 1e308 + w * -1e308 + w * 1e308]))
    assert math.isnan(program.run({}).values[-1].item())


# --- sweeps


def check_sweep(program: Program, leaf: str, points: list[float], leaves: Mapping[str, float]) -> None:
    values, slopes = program.sweep(leaf, points, leaves)
    target = int(program.graph.outputs[-1][1:]) if program.root is None else program.root
    runs = [program.run({**leaves, leaf: point}) for point in points]
    found = [run.grads[int(leaf[1:])] for run in runs]
    for seen, expected in [
        (values, [run.values[target] for run in runs]),
        (slopes, [math.nan if slope is None else slope for slope in found]),
    ]:
        assert seen.shape == (len(points),)
        assert seen.dtype == np.float64
        for point, *pair in zip(points, seen.tolist(), expected, strict=True):
            if differences(pair[:1], [np.asarray(pair[1]).item()]):
                moved = {**leaves, leaf: point}
                assert cancels(program, moved, *pair) or magnifies(program, moved), (point, *pair)


def cancels(program: Program, leaves: Mapping[str, float], seen: float, expected: float) -> bool:
    """Whether two numbers differ as the last digits of larger ones do: 1 − tanh(9)² is what is left of 1."""
    numbers = np.abs(np.frombuffer(program.run(leaves).pack()))
    return abs(seen - expected) <= 1e-13 * max(1, *numbers[np.isfinite(numbers)])


@given(moved_recipes(), st.lists(floats(), max_size=5))
def test_a_sweep_is_many_runs(drawn, points):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    for leaf in leaves:
        check_sweep(program, leaf, points, {name: v for name, v in leaves.items() if name != leaf})


@pytest.mark.parametrize(("program", "moves"), rows(), ids=ELEMENTWISE)
def test_a_sweep_of_every_op_over_every_special_operand(program, moves):
    for leaf in moves[0]:
        points = list(dict.fromkeys(leaves[leaf] for leaves in moves))
        others = [{name: value for name, value in leaves.items() if name != leaf} for leaves in moves]
        for rest in {repr(other): other for other in others}.values():
            check_sweep(program, leaf, points, rest)


def test_every_primitive_has_a_numpy_form():
    assert ARRAYS._notation.templates.keys() >= PRIMITIVES


def test_a_sweep_in_blocks():
    x = gg.tensor(0.5, requires_grad=True)
    program = Program.from_graph(trace([gg.sin(x) * x]))
    points = np.linspace(-3, 3, 70_001)
    values, slopes = program.sweep("n0", points)
    np.testing.assert_allclose(values, np.sin(points) * points, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(slopes, np.cos(points) * points + np.sin(points), rtol=1e-12, atol=1e-15)
    assert program.sweep("n0", points[:6].reshape(2, 3)).slopes.tolist() == slopes[:6].reshape(2, 3).tolist()
    assert program.sweep("n0", 0.0).values.shape == ()


def test_a_sweep_is_its_own():
    x = gg.tensor(0.5, requires_grad=True)
    points = np.linspace(-3, 3, 7)
    for y in (gg.exp(x), gg.clone(x), x):
        values, slopes = Program.from_graph(trace([y])).sweep("n0", points)
        assert not any(
            np.shares_memory(*pair) for pair in itertools.combinations((values, slopes, points), 2)
        )
        assert values.flags.writeable
        assert slopes.flags.writeable


def test_a_sweep_where_no_gradient_flows():
    x = gg.tensor(2.0, requires_grad=True)
    w = gg.tensor(3.0)
    program = Program.from_graph(trace([x * w], names={"x": x, "w": w}))
    values, slopes = program.sweep("n1", [1.0, 2.0], {"n0": 5.0})
    assert values.tolist() == [5.0, 10.0]
    assert np.isnan(slopes).all()
    frozen = Program.from_graph(trace([w * 2, w > 3]))
    assert frozen.sweep("n0", [1.0, 4.0]).values.tolist() == [0.0, 1.0]


def test_a_sweep_beside_arrays():
    x = gg.tensor(2.0, requires_grad=True)
    w = gg.tensor([[3.0]], requires_grad=True)
    check_sweep(Program.from_graph(trace([x * w + x])), "n0", [1.0, -2.0], {})


def test_a_sweep_needs_a_number_to_move():
    w = gg.tensor([1.0], requires_grad=True)
    n = gg.tensor(3)
    program = Program.from_graph(trace([w * n]))
    with pytest.raises(TypeError, match=r"^n0: nan \(must be an array of shape \(1,\)\)"):
        program.sweep("n0", [1.0])
    with pytest.raises(TypeError, match=r"^n1: nan \(must be int\)"):
        program.sweep("n1", [1.0])
    with pytest.raises(ValueError, match=re.escape("leaf: 'n2' (must be one of n0, n1)")):
        program.sweep("n2", [1.0])


def test_a_number_too_large_for_a_float():
    program = Program.from_graph(trace([gg.tensor(2.0, requires_grad=True) * 3]))
    with pytest.raises(TypeError, match=r"^n0: 1000.* \(must be a real number\)"):
        program.run({"n0": 10**400})


@pytest.mark.parametrize("op", ["maximum", "minimum", "pow"])
def test_a_sweep_beside_an_op_that_stays_where_it_is(op):
    """What does not depend on the leaf is one number, also where numpy would make it an array."""
    x, a, b = (gg.tensor(value, requires_grad=True) for value in (2.0, -0.0, 0.5))
    still = getattr(gg, op)(a, b)
    program = Program.from_graph(trace([x * (still**still)], names={"x": x, "a": a, "b": b}))
    check_sweep(program, "n0", [1.0, -3.0], {})
