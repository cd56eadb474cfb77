"""`autograd.grad`, `autograd.backward` and hooks: short programs, each run with torch and with this package.

A program returns what it saw; if it raises, ours raises the same type, with torch's words first.
"""

from __future__ import annotations

import warnings

import pytest

import graphviz_grad as gg

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def outcome(function, t):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of reading .grad of what is no leaf
        try:
            return repr(function(t))
        except Exception as error:  # noqa: BLE001 - whatever torch raises
            return f"{type(error).__name__}: {error}".partition(" Hint: ")[0].rstrip(".")


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_programs(function, torch):
    ours, theirs = outcome(function, gg), outcome(function, torch)
    assert ours == theirs or (": " in theirs and ours.startswith(theirs)), (ours, theirs)


def leaf(t, value=2.0):
    return t.tensor(value, requires_grad=True)


def leaves(t):
    return leaf(t, 2.0), leaf(t, 3.0), leaf(t, 5.0)


# --- autograd.grad --------------------------------------------------------------------------------


@program
def one_input(t):
    x, z, _ = leaves(t)
    return t.autograd.grad(x * z + x, x), x.grad, z.grad


@program
def several_inputs_and_outputs(t):
    x, z, _ = leaves(t)
    return (
        t.autograd.grad([x * 2, x * z], [z, x]),
        t.autograd.grad([x * 2, x * x], x, [None, t.tensor(10.0)]),
        t.autograd.grad([x * 2, x], [x]),
        t.autograd.grad(x * x, [x, x]),
        t.autograd.grad(x, x),
    )


@program
def inner_inputs(t):
    x, z, _ = leaves(t)
    a = x * z
    b = a * a
    return t.autograd.grad(b + a, [a, x, b])


@program
def upstream_gradients(t):
    x = leaf(t, [1.0, 2.0])
    return t.autograd.grad(x * x, x, t.tensor([1.0, 10.0])), t.autograd.grad(x * 3, x, t.tensor([1.0, 1.0]))


@program
def an_integer_upstream_gradient(t):
    x = leaf(t)
    return t.autograd.grad(x * 2, x, t.tensor(3))


@program
def unused(t):
    x, z, _ = leaves(t)
    return t.autograd.grad(x * 2, [x, z])


@program
def unused_and_allowed(t):
    x, z, w = leaves(t)
    v = leaf(t, [1.0, 2.0])
    return (
        t.autograd.grad(x * 2, [x, z], allow_unused=True),
        t.autograd.grad(w * 2, [z, v, w], materialize_grads=True),
    )


@program
def unused_and_both(t):
    x, z, _ = leaves(t)
    return t.autograd.grad(x * 2, [x, z], allow_unused=False, materialize_grads=True)


@program
def a_frozen_input(t):
    x = leaf(t)
    return t.autograd.grad(x * 2, [x, t.tensor(1.0)])


@program
def a_frozen_output(t):
    return t.autograd.grad(t.tensor(1.0), leaf(t))


@program
def a_frozen_output_among_others(t):
    x = leaf(t)
    return t.autograd.grad([x * 2, t.tensor(1.0)], x)


@program
def outputs_that_are_no_tensor(t):
    return t.autograd.grad(3.0, leaf(t))


@program
def inputs_that_are_no_tensors(t):
    return t.autograd.grad(leaf(t) * 2, ["a"])


@program
def no_inputs(t):
    return t.autograd.grad(leaf(t) * 2, [])


@program
def no_outputs(t):
    return t.autograd.grad([], leaf(t))


@program
def an_output_that_is_no_scalar(t):
    x = leaf(t, [1.0, 2.0])
    return t.autograd.grad(x * 2, x)


@program
def an_upstream_gradient_of_another_shape(t):
    x = leaf(t, [1.0, 2.0])
    return t.autograd.grad(x * 2, x, t.tensor(1.0))


@program
def too_few_upstream_gradients(t):
    x = leaf(t)
    return t.autograd.grad([x * 2, x * 3], x, [t.tensor(1.0)])


@program
def only_what_is_run_is_freed(t):
    x, z, _ = leaves(t)
    a = x * x
    b = a * z
    return t.autograd.grad(b, z), t.autograd.grad(a, x)


@program
def what_is_run_is_freed(t):
    x, z, _ = leaves(t)
    b = x * x * z
    return t.autograd.grad(b, z), t.autograd.grad(b, x)


@program
def a_freed_output_has_a_gradient_of_itself(t):
    x = leaf(t)
    y = x * x
    return t.autograd.grad(y, x), t.autograd.grad(y, y)


@program
def a_freed_output_stays_freed(t):
    x = leaf(t)
    y = x * x
    t.autograd.grad(y, x)
    t.autograd.grad(y, y)
    y.backward()


