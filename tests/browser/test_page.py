"""The page that is one file, opened from disk without a network; and what a saved notebook keeps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from refresh_notebooks import METADATA

import graphviz_grad as gg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
TWO_FRAMES = "() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))"
HOSTILE = [
    "</script><script>pwned=1</script>",
    '"><img src=q onerror="pwned=1">',
    "]]>&lt;",
    "\u202ereversed\x00",
]


class Opened:
    """A page, and what it has said and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def check_quiet(self) -> None:
        assert self.said == []
        assert len(self.asked) == 1
        assert self.page.evaluate("() => window.violations") == []

    def slider(self, name: str) -> Locator:
        return self.page.get_by_role("slider", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.page.get_by_role("spinbutton", name=f"{name}, exact value")

    def number(self, name: str, slot: str) -> float:
        text = self.page.locator(f'[data-name="{name}"] [data-slot$=".{slot}"]').text_content()
        return float(text.replace("\N{MINUS SIGN}", "-"))

    def state(self) -> tuple[float, ...]:
        return tuple(self.number(name, slot) for name in ("x", "z", "y") for slot in ("value", "grad"))

    def expect_state(self, x: float, z: float) -> None:
        s = 1 / (1 + math.exp(-x * z))
        slope = s * (1 - s)
        expected = (x, slope * z + 1, z, slope * x, s + x, 1.0)
        self.page.evaluate(TWO_FRAMES)
        assert self.state() == pytest.approx(expected, abs=6e-5)


@pytest.fixture
def open_page(chromium, tmp_path) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def open_text(text: str, fragment: str = "", **options: Any) -> Opened:
        path: Path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        options = {"viewport": {"width": 1652, "height": 700}} | options
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        context.add_init_script(WATCH)
        opened = Opened(context.new_page())
        opened.page.goto(path.as_uri() + fragment)
        return opened

    yield open_text
    for context in contexts:
        context.close()


def fork(**keywords) -> str:
    x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(-1.5, requires_grad=True)
    a = x * z
    s = gg.sigmoid(a)
    y = s + x
    y.backward()
    return gg.draw(y, **keywords).html()


# --- it moves


def test_sliders_run_both_passes(open_page, artifacts):
    opened = open_page(fork())
    opened.expect_state(2.0, -1.5)
    opened.slider("z").press("ArrowRight")
    opened.expect_state(2.0, -1.45)
    opened.slider("x").press("Home")
    opened.expect_state(-2.0, -1.45)
    opened.slider("x").press("End")
    opened.expect_state(6.0, -1.45)
    opened.page.screenshot(path=artifacts / "page-light.png")
    opened.check_quiet()


def test_a_drag_by_mouse(open_page):
    opened = open_page(fork())
    box = opened.slider("x").bounding_box()
    y = box["y"] + box["height"] / 2
    mouse = opened.page.mouse
    mouse.move(box["x"] + box["width"] / 2, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 4, y, steps=5)
    mouse.up()
    x = float(opened.slider("x").input_value())
    assert -0.5 < x < 0.5
    opened.expect_state(x, -1.5)


def test_an_exact_number(open_page):
    opened = open_page(fork())
    opened.field("x").fill("0.123456")
    opened.expect_state(0.123456, -1.5)
    opened.field("x").press("Tab")
    expect(opened.field("x")).to_have_value("0.123456")
    opened.field("z").press("ArrowUp")
    opened.expect_state(0.123456, -1.45)
    opened.check_quiet()


@pytest.mark.parametrize(
    ("entry", "words"), [("7", "x: 7 (must be between −2 and 6)"), ("", "x: (must be a number)")]
)
def test_a_wrong_entry_changes_nothing_and_is_said(open_page, entry, words):
    opened = open_page(fork())
    opened.field("x").fill(entry)
    opened.field("x").press("Tab")
    expect(opened.page.get_by_role("status")).to_have_text(words)
    expect(opened.field("x")).to_have_attribute("aria-invalid", "true")
    opened.expect_state(2.0, -1.5)
    opened.field("x").fill("3")
    expect(opened.page.get_by_role("status")).to_have_text("")
    expect(opened.field("x")).to_have_attribute("aria-invalid", "false")
    opened.expect_state(3.0, -1.5)


def test_a_thousand_moves_end_as_a_fresh_page_begins(open_page):
    opened = open_page(fork())
    opened.page.evaluate(
        """() => {
          const [range] = document.querySelectorAll("[type=range]");
          for (let k = 0; k <= 1000; k += 1) {
            range.value = String(-2 + (k % 160) / 20);
            range.dispatchEvent(new Event("input"));
          }
        }"""
    )
    opened.page.evaluate(TWO_FRAMES)
    x = float(opened.slider("x").input_value())
    other = open_page(fork(), f"#x={x}")
    inner = (
        """() => document.querySelector(".gg-figure").innerHTML.replaceAll(/(gg[a-z0-9]+-)(?=gg-)/g, "")"""
    )
    assert opened.page.evaluate(inner) == other.page.evaluate(inner)


def test_moves_leave_nothing_behind(open_page):
    """The figure for 10,000 is measured by ``python -m tests.benchmarks page``."""
    e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0, 0.05, -0.25))
    page = open_page(e.html()).page
    e.close()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    counted = []
    for moves in (500, 2000):
        page.evaluate(
            """async (moves) => {
              const range = document.querySelector("[type=range]");
              for (let move = 0; move < moves; move += 1) {
                range.value = String(Math.sin(move));
                range.dispatchEvent(new Event("input", { bubbles: true }));
                if (move % 10 === 0) await new Promise(requestAnimationFrame);
              }
            }""",
            moves,
        )
        page.wait_for_function("() => location.hash !== ''")  # the last to follow a move
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        counted.append({m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]})
    before, after = counted
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 500_000
    for name in ("Nodes", "JSEventListeners"):
        assert after[name] - before[name] < 20


