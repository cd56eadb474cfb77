"""no_grad and enable_grad, and threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import graphviz_grad as gg
from graphviz_grad.engine import autograd


def leaf(value=2.0):
    return gg.tensor(value, requires_grad=True)


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
