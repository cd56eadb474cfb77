"""A diagram as people meet it: `draw`, what a notebook shows, and files."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from needed import missing

import graphviz_grad as gg
from graphviz_grad.picture import figure, layout, writers
from graphviz_grad.picture.array_text import one_line
from graphviz_grad.picture.svg import paint


def neuron():
    x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(-0.25, requires_grad=True)
    a = x * z
    y = gg.sigmoid(a) + x
    y.backward()
    return gg.draw(y)


class Page(HTMLParser):
    """Elements and text of a piece of HTML, which has to be well-formed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


# --- draw


def test_it_says_what_it_shows():
    assert repr(neuron()) == (
        "Diagram of y: 5 nodes, 5 edges\n"
        "node          value  ∂y/∂node   .grad\n"
        "x            2.0000    0.9412  0.9412\n"
        "z           -0.2500    0.4700  0.4700\n"
        "a = x · z   -0.5000    0.2350    None\n"
        "v1 = σ(a)    0.3775    1.0000    None\n"
        "y = v1 + x   2.3775    1.0000    None"
    )


def test_before_backward_nothing_is_zero():
    text = repr(gg.draw(gg.tensor(2.0, requires_grad=True) * 3))
    assert "0.0000" not in text.replace("2.0000", "").replace("6.0000", "")
    assert text.count("–") == 2


def test_this_pass_and_what_is_stored_stand_side_by_side():
    x = gg.tensor(2.0, requires_grad=True)
    for _ in range(2):
        y = x * x
        y.backward()
    assert "x          2.0000    4.0000  8.0000" in repr(gg.draw(y))


def test_a_long_listing_ends():
    y = gg.tensor(0.5, requires_grad=True)
    for _ in range(99):
        y = gg.sin(y)
    lines = repr(gg.draw(y)).splitlines()
    assert len(lines) == figure.ROWS_SHOWN + 3
    assert lines[-1] == "... and 60 more"


def test_names_are_the_callers_variables():
    left = gg.tensor(1.0, requires_grad=True)
    total = left + GLOBAL

    def inside():
        right = gg.tensor(3.0)
        return gg.draw(total * right)

    assert {node.name for node in inside().graph.nodes} >= {"right", "GLOBAL", "y"}
    assert [node.name for node in gg.draw(total).graph.nodes] == ["GLOBAL", "left", "total"]
    assert gg.draw(total, names={"w": left}).graph["w"].value == 1.0


GLOBAL = gg.tensor(2.0, requires_grad=True)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((), {}, ValueError, "outputs: "),
        ((2.0,), {}, TypeError, "output: 2.0 (must be a "),
        (("y",), {}, TypeError, "output: 'y' (must be a "),
        (([GLOBAL],), {}, TypeError, "(must be tensors, one by one: draw(a, b))"),
        ((GLOBAL,), {"direction": "RL"}, ValueError, "direction: 'RL' (must be 'LR' or 'TB')"),
        ((GLOBAL,), {"direction": None}, ValueError, "direction: None (must be 'LR' or 'TB')"),
        (
            (GLOBAL,),
            {"theme": "dark"},
            ValueError,
            "theme: 'dark' (must be 'default' or 'cs231n' or 'print')",
        ),
        ((GLOBAL,), {"theme": ["print"]}, ValueError, "theme: ['print'] (must be "),
        ((GLOBAL,), {"engine": "dot"}, ValueError, "engine: 'dot' (must be 'bundled' or 'system')"),
        ((GLOBAL,), {"title": 3}, TypeError, "title: 3 (must be a str or None)"),
        ((GLOBAL,), {"names": [GLOBAL]}, TypeError, "(must be a dict of tensors by name, or None)"),
        ((GLOBAL,), {"names": {1: GLOBAL}}, TypeError, "names: 1 (must be a str of one or more characters)"),
        (
            (GLOBAL,),
            {"names": {"": GLOBAL}},
            TypeError,
            "names: '' (must be a str of one or more characters)",
        ),
        ((GLOBAL,), {"names": {"a": 1.0}}, TypeError, "names['a']: 1.0 (must be a "),
        ((GLOBAL,), {"max_nodes": 0}, ValueError, "max_nodes: 0 (must be an int of 1 or more)"),
        ((GLOBAL,), {"max_nodes": True}, ValueError, "max_nodes: True (must be an int of 1 or more)"),
        ((GLOBAL,), {"max_nodes": 1e3}, ValueError, "max_nodes: 1000.0 (must be an int of 1 or more)"),
    ],
)
def test_what_cannot_be_drawn_is_refused_clearly(arguments, options, error, message):
    with pytest.raises(error) as caught:
        gg.draw(*arguments, **options)
    assert message in str(caught.value)


