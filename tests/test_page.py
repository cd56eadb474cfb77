"""The live page as text: what is in it, what it may do, what nobody can put into it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from gallery import layer
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets import FloatSlider, Widget
from needed import node_path

import graphviz_grad as gg
from graphviz_grad.picture.page import document
from graphviz_grad.picture.page.content import find_controls, make_content
from graphviz_grad.picture.page.module import module, stylesheet
from graphviz_grad.picture.page.optable import op_table

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</style><img src=q onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    '"><script>alert(1)</script>',
    "<!--<script>",
    "]]>&lt;&amp;",
    "javascript:alert(1)",
    "\u2028\u202ereversed\x00",
    "' onmouseover='alert(1)",
]


@pytest.fixture(autouse=True)
def no_widget_stays():
    yield
    Widget.close_all()


class Parsed(HTMLParser):
    """Every element with its attributes, and the text in each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open = tag
        if tag in {"script", "style", "h1", "title"}:
            self.texts.append((tag, ""))

    def handle_endtag(self, tag):  # noqa: ARG002 - HTMLParser's signature
        self.open = ""

    def handle_data(self, data):
        if self.open in {"script", "style", "h1", "title"}:
            tag, text = self.texts.pop()
            self.texts.append((tag, text + data))

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def text(self, tag):
        return [text for name, text in self.texts if name == tag]

    @property
    def data(self):
        [data] = [json.loads(text) for text in self.text("script") if text.startswith("{")]
        return data


def fork(x=2.0, z=-0.25, **keywords):
    x, z = gg.tensor(x, requires_grad=True), gg.tensor(z, requires_grad=True)
    y = gg.sigmoid(x * z) + x
    y.backward()
    return gg.draw(y, **keywords)


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(page):
    [content] = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    return {part.split()[0]: part.split()[1:] for part in content.split("; ")}


# --- what it is allowed


def test_the_policy_allows_what_is_there_and_nothing_else():
    page = Parsed(fork(title="A <b> & c").html())
    policy = policy_of(page)
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    code = [text for text in page.text("script") if not text.startswith("{")]
    assert policy["script-src"] == [hashed(text) for text in code]
    assert sorted(policy["style-src"]) == sorted({hashed(text) for text in page.text("style")})
    assert len(code) == 1
    assert len(page.text("style")) == 2


def test_nothing_in_it_asks_for_anything():
    text = fork().html()
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert not re.search(r"@import|url\(|\beval\(|new Function|\bfetch\(|XMLHttpRequest|import\(", text)
    page = Parsed(text)
    assert {name for _, attrs in page.elements for name in attrs} & {
        "src",
        "srcset",
        "style",
        "action",
    } == set()
    assert [attrs["href"] for _, attrs in page.elements if "href" in attrs] == ["data:,"]
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]


def test_it_is_one_small_file(tmp_path):
    fork().save(tmp_path / "y.html")
    assert (tmp_path / "y.html").read_text(encoding="utf-8") == fork().html()
    assert len(fork().html().encode()) < 70_000
    assert len(layer(3).html().encode()) < 95_000


def test_what_a_page_would_never_call_is_not_in_it():
    plain, plotted = (
        gg.explore(lambda x, z: gg.exp(x * z), x=2.0, z=3.0, tangent=tangent).html()
        for tangent in (False, True)
    )
    absent = ["class Tangents", ".gg-tangent", "function bindArrays", "softplus", "class Inputs"]
    assert [word in plotted for word in absent] == [True, True, False, False, False]
    assert not any(word in plain for word in absent)


