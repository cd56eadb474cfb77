"""A real marimo, which shows no ipywidgets, but the picture, which then brings sliders of its own."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from loopback import first_answer, free_port
from needed import missing
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import graphviz_grad as gg

    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    gg.draw(y)
    return (gg,)


@app.cell
def _(gg):
    e = gg.explore(lambda x, z: x * z, x=2.0, z=(-5.0, 5.0, 0.05, 3.0))
    e.sliders["x"].observe(lambda _: setattr(e.sliders["z"], "value", -e.values["x"]), "value")
    e
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="module")
def address(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    """Where marimo serves the notebook; asks for Chromium first, since nothing else would look at it."""
    if importlib.util.find_spec("marimo") is None:
        missing("no marimo (pip install marimo)")
    folder: Path = tmp_path_factory.mktemp("marimo")
    (folder / "notebook.py").write_text(NOTEBOOK, encoding="utf-8")
    url = f"http://127.0.0.1:{(port := free_port())}/"
    command = [sys.executable, "-m", "marimo", "run", "notebook.py", "--headless", "--no-token"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"HOME": str(folder)},
        )
    try:
        first_answer(server, url)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The notebook, open on a machine that is dark while marimo is light."""
    page = chromium.new_page(viewport={"width": 1200, "height": 1200}, color_scheme="dark")
    page.goto(address)
    expect(page.locator(".gg-live svg").first).to_be_visible(timeout=60_000)
    yield page
    page.close()


def slot(page: Page, name: str, part: str) -> str | None:
    return page.locator(f'.gg-live [data-name="{name}"] [data-slot$=".{part}"]').text_content()


def test_a_move_reaches_python_and_what_python_sets_reaches_the_page(page, artifacts):
    sliders = page.locator(".gg-live [type=range]")
    expect(sliders).to_have_count(2)
    sliders.first.focus()
    page.keyboard.press("ArrowLeft")  # Python sets z to minus what it has as the value of x
    expect(page.get_by_label("z, exact value")).to_have_value("-1.9500")
    expect(page.locator('.gg-live [data-name="y"] [data-slot$=".value"]')).to_have_text("−3.8025")
    assert [slot(page, name, "grad") for name in ("x", "z")] == ["−1.9500", "1.9500"]
    page.get_by_label("x, exact value").fill("4")
    expect(page.get_by_label("z, exact value")).to_have_value("-4.0000")
    expect(page.locator('.gg-live [data-name="y"] [data-slot$=".value"]')).to_have_text("−16.0000")
    page.screenshot(path=artifacts / "marimo.png", full_page=True)


def test_it_looks_like_its_host(page):
    expect(page.get_by_role("heading", name="y = x · z")).to_be_visible()
    canvas = page.locator(".gg-live .gg-canvas")
    expect(canvas).to_have_css("fill", "rgb(255, 255, 255)")
    page.evaluate("() => { document.documentElement.style.colorScheme = 'dark'; }")
    page.evaluate("() => { document.body.style.colorScheme = 'dark'; }")
    expect(canvas).to_have_css("fill", "rgb(17, 17, 17)")


def test_an_entry_out_of_range_is_refused(page):
    field = page.get_by_label("z, exact value")
    field.fill("7")
    field.press("Enter")
    expect(page.locator(".gg-live .gg-notice")).to_have_text(re.compile("^z: 7 "))
    expect(page.locator('.gg-live [data-name="z"] [data-slot$=".value"]')).to_have_text("3.0000")


def test_a_static_diagram_is_there(page):
    expect(page.get_by_role("img", name=re.compile("^Computation graph of y: 2 nodes"))).to_be_visible()
