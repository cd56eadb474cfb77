"""`autograd.Function`: short programs, each run with torch and with this package (see `test_autograd`)."""

from __future__ import annotations

import gc
import weakref

import pytest
from test_autograd import leaf, outcome

import graphviz_grad as gg
from graphviz_grad.picture.page.optable import missing_ops
from graphviz_grad.program import Program

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_programs(function, torch):
    ours, theirs = outcome(function, gg), outcome(function, torch)
    assert ours == theirs or (": " in theirs and ours.startswith(theirs)), (ours, theirs)


def make(t, forward, backward, **others):
    """Return a subclass of Function."""
    methods = {"forward": forward, "backward": backward, **others}
    return type("Own", (t.autograd.Function,), {name: staticmethod(each) for name, each in methods.items()})


def make_cube(t):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x * x

    return make(t, forward, backward)


def make_exp(t):
    def forward(ctx, x):
        out = t.exp(x)
        ctx.save_for_backward(out)
        return out

    def backward(ctx, grad):
        (out,) = ctx.saved_tensors
        return grad * out

    return make(t, forward, backward)


@program
def a_straight_through_estimator(t):
    own = make(t, lambda _, x: t.tensor(1.0) if x > 0 else t.tensor(-1.0), lambda _, grad: grad)
    x = leaf(t, 0.3)
    y = own.apply(x)
    (y * 5).backward()
    return y, x.grad, own.apply(t.tensor(-0.3))


@program
def gradients_reversed(t):
    own = make(t, lambda _, x: x.clone(), lambda _, grad: -grad)
    x = leaf(t, [1.0, 2.0])
    (own.apply(x * 2) * 3).backward(t.tensor([1.0, 10.0]))
    return x.grad


@program
def arguments_that_are_no_tensors(t):
    def forward(ctx, x, factor, z, what):
        ctx.factor, ctx.what = factor, what
        return x * factor + z

    def backward(ctx, grad):
        return grad * ctx.factor, None, grad, None

    x, z = leaf(t, 2.0), leaf(t, 5.0)
    y = make(t, forward, backward).apply(x, 0.5, z, "text")
    y.backward()
    return y, x.grad, z.grad


@program
def what_needs_a_gradient(t):
    found = []

    def backward(ctx, grad):
        found.append(ctx.needs_input_grad)
        return grad, None, grad * 2

    own = make(t, lambda _, x, n, z: x + n * z, backward)
    x, z = leaf(t), leaf(t)
    own.apply(x, 2, t.tensor(1.0)).backward()
    own.apply(x * 1, 3, z).backward()
    return found, x.grad, z.grad


@program
def no_gradient_for_one(t):
    own = make(t, lambda _, a, b: a * b, lambda _, grad: (grad, None))
    x, z, w = leaf(t), leaf(t), leaf(t)
    own.apply(x, z).backward()
    own.apply(x, w * w).backward()
    return x.grad, z.grad, w.grad, t.autograd.grad(own.apply(x, z), [x, z], allow_unused=True)


@program
def more_gradients_than_arguments(t):
    own = make(t, lambda _, x: x * 2, lambda _, grad: (grad, None, None))
    x = leaf(t)
    own.apply(x).backward()
    return x.grad


@program
def too_many_gradients(t):
    own = make(t, lambda _, x: x * 2, lambda _, grad: (grad, grad))
    own.apply(leaf(t)).backward()


@program
def too_few_gradients(t):
    own = make(t, lambda _, x, z: x * z, lambda _, grad: grad)
    own.apply(leaf(t), leaf(t)).backward()


@program
def a_gradient_that_is_a_number(t):
    own = make(t, lambda _, x: x * 2, lambda _, __: 2.0)
    own.apply(leaf(t)).backward()


@program
def a_gradient_of_another_shape(t):
    own = make(t, lambda _, x: x * 2, lambda _, __: t.tensor([1.0, 2.0, 3.0]))
    own.apply(leaf(t, [1.0, 2.0])).backward(t.tensor([1.0, 1.0]))


@program
def a_gradient_that_was_broadcast(t):
    own = make(t, lambda _, a, b: a * b, lambda _, grad: (grad, grad * 2))
    a, b = leaf(t, [1.0, 2.0]), leaf(t, 3.0)
    own.apply(a, b).backward(t.tensor([1.0, 10.0]))
    return a.grad, b.grad


@program
def nothing_to_save(t):
    def forward(ctx, x):
        ctx.save_for_backward(3.0)
        return x

    make(t, forward, lambda _, grad: grad).apply(leaf(t))


@program
def saved_tensors_are_freed(t):
    y = make_cube(t).apply(leaf(t))
    y.backward()
    y.backward()


@program
def without_saved_tensors_nothing_is_freed(t):
    own = make(t, lambda _, x: x * 2, lambda _, grad: grad * 2)
    x = leaf(t)
    y = own.apply(x)
    y.backward()
    y.backward()
    return x.grad


@program
def saved_tensors_that_were_changed(t):
    x = leaf(t)
    a = x * 2
    y = make_cube(t).apply(a)
    a += 1
    y.backward()


@program
def a_saved_result_that_was_changed(t):
    y = make_exp(t).apply(leaf(t))
    y += 1
    y.backward()


