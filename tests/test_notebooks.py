"""The lessons run, show a figure, and are stored as they run."""

from __future__ import annotations

import re

import nbformat
import pytest
import refresh_notebooks as lesson

PATHS = lesson.lessons()
FIGURE = "data:image/svg+xml;base64,"


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.name)
def path(request):
    return request.param


@pytest.fixture(scope="module")
def fresh(path):
    return lesson.run(lesson.read(path))


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_there_are_lessons():
    assert [path.name for path in PATHS][:3] == ["01-product.ipynb", "02-sum.ipynb", "03-sigmoid.ipynb"]


def test_it_runs_without_an_error_or_a_warning(fresh):
    assert [output for output in outputs(fresh) if output.output_type == "error"] == []
    assert [output for output in outputs(fresh) if output.get("name") == "stderr"] == []


def test_it_prints_and_the_gradients_by_hand_agree(fresh):
    printed = "".join(output.text for output in outputs(fresh) if output.output_type == "stream")
    assert "x.grad = tensor(" in printed
    assert "\nTrue\n" in printed
    assert "False" not in printed


def test_it_holds_a_static_and_a_live_figure(fresh):
    figures = [output.data["text/html"] for output in outputs(fresh) if "text/html" in output.get("data", {})]
    assert len([html for html in figures if FIGURE in html]) >= 2


def test_what_is_stored_is_what_it_shows_today(path, fresh):
    stored = path.read_text(encoding="utf-8")
    is_fresh = lesson.text(fresh) == stored
    assert is_fresh, f"{path.name} is stale: python tests/refresh_notebooks.py"


def test_nothing_of_one_machine_or_one_kernel_is_stored(path):
    stored = path.read_text(encoding="utf-8")
    assert lesson.WIDGET not in stored
    assert not re.search(r"(/home/|/root/|/tmp/|[A-Z]:\\\\Users)", stored)
    assert " at 0x" not in stored


def test_it_is_valid_and_needs_no_kernel_dialog(path):
    notebook = lesson.read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


def test_links_between_lessons_lead_somewhere(path):
    linked = re.findall(r"\]\(([^)]+\.ipynb)\)", path.read_text(encoding="utf-8"))
    assert linked
    assert [name for name in linked if not (path.parent / name).exists()] == []
