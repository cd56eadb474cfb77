"""The backward pass as users meet it: accumulation, what is freed, what is kept, threads."""

from __future__ import annotations

import pytest

import graphviz_grad as gg
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