@program
def higher_derivatives_through_what_was_saved(t):
    found = []
    for own in make_cube(t), make_exp(t):
        x = leaf(t)
        grads = [own.apply(x * 2)]
        for _ in range(3):
            grads += t.autograd.grad(grads[-1], x, create_graph=True)
        found.append([grad.item() for grad in grads])
    return found


@program
def backward_is_recorded_only_where_the_pass_is(t):
    found = []

    def backward(_, grad):
        found.append((t.is_grad_enabled(), grad.requires_grad))
        return grad * 2

    own = make(t, lambda _, x: x * 2, backward)
    x = leaf(t)
    own.apply(x).backward()
    (own.apply(x) * x).backward()
    t.autograd.grad(own.apply(x) * x, x, create_graph=True)
    return found


@program
def a_context_that_is_set_up_apart(t):
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)
        ctx.power = inputs[1]

    def backward(ctx, grad):
        x, out = ctx.saved_tensors
        return grad * ctx.power * out / x, None

    own = make(t, lambda x, power: x**power, backward, setup_context=setup_context)
    x = leaf(t)
    (slope,) = t.autograd.grad(own.apply(x, 3), x, create_graph=True)
    (second,) = t.autograd.grad(slope, x)
    return slope.item(), second


@program
def a_result_without_a_gradient(t):
    def forward(ctx, x):
        out = x * 0
        ctx.mark_non_differentiable(out)
        return out

    return make(t, forward, lambda _, grad: grad).apply(leaf(t))


@program
def an_argument_that_is_returned(t):
    own = make(t, lambda _, x: x, lambda _, grad: grad * 10)
    x = leaf(t)
    y = own.apply(x)
    (y * 3).backward()
    return y is x, y.item(), x.grad


@program
def in_no_grad(t):
    with t.no_grad():
        return make_cube(t).apply(leaf(t))


@program
def hooks_and_functions(t):
    x = leaf(t)
    y = make_cube(t).apply(x)
    y.register_hook(lambda grad: grad * 2)
    y.backward()
    return x.grad


@program
def no_forward(t):
    class Empty(t.autograd.Function):
        pass

    Empty.apply(leaf(t))


@program
def no_backward(t):
    own = make(t, lambda _, x: x, lambda _, grad: grad)
    del own.backward
    own.apply(leaf(t)).backward()


# --- what only this package has -------------------------------------------------------------------


def test_it_is_drawn_as_one_node():
    class Cube(make_cube(gg)):
        pass

    class Scale(gg.autograd.Function):
        @staticmethod
        def forward(_, x, factor):
            return x * factor

        @staticmethod
        def backward(_, grad):
            return grad * 2, None

    x = leaf(gg)
    y = Scale.apply(Cube.apply(x), 0.5)
    y.backward()
    graph = gg.draw(y).graph
    assert [node.formula for node in graph.nodes] == ["", "Cube(x)", "Scale(v1, 0.5)"]
    assert [node.op for node in graph.nodes] == [None, "Cube", "Scale"]
    assert graph["x"].grad == 24.0
    program = Program.from_graph(graph)
    moved = program.replay({"n0": 3.0})
    assert (moved["y"].value, moved["x"].grad) == (13.5, 54.0)


def test_it_moves_with_a_slider(tmp_path):
    cube = make_cube(gg)
    e = gg.explore(lambda x: cube.apply(x) + x, x=2.0)
    e.sliders["x"].value = 3.0
    assert (e.values["y"], e.grads["x"]) == (30.0, 28.0)
    assert not e._source.looks_at_values
    assert missing_ops(e._state.program) == ["Own"]
    e.save(tmp_path / "own.html")
    e.close()


def test_two_functions_of_one_name_are_two():
    first, second = make(gg, lambda _, x: x * 2, None), make(gg, lambda _, x: x * 3, None)
    x = leaf(gg)
    assert (first.apply(x).item(), second.apply(x).item()) == (4.0, 6.0)
    assert first.apply(x).op == first.apply(x).op != second.apply(x).op


def test_it_may_bear_the_name_of_an_op():
    own = type("exp", (make_cube(gg),), {})
    x = leaf(gg)
    assert gg.draw(own.apply(x)).graph["y"].formula == "exp(x)"
    assert own.apply(x).item() == 8.0
    assert gg.exp(leaf(gg)).item() == pytest.approx(7.389, rel=1e-3)


def test_it_leaves_no_cycle():
    gc.collect()
    gc.disable()
    try:
        for own in make_cube(gg), make_exp(gg):
            x = leaf(gg)
            y = own.apply(x)
            gg.autograd.grad(y, x, create_graph=True)
            y.backward()
            held = weakref.ref(x), weakref.ref(y)
            del x, y
            assert [each() for each in held] == [None, None]
    finally:
        gc.enable()


def test_it_needs_a_tensor():
    with pytest.raises(TypeError, match=r"^Own.apply: \(2.0,\) \(must have a Tensor among them\)"):
        make_cube(gg).apply(2.0)
    with pytest.raises(TypeError, match=r"^Own.forward: expected Tensor but got tuple"):
        make(gg, lambda _, x: (x, x), None).apply(leaf(gg))
