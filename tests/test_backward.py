"""The backward pass as users meet it: accumulation, what is freed, what is kept, threads."""

from __future__ import annotations

import copy
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import graphviz_grad as gg
from graphviz_grad.engine import autograd
from graphviz_grad.engine.autograd import toposort


def leaf(value=2.0):
    return gg.tensor(value, requires_grad=True)


# --- what is stored -------------------------------------------------------------------------------


def test_gradients_of_fresh_graphs_add_up_until_they_are_dropped():
    x = leaf()
    grads = []
    for _ in range(3):
        (x * x).backward()
        grads.append(x.grad.item())
    assert grads == [4.0, 8.0, 12.0]
    x.grad = None
    assert x.grad is None
    (x * x).backward()
    assert x.grad.item() == 4.0


def test_the_stored_gradient_stays_one_object():
    x = leaf()
    (x * x).backward()
    grad = x.grad
    (x * x).backward()
    assert x.grad is grad
    assert grad.item() == 8.0
    assert grad.zero_() is grad
    assert x.grad.item() == 0.0
    x.grad *= 0
    x.grad += 5
    assert x.grad is grad
    (x * x).backward()
    assert x.grad.item() == 9.0
    assert not grad.requires_grad
    assert grad.is_leaf


def test_a_gradient_may_be_assigned():
    x = leaf()
    own = gg.tensor(10.0)
    x.grad = own
    (x * x).backward()
    assert x.grad is own
    assert own.item() == 14.0


def test_a_retained_pass_adds_the_same_again():
    x = leaf()
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 8.0


def test_a_gradient_is_one_of_its_pass():
    """Micrograd adds the second pass to the first on every node, and gets 108."""
    a, b = leaf(2.0), leaf(3.0)
    y = (a * b) ** 2
    y.backward(retain_graph=True)
    y.backward()
    assert a.grad.item() == 72.0
    assert a.pass_grad == 36.0


def test_upstream_gradient():
    x = leaf()
    (x * x).backward(gg.tensor(10.0))
    (x * x).backward(gradient=gg.tensor(1))
    assert x.grad.item() == 44.0
    v = gg.tensor([1.0, 2.0], requires_grad=True)
    (v * 3).backward(gg.tensor([1.0, 10.0]))
    assert v.grad.tolist() == [3.0, 30.0]


def test_backward_of_a_leaf():
    x = leaf()
    x.backward()
    x.backward()
    assert x.grad.item() == 2.0


def test_broadcast_operands_receive_sums():
    x = gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b = leaf(10.0)
    m = gg.tensor([[1.0], [2.0]], requires_grad=True)
    y = (x + b) * m
    y.backward(gg.tensor([[1.0] * 3] * 2))
    assert (x.grad.tolist(), b.grad.item(), m.grad.tolist()) == ([3.0] * 3, 9.0, [[36.0], [36.0]])


def test_frozen_operands_receive_nothing():
    x, w = leaf(), gg.tensor(3.0)
    y = x * w
    y.backward()
    assert (x.grad.item(), w.grad, w.stamp) == (3.0, None, None)


def test_retain_grad():
    x = leaf()
    a = x * 3
    b = a * a
    assert not a.retains_grad
    a.retain_grad()
    a.retain_grad()
    assert a.retains_grad
    x.retain_grad()
    assert not x.retains_grad  # a leaf stores its gradient anyway
    b.backward(retain_graph=True)
    b.backward()
    assert (a.grad.item(), x.grad.item()) == (24.0, 72.0)
    b.grad = gg.tensor(7.0)
    assert b.grad.item() == 7.0  # no warning: there is one
    b.grad = None
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert b.grad is None
    assert (b.pass_grad, a.pass_grad) == (1.0, 12.0)


def test_retained_gradients_follow_a_change_in_place(torch):
    for t in (gg, torch):
        x = t.tensor(2.0, requires_grad=True)
        a = x + 1
        a.retain_grad()
        a += 5
        (a * 2).backward()
        assert a.grad.item() == 2.0
        assert x.grad.item() == 2.0


