"""`explore` without a browser: values, gradients, names, and nobody else's tensors."""

# ruff: noqa: ARG005 - explored functions need not use what they are given

from __future__ import annotations

import functools
import gc
import inspect
import itertools
import json
import math
import random
import sys
import threading
import weakref

import numpy as np
import pytest
from ipywidgets import FloatSlider, Widget
from ipywidgets.widgets.widget import _instances

import graphviz_grad as gg
from graphviz_grad.live import view as live_view
from graphviz_grad.live.source import KEPT
from graphviz_grad.program import Program


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


explore = gg.explore


@pytest.fixture(autouse=True)
def no_widget_stays():
    yield
    Widget.close_all()


@pytest.fixture
def paintings(monkeypatch):
    """The graphs that were painted for the page, in order."""
    painted = []
    paint = live_view.svg.paint

    def record(graph, *args, **kwargs):
        painted.append(graph)
        return paint(graph, *args, **kwargs)

    monkeypatch.setattr(live_view.svg, "paint", record)
    return painted


def watch_messages(explorer) -> list[dict]:
    """The states that go to the page from now on."""
    messages = []
    explorer._view.comm.send = lambda data=None, buffers=None, **_: messages.append(
        {**data["state"], **{path[0]: b for path, b in zip(data["buffer_paths"], buffers or (), strict=True)}}
    )
    return messages