def test_the_same_graph_gives_the_same_bytes():
    code = (
        "import graphviz_grad as gg, hashlib\n"
        "e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0))\n"
        "print(hashlib.sha256((e.html() + e._repr_mimebundle_()['text/html']).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1


# --- what it says


def test_it_says_what_it_shows():
    page = Parsed(fork().html())
    assert page.text("title")[0] == page.text("h1")[0] == "y = σ(x · z) + x"
    assert page.all("html") == [{"lang": "en"}]
    assert "∂y/∂node" in fork().html()
    titled = Parsed(fork(title="A & <b>").html())
    assert titled.text("title")[0] == titled.text("h1")[0] == "A & <b>"
    assert "y = σ(x · z) + x" in fork(title="A & <b>").html()


def test_themes():
    assert 'class="gg gg-cs231n gg-page"' in fork(theme="cs231n").html()


def test_a_diagram_has_a_slider_for_each_scalar_leaf_that_requires_grad():
    x, w = gg.tensor(2.0, requires_grad=True), gg.tensor(0.0, requires_grad=True)
    fixed, big = gg.tensor(3.0), gg.tensor(1e305, requires_grad=True)
    bad = gg.tensor(float("nan"), requires_grad=True)
    data = Parsed(gg.draw(x * w * fixed + big + bad).html()).data
    keys = ("node", "name", "min", "max", "step", "value")
    assert [tuple(control[key] for key in keys) for control in data["controls"]] == [
        ("n0", "x", -2.0, 6.0, 0.05, 2.0),
        ("n1", "w", -1.0, 1.0, 0.02, 0.0),
    ]


def test_an_explorer_brings_its_own_sliders():
    own = FloatSlider(value=1.0, min=0.0, max=5.0, step=0.5)
    e = gg.explore(
        lambda x, w, unused=1.0: x * w,  # noqa: ARG005
        x=(-3.0, 3.0, 0.25, 1.0),
        w=own,
    )
    e.sliders["x"].value = -2.5
    data = Parsed(e.html()).data
    assert [list(control.values()) for control in data["controls"]] == [
        ["n0", "x", -3.0, 3.0, 0.25, -2.5],
        ["n1", "w", 0.0, 5.0, 0.5, 1.0],
    ]


def test_an_explorer_of_tensors_starts_where_its_sliders_stand():
    x = gg.tensor(3.0, requires_grad=True)
    e = gg.explore(x * x)
    e.sliders["x"].value = 4.5
    page = Parsed(e.html())
    assert page.data["controls"][0]["value"] == 4.5
    assert "20.2500" in e.html()


def test_a_page_runs_its_own_first_pass():
    x = gg.tensor(3.0, requires_grad=True)
    y = x * x
    content = make_content(gg.draw(y).graph)
    assert content.graph["x"].grad == 6.0
    assert content.notes == ("Gradients are those of one backward pass from y.",)
    y.backward()
    assert make_content(gg.draw(y).graph).notes == ()
    y = x * x
    outer = y * 2
    outer.backward()
    content = make_content(gg.draw(y).graph)
    assert content.graph["x"].grad == 6.0  # of y, which is what the page has
    assert content.notes == ("Gradients are those of one backward pass from y.",)


def test_what_cannot_move_is_a_picture():
    x = gg.tensor(np.ones(3), requires_grad=True)
    z = gg.tensor(2.0, requires_grad=True)
    text = gg.draw(x * z).html()
    assert "does not move" in text
    assert policy_of(Parsed(text))["script-src"] == ["'none'"]
    assert Parsed(text).all("script") == []
    assert Parsed(gg.draw(gg.tensor(2.0) * 3).html()).all("script") == []


# --- functions that look at their values


def branchy(x):
    return gg.exp(x) if x > 0 else x * x


def numbers(x):
    return x * float(x)


def items(x):
    return x * 2 if x.item() > 0 else x


def data(x):
    return x * x.data


def hidden(x):
    with gg.no_grad():
        w = x * 2
    return x * w


def printing(x, w=gg.tensor(3.0)):  # noqa: B008 - a default is an abbreviation
    print(f"{x:.2f}")  # noqa: T201
    return x * w.item()


def plain(x):
    return gg.exp(x) + gg.tensor(2.0)


@pytest.mark.parametrize("function", [branchy, numbers, items, data])
def test_a_look_at_a_value_is_noticed(function):
    assert "looks at its values" in gg.explore(function, x=1.0).html()


@pytest.mark.parametrize("function", [printing, plain])
def test_what_only_prints_or_reads_what_is_fixed_does_not_look(function):
    assert "looks at its values" not in gg.explore(function, x=1.0).html()


def test_a_value_taken_out_of_sight_is_noticed_at_the_first_move():
    e = gg.explore(hidden, x=1.0)
    e.sliders["x"].value = 2.0
    assert "looks at its values" in e.html()


def test_the_page_follows_the_branch_that_is_taken():
    e = gg.explore(branchy, x=(-2.0, 2.0))
    e.sliders["x"].value = 1.5
    assert Parsed(e.html()).text("h1") == ["y = exp(x)"]
    e.sliders["x"].value = -1.5
    assert Parsed(e.html()).text("h1") == ["y = x · x"]


# --- hostile text


FITTED = {"tspan", "textlength", "lengthadjust"}  # of names in other scripts


def words(text):
    """The elements that a browser would make of a page, and the names of their attributes."""
    elements = Parsed(text).elements
    return {tag for tag, _ in elements} | {name for _, attrs in elements for name in attrs}


def shape(text):
    """What a page is made of, but for the texts in its picture."""
    return [tag for tag, _ in Parsed(text).elements if tag not in {"tspan", "text"}]


def pages(name, title):
    x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
    y = x * z
    y.backward()
    diagram = gg.draw(y, names={name: x}, title=title)
    return diagram.html(), diagram.figure()


def check(name, title):
    for text, plain_text in zip(pages(name, title), pages("x", "title"), strict=True):
        assert words(text) <= words(plain_text) | FITTED
        assert [tag for tag in shape(text) if tag != "path"] == [
            tag for tag in shape(plain_text) if tag != "path"
        ]
        assert "\x00" not in text
        names = [control["name"] for control in Parsed(text).data["controls"]]
        assert len(names) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_titles_are_text(text):
    check(text, text)


@given(st.text(min_size=1, max_size=40), st.text(st.sampled_from("<>\"'&/!-scriptyle=\n"), max_size=30))
@settings(max_examples=60)
def test_any_name_and_title_is_text(name, title):
    check(name, title + "</script>")


@pytest.mark.parametrize("naive", ["escape", "_to_json"])
def test_a_naive_writer_is_caught(monkeypatch, naive):
    if naive == "escape":
        monkeypatch.setattr(document, "escape", lambda text: text)
    else:
        monkeypatch.setattr("graphviz_grad.picture.page.content._to_json", json.dumps)
    caught = 0
    for text in HOSTILE:
        try:
            check(text, text)
        except (AssertionError, ValueError):
            caught += 1
    assert caught


# --- notebooks


def test_a_saved_notebook_keeps_a_figure_and_what_moves_it():
    e = gg.explore(lambda x: x * x, x=3.0)
    html = e._repr_mimebundle_()["text/html"]
    page = Parsed(html)
    [image] = page.all("img")
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert [script.get("type") for script in page.all("script")] == ["application/json", "module"]
    assert html.count("<svg") == 0  # once is enough
    assert len(html) < 80_000


def test_an_explorer_displays_a_figure_and_a_widget(monkeypatch):
    shown = []
    monkeypatch.setattr("graphviz_grad.live.explorer.display", lambda data, **_: shown.append(data))
    e = gg.explore(lambda x: x * x, x=3.0)
    e._ipython_display_()
    figure, widget = shown
    assert set(figure) == {"text/html", "text/plain"}
    assert f'class="gg-{e._view.twin}"' in figure["text/html"]
    assert widget["application/vnd.jupyter.widget-view+json"]["model_id"] == e.widget.model_id
    assert widget["text/html"] == widget["text/plain"] == ""


# --- the parts


def test_controls_of_no_use_are_left_out():
    x = gg.tensor(2.0, requires_grad=True)
    assert [control.name for control in find_controls(gg.draw(x * 1).graph)] == ["x"]
    assert find_controls(gg.draw(gg.tensor(2.0) * 1).graph) == ()


def test_style_sheets_have_no_comments():
    assert "/*" not in stylesheet("style", "widget", "controls", "page")


def test_no_two_files_declare_the_same_name(root):
    """They become one text, the helpers of the op table among them."""
    folder = root / "graphviz_grad" / "picture" / "page" / "static"
    sources = [op_table(), *(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js")))]
    pattern = re.compile(r"^(?:export )?(?:const|let|class|(?:async )?function) (\w+)", re.MULTILINE)
    declared = [name for source in sources for name in pattern.findall(source)]
    assert {"OPS", "Picture", "Program"} <= set(declared)
    assert [name for name in set(declared) if declared.count(name) > 1] == []


def run_node(code):
    text = f"{module()}\nconsole.log(JSON.stringify({code}));"
    made = subprocess.run(
        [node_path(), "--input-type=module", "-"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(made.stdout)


FRAGMENTS = {
    "#x=-2&z=0.5": ([[0, -2], [1, 0.5]], 0),
    "x=1e-3": ([[0, 0.001]], 0),
    "#": ([], 0),
    "": ([], 0),
    "#x=+2&&x=.5": ([[0, 0.5]], 0),
    "#x=%E2%88%922": ([[0, -2]], 0),
    "#x = 3": ([[0, 3]], 0),
    "#x=nan&z=inf": ([], 2),
    "#x=1e309": ([], 1),
    "#x=0x10&z=1_0": ([], 2),
    "#x=": ([], 1),
    "#x": ([], 1),
    "#q=1&z=2": ([[1, 2]], 1),
    "#%=1": ([], 1),
    "#x=%zz": ([], 1),
    "#__proto__=1&constructor=2": ([], 2),
    "#" + "a" * 20_000: ([], 1),
}


def test_fragments():
    names = ["x", "z"]
    asked = json.dumps(list(FRAGMENTS))
    read = f"readFragment(text, {names})"
    code = f"{asked}.map((text) => {read}).map(({{ values, faults }}) => [[...values], faults])"
    answers = run_node(code)
    for (text, (values, faults)), (found, said) in zip(FRAGMENTS.items(), answers, strict=True):
        assert (sorted(found), len(said)) == (values, faults), text[:40]
        assert all(len(fault) < 120 for fault in said)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda pair: pair[0].strip(),
    )
)
@settings(max_examples=10)
def test_a_fragment_says_what_it_was_written_from(pairs):
    names, values = zip(*((name.strip() or "x", value) for name, value in pairs), strict=True)
    names = json.dumps(list(dict.fromkeys(names)))
    code = f"[...readFragment(writeFragment({names}, {json.dumps(values)}), {names}).values]"
    found = dict(run_node(code))
    assert [found[place] for place in sorted(found)] == pytest.approx(list(values[: len(found)]), abs=0)
