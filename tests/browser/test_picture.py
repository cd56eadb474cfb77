"""The gallery as a browser measures it: nothing overflows or covers anything, colours follow the theme."""

from __future__ import annotations

import pytest
from gallery import ASSETS, CASES

MEASURE = """() => {
  const faults = [];
  const inside = (inner, outer, slack) =>
    inner.left >= outer.left - slack && inner.right <= outer.right + slack &&
    inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const canvas = document.querySelector(".gg-canvas").getBoundingClientRect();
  for (const node of document.querySelectorAll("[data-node]")) {
    const card = node.querySelector(".gg-card").getBoundingClientRect();
    const name = node.dataset.name;
    if (!inside(card, canvas, 0)) faults.push(`${name}: card leaves the canvas`);
    const texts = [...node.querySelectorAll("text")].filter((t) => t.getBoundingClientRect().width > 0);
    for (const text of texts) {
      if (!inside(text.getBoundingClientRect(), card, 0))
        faults.push(`${name}: ${text.textContent} leaves its card`);
    }
    const badge = node.querySelector(".gg-badge").getBoundingClientRect();
    const glyph = node.querySelector(".gg-glyph").getBoundingClientRect();
    if (glyph.left < badge.left || glyph.right > badge.right) faults.push(`${name}: glyph leaves badge`);
    const box = (selector) => node.querySelector(selector)?.getBoundingClientRect();
    const boxes = (kinds) => texts.filter((t) => t.matches(kinds)).map((t) => t.getBoundingClientRect());
    const header = [badge, ...boxes(".gg-title, .gg-tag")];
    const row = [...boxes(".gg-label, .gg-value, .gg-grad"), box(".gg-bar")].filter((b) => b?.width > 0);
    for (const parts of [header, row])
      parts.forEach((a, at) => parts.slice(at + 1).forEach((b) => {
        const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const share = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (overlap > 0.5 && share > 6) faults.push(`${name}: parts overlap by ${overlap.toFixed(1)} px`);
      }));
  }
  const cards = [...document.querySelectorAll(".gg-card")].map((card) => card.getBoundingClientRect());
  for (const text of document.querySelectorAll(".gg-edge text")) {
    const box = text.getBoundingClientRect();
    if (box.width === 0 || getComputedStyle(text).visibility === "hidden") continue;
    if (!inside(box, canvas, 0)) faults.push(`${text.textContent} leaves the canvas`);
    for (const card of cards)
      if (touch({ left: box.left + 4, right: box.right - 4, top: box.top + 4, bottom: box.bottom - 4 }, card))
        faults.push(`${text.textContent} covers a card`);
  }
  return faults;
}"""


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.emulate_media(reduced_motion="reduce")
    yield page
    page.close()


@pytest.mark.parametrize("name", CASES)
def test_nothing_overflows_and_nothing_overlaps(page, name):
    page.set_content((ASSETS / f"{name}.svg").read_text(encoding="utf-8"))
    assert page.evaluate(MEASURE) == []


@pytest.mark.parametrize(
    ("part", "text", "fault"),
    [
        (".gg-title tspan", "a name that nobody has cut", "leaves its card"),
        (".gg-title", "a = ten long words", "overlap"),
        (".gg-grad", "−1234.5678901234", "overlap"),
        (".gg-glyph", "wide", "glyph leaves badge"),
        ("[data-edge=e2] .gg-product", "0.12345678901234567890 × 0.12345678901234567890", "covers a card"),
    ],
)
def test_the_measure_itself(page, part, text, fault):
    page.set_content((ASSETS / "neuron.svg").read_text(encoding="utf-8"))
    page.locator(part).last.evaluate("(part, text) => { part.textContent = text; }", text)
    assert any(fault in found for found in page.evaluate(MEASURE))


def fill(page, selector):
    return page.locator(selector).first.evaluate("(part) => getComputedStyle(part).fill")


def test_colours_follow_the_theme(page, artifacts):
    page.set_content((ASSETS / "neuron.svg").read_text(encoding="utf-8"))
    light, dark = "rgb(255, 255, 255)", "rgb(28, 35, 45)"
    page.emulate_media(color_scheme="light")
    assert fill(page, ".gg-card") == light
    page.screenshot(path=str(artifacts / "picture-light.png"))
    page.emulate_media(color_scheme="dark")
    assert fill(page, ".gg-card") == dark
    page.screenshot(path=str(artifacts / "picture-dark.png"))
    page.emulate_media(color_scheme="dark", media="print")
    assert (fill(page, ".gg-card"), fill(page, ".gg-canvas")) == (light, light)
    page.emulate_media(color_scheme="dark", media="screen")
    for is_light, colour in (("true", light), ("false", dark)):  # JupyterLab's own theme wins
        page.evaluate("(value) => document.body.dataset.jpThemeLight = value", is_light)
        assert fill(page, ".gg-card") == colour
    page.emulate_media(media="print")  # from JupyterLab's dark theme, too
    assert fill(page, ".gg-card") == light
    page.emulate_media(media="screen")
    page.evaluate("document.body.style.setProperty('--jp-layout-color0', 'rgb(1, 2, 3)')")
    assert fill(page, ".gg-canvas") == "rgb(1, 2, 3)"


def test_forced_colours(page):
    page.set_content((ASSETS / "states.svg").read_text(encoding="utf-8"))
    page.emulate_media(forced_colors="active")
    assert fill(page, ".gg-card") == fill(page, ".gg-canvas")
    assert fill(page, ".gg-value") == fill(page, ".gg-grad")


def test_it_is_dark_inside_an_image_too(page):
    page.goto((ASSETS / "neuron.svg").as_uri())  # a file of its own: no page around it
    page.emulate_media(color_scheme="dark")
    assert fill(page, ".gg-canvas") == "rgb(17, 17, 17)"
