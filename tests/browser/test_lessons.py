"""The main job, as a reader does it: open the first lesson, run it, drag x, and watch z.grad follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from graphviz_grad.cli import copy_lessons

LIVE = 4  # the code cell of lesson 1 whose output is alive


def slot(output, name, part):
    """The text of one slot of the live picture, by the node's name."""
    node = output.locator(f'.gg-live [data-node][data-name="{name}"]')
    return node.locator(f'[data-slot$=".{part}"]')


@pytest.fixture
def open_lesson(jupyterlab, open_notebook, root):
    """Open a lesson by name and run all of it."""

    def open_one(name):
        notebook = open_notebook(jupyterlab.copy(root / "notebooks" / name))
        notebook.run_all()
        return notebook

    return open_one


def test_an_opened_lesson_is_not_called_changed(jupyterlab, open_notebook):
    first, _ = copy_lessons(jupyterlab.directory / "copied")
    notebook = open_notebook(f"copied/{first}")
    dirty = notebook.page.evaluate(
        """async () => {
          const { sessionContext, model } = window.jupyterapp.shell.currentWidget.context;
          await sessionContext.session.kernel.info;  // with it JupyterLab completes what the notebook says
          await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
          return model.dirty;
        }"""
    )
    assert dirty is False


def test_the_first_lesson_comes_alive(open_lesson, artifacts):
    notebook = open_lesson("01-product.ipynb")
    output = notebook.output(LIVE)
    expect(slot(output, "y", "value")).to_have_text("\u221212.0000")

    handle = output.locator(".noUi-handle").first  # the slider of x
    for _ in range(5):
        handle.press("ArrowLeft")
    expect(slot(output, "x", "value")).to_have_text("3.5000")
    expect(slot(output, "y", "value")).to_have_text("\u221210.5000")
    expect(slot(output, "x", "grad")).to_have_text("\u22123.0000")
    expect(slot(output, "z", "grad")).to_have_text("3.5000")
    notebook.wait_until_idle()
    assert notebook.evaluate("product.values['y']") == pytest.approx(3.5 * -3.0)
    assert notebook.evaluate("product.grads['z']") == pytest.approx(3.5)
    notebook.page.screenshot(path=artifacts / "lesson-1-light.png")
    notebook.theme(dark=True)
    notebook.page.screenshot(path=artifacts / "lesson-1-dark.png")
    assert notebook.errors == []


@pytest.mark.parametrize(
    ("name", "solution", "praise"),
    [
        ("01-product.ipynb", "product.sliders['x'].value, product.sliders['z'].value = 0.3, 3.0", "Yes!"),
        ("03-sigmoid.ipynb", "curve.sliders['x'].value = 6.0", "No: y"),
    ],
)
def test_the_question_can_be_answered(open_lesson, name, solution, praise):
    notebook = open_lesson(name)
    notebook.execute(solution)
    index = notebook.page.evaluate(
        """async () => {
          const notebook = window.jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = notebook.widgets.findIndex((cell) => cell.model.id === "check");
          await window.jupyterapp.commands.execute("notebook:run-cell");
          return notebook.activeCellIndex;
        }"""
    )
    cell = notebook.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')
    expect(cell.locator(".jp-OutputArea")).to_contain_text(praise)