@program
def create_graph_retains_it(t):
    x = leaf(t)
    y = x * x
    return t.autograd.grad(y, x, create_graph=True), t.autograd.grad(y, x)


@program
def unless_it_is_told_not_to(t):
    x = leaf(t)
    y = x * x
    return t.autograd.grad(y, x, create_graph=True, retain_graph=False), t.autograd.grad(y, x)


@program
def what_was_changed_in_place(t):
    x = leaf(t)
    a = x * 2
    b = a * a
    a += 1
    return t.autograd.grad(b, x)


@program
def what_was_changed_in_place_and_is_not_reached(t):
    x, z, _ = leaves(t)
    a = x * 2
    b = a * a
    a += 1
    return t.autograd.grad(b + z * 3, z)


# --- autograd.backward ----------------------------------------------------------------------------


@program
def backward_of_several(t):
    x, z, _ = leaves(t)
    t.autograd.backward([x * z, x * x, x])
    t.autograd.backward(z * 2, t.tensor(10.0))
    return x.grad, z.grad


@program
def backward_of_one_in_a_list(t):
    x = leaf(t)
    y = x * x
    t.autograd.backward([y], [None], retain_graph=True)
    t.autograd.backward((y,), [t.tensor(2.0)])
    return x.grad


@program
def backward_to_some(t):
    x, z, w = leaves(t)
    a = x * z
    (a * w).backward(inputs=[x, a])
    return x.grad, z.grad, w.grad, a.grad


@program
def backward_to_one(t):
    x, z, w = leaves(t)
    (x * z).backward(inputs=z)
    (x * z).backward(inputs=[w])
    t.autograd.backward([x * z, x * 2], inputs=[x])
    return x.grad, z.grad, w.grad


@program
def backward_to_an_inner_tensor_runs_it(t):
    x, z, _ = leaves(t)
    a = x * z
    (a * a).backward(inputs=[a])
    a.backward()


@program
def backward_to_nothing(t):
    leaf(t).mul(2).backward(inputs=[])


@program
def backward_to_a_number(t):
    leaf(t).mul(2).backward(inputs=[3])


@program
def backward_to_a_frozen_tensor(t):
    leaf(t).mul(2).backward(inputs=[t.tensor(1.0)])


@program
def too_few_gradients(t):
    x = leaf(t)
    t.autograd.backward([x * 2, x * 3], [None])


# --- hooks ----------------------------------------------------------------------------------------


@program
def hooks_are_called_in_the_order_of_the_pass(t):
    log = []
    x, z, w = leaves(t)
    a = x * z
    b = a + w
    y = b * x
    for name, each in {"x": x, "z": z, "w": w, "a": a, "b": b, "y": y}.items():
        each.register_hook(lambda grad, name=name: log.append((name, grad.item())))
        if each.is_leaf:
            each.register_post_accumulate_grad_hook(lambda leaf, name=name: log.append((name, leaf.grad)))
    y.backward()
    return log


@program
def hooks_of_leaves_that_are_ready_together(t):
    log = []
    x, z, w = leaves(t)
    for name, each in {"x": x, "z": z, "w": w}.items():
        each.register_hook(lambda _, name=name: log.append(name))
    for y in x * z, z * x, x * w * z, x + (w + z), x - x:
        y.backward()
    return log


@program
def hooks_replace_gradients_and_are_removed(t):
    x = leaf(t)
    first, second = x.register_hook(lambda grad: grad * 10), x.register_hook(lambda grad: grad + 1)
    grads = []
    for handle in first, first, second:
        (x * 3).backward()
        grads.append(x.grad.item())
        x.grad = None
        handle.remove()
    (x * 3).backward()
    with x.register_hook(lambda grad: grad * 7):
        (x * 3).backward()
    (x * 3).backward()
    return grads, x.grad


@program
def hooks_of_inner_tensors(t):
    x = leaf(t)
    a = x * 2
    a.retain_grad()
    a.register_hook(lambda grad: grad * 10)
    b = a * 5
    b.register_hook(lambda grad: grad + 1)
    y = b * 3
    y.register_hook(lambda grad: grad * 2)
    y.backward()
    return a.grad, x.grad


@program
def hooks_of_a_leaf_that_is_the_root(t):
    x = leaf(t)
    log = []
    x.register_hook(log.append)
    x.backward()
    return log, x.grad


@program
def hooks_in_grad(t):
    x = leaf(t)
    x.register_hook(lambda grad: grad * 100)
    x.register_post_accumulate_grad_hook(lambda _: 1 / 0)
    return t.autograd.grad(x * 3, x), x.grad