def test_too_many_nodes_are_refused_with_a_way_out():
    x = gg.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y + x
    with pytest.raises(ValueError, match=r"5001 nodes .*max_nodes=1000;.* draw an intermediate"):
        gg.draw(y)


def test_nothing_is_laid_out_before_somebody_looks(monkeypatch):
    monkeypatch.setattr(layout, "layout", None)
    monkeypatch.setattr(layout, "render", None)
    x = gg.tensor(1.0)
    diagram = gg.draw(x)
    assert repr(diagram)
    assert diagram.graph["x"].value == 1.0
    assert diagram.source


def test_importing_the_package_imports_neither_graphviz_nor_widgets(root):
    program = (
        "import sys, graphviz_grad as gg; gg.tensor(1.0); "
        "print([m for m in ('graphviz', 'ipywidgets', 'anywidget', 'subprocess') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


# --- in a notebook


def test_a_notebook_gets_an_image_a_table_and_text():
    diagram = neuron()
    bundle = diagram._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == repr(diagram)
    page = Page(bundle["text/html"])
    image = dict(page.elements)["img"]
    head, _, data = image["src"].partition(",")
    assert head == "data:image/svg+xml;base64"
    shown = base64.b64decode(data).decode()
    assert shown == paint(diagram.graph, diagram.positions, words=False)
    assert len(shown) < len(diagram.svg())
    assert image["alt"].startswith("Computation graph of y: 5 nodes, 5 edges")
    for text in ("a = x · z", "−0.5000", "0.9412", "∂y/∂node", ".grad", "None"):
        assert text in page.text


def test_its_html_is_only_what_an_untrusted_jupyterlab_lets_through():
    x = gg.tensor(1.0, requires_grad=True, name='<script>"x"</script>')
    diagram = gg.draw(x * 2, title="\"><script>alert('t')</script>")
    page = Page(diagram._repr_mimebundle_()["text/html"])
    assert {tag for tag, _ in page.elements} == {
        *("figure", "div", "img", "details", "summary"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert {key for _, attributes in page.elements for key in attributes} <= {
        *("style", "alt", "src", "width", "scope"),
    }
    properties = {
        declaration.partition(":")[0]
        for _, attributes in page.elements
        for declaration in attributes.get("style", "").split(";")
        if declaration
    }
    assert properties == {
        *("margin", "overflow-x", "min-width", "max-width", "height", "padding", "text-align"),
    }
    assert dict(page.elements)["img"]["alt"] == "\"><script>alert('t')</script>"


def test_a_wide_picture_shrinks_and_is_never_cropped():
    y = gg.tensor(0.5, requires_grad=True)
    for _ in range(97):
        y = gg.sin(y)
    image = dict(Page(gg.draw(y)._repr_mimebundle_()["text/html"]).elements)["img"]
    width = int(image["width"])
    assert width > 10_000
    assert f"min-width:{width * 0.75:.0f}px;max-width:100%;height:auto" in image["style"]


def test_arrays_are_shown_short():
    assert one_line(np.array([[1.0, -0.5]])) == "[[1.0000, -0.5000]]"
    assert len(one_line(np.zeros((100, 100)))) < 200


# --- files


@pytest.mark.parametrize("kind", [str, Path])
def test_files_hold_what_their_suffix_says(tmp_path, kind):
    diagram = neuron()
    for suffix in (".svg", ".dot", ".json", ".png", ".SVG"):
        assert diagram.save(kind(tmp_path / f"y{suffix}")) is None
    assert (tmp_path / "y.svg").read_text(encoding="utf-8") == diagram.svg()
    assert (tmp_path / "y.SVG").read_bytes() == (tmp_path / "y.svg").read_bytes()
    assert (tmp_path / "y.dot").read_text(encoding="utf-8") == diagram.source
    assert json.loads((tmp_path / "y.json").read_text(encoding="utf-8"))["nodes"][0]["name"] == "x"
    assert (tmp_path / "y.png").read_bytes().startswith(b"\x89PNG\r\n")
    ET.parse(tmp_path / "y.svg")  # noqa: S314  (our own)


def test_a_pdf_comes_from_a_system_graphviz(tmp_path):
    if shutil.which("dot") is None:
        missing("no `dot` on this machine (Debian: apt-get install graphviz)")
    neuron().save(tmp_path / "y.pdf")
    assert (tmp_path / "y.pdf").read_bytes().startswith(b"%PDF")


def test_without_a_system_graphviz_a_pdf_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(layout.GraphvizError, match=r"'\.pdf' \(must be \.svg or \.png here, or have `dot`"):
        neuron().save(tmp_path / "y.pdf")
    assert list(tmp_path.iterdir()) == []


def png_size(path):
    header = path.read_bytes()[16:24]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")


def test_a_png_is_sharp(tmp_path):
    diagram = neuron()
    diagram.save(tmp_path / "y.png")
    width, height = png_size(tmp_path / "y.png")
    assert width > 2 * diagram.positions.width
    assert height > 2 * diagram.positions.height


def test_a_png_of_a_large_graph_can_still_be_opened(tmp_path):
    y = gg.tensor(0.5, requires_grad=True)
    for _ in range(150):
        y = gg.sin(y)
    gg.draw(y).save(tmp_path / "y.png")
    assert 12_000 < png_size(tmp_path / "y.png")[0] < 17_000


def test_an_existing_file_is_replaced(tmp_path):
    path = tmp_path / "y.svg"
    path.write_text("old", encoding="utf-8")
    neuron().save(path)
    assert path.read_text(encoding="utf-8").startswith("<svg")


def test_others_may_read_it(tmp_path):
    neuron().save(tmp_path / "y.svg")
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert stat.S_IMODE((tmp_path / "y.svg").stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.svg").touch()
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    neuron().save(tmp_path / "link.svg")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "real.svg").stat().st_size > 0


def test_home_is_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    neuron().save("~/y.svg")
    assert (tmp_path / "y.svg").exists()


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("y.bmp", ValueError, r"y\.bmp' \(must end in one of \.svg, \.html, \.dot, \.json, \.png, \.pdf\)"),
        ("y", ValueError, "must end in one of"),
        ("svg", ValueError, "must end in one of"),
        ("missing/y.svg", FileNotFoundError, r"must be in a directory that exists: '.*missing' does not"),
        ("~nobody-has-this-name/y.svg", FileNotFoundError, "must be in a home directory that exists"),
        ("folder.svg", IsADirectoryError, "must be a file, but is a directory"),
        (b"y.svg", TypeError, r"path: b'y\.svg' \(must be a str or a path\)"),
        (None, TypeError, r"path: None \(must be a str or a path\)"),
    ],
)
def test_a_path_that_cannot_be_is_refused_clearly(tmp_path, monkeypatch, name, error, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(error, match=message):
        neuron().save(name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "y.svg"
    path.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        neuron().save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_format_is_one_entry_in_a_table(tmp_path, monkeypatch):
    monkeypatch.setitem(writers.WRITERS, ".txt", lambda diagram: repr(diagram).encode())
    neuron().save(tmp_path / "y.txt")
    assert (tmp_path / "y.txt").read_text(encoding="utf-8").startswith("Diagram of y")


def test_names_that_are_no_text_can_be_saved_all_the_same(tmp_path):
    x = gg.tensor(1.0, name="\ud800 \udfff")
    diagram = gg.draw(x)
    for suffix in (".svg", ".dot", ".json", ".png"):
        diagram.save(tmp_path / f"x{suffix}")
    assert "\ufffd" in (tmp_path / "x.svg").read_text(encoding="utf-8")
    name = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["nodes"][0]["name"]
    assert re.fullmatch("[\ud800\ufffd] [\udfff\ufffd]", name)