def test_the_table_keeps_in_step(open_page):
    opened = open_page(fork())
    opened.page.get_by_text("Values and gradients").click()
    opened.slider("z").press("Home")
    row = opened.page.get_by_role("row", name="x ", exact=False).first
    expect(row.get_by_role("cell").nth(0)).to_have_text("2.0000")
    s = 1 / (1 + math.exp(9.0))
    expect(row.get_by_role("cell").nth(1)).to_have_text(f"{1 - 4.5 * s * (1 - s):.4f}")
    expect(row.get_by_role("cell").nth(2)).to_have_text(f"{1 - 4.5 * s * (1 - s):.4f}")


def test_it_is_read_aloud_once_it_is_quiet(open_page):
    opened = open_page(fork())
    opened.slider("z").press("ArrowRight")
    expect(opened.page.locator(".gg-announcer")).to_have_text("y 2.0522; gradient of x 0.9283, of z 0.0989")


# --- the state in the URL


def test_a_link_sets_the_sliders(open_page):
    opened = open_page(fork(), "#x=-2&z=0.5")
    opened.expect_state(-2.0, 0.5)
    assert opened.page.get_by_role("status").text_content() == ""
    opened.page.evaluate("() => { location.hash = '#z=%E2%88%920.25'; }")
    expect(opened.field("z")).to_have_value("-0.2500")
    opened.expect_state(2.0, -0.25)  # one address, one picture: x as in a page that is opened with it
    opened.page.evaluate("() => { location.hash = '#z=nothing'; }")
    expect(opened.page.get_by_role("status")).to_contain_text("z: nothing (must be a number)")
    opened.expect_state(2.0, -0.25)


def test_a_refused_entry_goes_when_something_else_moves(open_page):
    opened = open_page(fork())
    opened.field("x").fill("99")
    opened.field("x").press("Tab")
    expect(opened.page.get_by_role("status")).to_contain_text("99")
    opened.slider("z").press("ArrowRight")
    expect(opened.field("x")).to_have_value("2.0000")
    expect(opened.field("x")).to_have_attribute("aria-invalid", "false")
    expect(opened.page.get_by_role("status")).to_have_text("")


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("#x=abc", "x: abc (must be a number)"),
        ("#x=1e309", "x: 1e309 (must be a number)"),
        ("#x=99", "x: 99 (must be between −2 and 6)"),
        ("#w=1", "link: w (must be one of x, z)"),
        ("#%%%", "link: %%% (must be one of x, z)"),
        ("#<img src=q onerror=alert(1)>", "link: <img src"),
    ],
)
def test_a_link_that_cannot_be_changes_nothing_and_is_said(open_page, fragment, words):
    opened = open_page(fork(), fragment)
    expect(opened.page.get_by_role("status")).to_contain_text(words)
    opened.expect_state(2.0, -1.5)
    opened.check_quiet()


def test_the_url_follows_without_a_history(open_page):
    opened = open_page(fork())
    before = opened.page.evaluate("() => history.length")
    opened.page.evaluate(
        """() => {
          window.told = 0;
          const replace = history.replaceState;
          history.replaceState = function (...given) { window.told += 1; replace.apply(this, given); };
        }"""
    )
    for _ in range(30):
        opened.slider("x").press("ArrowRight")
    opened.page.wait_for_function("() => location.hash === '#x=3.5&z=-1.5'")
    assert opened.page.evaluate("() => [history.length, window.told]")[0] == before
    assert opened.page.evaluate("() => window.told") <= 5
    opened.page.reload()
    opened.expect_state(3.5, -1.5)


