"""The fixtures themselves, on ipywidgets alone: should JupyterLab change, this fails first and says so."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

SLIDER = """
import ipywidgets
slider = ipywidgets.FloatSlider(value=2.0, min=-2.0, max=6.0, step=0.5)
seen = []
slider.observe(lambda change: seen.append(change.new), "value")
slider
"""


def test_a_slider_moves_both_ways(run_cells, artifacts):
    notebook = run_cells(SLIDER)
    output = notebook.output(0)
    expect(output.locator(".widget-readout")).to_have_text("2.00")

    output.locator(".noUi-handle").press("ArrowRight")
    expect(output.locator(".widget-readout")).to_have_text("2.50")
    notebook.wait_until_idle()
    assert notebook.evaluate("slider.value") == 2.5
    assert notebook.evaluate("seen") == [2.5]

    notebook.execute("slider.value = -1.5")
    expect(output.locator(".widget-readout")).to_have_text("\u22121.50")
    notebook.page.screenshot(path=artifacts / "jupyterlab-fixture.png")
    assert notebook.errors == []


def test_themes_switch(run_cells):
    notebook = run_cells("1 + 1")
    for dark in (True, False, True):
        notebook.theme(dark=dark)
        background = notebook.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        channels = [int(c) for c in background.removeprefix("rgb(").removesuffix(")").split(",")]
        assert (sum(channels) < 3 * 128) == dark


def test_the_kernel_reports_errors_and_odd_numbers(run_cells):
    notebook = run_cells("x = float('nan')")
    assert math.isnan(notebook.evaluate("x"))
    with pytest.raises(RuntimeError, match="NameError"):
        notebook.evaluate("nobody")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        notebook.execute("1 / 0")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run_cells("1 / 0", "'never'")


def test_no_kernel_and_no_theme_is_left_from_the_tests_before(jupyterlab, run_cells):
    assert jupyterlab.request("GET", "/api/kernels") == []
    assert jupyterlab.request("GET", "/api/sessions") == []
    notebook = run_cells("1 + 1")
    expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
