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
