"""Leaves and results: flags, detach, clone, copies, identity."""

from __future__ import annotations

import copy

import pytest

import graphviz_grad as gg
from graphviz_grad.engine.autograd import toposort


def leaf(value=2.0):
    return gg.tensor(value, requires_grad=True)


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
