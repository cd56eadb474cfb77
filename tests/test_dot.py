"""The portable DOT: anyone's Graphviz draws it, every number is in it, and text in it is only text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from gallery import CASES
from graphviz.backend import dot_command
from hypothesis import given, settings
from needed import missing
from strategies import hostile_names, recipes

import graphviz_grad as gg
from graphviz_grad.picture import layout, style
from graphviz_grad.picture.caption import captions
from graphviz_grad.picture.card import cards
from graphviz_grad.picture.label import JOINER, NBSP, SANS
from graphviz_grad.text import clean, truncate

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror="alert(1)">',
    '</TD></TR></TABLE>>]; evil [URL="javascript:alert(1)"',
    "<b>bold</b>",
    "<<i>html</i>>",
    "a\\Nb\\Gc\\l",
    "ends in \\",
    "b:c:n",
    "&lt; &#60; &amp;",
    "]]> <!-- -->",
    "]",
    "]]",
    "new\nline\r\ttab",
    "\x00\x1b[31m",
    "\u202eright to left",
    "\ud800 lone",
    "\ufffe\uffff",
    "👩‍👩‍👧‍👦 שלום 日本",
    "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "   three   spaces   ",
    "URL=javascript:alert(1)",
    "%s {0} $x",
    "node",
    "x" * 500,
]


@pytest.fixture(params=layout.ENGINES)
def engine(request):
    """Either Graphviz."""
    if request.param == "system" and shutil.which("dot") is None:
        missing("no `dot` on this machine (Debian: apt-get install graphviz)")
    return request.param


def neuron():
    x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(-0.25, requires_grad=True)
    a = x * z
    s = gg.sigmoid(a)
    y = s + x
    y.backward()
    return gg.draw(y)


def render(diagram, engine):
    """The SVG that Graphviz makes of a diagram's DOT, parsed."""
    return ET.fromstring(layout.render(diagram.source, "svg", engine=engine))  # noqa: S314  (our own)


def texts(svg):
    """Every piece of text that is shown, as a reader sees it."""
    shown = ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]
    shown = [text.replace(NBSP, " ").replace(JOINER, "").strip() for text in shown]
    return [text for text in shown if text]


def faults(svg):
    """What must not be in a picture: strange elements, handlers, links, strange ids."""
    found = []
    for element in svg.iter():
        tag = element.tag.removeprefix(SVG)
        if tag not in {"svg", "g", "title", "polygon", "polyline", "path", "text"}:
            found.append(tag)
        for key, value in element.attrib.items():
            if key.startswith("on") or "href" in key or "url(" in value or "javascript" in value:
                found.append(f"{key}={value}")
            if key == "id" and not re.fullmatch(r"(graph|node|edge)\d+", value):
                found.append(f"id={value}")
            if key == "font-family" and value not in FAMILIES:
                found.append(value)
        if tag == "title" and not re.fullmatch(r"%\d+|n\d+(->n\d+)?", element.text or ""):
            found.append(f"title {element.text}")
    return found


FAMILIES = {"Arial", "DejaVu Sans Mono,Menlo,Consolas,monospace"}


# --- what is in it


def test_every_name_formula_value_and_gradient_is_there(engine):
    shown = texts(render(neuron(), engine))
    for text in (
        *("x", "z", "a", "s", "y", "= x · z", "= σ(a)", "= s + x", "leaf", "seed 1"),
        *("2.0000", "−0.2500", "−0.5000", "0.3775", "2.3775"),
        *("0.9412", "0.4700", "0.2350", "1.0000", "= −0.0588 + 1.0000"),
        *("−0.0588", "0.2350 × −0.2500", "1.0000 × 0.2350"),
        *("value", ".grad", "∂y/∂a", "∂y/∂s", "∂y/∂y"),
    ):
        assert text in shown, text


def test_both_engines_show_the_same_text():
    if shutil.which("dot") is None:
        missing("no `dot` on this machine (Debian: apt-get install graphviz)")
    one, two = (sorted(texts(render(neuron(), engine))) for engine in layout.ENGINES)
    assert one == two


