"""Run the lessons and store what they show: ``python tests/refresh_notebooks.py``.

A lesson is edited where it lives, in ``notebooks/*.ipynb``, with JupyterLab or by hand; this brings its
stored outputs up to date. They are stored so that a lesson reads well without a kernel, and so that the same
lesson always gives the same bytes: no widget that nobody could revive, no times, no versions.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbclient import NotebookClient

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {  # without a kernelspec JupyterLab asks which kernel to use
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def lessons() -> list[Path]:
    """Every lesson, in order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """The notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def run(stored: NotebookNode) -> NotebookNode:
    """Execute a copy in a fresh kernel and reduce it to what is worth storing.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell fails.
        ValueError: If an output could only be shown by a widget.
    """
    fresh = copy.deepcopy(stored)
    for cell in fresh.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        fresh,
        timeout=120,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # not the warning that the loopback is not encrypted
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,  # what a cell prints is one output, however long it takes
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute()
    fresh.metadata = nbformat.from_dict(METADATA)
    for cell in fresh.cells:
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if _lasts(output)]
    return fresh


def _lasts(output: NotebookNode) -> bool:
    """Whether an output is worth storing: a widget's model dies with its kernel, and a figure stands in."""
    data = output.get("data", {})
    if WIDGET in data and "text/html" not in data:
        raise ValueError(f"output: {sorted(data)!r} (must hold a static text/html beside the widget)")
    if "metadata" in output:
        output.metadata = {}
    return WIDGET not in data


def text(notebook: NotebookNode) -> str:
    """The bytes of the file, as text."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def main() -> None:
    """Refresh every lesson."""
    for path in lessons():
        fresh = text(run(read(path)))
        is_stale = fresh != path.read_text(encoding="utf-8")
        path.write_text(fresh, encoding="utf-8")
        sys.stdout.write(f"{path.name}: {'refreshed' if is_stale else 'up to date'}\n")


if __name__ == "__main__":
    main()