@program
def hooks_of_inner_inputs(t):
    found = []
    for wanted in "a", "x", "ax", "ay", "y":
        x = leaf(t)
        a = x * 2
        a.register_hook(lambda grad: grad * 100)
        y = a * 3
        y.register_hook(lambda grad: grad * 7)
        names = {"x": x, "a": a, "y": y}
        found.append(t.autograd.grad(y, [names[name] for name in wanted]))
    return found


@program
def retained_gradients_in_grad(t):
    found = []
    for wanted in "a", "x", "ax":
        x = leaf(t)
        a = x * 2
        a.retain_grad()
        names = {"x": x, "a": a}
        found.append((t.autograd.grad(a * 3, [names[name] for name in wanted]), a.grad))
    return found


@program
def hooks_and_chosen_inputs(t):
    found = []
    for wanted in "a", "x", "b", "ax", "ab", "abx":
        x = leaf(t)
        a = x * 2
        b = a * 5
        a.register_hook(lambda grad: grad * 100)
        b.register_hook(lambda grad: grad * 10)
        names = {"x": x, "a": a, "b": b}
        (b * 3).backward(inputs=[names[name] for name in wanted])
        found.append((x.grad, a.grad, b.grad))
    return found


@program
def a_hook_that_changes_the_gradient_in_place(t):
    x = leaf(t)
    x.register_hook(lambda grad: grad.mul_(2))
    (x * 3).backward()
    return x.grad


@program
def hooks_stay_with_the_value_before_a_change_in_place(t):
    found = []
    for is_before in True, False:
        x = leaf(t)
        a = x * 1
        if is_before:
            a.register_hook(lambda grad: grad + 7)
        a *= 2
        if not is_before:
            a.register_hook(lambda grad: grad + 7)
        (a * 3).backward()
        found.append(x.grad)
    return found


@program
def hooks_see_the_mode_of_the_pass(t):
    x = leaf(t)
    log = []

    @x.register_hook
    def note(grad):
        log.append((grad, grad.requires_grad, t.is_grad_enabled()))

    t.autograd.grad(x * x, x)
    t.autograd.grad(x * x, x, create_graph=True)
    with t.no_grad():
        t.is_grad_enabled()
    return log, t.is_grad_enabled(), note is not None


@program
def hooks_make_a_recorded_gradient(t):
    x = leaf(t)
    a = x * x
    a.register_hook(lambda grad: grad * x)
    (slope,) = t.autograd.grad(a, x, create_graph=True)
    return slope, t.autograd.grad(slope, x)


@program
def a_hook_that_raises(t):
    x = leaf(t)
    x.register_hook(lambda _: {}[1])
    (x * 2).backward()


@program
def a_backward_pass_within_a_hook(t):
    x, z, _ = leaves(t)

    def go(_):
        with t.enable_grad():
            (z * z).backward()

    x.register_hook(go)
    (x * z).backward()
    return x.grad, z.grad


@program
def a_hook_on_a_frozen_tensor(t):
    t.tensor(1.0).register_hook(print)


@program
def a_post_hook_on_a_frozen_tensor(t):
    t.tensor(1.0).register_post_accumulate_grad_hook(print)


@program
def a_post_hook_on_an_inner_tensor(t):
    leaf(t).mul(2).register_post_accumulate_grad_hook(print)


@program
def a_hook_that_returns_a_number(t):
    x = leaf(t)
    x.register_hook(lambda _: 3.0)
    (x * 2).backward()


@program
def a_hook_that_returns_another_dtype(t):
    x = leaf(t)
    x.register_hook(lambda _: t.tensor(3))
    (x * 2).backward()


@program
def a_hook_that_returns_another_shape(t):
    x = leaf(t)
    x.register_hook(lambda _: t.tensor([1.0, 2.0]))
    (x * 2).backward()


@program
def a_post_hook_that_returns_something(t):
    x = leaf(t)
    x.register_post_accumulate_grad_hook(lambda _: 3)
    (x * 2).backward()


@program
def an_optimiser_in_a_post_hook(t):
    w = leaf(t, 1.0)

    def step(leaf):
        with t.no_grad():
            leaf -= 0.1 * leaf.grad
        leaf.grad = None

    w.register_post_accumulate_grad_hook(step)
    for _ in range(3):
        (w * w).backward()
    return w, w.grad


# --- higher derivatives ---------------------------------------------------------------------------


@program
def a_polynomial_to_its_end(t):
    x = leaf(t)
    found = [x**4 - 2 * x**2]
    for _ in range(5):
        found += t.autograd.grad(found[-1], x, create_graph=True)
    return found


@program
def functions_of_functions(t):
    found = []
    for function in t.sin, t.exp, t.sigmoid, t.tanh, t.relu, t.log, t.sqrt, lambda x: x / 3, lambda x: 3 / x:
        x = leaf(t)
        (slope,) = t.autograd.grad(function(x), x, create_graph=True)
        found.append((slope, slope.requires_grad))
    return found


