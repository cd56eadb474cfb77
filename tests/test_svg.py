"""The painted picture: what is in it, what never is, and that it is always the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings

import pytest
from gallery import ASSETS, CASES, SLOTS, layer
from hypothesis import given
from hypothesis import strategies as st
from slots import NAMESPACE, parse, slots

import graphviz_grad as gg
from graphviz_grad.graph import Graph, Node, trace
from graphviz_grad.picture import style
from graphviz_grad.picture.layout import layout
from graphviz_grad.picture.positions import Box, Positions
from graphviz_grad.picture.svg import paint

ELEMENTS = {"svg", "g", "title", "desc", "style", "rect", "path", "text", "tspan", "defs", "marker"}
ATTRIBUTES = {
    *("aria-describedby", "aria-hidden", "aria-label", "aria-labelledby", "aria-roledescription", "class"),
    *("d", "data-direction", "data-edge", "data-name", "data-node", "data-slot", "data-state", "dy"),
    *("font-size", "height", "id", "lengthAdjust", "role", "rx", "stroke-width", "tabindex", "textLength"),
    *("transform", "viewBox", "width", "x", "y"),
}


def check_it_is_harmless(svg):
    tree = parse(svg)
    for element in tree.iter():
        assert element.tag.removeprefix(NAMESPACE) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
        assert not any(name.lower().startswith("on") or "href" in name for name in element.attrib)
    style = "".join(element.text for element in tree.iter(f"{NAMESPACE}style"))
    assert not re.search(r"url\(|@import|@font-face", style)
    assert svg.count("<!") == svg.count("<?") == 0
    return tree


@pytest.fixture(scope="module")
def painted():
    return {name: make().svg() for name, make in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_only_elements_of_the_allowlist(painted, name):
    check_it_is_harmless(painted[name])


@pytest.mark.parametrize("name", CASES)
def test_the_gallery_is_fresh(painted, name):
    """`python tests/gallery.py` writes it; look at what has changed."""
    assert (ASSETS / f"{name}.svg").read_text(encoding="utf-8") == painted[name]


def test_the_gallery_has_nothing_else():
    assert {path.stem for path in ASSETS.glob("*.svg")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_slots_say_what_they_said(painted, name):
    assert slots(painted[name]) == json.loads(SLOTS.read_text(encoding="utf-8"))[name]


def test_the_names_of_the_parts(painted):
    said = slots(painted["neuron"])
    assert (said["n0.value"], said["n0.grad"]) == ("2.0000", "0.9412")
    assert said["n0.fork"] == "= −0.0588 + 1.0000"
    assert said["n0.tag"] == "leaf"
    assert said["n4.tag"] == "seed 1"
    assert (said["e0"], said["e0.contribution"]) == ("negative", "−0.0588")
    assert said["e0.product"] == "0.2350 × −0.2500"
    assert set(re.findall(r'data-slot="\w+\.(\w+)"', painted["neuron"])) == {"value", "grad", "contribution"}
    assert slots(painted["twice"])["n0.stored"] == ".grad 8.0000 = 4.0000 before + 4.0000"


def test_a_lane_that_cannot_carry_a_gradient_is_grey_and_alone(painted):
    tree = parse(painted["states"])
    (frozen,) = [g for g in tree.iter() if g.get("data-name") == "w"]
    assert "gg-frozen" in frozen.get("class").split()
    (edge,) = [g for g in tree.iter() if "gg-idle" in (g.get("class") or "").split()]
    kinds = [child.get("class") for child in edge]
    assert kinds == ["gg-forward", "gg-tip"]


def test_states_are_marked(painted):
    states = {
        g.get("data-name"): g.get("data-state", "")
        for g in parse(painted["states"]).iter()
        if g.get("data-node")
    }
    assert states == {"x": "", "w": "", "h": "", "r": "dead", "k": "", "q": "nan", "m": "", "L": "nan"}


@pytest.mark.parametrize(
    ("name", "is_many", "is_crowd"), [("neuron", 0, 0), ("layer", 1, 0), ("wide-layer", 1, 1)]
)
def test_many_nodes_hide_what_would_clutter(painted, name, is_many, is_crowd):
    kinds = parse(painted[name]).get("class").split()
    assert ("gg-many" in kinds, "gg-crowd" in kinds) == (is_many, is_crowd)


def test_what_assistive_technology_reads(painted):
    tree = parse(painted["neuron"])
    assert tree.get("role") == "graphics-document document"
    assert tree.get("aria-roledescription") == "computation graph"
    title, desc = tree[0], tree[1]
    assert (title.text, tree.get("aria-labelledby")) == (
        "Computation graph of y, with gradients of y",
        title.get("id"),
    )
    assert tree.get("aria-describedby") == desc.get("id")
    nodes = [g for g in tree.iter() if g.get("data-node")]
    assert desc.text == " ".join(f"{node.get('aria-label')}." for node in nodes)
    assert [node.get("tabindex") for node in nodes] == ["0", "-1", "-1", "-1", "-1"]
    assert {node.get("role") for node in nodes} == {"graphics-object img"}
    assert nodes[2].get("aria-label") == "a, x times z, value -0.5000, gradient 0.2350"
    assert nodes[2][0].tag == f"{NAMESPACE}title"
    assert "0.2350037122015945" in nodes[2][0].text


@pytest.mark.parametrize("name", CASES)
def test_without_words_it_looks_the_same(name):
    """For an image, and for a page whose script writes the words."""
    graph = CASES[name]().graph
    positions = layout(graph)
    full, bare = (paint(graph, positions, words=words) for words in (True, False))
    check_it_is_harmless(bare)
    said = {part: text.rpartition(" | ")[0] or text for part, text in slots(full).items()}
    is_many = len(graph.nodes) > style.TWO_LINE_NODES
    kept = {part: text for part, text in said.items() if not (is_many and part.endswith(".product"))}
    assert {part: text.removesuffix(" | ") for part, text in slots(bare).items()} == kept
    assert len(bare) < len(full)


def test_a_picture_of_a_hundred_nodes_is_small():
    diagram = layer(14)
    assert len(diagram.graph.nodes) == 99
    full, bare = (len(paint(diagram.graph, diagram.positions, words=words)) for words in (True, False))
    assert full < 230_000
    assert bare < 185_000


def test_ids_differ_between_pictures(painted):
    ids = [re.findall(r' id="([^"]+)"', svg) for svg in painted.values()]
    assert all(len(pair) == 2 for pair in ids)
    assert len({one for pair in ids for one in pair}) == 2 * len(CASES)


def test_the_title_of_the_users():
    x = gg.tensor(2.0, requires_grad=True)
    graph = trace([x * x], names={"x": x})
    svg = paint(graph, layout(graph), title="</title><script>alert(1)</script>\n\u202e")
    assert check_it_is_harmless(svg)[0].text == "</title><script>alert(1)</script>\ufffd\ufffd"


PLACE = Positions(216.0, 122.0, {"n0": Box(108.0, 61.0, 188.0, 94.0)}, {}, {})


@given(st.text(), st.text(), st.booleans())
def test_any_name_is_only_text(name, formula, is_leaf):
    check_one(name, formula, is_leaf=is_leaf)


@pytest.mark.parametrize(
    "text",
    [
        '"><script>alert(1)</script>',
        "]]><!--",
        "&lt;&amp;&#x41;&unknown;",
        "' onload='alert(1)",
        "a\x00b\x1bc\ud800\uffff",
        "line\nbreak\ttab",
        "\u202eabc\u2066",
        "x" * 100_000,
        "e" + "\u0301" * 10_000,
        "👨‍👩‍👧‍👦" * 50,
        "مرحبا بالعالم",
        "﷽" * 30,
    ],
    ids=lambda text: ascii(text[:8]),
)
@pytest.mark.parametrize("is_leaf", [True, False])
def test_hostile_names(text, is_leaf):
    check_one(text, text, is_leaf=is_leaf)


def check_one(name, formula, *, is_leaf):
    node = Node(
        id="n0",
        name=name,
        op=None if is_leaf else "add",
        symbol="" if is_leaf else "+",
        formula="" if is_leaf else formula,
        value=2.0,
        grad=1.0,
        stored=None,
        is_leaf=is_leaf,
        requires_grad=True,
        parents=(),
    )
    svg = paint(Graph((node,), (), ("n0",), name), PLACE, title=name)
    svg.encode()
    tree = check_it_is_harmless(svg)
    (card,) = [g for g in tree.iter() if g.get("data-node")]
    shown = ["".join(text.itertext()) for text in card.iter(f"{NAMESPACE}text")]
    assert all(
        len(text) <= 2 * 24 * 16 for text in shown
    )  # graphemes of name and formula, 16 code points each
    assert len([g for g in tree.iter() if g.get("class") == "gg-card"]) == 1


def test_operands_of_right_to_left_names_keep_their_order():
    """`א − ב` must not be shown as `ב − א`: each word is set apart."""
    x, z = (gg.tensor(value, requires_grad=True) for value in (1.0, 2.0))
    graph = trace([x - z], names={"א": x, "ב": z})
    (title,) = [e for e in parse(paint(graph, layout(graph))).iter() if e.get("class") == "gg-title"]
    assert "".join(title.itertext()) == "y = א − ב"
    assert [run.text for run in title] == ["y", "א", "ב"]
    assert all("gg-run" in run.get("class").split() for run in title)


def test_the_same_bytes_whatever_the_hash_seed():
    code = (
        "from gallery import CASES; print(*[CASES[name]().svg() for name in ('neuron', 'states', 'layer')])"
    )
    folder = os.path.dirname(__file__)  # noqa: PTH120
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            cwd=folder,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 50_000


def test_painting_is_pure():
    graph = CASES["neuron"]().graph
    positions = layout(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert paint(graph, positions) == paint(graph, positions)


@pytest.mark.parametrize("theme", ["default", "cs231n", "print"])
def test_a_theme_changes_colours_only(theme):
    graph = CASES["states"]().graph
    svg = paint(graph, layout(graph), theme=theme)
    assert f'class="gg gg-{theme}"' in svg
    assert slots(svg) == slots(paint(graph, layout(graph)))


def test_an_unknown_theme_is_refused():
    graph = CASES["sigmoid"]().graph
    with pytest.raises(ValueError, match="theme: 'x\" onload='"):
        paint(graph, layout(graph), theme='x" onload=')


def test_a_graph_of_one_leaf():
    x = gg.tensor(2.0, requires_grad=True, name="x")
    graph = trace([x])
    assert slots(paint(graph, layout(graph)))["n0.grad"] == "–"