def test_numbers_end_at_one_place_and_stay_inside_their_card(engine):
    """They are padded to one length and start at one place, whatever Graphviz thinks that they measure."""
    x = gg.tensor(-9999.9999, requires_grad=True)
    y = x * -4.94e-324
    y.backward()
    svg = render(gg.draw(x, y), engine)
    starts = {}
    for text in svg.iter(f"{SVG}text"):
        words = "".join(text.itertext())
        if "Mono" in text.get("font-family") and text.get("font-size") == "14.00":
            assert len(words) == 12
            starts.setdefault(float(text.get("x")), []).append(words.strip(NBSP))
    assert sorted(map(len, starts.values())) == [2, 2]  # two numbers in each of two cards
    # DejaVu Sans Mono is 0.602 em wide; the card ends 11 px after its numbers.
    cards = [
        [float(pair.split(",")[0]) for pair in re.split(r"[CM ]", path.get("d")) if pair]
        for path in svg.iter(f"{SVG}path")
        if path.get("fill") == "none" and "C" in path.get("d") and path.get("stroke") == "#7e8b9b"
    ]
    for start in starts:
        left, right = next((min(xs), max(xs)) for xs in cards if min(xs) < start < max(xs))
        assert right - left == pytest.approx(style.CARD_WIDTH, abs=2)
        assert right - style.INSET - 2 <= start + 12 * 14 * 0.602 <= right - style.INSET + 2


def test_an_edge_has_two_lanes_and_without_gradient_one():
    x, w = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, name="w")
    y = x * w
    y.backward()
    source = gg.draw(y).source
    assert 'edge [arrowsize=0.7 color="#0B5CAD:#B34700" dir=both' in source
    edges = [line.strip() for line in source.splitlines() if "->" in line]
    assert edges[0].startswith("n0 -> n2 [label=<<TABLE")
    assert edges[1] == 'n1 -> n2 [color="#7E8B9B" dir=forward]'


def test_an_operand_used_twice_is_two_edges(engine):
    x = gg.tensor(3.0, requires_grad=True)
    y = x * x
    y.backward()
    svg = render(gg.draw(y), engine)
    assert [title.text for title in svg.iter(f"{SVG}title")].count("n0->n1") == 2
    assert texts(svg).count("3.0000") >= 3  # the value, and a contribution on each edge


def test_before_backward_there_is_a_dash_and_never_a_zero(engine):
    shown = texts(render(gg.draw(gg.tensor(2.0, requires_grad=True) * 3), engine))
    assert shown.count("–") == 2
    assert "0.0000" not in shown


def test_what_is_not_a_number_is_marked(engine):
    x = gg.tensor(-3.0, requires_grad=True)
    y = gg.log(x) * 2
    y.backward()
    source = gg.draw(y).source
    assert "#A3123A" in source
    assert "#FDECEF" in source
    shown = texts(render(gg.draw(y), engine))
    assert shown.count("nan") >= 2
    assert "log of −3" in shown


def test_a_title_stands_above(engine):
    diagram = gg.draw(gg.tensor(1.0), title="<Chain> & rule\\N")
    assert "<Chain> & rule\\N" in texts(render(diagram, engine))


@pytest.mark.parametrize("theme", style.THEMES)
def test_every_theme_draws(engine, theme):
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    source = gg.draw(y, theme=theme).source
    assert style.THEMES[theme].light.gradient in source
    ET.fromstring(layout.render(source, "svg", engine=engine))  # noqa: S314


def test_it_goes_from_top_to_bottom_on_request(engine):
    heights = {}
    for direction in ("LR", "TB"):
        svg = ET.fromstring(  # noqa: S314
            layout.render(gg.draw(neuron_output(), direction=direction).source, "svg", engine=engine)
        )
        heights[direction] = float(svg.get("height").removesuffix("pt"))
    assert heights["TB"] > heights["LR"]


def neuron_output():
    x = gg.tensor(0.5, requires_grad=True)
    y = gg.sigmoid(gg.sin(x))
    y.backward()
    return y


def test_it_sets_no_dpi_and_no_attribute_that_a_name_could_reach():
    source = neuron().source
    assert "dpi" not in source
    for attribute in ("URL", "href", "tooltip", "stylesheet", "fontpath", "image", " id="):
        assert attribute not in source


