"""Pictures with arrays in a real browser: cells and colours move, and a panel has all numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

import graphviz_grad as gg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page


@pytest.fixture
def open_page(chromium, tmp_path) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_text(text: str, **options: Any) -> Page:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        contexts.append(chromium.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.goto(path.as_uri())
        return page

    yield open_text
    for context in contexts:
        context.close()


W = np.array([[1.0, 2.0], [-3.0, 0.5]])
X = np.array([[1.0, -0.5], [2.0, 1.0]])


def layer(b, w, x):
    return gg.tanh(x @ w + b).sum()


def lesson(**keywords) -> str:
    e = gg.explore(layer, b=0.25, w=gg.tensor(W), x=gg.tensor(X), watch=["w[0,1]"], **keywords)
    page = e.html()
    e.close()
    return page


def cells(page: Page, name: str, part: str) -> list[float]:
    texts = page.locator(f'[data-name="{name}"] [data-slot*=".{part}["]').all_text_contents()
    return [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts]


def test_cells_move_with_an_element(open_page, artifacts):
    page = open_page(lesson(), viewport={"width": 1500, "height": 900})
    slider = page.get_by_role("slider", name="w[0, 1]", exact=True)
    expect(slider).to_have_value("2")
    slider.press("Home")
    expect(page.locator('[data-name="w"] [data-slot$=".value[0,1]"]')).to_have_text("−2.0000")
    moved = W.copy()
    moved[0, 1] = -2.0
    h = np.tanh(X @ moved + 0.25)
    assert cells(page, "w", "value") == pytest.approx(moved.ravel(), abs=6e-5)
    assert cells(page, "w", "grad") == pytest.approx((X.T @ (1 - h * h)).ravel(), abs=6e-5)
    y = page.locator('[data-name="y"] [data-slot$=".value"]').text_content()
    assert float(y.replace("\N{MINUS SIGN}", "-")) == pytest.approx(h.sum(), abs=6e-5)
    page.screenshot(path=artifacts / "arrays-light.png")
    page.locator("summary").click()
    row = page.locator("tbody tr", has=page.locator("th", has_text="w"))
    expect(row.locator("td").first).to_have_text("[[1.0000, −2.0000], [−3.0000, 0.5000]]")
    assert "#b=0.25&w%5B0%2C%201%5D=-2" in page.evaluate(
        "() => new Promise((done) => { const look = () => location.hash ? done(location.hash) : "
        "requestAnimationFrame(look); look(); })"
    )


def test_colours_move(open_page):
    start = np.sin(np.arange(64) / 5)
    e = gg.explore(lambda k, v: (v * k).sum(), k=1.0, v=gg.tensor(start), watch=["v[3]"])
    page = open_page(e.html())
    e.close()
    high = page.locator('[data-name="v1"] [data-slot$=".value.heat"] .gg-high.gg-s5')
    before = high.get_attribute("d")
    assert before
    page.get_by_role("slider", name="k", exact=True).press("Home")  # −1: what was positive is negative
    low = page.locator('[data-name="v1"] [data-slot$=".value.heat"] .gg-low.gg-s5')
    expect(low).to_have_attribute("d", before)
    assert high.get_attribute("d") != before


def test_a_panel_has_all_numbers(open_page, artifacts):
    page = open_page(lesson(), viewport={"width": 1500, "height": 900})
    panel = page.locator(".gg-panel")
    expect(panel).to_be_hidden()
    page.locator('[data-name="w"] [data-slot$=".value[0,0]"]').click()
    expect(panel).to_be_visible()
    assert panel.get_attribute("aria-label") == "w, 2×2, all numbers"
    assert (
        panel.locator("pre")
        .text_content()
        .startswith("value\n[[ 1.0000,  2.0000],\n [-3.0000,  0.5000]]\n\ngradient\n[[")
    )
    page.get_by_role("slider", name="w[0, 1]", exact=True).press("Home")
    expect(panel.locator("pre")).to_contain_text("[[ 1.0000, -2.0000],")
    page.screenshot(path=artifacts / "arrays-panel.png")
    panel.locator("pre").focus()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("() => document.activeElement.getAttribute('data-name')") == "w"
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    page.locator('[data-name="b"] .gg-glyph').click()  # a number: there is nothing more to say
    expect(panel).to_be_hidden()
    page.locator(".gg-contribution", has_text="…").first.click()
    expect(panel).to_contain_text("contribution")


def test_nothing_is_cut_off_on_a_phone(open_page, artifacts):
    page = open_page(lesson(), viewport={"width": 390, "height": 800})
    page.locator('[data-name="w"] [data-slot$=".value[0,0]"]').click()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.screenshot(path=artifacts / "arrays-phone.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cells_stay_in_their_cards(open_page, scheme):
    e = gg.explore(
        lambda k, m: (m * k).sum(),
        k=1.0,
        m=gg.tensor(np.full((4, 4), -9999.9999)),
        watch={"m[0,0]": (-2e9, 2e9)},
    )
    page = open_page(e.html(), viewport={"width": 1500, "height": 900}, color_scheme=scheme)
    e.close()
    page.get_by_role("slider", name="m[0, 0]", exact=True).press("Home")
    expect(page.locator('[data-name="m"] [data-slot$=".value[0,0]"]')).to_have_text("−2.000e+09")
    assert page.evaluate(
        """() => [...document.querySelectorAll(".gg-cells text")].every((cell) => {
            const card = cell.closest("[data-node]").querySelector(".gg-card").getBoundingClientRect();
            const box = cell.getBoundingClientRect();
            const others = [...cell.parentElement.children].filter((other) => other !== cell);
            return box.left > card.left && box.right < card.right && box.bottom < card.bottom &&
              others.map((other) => other.getBoundingClientRect()).every((there) =>
                there.right <= box.left || there.left >= box.right ||
                there.bottom <= box.top + 3 || there.top >= box.bottom - 3);
        })"""
    )


WATCHED = """
import graphviz_grad as gg
w, x = gg.tensor([[1.0, 2.0], [-3.0, 0.5]]), gg.tensor([[1.0, -0.5], [2.0, 1.0]])
e = gg.explore(lambda b, w, x: {output}, b=0.25, w=w, x=x, watch=["w[0,1]"])
e
"""


@pytest.mark.parametrize(
    ("output", "note"),
    [
        ("gg.tanh(x @ w + b).sum()", ""),
        ("(x @ w + b).softmax(1)[0, 0]", "Computed in the kernel: the page has no softmax."),
    ],
)
def test_an_element_moves_in_jupyterlab(run_cells, output, note):
    """By the page's passes, and where it has none by the kernel's."""
    notebook = run_cells(WATCHED.format(output=output))
    area = notebook.output(0)
    cell = area.locator('.gg-live [data-name="w"] [data-slot$=".value[0,1]"]')
    expect(cell).to_have_text("2.0000")
    expect(area.locator(".gg-note")).to_have_text(note)
    area.get_by_role("slider", name="w[0, 1]", exact=True).press("Home")
    expect(cell).to_have_text("−2.0000")
    expect(area.locator('.gg-live [data-name="w"] [data-slot$=".value[1,0]"]')).to_have_text("−3.0000")
    cell.click()
    expect(area.locator(".gg-panel pre")).to_contain_text("[[ 1.0000, -2.0000],")
