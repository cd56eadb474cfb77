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


def test_modes_nest_and_decorate_as_in_torch(torch):
    """One program, run twice: what it saw of the mode at every step."""

    def program(t):
        seen = []

        def note(*_):
            seen.append(t.is_grad_enabled())
            return seen[-1]

        with t.set_grad_enabled(False) as entered:
            note(seen.append(entered))
            with t.set_grad_enabled(mode=True), t.inference_mode():
                note()
                with t.inference_mode(mode=False), t.no_grad():
                    note()
                note()
            note()
        note()
        previous = t.set_grad_enabled(False)
        note()
        with previous:  # entered late: what held before it was made holds after it
            note()
        note()
        decorated = t.set_grad_enabled(False)(note)
        note()
        decorated()
        note()
        for mode in (
            t.inference_mode,
            t.inference_mode(),
            t.inference_mode(mode=False),
            t.enable_grad,
            t.no_grad(),
        ):
            with t.no_grad():
                mode(note)()
            mode(note)()
        for wrong in 1, "no", None:
            with pytest.raises(TypeError, match="must be bool, not"):
                t.set_grad_enabled(wrong)
        note()
        return seen

    assert program(gg) == program(torch)
    assert gg.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_generators_run_in_their_mode_and_their_readers_do_not(torch):
    def program(t):
        seen = []

        @t.no_grad()
        def generate(count):
            seen.append(("begin", t.is_grad_enabled()))
            sent = None
            try:
                for number in range(count):
                    try:
                        sent = yield number, sent, t.is_grad_enabled()
                    except KeyError as error:
                        sent = repr(error)
            finally:
                seen.append(("end", t.is_grad_enabled()))
            return "done"

        seen += [(*item, t.is_grad_enabled()) for item in generate(2)]
        generator = generate(4)
        seen.append(next(generator))
        seen.append(generator.send("sent"))
        seen.append(generator.throw(KeyError("thrown")))
        with pytest.raises(ZeroDivisionError):
            generator.throw(ZeroDivisionError())
        generator = generate(1)
        next(generator)
        with pytest.raises(StopIteration, match="done"):
            next(generator)
        generator = generate(3)
        next(generator)
        generator.close()
        return [*seen, t.is_grad_enabled()]

    assert program(gg) == program(torch)


def test_a_mode_ends_with_its_thread():
    """The number of a thread may be given to the next one, its mode may not."""

    def end_without_grad():
        gg.set_grad_enabled(False)

    seen = []
    for _ in range(20):
        for target in end_without_grad, lambda: seen.append((leaf() * 2).requires_grad):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert seen == [True] * 20


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