# --- what is freed --------------------------------------------------------------------------------


def test_only_ops_that_save_are_freed():
    x, z = leaf(), leaf()
    y = x + z - 1
    y.backward()
    y.backward()
    assert x.grad.item() == 2.0
    y = x * z
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_refused_pass_changes_nothing():
    x, z, w = leaf(2.0), leaf(3.0), leaf(5.0)
    shared = x * z
    shared.retain_grad()
    first = shared + w
    first.backward()
    other = gg.sin(w) + z
    other.backward(retain_graph=True)
    records = toposort([first, other])

    def state():
        return [
            (record.stored_payload, record.stamp, getattr(record, "pass_grad", None), record.is_consumed)
            for record in records
        ]

    before = state()
    grads = x.grad, z.grad, w.grad, shared.grad
    root = other * w + shared  # reaches what may be passed before what may not
    for _ in range(3):
        with pytest.raises(RuntimeError, match="second time"):
            root.backward()
        assert state() == before
        assert root.stamp is None
    assert all(now is then for now, then in zip((x.grad, z.grad, w.grad, shared.grad), grads, strict=True))
    other.backward()
    assert w.grad.item() == pytest.approx(1 + 2 * gg.cos(gg.tensor(5.0)).item())


def test_a_consumed_graph_keeps_its_values_and_shape():
    x = leaf()
    y = gg.exp(x) * x
    y.backward()
    assert y.is_consumed
    assert [record.value for record in toposort([y])] == [2.0, pytest.approx(7.389, rel=1e-4), y.item()]


# --- flags ----------------------------------------------------------------------------------------


def test_leaves_and_results():
    x, w = leaf(), gg.tensor(3.0)
    y = x * w
    assert [each.is_leaf for each in (x, w, y, w * w, x.detach(), x > 1)] == [True, True, False, *[True] * 3]
    assert [each.requires_grad for each in (x, w, y, w * w, x.detach(), x > 1)] == [
        True,
        False,
        True,
        *[False] * 3,
    ]
    assert y.grad_fn.name() == "MulBackward0"
    assert x.grad_fn is None
    assert (w * w).grad_fn is None
    assert (x > 1).grad_fn is None


def test_requires_grad_may_be_set():
    x = gg.tensor(2.0)
    assert x.requires_grad_() is x
    assert x.requires_grad
    x.requires_grad_(False)  # noqa: FBT003 - torch's way
    assert not x.requires_grad
    x.requires_grad = True
    (x * x).backward()
    assert x.grad.item() == 4.0


def test_a_frozen_result_becomes_a_leaf():
    w = gg.tensor(3.0)
    a = w * 2
    a.requires_grad_()
    (a * a).backward()
    assert (a.grad.item(), a.is_leaf, w.grad) == (12.0, True, None)


def test_a_leaf_frozen_after_its_consumers_receives_nothing(torch):
    for t in (gg, torch):
        x, z = t.tensor(2.0, requires_grad=True), t.tensor(3.0, requires_grad=True)
        y = t.exp(x) * z + x * x
        y.backward(retain_graph=True)
        x.requires_grad_(False)  # noqa: FBT003 - torch's way
        y.backward(retain_graph=True)
        t.exp(t.sin(x)) * z
        assert (x.grad.item(), z.grad.item()) == pytest.approx(
            (3 * 7.38905609893065 + 4, 2 * 7.38905609893065)
        )
        x.requires_grad_()
        x.grad = None
        y.backward()
        assert x.grad.item() == pytest.approx(3 * 7.38905609893065 + 4)


def test_detach_cuts():
    x = leaf()
    u = (x * x).detach()
    (u * x).backward()
    assert x.grad.item() == 4.0
    x.grad = None
    (x * x * x).backward()
    assert x.grad.item() == 12.0
    c = x.detach().clone().requires_grad_()
    (c * 3).backward()
    assert (c.grad.item(), x.grad.item(), c.is_leaf) == (3.0, 12.0, True)


