"""What cards and edges say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphviz_grad as gg
from graphviz_grad.graph import Edge, Graph, Node, trace
from graphviz_grad.picture import style
from graphviz_grad.picture.caption import captions
from graphviz_grad.picture.card import cards, sizes
from graphviz_grad.picture.fit import MONO_EM, fit
from graphviz_grad.picture.header import LABEL_ROOM, fraction, leaf_header, op_header


def leaf(value, **keywords):
    return gg.tensor(value, requires_grad=True, **keywords)


def said(*outputs, **names):
    graph = trace(outputs, names=names)
    return {node.name: card for node, card in zip(graph.nodes, cards(graph).values(), strict=True)}


def drawn_edges(*outputs, **names):
    return list(captions(trace(outputs, names=names)).values())


def node(**fields):
    usual = {
        "id": "n0",
        "name": "x",
        "op": None,
        "symbol": "",
        "formula": "",
        "value": 2.0,
        "grad": None,
        "stored": None,
        "is_leaf": True,
        "requires_grad": True,
        "parents": (),
        "retains_grad": True,
    }
    return Node(**(usual | fields))


def alone(**fields):
    one = node(**fields)
    return cards(Graph((one,), (), ("n0",), "x" if one.grad is not None else None))["n0"]


def test_the_neuron():
    x, z = leaf(2.0), leaf(-0.25)
    a = x * z
    s = gg.sigmoid(a)
    y = s + x
    y.backward()
    card = said(y, x=x, z=z, a=a, s=s, y=y)
    assert [card[name].tag for name in "xzasy"] == ["leaf", "leaf", "", "", "seed 1"]
    assert [card[name].value for name in "xzasy"] == ["2.0000", "−0.2500", "−0.5000", "0.3775", "2.3775"]
    assert [card[name].grad for name in "xzasy"] == ["0.9412", "0.4700", "0.2350", "1.0000", "1.0000"]
    assert [card[name].label[0].text for name in "xas"] == [".grad", "∂y/∂a", "∂y/∂s"]
    assert card["x"].fork == "= −0.0588 + 1.0000"
    assert card["z"].fork is None
    assert (card["a"].header.title.name, card["a"].header.title.rest) == ("a", " = x · z")
    assert (card["a"].header.badge.text, card["x"].header.badge.text) == ("×", "x")
    assert card["a"].spoken == "a, x times z, value -0.5000, gradient 0.2350"
    assert card["a"].tooltip == "a = x · z\nvalue -0.5\ngradient 0.2350037122015945"


def test_nothing_computed_is_never_zero():
    x = leaf(2.0)
    y = x * x
    card = said(y, x=x)
    assert card["x"].grad == card["y"].grad == "–"
    assert not card["x"].has_grad
    assert card["x"].fork == ""
    assert card["y"].label[0].text == "∂y/∂y"
    assert card["y"].tag == ""
    assert all(not caption.has_backward for caption in drawn_edges(y))
    assert card["x"].spoken == "x, leaf, value 2.0000, gradient not computed"


def test_several_outputs_before_a_pass_name_no_root():
    x = leaf(2.0)
    card = said(x * 2, x * 3, x=x)
    assert card["y1"].label[0].text == "∂/∂y1"


def test_frozen_constant_detached():
    x, w = leaf(3.0), gg.tensor(0.5)
    u = (x * x).detach()
    y = u * x * w + gg.tensor(1.0)
    y.backward()
    card = said(y, x=x, w=w, u=u)
    assert (card["w"].tag, card["u"].tag) == ("frozen leaf", "detached")
    assert [c.tag for c in card.values() if c.tag == "const"] == ["const"]
    for name in ("w", "u"):
        assert card[name].is_frozen
        assert (card[name].label[0].text, card[name].grad) == (".grad", "None")
    edges = drawn_edges(y, x=x, w=w, u=u)
    graph = trace([y], names={"x": x, "w": w, "u": u})
    for edge, caption in zip(graph.edges, edges, strict=True):
        if not graph.nodes[int(edge.parent[1:])].requires_grad:
            assert not caption.has_backward
            assert caption.contribution == ""


def test_an_op_without_gradient():
    x = leaf(3.0)
    assert said(x > 2, x=x)["y"].tag == "no grad"


def test_a_kept_inner_gradient_is_an_attribute():
    x = leaf(3.0)
    a = x * 2
    a.retain_grad()
    y = a * a
    y.backward()
    card = said(y, x=x, a=a)
    assert (card["a"].label[0].text, card["a"].is_stored) == (".grad", True)
    assert (card["y"].label[0].text, card["y"].is_stored) == ("∂y/∂y", False)


def test_what_is_stored_stands_apart_from_this_pass():
    x = leaf(2.0)
    (x * x).backward()
    y = x * x
    y.backward()
    card = said(y, x=x)["x"]
    assert (card.grad, card.fork) == ("4.0000", "= 2.0000 + 2.0000")
    assert card.stored == (".grad", "8.0000", "= 4.0000 before + 4.0000")
    assert card.label[0].text == "∂y/∂x"  # this row is no longer the attribute
    assert card.height == 34 + 27 + 27 + 6 + 17 + 27 + 17


@pytest.mark.parametrize(
    ("stored", "grad", "line"),
    [
        (8.0, 4.0, "= 4.0000 before + 4.0000"),
        (1.0, -3.0, "= 4.0000 before − 3.0000"),
        (5000.5, 123.25, "= 4877.2500 + 123.2500"),
        (-9999.9999, 9999.9999, "= −2.000e+04 + 9999.9999"),
        (3.0, None, "= from earlier passes"),
    ],
)
def test_the_stored_line(stored, grad, line):
    card = alone(stored=stored, grad=grad)
    assert card.stored[2] == line
    assert len(line) <= style.LINE_LENGTH


def test_the_same_stored_gradient_needs_no_line():
    assert alone(stored=4.0, grad=4.0).stored is None
    assert alone(stored=math.nan, grad=math.nan).stored is None
    assert alone(stored=None, grad=4.0).stored is None


def test_forks():
    x = leaf(3.0)
    y = x * x + x
    y.backward()
    assert said(y, x=x)["x"].fork == "= 3.0000 + 3.0000 + 1.0000"
    x = leaf(3.0)
    y = x + x + x + x + x
    y.backward()
    assert said(y, x=x)["x"].fork == "= sum of 5"
    x = leaf(3.0)
    y = x * 2 - x
    y.backward()
    assert said(y, x=x)["x"].fork == "= −1.0000 + 2.0000" or said(y, x=x)["x"].fork == "= 2.0000 − 1.0000"


def test_a_fork_that_the_pass_reached_once_has_no_sum():
    x = leaf(3.0)
    u = (x * x).detach()
    y = u * x
    y.backward()
    assert said(y, x=x, u=u)["x"].fork == ""


@pytest.mark.parametrize(
    ("make", "state", "tag"),
    [
        (lambda x: gg.relu(-x), "dead", "dead"),
        (gg.relu, "", "seed 1"),
        (lambda x: gg.sigmoid(x * 10), "saturated", "saturated"),
        (lambda x: gg.sigmoid(x * -10), "saturated", "saturated"),
        (lambda x: gg.tanh(x * -5), "saturated", "saturated"),
        (gg.tanh, "", "seed 1"),
        (lambda x: gg.log(x - 4), "nan", "⚠ log of −3"),
        (lambda x: gg.log(x - 1), "nan", "⚠ log of 0"),
        (lambda x: gg.sqrt(x - 2), "nan", "⚠ sqrt of −1"),
        (lambda x: gg.exp(x * 1000), "nan", "⚠ exp of 1000"),
        (lambda x: x / (x - 1), "nan", "⚠ 1 / 0"),
        (lambda x: (x - 2) ** 0.5, "nan", "⚠ (−1) ^ 0.5"),
        (lambda x: gg.log(x - 4.123456), "nan", "⚠ log of −3.1235"),
    ],
)
def test_states(make, state, tag):
    x = leaf(1.0)
    y = make(x)
    y.backward()
    card = said(y, x=x)["y"]
    if len(tag) > 2 + style.CAUSE_LENGTH:
        tag = "⚠ nan"
    assert (card.state, card.tag) == (state, tag)


def test_only_the_first_bad_node_says_why():
    k = leaf(-3.0)
    q = gg.log(k)
    y = q * 2
    y.backward()
    card = said(y, k=k, q=q)
    assert (card["q"].tag, card["y"].tag) == ("⚠ log of −3", "⚠ nan")
    assert card["k"].state == ""


def test_a_bad_gradient_under_a_good_value():
    x = leaf(0.0)
    y = gg.sqrt(x)
    y.backward()
    assert said(y, x=x)["x"].tag == "⚠ ∂ inf"
    (caption,) = drawn_edges(y, x=x)
    assert (caption.contribution, caption.state) == ("⚠ inf", "nan")


def test_changed_since():
    assert alone(is_changed=True).tag == "changed since"


def test_seed():
    x = leaf(2.0)
    y = x * 3
    y.backward(gg.tensor(0.5))
    assert said(y, x=x)["y"].tag == "seed 0.5"


def test_captions():
    x, z = leaf(-0.5), leaf(0.0)
    y = x * z
    y.backward()
    first, second = drawn_edges(y, x=x, z=z)
    assert (first.contribution, first.product, first.state) == ("0.0000", "1.0000 × 0.0000", "zero")
    assert (second.contribution, second.product, second.state) == ("−0.5000", "1.0000 × −0.5000", "negative")
    assert first.width == style.BACKWARD_WIDTH < second.width
    assert second.tooltip == "contribution -0.5 = 1.0 × -0.5"


def test_arrays_show_their_shape():
    value = np.arange(12.0).reshape(3, 4)
    card = alone(value=value, grad=value * 2, stored=value * 3)
    assert (card.value, card.grad) == ("3×4", "3×4")
    assert card.gradient == pytest.approx(math.sqrt(np.mean(value**2 * 4)))
    assert card.stored == (".grad", "3×4", "= before + this pass")
    assert "0.0000 to 11.0000" in card.tooltip
    assert alone(value=np.ones(5)).value == "[5]"
    assert alone(value=np.ones((1, 1, 1, 1, 1, 1, 1, 1, 1))).value == "9-d array"
    assert alone(value=np.ones((0, 3))).state == ""
    assert alone(value=np.array([1.0, math.nan])).state == "nan"
    assert alone(value=np.array(2.5)).value == "2.5000"
    edge = Edge("e0", "n0", "n1", 0, value, value, requires_grad=True)
    pair = (node(value=value), node(id="n1", value=value, grad=value, is_leaf=False, op="neg", symbol="−"))
    (caption,) = captions(Graph(pair, (edge,), ("n1",), "y")).values()
    assert (caption.contribution, caption.state) == ("0.0000 … 11.0000", "")
    assert (caption.product, caption.note) == ("−g", "")


def test_ints_and_bools():
    assert (alone(value=3).value, alone(value=True).value) == ("3", "True")


@pytest.mark.parametrize(
    ("node_", "words"),
    [
        (node(), "leaf"),
        (node(requires_grad=False), "frozen leaf"),
        (node(requires_grad=False, is_named=False), "constant"),
        (node(is_leaf=False, op="sigmoid", arguments=("n0",)), "sigmoid of x"),
        (node(is_leaf=False, op="sub", arguments=("n0", -2)), "x minus -2"),
        (node(is_leaf=False, op="maximum", arguments=("n0", 1.5)), "maximum of x and 1.5000"),
        (node(is_leaf=False, op="neg", arguments=("n0",)), "minus x"),
    ],
)
def test_spoken(node_, words):
    card = cards(Graph((node_,), (), ("n0",), None))["n0"]
    assert card.spoken.split(", ")[1] == words
    assert "−" not in card.spoken


def test_sizes_are_the_cards_own():
    x = leaf(2.0)
    (x * x).backward()
    y = gg.sigmoid(x * x) + x
    y.backward()
    graph = trace([y], names={"x": x})
    assert sizes(graph) == {card.id: (card.width, card.height) for card in cards(graph).values()}


NUMBERS = st.floats() | st.sampled_from([-9999.9999, 5e-324, -5e-324, -1.2345e-5, math.inf])


@given(NUMBERS, NUMBERS, st.text(max_size=60), st.text(max_size=200))
def test_nothing_overflows_a_card(value, grad, name, formula):
    right = style.CARD_WIDTH - style.INSET
    bar_end = style.BAR_X + style.BAR_HALF
    one = node(value=value, grad=grad, stored=1.0, name=name, retains_grad=False)
    for card in (alone(**{f: getattr(one, f) for f in one.__slots__}), alone(value=value, grad=grad)):
        assert right - len(card.grad) * MONO_EM * style.NUMBER_SIZE >= bar_end
        assert max(part.width for part in card.label) <= LABEL_ROOM
        assert len(card.stored[2] if card.stored else "") <= style.LINE_LENGTH
    for tag in ("", "seed 1", "frozen leaf", "changed since"):
        tag_start = right - fit(tag, 1e9, (style.TAG_SIZE,)).width
        header = leaf_header(name, tag)
        assert style.BADGE_X + header.badge_width <= tag_start
        header = op_header(name, formula, "tanh", "tanh", tag)
        assert style.TITLE_X + header.badge_width - style.BADGE_WIDTH + header.title.width <= tag_start + 0.1


def test_long_names_become_a_fraction():
    numerator, denominator = fraction("loss_of_the_whole_batch", "pre_activation")
    assert numerator.text.startswith("∂loss")
    assert denominator.text.startswith("∂pre_")


def test_truncation_keeps_clusters():
    family = "👨‍👩‍👧‍👦"
    text = leaf_header(family * 30, "leaf").badge.text
    assert set(text.removesuffix("…").split(family)) == {""}


def test_replacing_numbers_keeps_the_layout():
    """A live picture never moves: what a card shows may change, not how high it is."""
    x = leaf(2.0)
    y = gg.log(x) * x
    y.backward()
    graph = trace([y], names={"x": x})
    moved = replace(
        graph, nodes=tuple(replace(n, value=-1e9, grad=math.nan, stored=None) for n in graph.nodes)
    )
    assert sizes(moved) == sizes(graph)
    for before, after in zip(cards(graph).values(), cards(moved).values(), strict=True):
        assert before.header == after.header or before.tag.startswith("seed")