@program
def a_stored_gradient_that_is_differentiated(t):
    x = leaf(t)
    y = x**4 - 2 * x**2
    y.backward(create_graph=True)
    first = x.grad
    x.grad = None
    first.backward()
    return first, x.grad, x.grad.grad_fn


@program
def stored_gradients_that_are_recorded_add_up(t):
    x, z, _ = leaves(t)
    seen = []
    for make in lambda: x * z, lambda: x * z, lambda: x + z:
        make().backward(create_graph=True)
        seen += [repr(x.grad), repr(z.grad), x.grad is z, x.grad is z.grad]
    a = x * z
    a.retain_grad()
    (a * a).backward(create_graph=True)
    return seen, a.grad, x.grad


@program
def an_upstream_gradient_that_requires_grad(t):
    x, v, _ = leaves(t)
    (slope,) = t.autograd.grad(x * x, x, v, create_graph=True)
    return slope, t.autograd.grad(slope, [x, v])


@program
def a_gradient_penalty(t):
    w = leaf(t, [0.5, -1.0, 2.0])
    x = leaf(t, [1.0, 2.0, 3.0])
    score = t.tanh((w * x).sum())
    (slope,) = t.autograd.grad(score, x, create_graph=True)
    loss = ((slope * slope).sum() - 1) ** 2
    loss.backward()
    return w.grad, x.grad


@program
def in_no_grad(t):
    x = leaf(t)
    y = x * x
    with t.no_grad():
        (slope,) = t.autograd.grad(y, x, create_graph=True)
    return slope, slope.requires_grad


@program
def newtons_method(t):
    x = leaf(t, 3.0)
    for _ in range(6):
        (slope,) = t.autograd.grad(x**4 - 2 * x**2, x, create_graph=True)
        (curvature,) = t.autograd.grad(slope, x)
        with t.no_grad():
            x -= slope / curvature
    return x


@program
def jacobians(t):
    jacobian, x, s = t.autograd.functional.jacobian, t.tensor([1.0, 2.0]), t.tensor(3.0)
    return (
        jacobian(lambda x: x**2, x),
        jacobian(lambda x, s: x * s, (x, s)),
        jacobian(lambda x: (x.sum(), x * 2), x),
        jacobian(lambda x, s: (x * s, s), (x, s)),
        jacobian(lambda _: t.tensor([1.0, 1.0]), x),
        jacobian(lambda s: s * s, s),
    )


@program
def hessians(t):
    hessian, x, s = t.autograd.functional.hessian, t.tensor([1.0, 2.0]), t.tensor(3.0)
    return (
        hessian(lambda x: (x**3).sum(), x),
        hessian(lambda x, s: (x**3).sum() * s, (x, s)),
        hessian(lambda x: x.sum(), x),
        hessian(lambda s: s**3, s),
        hessian(lambda x: (x**3).sum().reshape(1), x),
    )


@program
def a_jacobian_that_is_differentiated(t):
    s = leaf(t, 3.0)
    found = t.autograd.functional.jacobian(lambda s: s**3, s, create_graph=True)
    found.backward()
    return found.item(), s.grad


@program
def a_jacobian_of_a_number(t):
    t.autograd.functional.jacobian(lambda x: x, 3.0)


@program
def a_jacobian_of_a_list(t):
    t.autograd.functional.jacobian(lambda x: x, [t.tensor(3.0)])


@program
def a_hessian_of_several(t):
    t.autograd.functional.hessian(lambda x: (x, x), t.tensor(3.0))


@program
def a_hessian_of_an_array(t):
    t.autograd.functional.hessian(lambda x: x * 2, t.tensor([1.0, 2.0]))


# --- what only this package has -------------------------------------------------------------------


def test_a_pass_to_some_inputs_is_a_pass_for_the_picture():
    x, z, _ = leaves(gg)
    a = x * z
    y = a * x
    gg.autograd.grad(y, [x])
    graph = gg.draw(y).graph
    assert (graph["x"].grad, graph["a"].grad, graph["z"].grad, graph.root) == (12.0, 2.0, None, "y")
    assert [edge.contribution for edge in graph.edges] == [6.0, None, 2.0, 6.0]


def test_the_cycle_is_told_of_once(monkeypatch):
    monkeypatch.setattr("graphviz_grad.engine.notice._given", set())
    x = leaf(gg)
    with pytest.warns(UserWarning, match="^Using backward\\(\\) with create_graph=True") as found:
        (x * x).backward(create_graph=True)
    assert [warning.filename for warning in found] == [__file__]
    (x * x).backward(create_graph=True)  # where warnings are errors
    x.grad = None
