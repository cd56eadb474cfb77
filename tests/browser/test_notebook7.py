"""Notebook 7, which the test's JupyterLab serves, too: a lesson as nobody trusts it, as stored, and run."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest
from needed import missing
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

FIGURES = "img[alt^='Computation graph']"


@pytest.fixture
def open_lesson(jupyterlab, chromium, root) -> Iterator[Callable[..., Page]]:
    if importlib.util.find_spec("notebook") is None:
        missing("no Notebook 7 (pip install notebook)")
    context = chromium.new_context(viewport={"width": 1300, "height": 2600})

    def open_one(lesson: str, *, is_trusted: bool) -> Page:
        name = jupyterlab.copy(root / "notebooks" / lesson)
        if is_trusted:
            jupyterlab.trust(name)
        page = context.new_page()
        page.goto(f"{jupyterlab.url}/notebooks/{name}")
        expect(page.locator(FIGURES).first).to_be_visible()
        return page

    yield open_one
    context.close()
    jupyterlab.end_sessions()


def test_a_lesson_that_nobody_trusts_shows_its_figures(open_lesson):
    page = open_lesson("01-product.ipynb", is_trusted=False)
    expect(page.get_by_text("Next: a sum shares")).to_be_attached()  # the last cell
    expect(page.locator(FIGURES)).to_have_count(2)
    expect(page.locator("[type=range]")).to_have_count(0)


def test_a_trusted_lesson_lives_as_it_is_stored_and_then_with_its_kernel(open_lesson, artifacts):
    page = open_lesson("03-sigmoid.ipynb", is_trusted=True)
    stored = page.locator("[data-gg-page]").first
    stored.locator("[type=range]").press("ArrowRight")
    expect(stored.locator('[data-name="y"] [data-slot$=".value"]')).to_have_text("0.6457")

    page.get_by_role("menuitem", name="Run").first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    live = page.locator(".gg-live").first
    expect(live.locator("svg").last).to_be_visible()
    expect(live.locator('[data-name="y"] [data-slot$=".value"]')).to_have_text("0.6225")
    page.locator(".gg-sliders .noUi-handle").first.press("ArrowRight")
    expect(live.locator('[data-name="y"] [data-slot$=".value"]')).to_have_text("0.6457")
    expect(live.locator('[data-name="x"] [data-slot$=".grad"]')).to_have_text("0.2288")
    page.screenshot(path=artifacts / "notebook-7.png")