# --- looks


def test_phone(open_page, artifacts):
    opened = open_page(fork(), viewport={"width": 375, "height": 740}, device_scale_factor=2)
    boxes = [opened.slider(name).bounding_box() for name in ("x", "z")]
    assert boxes[0]["y"] < boxes[1]["y"]
    assert boxes[0]["height"] >= 24
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") == 375
    assert opened.page.evaluate(
        """() => { const f = document.querySelector(".gg-figure"); return f.scrollWidth > f.clientWidth; }"""
    )
    for box in [opened.field("z").bounding_box(), opened.page.locator("h1").bounding_box()]:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
    opened.page.screenshot(path=artifacts / "page-phone.png", full_page=True)


def test_dark_and_print(open_page, artifacts):
    opened = open_page(fork(title="A product and a sum"), color_scheme="dark")
    background = "() => getComputedStyle(document.body).backgroundColor"
    assert opened.page.evaluate(background) == "rgb(17, 17, 17)"
    opened.page.screenshot(path=artifacts / "page-dark.png")
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(background) == "rgb(255, 255, 255)"
    expect(opened.slider("x")).to_be_hidden()
    expect(opened.field("x")).to_be_visible()
    expect(opened.page.get_by_role("table")).to_be_visible()
    opened.page.screenshot(path=artifacts / "page-print.png", full_page=True)
    opened.check_quiet()


def test_tangents_follow(open_page):
    opened = open_page(fork())
    label = opened.page.get_by_role("img", name="y against z")
    before = label.get_attribute("aria-label")
    opened.slider("x").press("ArrowRight")
    expect(label).not_to_have_attribute("aria-label", before)
    assert f"slope {opened.number('z', 'grad'):.4f}" in label.get_attribute("aria-label")
    opened.check_quiet()


def test_keyboard_and_names(open_page):
    opened = open_page(fork())
    walked = []
    for _ in range(6):
        opened.page.keyboard.press("Tab")
        walked.append(
            opened.page.evaluate(
                "() => ((e) => e.dataset.name ?? e.type ?? e.localName)(document.activeElement)"
            )
        )
    assert walked == ["range", "number", "range", "number", "x", "summary"]
    tree = opened.page.locator("main").aria_snapshot()
    for part in (
        'heading "y = σ(x · z) + x" [level=1]',
        'group "Inputs"',
        'slider "x": "2"',
        'spinbutton "x, exact value"',
    ):
        assert part in tree


# --- what goes wrong


def test_without_script_the_picture_stands(open_page):
    opened = open_page(fork(), java_script_enabled=False)
    expect(opened.page.locator("svg")).to_be_visible()
    assert "need JavaScript" in opened.page.content()
    expect(opened.page.get_by_role("slider")).to_have_count(0)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"version":1,', '"version":9,', "program: version 9 (must be 1)"),
        ('"version":1,', "", "must be 1"),
        ('"program":{', '"program":{"steps":7,"was":{', "cannot move here"),
        ('{"structure"', "structure", "cannot move here"),
        ('["mul",[0,1],', '["hack",[0,1],', "op"),
        ('["mul",[0,1],', '["mul",[0,99],', "cannot move here"),
    ],
)
def test_a_broken_program_is_said_and_the_picture_stands(open_page, before, after, words):
    text = fork()
    assert before in text
    opened = open_page(text.replace(before, after, 1))
    expect(opened.page.get_by_role("alert")).to_contain_text(words)
    expect(opened.page.get_by_role("slider")).to_have_count(0)
    assert opened.state() == pytest.approx((2.0, 0.9322, -1.5, 0.0904, 2.0474, 1.0), abs=1e-4)


def test_what_anybody_adds_to_the_file_does_not_run(open_page):
    text = fork().replace("</main>", "<script>pwned = 1</script><img src=q onerror='pwned = 1'></main>")
    opened = open_page(text)
    opened.slider("x").press("ArrowRight")
    assert opened.page.evaluate("() => window.pwned") is None
    assert len(opened.page.evaluate("() => window.violations")) >= 2


def test_hostile_names_are_only_names(open_page, artifacts):
    leaves = [gg.tensor(1.0 + i, requires_grad=True) for i in range(len(HOSTILE))]
    total = sum(leaves[1:], leaves[0])
    total.backward()
    text = gg.draw(total, names=dict(zip(HOSTILE, leaves, strict=True)), title=HOSTILE[0]).html()
    opened = open_page(text, f"#{HOSTILE[0]}=1")
    expect(opened.page.get_by_role("slider")).to_have_count(len(HOSTILE))
    expect(opened.page.locator("h1")).to_have_text(HOSTILE[0])
    opened.page.get_by_role("slider").first.press("ArrowRight")
    opened.page.wait_for_function("() => location.hash.includes('%3D1%3C')")
    assert opened.page.evaluate("() => window.pwned") is None
    opened.page.screenshot(path=artifacts / "page-hostile-names.png", full_page=True)
    opened.check_quiet()
    opened.page.reload()
    assert opened.page.get_by_role("status").text_content() == ""