def receive(widget, state) -> None:
    """Let a widget have a message from the page; faults in it are logged, as in a kernel."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


# --- values and gradients


def test_product():
    e = explore(lambda x, z: x * z, x=2.0, z=3.0)
    for x, z in [(2.0, 3.0), (-1.5, 3.0), (-1.5, 0.25), (0.0, -0.25)]:
        e.sliders["x"].value, e.sliders["z"].value = x, z
        assert e.values == {"x": x, "z": z, "y": x * z}
        assert e.grads == {"x": z, "z": x, "y": 1.0}


def test_sum():
    e = explore(lambda x, z: x + z, x=2.0, z=3.0)
    e.sliders["x"].value = -1.0
    assert e.values["y"] == 2.0
    assert (e.grads["x"], e.grads["z"]) == (1.0, 1.0)


def test_fork():
    e = explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0))
    e.sliders["z"].value = -0.25
    s = sigmoid(-0.5)
    assert e.values["y"] == pytest.approx(s + 2, rel=1e-15)
    assert e.grads["x"] == pytest.approx(s * (1 - s) * -0.25 + 1, rel=1e-15)
    assert e.grads["z"] == pytest.approx(s * (1 - s) * 2, rel=1e-15)
    assert round(e.values["y"], 4) == 2.3775
    assert round(e.grads["x"], 4) == 0.9412


def test_scalars_are_python_floats():
    e = explore(lambda x: 2 * x, x=3)
    assert {type(value) for value in [*e.values.values(), *e.grads.values()]} == {float}


def test_reading_is_right_even_before_observers_ran():
    e = explore(lambda x, z: x * z, x=2.0, z=3.0)
    with e.sliders["x"].hold_trait_notifications():
        e.sliders["x"].value = 5.0
        assert e.values["y"] == 15.0


def test_a_graph_stays_as_it_was():
    e = explore(lambda x: x * x, x=3.0)
    before = e.graph
    e.sliders["x"].value = 4.0
    assert before["x"].value == 3.0
    assert e.graph["x"].grad == 8.0
    assert e.graph.root == "y"


def test_ranges_clamp():
    e = explore(lambda x: x * x, x=(0, 2))
    e.sliders["x"].value = 99.0
    assert e.values == {"x": 2.0, "y": 4.0}


def test_gradients_of_frozen_tensors_are_none():
    w = gg.tensor(3.0)
    e = explore(lambda x: w * x, x=2.0)
    assert e.values == {"x": 2.0, "w": 3.0, "y": 6.0}
    assert e.grads == {"x": 3.0, "w": None, "y": 1.0}


# --- ways to call it


def test_a_mapping_for_parameters_with_a_keywords_name():
    e = explore(lambda theme, x: theme * x, {"theme": 2.0}, x=3.0)
    assert e.values["y"] == 6.0
    assert list(e.sliders) == ["theme", "x"]
    with pytest.raises(TypeError, match=r"explore: 'x' \(must be given once"):
        explore(lambda x: x, {"x": 2.0}, x=3.0)
    with pytest.raises(TypeError, match="must be one mapping"):
        explore(lambda x: x, 2.0)
    with pytest.raises(TypeError, match="must be one mapping"):
        explore(lambda x: x, {"x": 2.0}, {"z": 2.0})


def test_a_slider_of_ones_own():
    own = FloatSlider(value=1.0, min=0.0, max=5.0)
    e = explore(lambda x: x * x, x=own)
    assert e.sliders["x"] is own
    own.value = 3.0
    assert e.values["y"] == 9.0


def test_tensors_that_exist():
    x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0)
    a = x * z
    y = a + x
    e = explore(y)
    assert list(e.sliders) == ["x"]
    assert (e.sliders["x"].min, e.sliders["x"].max) == (-2.0, 6.0)
    e.sliders["x"].value = 5.0
    assert e.values == {"x": 5.0, "z": 3.0, "a": 15.0, "y": 20.0}
    assert e.grads == {"x": 4.0, "z": None, "a": 1.0, "y": 1.0}
    assert (x.item(), x.grad, y.item()) == (2.0, None, 8.0)


def test_tensors_that_exist_keep_their_gradients():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    e = explore(y)
    for value in (1.0, 2.0, 3.0):
        e.sliders["x"].value = value
    assert x.grad.item() == 4.0
    assert e.graph["x"].stored == e.grads["x"] == 6.0


def test_several_outputs():
    x = gg.tensor(2.0, requires_grad=True)
    a, b = x * x, x * 3
    e = explore(a, b)
    assert e.values == {"x": 2.0, "a": 4.0, "b": 6.0}
    assert e.graph.root == "b"
    assert e.grads == {"x": 3.0, "a": None, "b": 1.0}


def test_ranges_for_tensors_that_exist():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    e = explore(y, x=(0, 4))
    assert (e.sliders["x"].min, e.sliders["x"].max, e.sliders["x"].value) == (0.0, 4.0, 2.0)
    assert explore(y, x=(0, 4, 0.5, 3)).values["x"] == 3.0
    with pytest.raises(ValueError, match=r"x: \(3, 4\) \(must contain the leaf's value, 2.0\)"):
        explore(y, x=(3, 4))
    with pytest.raises(TypeError, match=r"explore: 'q' \(must be a leaf that requires grad: x\)"):
        explore(y, q=1.0)


# --- names


def test_the_functions_own_variables_name_the_nodes():
    def neuron(x, w):
        product = x * w
        shifted = product + 1
        return gg.sigmoid(shifted)

    e = explore(neuron, x=2.0, w=0.5)
    names = list(e.values)
    assert names == ["x", "w", "product", "shifted", "y"]
    e.sliders["x"].value = 3.0
    assert list(e.values) == names
    assert e.graph["shifted"].formula == "product + 1"


def test_variables_of_the_caller_name_what_the_function_refers_to():
    weight = gg.tensor(3.0)
    e = explore(lambda x: weight * x, x=2.0)
    assert e.graph["weight"].value == 3.0


def test_names_of_the_call_come_first():
    inner = gg.tensor(3.0)
    e = explore(lambda x: inner * x, x=2.0, names={"w": inner})
    assert "w" in e.graph
    assert "inner" not in e.graph


def test_methods_partials_and_callable_objects():
    class Model:
        def __call__(self, x):
            inside = x * x
            return inside + 1

        def method(self, x):
            return self(x)

    for function in (Model(), Model().method, functools.partial(Model.__call__, Model())):
        assert explore(function, x=2.0).values["y"] == 5.0
    assert "inside" in explore(Model(), x=2.0).values


def test_the_profiler_is_given_back():
    seen = []

    def profile(*args):
        seen.append(args)

    sys.setprofile(profile)
    try:
        explore(lambda x: x * x, x=2.0)
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(None)


# --- nobody else's tensors


def test_moves_do_not_pile_up_in_a_foreign_tensor():
    w = gg.tensor(3.0, requires_grad=True)
    v = gg.tensor(2.0, requires_grad=True)
    (v * v).backward()
    e = explore(lambda x: w * x * v, x=2.0)
    for step in range(10):
        e.sliders["x"].value = step / 2
    assert e.grads["w"] == 4.5 * 2
    assert w.grad is None
    assert v.grad.item() == 4.0
    assert (w.item(), v.item()) == (3.0, 2.0)


def test_a_foreign_tensor_that_changes_is_followed():
    w = gg.tensor(3.0)
    e = explore(lambda x: w * x, x=2.0)
    with gg.no_grad():
        w += 1
    e.sliders["x"].value = 1.0
    assert e.values["y"] == 4.0


def test_fixed_tensors_and_arrays():
    w = gg.tensor(3.0, requires_grad=True)
    e = explore(lambda x, w, k: w * x + k, x=2.0, w=w, k=np.array(0.5))
    assert e.values == {"x": 2.0, "w": 3.0, "k": 0.5, "v1": 6.0, "y": 6.5}
    assert list(e.sliders) == ["x"]
    assert w.grad is None


# --- unusual functions


def test_reading_under_no_grad():
    e = explore(lambda x: x * x, x=3.0)
    with gg.no_grad():
        e.sliders["x"].value = 4.0
        assert e.grads == {"x": 8.0, "y": 1.0}
        assert explore(lambda x: x * x, x=3.0).grads["x"] == 6.0


def test_a_function_that_goes_backward_itself():
    w = gg.tensor(3.0, requires_grad=True)

    def f(x):
        y = w * x
        y.backward(retain_graph=True)
        return y

    e = explore(f, x=2.0)
    for value in (1.0, 4.0):
        e.sliders["x"].value = value
        assert e.grads == {"w": value, "x": 3.0, "y": 1.0}
    assert w.grad.item() == 2.0 + 1.0 + 4.0  # its own doing


@pytest.mark.parametrize(
    ("function", "values", "grads"),
    [
        (lambda x: x, {"x": 3.0}, {"x": 1.0}),
        (lambda x: gg.tensor(5.0), {"y": 5.0}, {"y": None}),
        (lambda x: x.detach() * 2, {"x": 3.0, "v1": 3.0, "y": 6.0}, {"x": None, "v1": None, "y": None}),
        (lambda x: x > 2, {"x": 3.0, "y": 1.0}, {"x": None, "y": None}),
        (lambda x: (x > 2) * x, {"x": 3.0, "v1": 1.0, "y": 3.0}, {"x": 1.0, "v1": None, "y": 1.0}),
    ],
)
def test_outputs_that_need_no_gradient_or_no_op(function, values, grads):
    e = explore(function, x=3.0)
    assert (e.values, e.grads) == (values, grads)
    e.sliders["x"].value = 1.0
    assert e.values[list(values)[-1]] == function(gg.tensor(1.0)).item()


# --- structure


def branchy(x):
    if x > 0:
        squared = x * x
        return squared + 1
    return gg.exp(x)


def test_a_function_is_laid_out_again_only_when_its_structure_changes(paintings):
    e = explore(branchy, x=(-2, 2, 0.1, 1))
    messages = watch_messages(e)
    for value in (0.5, 1.5, 2.0):
        e.sliders["x"].value = value
    assert len(paintings) == 1
    assert [set(message) for message in messages] == [{"numbers", "at"}] * 3
    e.sliders["x"].value = -1.0
    assert len(paintings) == 2
    assert set(messages[-1]) == {"svg", "structure", "numbers", "at"}
    assert list(e.values) == ["x", "y"]
    assert e.grads["x"] == pytest.approx(math.exp(-1))
    for value in (-0.5, -2.0):
        e.sliders["x"].value = value
    assert len(paintings) == 2
    e.sliders["x"].value = 1.0
    assert len(paintings) == 3
    assert list(e.values) == ["x", "squared", "y"]
    assert e.grads["x"] == 2.0


def test_a_function_that_puts_a_value_into_a_number():
    """Then the number is part of the formula: right at every move, and not kept for ever."""
    e = explore(lambda x, z: x * float(z), x=2.0, z=(0, 100, 1))
    for value in range(3 * KEPT):
        e.sliders["z"].value = value
        assert e.grads["x"] == value
    assert len(e._source._plans) <= KEPT
    assert e.graph["y"].formula == "x · 95"


def test_a_function_is_called_once_a_move():
    calls = []
    e = explore(lambda x: calls.append(x.item()) or x * x, x=2.0)
    assert calls == [2.0]
    e.sliders["x"].value = 3.0
    assert e.values["y"] == 9.0
    assert calls == [2.0, 3.0]


def test_the_numbers_are_what_the_graph_says():
    e = explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=3.0)
    messages = watch_messages(e)
    e.sliders["x"].value = -1.0
    (message,) = messages
    assert bytes(message["numbers"]) == e.graph.numbers()


def test_the_heading_follows_the_structure():
    e = explore(branchy, x=(-2, 2, 0.1, 1))
    assert ">y = x · x + 1<" in e._heading.value
    e.sliders["x"].value = -1.0
    assert ">y = exp(x)<" in e._heading.value
    assert ">&lt;script&gt;<" in explore(branchy, x=1.0, title="<script>")._heading.value


# --- what the page is told


def test_the_page_gets_a_program_and_the_values_that_numbers_are_of():
    e = explore(lambda x, q, z: gg.sigmoid(x * z) + x, x=2.0, q=1.0, z=3.0)
    view = e._view
    assert view.sliders == [e.sliders["x"], e.sliders["q"], e.sliders["z"]]
    assert view.slots == [0, -1, 1]
    assert view.note == ""
    program = Program.from_json(view.program)
    e.sliders["x"].value, e.sliders["q"].value = -1.0, 0.5
    assert view.at == [-1.0, 0.5, 3.0]
    values = {f"n{slot}": value for slot, value in zip(view.slots, view.at, strict=True) if slot >= 0}
    assert program.run(values).pack() == view.numbers


def shaky(x, counter=itertools.count()):  # noqa: B008 - a state that no argument shows
    return x * x if next(counter) % 3 else x + x


def noisy(x, random=random.Random(0)):  # noqa: B008, S311
    return x * gg.tensor(random.random())


def squeeze(x):
    with gg.no_grad():
        x.mul_(2)
    return x * x


@pytest.mark.parametrize(
    ("function", "moves"),
    [
        (branchy, 0),
        (lambda x: x * float(x), 0),
        (lambda x: x if bool(x > 1) else -x, 0),
        (lambda x: x * int(x), 0),
        (lambda x: x * x.item(), 0),
        (lambda x: x * x.detach().numpy().item(), 0),
        (squeeze, 0),
        (noisy, 1),
        (shaky, 4),
    ],
)
def test_a_function_that_looks_at_its_values_is_left_to_the_kernel(function, moves):
    e = explore(lambda x: function(x), x=(-2, 2, 0.1, 1))  # noqa: PLW0108 - other defaults
    for move in range(moves):
        e.sliders["x"].value = move / 10
    assert e._view.program == ""
    assert e._view.note == "Computed in the kernel: the function looks at its values."


def test_tensors_that_exist_move_in_the_page_on_the_branch_they_took():
    x = gg.tensor(1.0, requires_grad=True)
    e = explore(branchy(x))
    assert e._view.note == ""
    assert e._view.slots == [0]
    assert '"mul"' in e._view.program


def test_a_function_that_only_prints_moves_in_the_page(capsys):
    e = explore(lambda x: print(f"{x:.1f}", x) or x * x, x=2.0)  # noqa: T201
    assert e._view.program != ""
    assert capsys.readouterr().out == "2.0 tensor(2., requires_grad=True)\n"


@pytest.mark.parametrize(
    "state",
    [{"numbers": b""}, {"at": "x"}, {"svg": "<svg/>"}, {"program": 3}, {"sliders": []}, {"q": 1}, {}],
)
def test_what_a_page_says_changes_nothing(state):
    e = explore(lambda x: x * x, x=2.0)
    before = e._view.get_state()
    receive(e._view, state)
    assert e._view.get_state() == before
    assert e.values == {"x": 2.0, "y": 4.0}


@pytest.mark.parametrize("state", [{"value": v} for v in ("two", None, [1.0], {"x": 1}, math.nan)] + [{}])
def test_a_malformed_move_is_refused(state):
    e = explore(lambda x: x * x, x=2.0)
    receive(e.sliders["x"], state)
    assert e.sliders["x"].value == 2.0
    assert e.values == {"x": 2.0, "y": 4.0}


def test_a_move_beyond_all_numbers_stops_at_the_end():
    e = explore(lambda x: x * x, x=(0, 2))
    receive(e.sliders["x"], json.loads('{"value": 1e309}'))
    assert e.values == {"x": 2.0, "y": 4.0}


@pytest.mark.parametrize(
    ("function", "keywords", "plotted"),
    [
        (lambda x, y, z: x * y * z, {}, True),
        (lambda x, y, z, w: x * y * z * w, {}, False),
        (lambda x, y, z, w: x * y * z * w, {"tangent": True}, True),
        (lambda x: x * x, {"tangent": False}, False),
        (lambda x: x * x, {"tangent": None}, True),
    ],
)
def test_tangents_are_for_a_few_sliders_or_as_told(function, keywords, plotted):
    numbers = dict.fromkeys(inspect.signature(function).parameters, 2.0)
    e = explore(function, **numbers, **keywords)
    assert e._view.tangent is plotted
    assert f'"tangent":{str(plotted).lower()}' in e.html()


def test_a_page_of_one_branch_has_no_tangents():
    assert '"tangent":false' in explore(branchy, x=1.0).html()


# --- faults


def test_an_exception_is_one_line_in_the_widget():
    def reciprocal(x):
        if x.item() == 0:
            raise ZeroDivisionError("no\nreciprocal")
        return 1 / x

    line = reciprocal.__code__.co_firstlineno + 2
    e = explore(reciprocal, x=(-2, 2, 0.5, 1))
    e.sliders["x"].value = 0.0
    assert e._view.message == f"ZeroDivisionError: no reciprocal (line {line}, in reciprocal)"
    assert e.values == {"x": 1.0, "y": 1.0}
    e.sliders["x"].value = 2.0
    assert e._view.message == ""
    assert e.values == {"x": 2.0, "y": 0.5}


def test_an_exception_that_cannot_even_be_printed():
    class Bad(Exception):  # noqa: N818
        def __str__(self):
            raise RuntimeError

    def f(x):
        if x > 2:
            raise Bad
        return x * x

    e = explore(f, x=2.0)
    e.sliders["x"].value = 3.0
    assert "Bad: <exception str() failed>" in e._view.message
    e.sliders["x"].value = 1.0
    assert e._view.message == ""


def test_a_result_that_stops_being_a_tensor():
    e = explore(lambda x: x * x if x > 0 else None, x=(-2, 2, 0.5, 1))
    e.sliders["x"].value = -1.0
    assert e._view.message == "TypeError: explore: the function's result None (must be a Tensor)"


def test_at_construction_an_exception_is_the_callers():
    with pytest.raises(AttributeError, match="foo"):
        explore(lambda x: x.foo, x=1.0)


def test_an_interrupt_is_not_swallowed():
    def interrupted(x):
        if x > 2:
            raise KeyboardInterrupt
        return x * x

    e = explore(interrupted, x=2.0)
    with pytest.raises(KeyboardInterrupt):
        e.sliders["x"].value = 3.0
    e.sliders["x"].value = 1.0
    assert e.values["y"] == 1.0


@pytest.mark.parametrize(
    ("args", "kwargs", "error", "words"),
    [
        ((lambda x: None,), {"x": 1.0}, TypeError, "the function's result None (must be a Tensor)"),
        ((lambda x: 3.0,), {"x": 1.0}, TypeError, "the function's result 3.0 (must be a Tensor)"),
        ((lambda x: (x, x),), {"x": 1.0}, TypeError, "(must be a Tensor)"),
        (
            (lambda x: x * gg.tensor([1.0, 2.0]),),
            {"x": 1.0},
            ValueError,
            "(must be a scalar, not of shape (2,))",
        ),
        ((lambda x: x,), {}, TypeError, "explore: 'x' (must have a start or a range"),
        ((lambda x: x,), {"x": 1.0, "q": 2.0}, TypeError, "explore: 'q' (must be a parameter"),
        ((lambda x: x,), {"x": (3, -3)}, ValueError, "x: (3, -3) (must be (min, max) with min < max)"),
        ((lambda x: x,), {"x": math.nan}, ValueError, "x: nan (must be finite"),
        ((lambda x: x,), {"x": 1.0, "direction": "up"}, ValueError, "direction: 'up' (must be 'LR' or 'TB')"),
        ((lambda x: x,), {"x": 1.0, "theme": "no"}, ValueError, "theme: 'no' (must be "),
        ((lambda x: x,), {"x": 1.0, "engine": "no"}, ValueError, "engine: 'no' (must be "),
        ((lambda x: x,), {"x": 1.0, "title": 3}, TypeError, "title: 3 (must be a str or None)"),
        ((lambda x: x,), {"x": 1.0, "tangent": 1}, TypeError, "tangent: 1 (must be True, False or None)"),
        ((lambda x: x,), {"x": 1.0, "max_nodes": 0}, ValueError, "max_nodes: 0 (must be "),
        ((lambda x: x,), {"x": 1.0, "names": {"a": 1.0}}, TypeError, "names"),
        ((3.0,), {}, TypeError, "explore: 3.0 (must be a function or a Tensor)"),
        (
            (gg.tensor(3.0),),
            {},
            ValueError,
            "(must depend on a float leaf that requires grad, or",
        ),
        ((gg.tensor([1.0, 2.0]),), {}, ValueError, "(must be a scalar, not of shape (2,))"),
        ((gg.tensor(3.0, requires_grad=True), 2.0), {}, TypeError, "explore: 2.0 (must be a Tensor"),
    ],
)
def test_what_is_refused(args, kwargs, error, words):
    with pytest.raises(error) as caught:
        explore(*args, **kwargs)
    assert words in str(caught.value)


def test_a_large_graph_is_refused():
    def chain(x):
        for _ in range(5000):
            x = x + 1
        return x

    with pytest.raises(ValueError, match=r"5001 nodes \(must be at most max_nodes=1000"):
        explore(chain, x=1.0)


def test_a_slider_refuses_what_is_not_finite():
    e = explore(lambda x: x * x, x=3.0)
    for bad in (math.nan,):
        with pytest.raises(ValueError, match=r"x: nan \(must be finite\)"):
            e.sliders["x"].value = bad
        assert e.sliders["x"].value == 3.0
        assert e.values["y"] == 9.0
    e.sliders["x"].value = math.inf
    assert e.values["x"] == 9.0  # the end of the range


def test_a_function_that_looks_at_its_own_explorer():
    found = []

    def curious(x):
        if found:
            found.append(found[0].values["y"])
        return x * x

    e = explore(curious, x=2.0)
    found.append(e)
    e.sliders["x"].value = 3.0
    assert found[1] == 4.0
    assert e.values["y"] == 9.0


# --- display


def test_what_a_notebook_gets():
    e = explore(lambda x: x * x, x=3.0)
    e.sliders["x"].value = 4.0
    bundle = e._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == e.widget.model_id
    assert "16.0000" in bundle["text/html"]
    assert "<img" in bundle["text/html"]
    assert bundle["text/plain"] == repr(e)
    assert repr(e) == "Explorer(x=4: y=16)"
    assert "gg-explorer" in e.widget._dom_classes
    assert "gg-default" in e.widget._dom_classes


def test_saving(tmp_path):
    e = explore(lambda x: x * x, x=3.0)
    e.sliders["x"].value = 4.0
    for suffix in (".svg", ".dot", ".json"):
        e.save(tmp_path / f"y{suffix}")
        assert "16.0" in (tmp_path / f"y{suffix}").read_text(encoding="utf-8")
    assert e.svg() == (tmp_path / "y.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"\.xyz"):
        e.save(tmp_path / "y.xyz")


def test_closed_explorers_are_forgotten():
    before = len(_instances)
    made = [explore(lambda x: x * x, x=3.0) for _ in range(20)]
    watched = [weakref.ref(e) for e in made]
    for e in made:
        e.close()
    del made, e
    gc.collect()
    assert [ref() for ref in watched] == [None] * 20
    assert len(_instances) == before


def test_a_slider_of_ones_own_outlives_the_explorer():
    own = FloatSlider(value=1.0, min=0.0, max=5.0)
    e = explore(lambda x, z: x * z, x=own, z=2.0)
    e.close()
    assert own.comm is not None
    assert e.sliders["z"].comm is None
    own.value = 3.0
    assert e._view.comm is None


# --- threads


def test_eight_threads():
    e = explore(lambda x, z: x * z + x, x=(0, 1000), z=(0, 1000))
    faults = []

    def work(number):
        try:
            for step in range(150):
                name = "xz"[(number + step) % 2]
                e.sliders[name].value = float(number * 100 + step % 97)
                graph = e.graph
                x, z = graph["x"].value, graph["z"].value
                assert graph["y"].value == x * z + x
                assert (graph["x"].grad, graph["z"].grad) == (z + 1, x)
                if step % 25 == 0:
                    assert e.svg().startswith("<svg")
        except BaseException as fault:  # noqa: BLE001 - a thread's own exception would be lost
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert e.values["x"] == e.sliders["x"].value
    assert e.values["z"] == e.sliders["z"].value
    assert e._view.numbers == e.graph.numbers()