def test_large_graphs_leave_out_what_nobody_can_read():
    for count, contributions, products in ((25, True, True), (26, True, False), (61, False, False)):
        y = gg.tensor(0.5, requires_grad=True)
        for _ in range(count - 1):
            y = gg.sin(y)
        y.backward()
        edges = [line for line in gg.draw(y).source.splitlines() if "->" in line]
        assert len(edges) == count - 1
        assert all(("label=" in line) == contributions for line in edges)
        assert all((" × ".replace(" ", NBSP) in line) == products for line in edges)


@pytest.mark.parametrize("name", ["linear-layer", "vector", "image"])
def test_arrays_are_there(engine, name):
    """Every number of a grid, every range, every word on an edge."""
    drawing = CASES[name]()
    shown = texts(render(drawing.digraph, engine))
    for card in cards(drawing.graph).values():
        for section in (card.value_section, card.grad_section):
            if section is not None:
                numbers = [cell.text for row in section.grid.rows for cell in row] if section.grid else []
                assert {*numbers, section.extent} - {""} <= set(shown)
    for caption in captions(drawing.graph).values():
        assert {caption.contribution.removeprefix("⚠ "), caption.product, caption.note} - {""} <= set(shown)


@pytest.mark.parametrize("name", ["neuron", "linear-layer", "broadcast", "vector", "image"])
def test_the_system_graphviz_draws_it_without_a_complaint(name):
    if shutil.which("dot") is None:
        missing("no `dot` on this machine (Debian: apt-get install graphviz)")
    done = subprocess.run(
        [shutil.which("dot"), "-Tsvg"], input=CASES[name]().source.encode(), capture_output=True, check=True
    )
    assert done.stderr == b""


def test_it_shows_itself_without_remarks_about_fonts(monkeypatch, capfd):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(dot_command, "DOT_BINARY", dot_command.DOT_BINARY)
    bundle = neuron().digraph._repr_mimebundle_()
    assert "<svg" in bundle["image/svg+xml"]
    assert capfd.readouterr().err == ""


def test_it_is_yours_to_change():
    diagram = neuron()
    diagram.digraph.attr("graph", margin="1")
    assert "margin=1" in diagram.source


# --- text is text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(engine, text):
    x = gg.tensor(2.0, requires_grad=True)
    y = gg.exp(x)
    y.backward()
    diagram = gg.draw(y, names={text: x, f"{text}!": y}, title=text)
    svg = render(diagram, engine)
    assert faults(svg) == []
    shown = [re.sub(r"\s", "", word) for word in texts(svg)]
    # The title has room for all of it; a card may cut it.
    assert re.sub(r"\s", "", truncate(clean(text), 120)) in shown
    assert any(word.startswith(re.sub(r"\s", "", clean(text))[:4]) for word in shown)


@settings(max_examples=40)
@given(hostile_names)
def test_random_text_is_only_text(name):
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    svg = render(gg.draw(y, names={name: x}, title=name), "bundled")
    assert faults(svg) == []


def test_a_naive_writer_would_be_caught(engine):
    """The checker itself is checked: Graphviz passes links through and writes a font's name as it is."""
    naive = 'digraph { a [URL="javascript:alert(1)"] b [fontname="x\\" onload=\\"alert(1)"] }'
    found = faults(ET.fromstring(layout.render(naive, "svg", engine=engine)))  # noqa: S314
    assert "a" in found
    assert "onload=alert(1)" in found
    assert any("javascript" in fault for fault in found)


# --- the same graph, the same bytes


@settings(max_examples=25)
@given(recipes(max_steps=8, special=True))
def test_random_graphs_parse(recipe):
    tensors = recipe.build()
    graph = gg.draw(tensors[-1]).graph
    answer = json.loads(layout.render(gg.Diagram(graph).source, "json", engine="bundled"))
    assert [node["name"] for node in answer["objects"]] == [node.id for node in graph.nodes]
    assert len(answer.get("edges", [])) == len(graph.edges)


def test_hash_seeds_do_not_matter(root):
    program = """
import graphviz_grad as gg
x, z, w = (gg.tensor(v, requires_grad=True) for v in (1.0, 2.0, 3.0))
y = gg.tanh(x * z + w) * x + gg.exp(z * w)
y.backward()
d = gg.draw(y)
print(d.source, d.svg(), d._repr_mimebundle_(), d.graph.to_json())
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (0, 1, 2, 12345)
    }
    assert len(outputs) == 1
    assert SANS.encode() in outputs.pop()