def test_a_function_that_looks_at_its_values_says_so(open_page):
    e = gg.explore(lambda x: gg.exp(x) if x > 0 else x * x, x=(-2.0, 2.0, 0.5, 1.0))
    opened = open_page(e.html(), "#x=-1")
    expect(opened.page.get_by_text("looks at its values")).to_be_visible()
    assert opened.number("y", "value") == pytest.approx(math.exp(-1.0), abs=1e-4)
    e.close()


# --- saved notebooks

EXPLORED = """
import graphviz_grad as gg
e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0, 0.05, -1.5))
e"""


@pytest.fixture(scope="module")
def stored():
    """A notebook as JupyterLab would save it: run, and without its widgets' state."""
    notebook = new_notebook(metadata=nbformat.from_dict(METADATA), cells=[new_code_cell(EXPLORED)])
    NotebookClient(
        notebook, timeout=120, store_widget_state=False, extra_arguments=["--log-level=ERROR"]
    ).execute()
    return notebook


def test_a_page_made_by_nbconvert_is_live_without_a_network(open_page, stored, artifacts):
    html, _ = HTMLExporter(theme="light").from_notebook_node(stored)
    opened = open_page(html)
    expect(opened.page.get_by_role("slider")).to_have_count(2)
    expect(opened.page.locator("svg.gg")).to_have_count(1)
    opened.slider("z").press("ArrowRight")
    opened.expect_state(2.0, -1.45)
    opened.field("x").fill("0.5")
    opened.expect_state(0.5, -1.45)
    expect(opened.page.get_by_text("Explorer(")).to_have_count(0)
    opened.page.screenshot(path=artifacts / "page-nbconvert.png", full_page=True)


def test_each_script_brings_its_own_figure_to_life(open_page):
    """Scripts know different ops, and may be of different versions: none takes what is not its own."""
    explorers = [gg.explore(f, input=(-2.0, 2.0, 0.5, 0.0)) for f in (gg.exp, gg.cos)]
    exp, cos = (e._repr_mimebundle_()["text/html"] for e in explorers)
    older = """<script type="module">
      for (const root of document.querySelectorAll("[data-gg-page='']")) root.remove();
    </script>"""
    text = f"<!doctype html><meta charset=utf-8><body>{older}{exp}{cos}{exp}"
    opened = open_page(text, viewport={"width": 1000, "height": 2000})
    expect(opened.page.get_by_role("slider")).to_have_count(3)
    expect(opened.page.get_by_role("alert")).to_have_count(0)
    for place, value in enumerate(("1.6487", "0.8776", "1.6487")):
        opened.page.get_by_role("slider").nth(place).press("ArrowRight")
        expect(opened.page.locator('[data-name="y"] [data-slot$=".value"]').nth(place)).to_have_text(value)
    for e in explorers:
        e.close()


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
def test_a_notebook_opened_again_shows_the_figure(jupyterlab, open_notebook, stored, trusted, artifacts):
    nbformat.write(stored, jupyterlab.directory / "again.ipynb")
    if trusted:
        jupyterlab.trust("again.ipynb")
    notebook = open_notebook("again.ipynb")
    output = notebook.page.locator(".jp-OutputArea").first
    if trusted:
        opened = Opened(notebook.page)
        expect(opened.slider("z")).to_be_visible()
        opened.slider("z").press("ArrowRight")
        opened.expect_state(2.0, -1.45)
        expect(output.locator("img")).to_have_count(0)
    else:
        expect(output.locator("figure img")).to_be_visible()
        expect(output.get_by_role("slider")).to_have_count(0)
    notebook.page.screenshot(path=artifacts / f"page-again-{'trusted' if trusted else 'untrusted'}.png")
    assert notebook.errors == []


def test_where_a_widget_was_closed_the_figure_takes_over(run_cells):
    notebook = run_cells(EXPLORED, "e.close()")
    output = notebook.output(0)
    expect(output.locator("[data-gg-page] svg.gg")).to_be_visible()
    expect(output.locator("[data-gg-page]").get_by_role("slider")).to_have_count(2)


def test_a_live_widget_hides_the_figure(run_cells):
    notebook = run_cells(EXPLORED)
    output = notebook.output(0)
    expect(output.locator(".gg-live svg.gg")).to_be_visible()
    expect(output.locator("[data-gg-page]")).to_be_hidden()
    assert notebook.errors == []