def test_clone_passes_on():
    x = leaf()
    (x.clone() * 3 + gg.clone(x)).backward()
    assert x.grad.item() == 4.0


def test_deep_copies_of_leaves():
    x = gg.tensor(2.0, requires_grad=True, name="x")
    (x * x).backward()
    y = copy.deepcopy([x, x])[0]
    assert (y is not x, y.item(), y.grad.item(), y.name, y.requires_grad) == (True, 2.0, 4.0, "x", True)
    y.grad.zero_()
    assert x.grad.item() == 4.0
    a = gg.tensor([1.0])
    b = copy.deepcopy(a)
    b += 1
    assert a.tolist() == [1.0]


def test_tensors_are_told_apart_by_identity():
    x, y = leaf(), leaf()
    names = {x: "x", y: "y"}
    assert (names[x], names[y], len({x, y, x})) == ("x", "y", 2)


def test_order_numbers_are_topological():
    x = leaf()
    y = x
    for _ in range(50):
        y = gg.sin(y) + x * y
    orders = [record.order for record in toposort([y])]
    assert orders == sorted(set(orders))
    assert all(parent.order < record.order for record in toposort([y]) for parent in record.parents)


# --- grad mode ------------------------------------------------------------------------------------


def test_no_grad_in_every_form():
    x = leaf()

    @gg.no_grad()
    def with_parentheses(x):
        """Documented."""
        return x * 2

    @gg.no_grad
    def without(x):
        return x * 2

    assert with_parentheses.__doc__ == "Documented."
    assert not with_parentheses(x).requires_grad
    assert not without(x).requires_grad
    with gg.no_grad():
        assert not gg.is_grad_enabled()
        y = x * 2
        with gg.enable_grad():
            assert (x * 2).requires_grad
            with gg.no_grad():
                assert not (x * 2).requires_grad
            assert (x * 2).requires_grad
        made = leaf()
        assert made.requires_grad
    assert gg.is_grad_enabled()
    assert (y.requires_grad, y.is_leaf, y.parents) == (False, True, ())
    assert (x * 2).requires_grad


def test_no_grad_ends_with_an_exception():
    mode = gg.no_grad()
    with pytest.raises(ZeroDivisionError), mode, mode:
        1 / 0  # noqa: B018 - it raises
    assert gg.is_grad_enabled()


def test_no_grad_is_of_its_thread():
    seen = []
    entered, left = threading.Event(), threading.Event()

    def other():
        entered.wait(10)
        seen.append((leaf() * 2).requires_grad)
        with gg.no_grad():
            pass
        seen.append(gg.is_grad_enabled())
        left.set()

    thread = threading.Thread(target=other)
    thread.start()
    with gg.no_grad():
        entered.set()
        assert left.wait(10)
        assert not (leaf() * 2).requires_grad
    thread.join()
    assert seen == [True, True]


# --- threads --------------------------------------------------------------------------------------


def work(seed):
    x = gg.tensor(0.1 + seed / 10, requires_grad=True)
    total = []
    for _ in range(60):
        y = x
        for _ in range(10):
            y = gg.sin(y * x) + x
        y.backward()
        if seed % 2:
            with gg.no_grad():
                x -= 0.01 * x.grad
        total.append(x.grad.item())
        x.grad = None
    return total


def test_eight_threads_on_graphs_of_their_own():
    expected = [work(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(work, range(8))) == expected
    assert gg.is_grad_enabled()


def test_threads_that_share_a_leaf(monkeypatch):
    """Graphs of their own over one leaf: no gradient is lost, wherever the threads take turns."""
    x = leaf(1.0)
    accumulate = autograd.accumulate

    def accumulate_late(records):
        time.sleep(0.001)
        accumulate(records)

    monkeypatch.setattr(autograd, "accumulate", accumulate_late)

    def add(_):
        for _ in range(5):
            (x * 3).backward()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    assert x.grad.item() == 8 * 5 * 3
