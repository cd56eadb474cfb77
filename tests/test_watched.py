"""Sliders for elements of arrays: ``explore(f, w=tensor, watch=["w[0, 1]"])``."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_grad as gg


@pytest.fixture
def explore():
    opened = []

    def open_one(*args, **keywords):
        opened.append(gg.explore(*args, **keywords))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def layer(b, w, x):
    return gg.tanh(x @ w + b).sum()


W = [[1.0, 2.0], [-3.0, 0.5]]
X = [[1.0, -0.5]]


def slope(w, b, row, column):
    h = np.tanh(np.array(X) @ w + b)
    return float((np.array(X).T @ (1 - h * h))[row, column])


def test_an_element_of_a_parameter(explore):
    w = gg.tensor(W)
    e = explore(layer, b=0.25, w=w, x=gg.tensor(X), watch=["w[0,1]", " w[1, -2] "])
    assert list(e.sliders) == ["b", "w[0,1]", "w[1,0]"]
    slider = e.sliders["w[0,1]"]
    assert (slider.description, slider.value, slider.min, slider.max) == ("w[0, 1]", 2.0, -2.0, 6.0)
    slider.value = -1.5
    e.sliders["w[1,0]"].value = 0.0
    moved = np.array([[1.0, -1.5], [0.0, 0.5]])
    assert np.array_equal(e.values["w"], moved)
    assert (e.values["w[0,1]"], e.values["w[1,0]"]) == (-1.5, 0.0)
    assert e.grads["w[0,1]"] == pytest.approx(slope(moved, 0.25, 0, 1))
    assert e.grads["w"][1, 0] == e.grads["w[1,0]"] == pytest.approx(slope(moved, 0.25, 1, 0))
    assert w.tolist() == W
    assert w.grad is None
    assert 'data-slot="n0.value[0,1]"' in e.svg() or 'data-slot="n1.value[0,1]"' in e.svg()


def test_elements_alone_and_ranges(explore):
    e = explore(lambda v: (v * v).sum(), v=gg.tensor([1.0, 2.0]), watch={"v[1]": (-4, 4), "v[0]": None})
    assert repr(e) == "Explorer(v[1]=2, v[0]=1: y=5)"
    assert (e.sliders["v[1]"].min, e.sliders["v[1]"].max, e.sliders["v[1]"].value) == (-4, 4, 2.0)


def test_elements_of_tensors_that_exist(explore):
    w, b = gg.tensor(W, requires_grad=True), gg.tensor(2.0, requires_grad=True)
    loss = (w * b).sum()
    e = explore(loss, watch=["w[1,0]"], names={"w": w, "b": b, "loss": loss})
    assert list(e.sliders) == ["b", "w[1,0]"]
    e.sliders["w[1,0]"].value = 1.5
    e.sliders["b"].value = -1.0
    assert e.values["loss"] == pytest.approx(-(1 + 2 + 1.5 + 0.5))
    assert e.grads["w[1,0]"] == -1.0
    assert w.tolist() == W
    only = explore((w * w).sum(), watch=["w[0,0]"], names={"w": w})
    assert list(only.sliders) == ["w[0,0]"]


def test_an_element_that_nothing_depends_on(explore):
    alone = explore(lambda x, w: x * 2, x=1.0, w=gg.tensor([1.0, 2.0]), watch=["w[1]"])  # noqa: ARG005
    alone.sliders["w[1]"].value = 3.0
    assert "w[1]" not in alone.values


@pytest.mark.parametrize(
    ("watch", "error", "message"),
    [
        ("w[0]", TypeError, r"watch: 'w\[0\]' \(must be a list such as"),
        (3, TypeError, r"watch: 3 \(must be a list such as"),
        ([3], TypeError, r"watch: 3 \(must be an array's name and an index, such as 'w\[0, 1\]'\)"),
        (["w"], ValueError, r"watch: 'w' \(must be an array's name and an index"),
        (["w[0][1]x"], ValueError, r"must be an array's name and an index"),
        (["q[0]"], ValueError, r"watch: 'q\[0\]' \(must be an element of w of shape \[2, 2\]\)"),
        (["n[0]"], ValueError, r"must be an element of w of shape \[2, 2\]\)"),
        (["w[2, 0]"], ValueError, r"watch: 'w\[2, 0\]' \(must be w\[0, 0\] to w\[1, 1\]\)"),
        (["w[0]"], ValueError, r"\(must be w\[0, 0\] to w\[1, 1\]\)"),
        (["w[0,0]", "w[-2, 0]"], ValueError, r"watch: 'w\[-2, 0\]' \(must be given once\)"),
        ({"w[0,1]": (5, 6)}, ValueError, r"w\[0, 1\]: \(5, 6\) \(must contain the leaf's value, 2.0\)"),
    ],
)
def test_what_cannot_be_watched(watch, error, message):
    with pytest.raises(error, match=message):
        gg.explore(lambda w, n: (w * n).sum(), w=gg.tensor(W), n=gg.tensor([1, 2]), watch=watch)
