"""Fixtures that drive a real Chromium and a real JupyterLab; the machinery is in `lab.py`.

One browser per module (Playwright's synchronous interface occupies the thread's event loop while it lives,
and tests elsewhere want theirs), one JupyterLab per session, one page per test; no kernel survives its test.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab import TIMEOUT, Lab
from needed import UNDER_CI
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab import Notebook
    from playwright.sync_api import Browser

expect.set_options(timeout=TIMEOUT / 2)

HERE = Path(__file__).resolve().parent

QUIET = [  # Debian's Chromium as root, without a GPU, and without a word to anybody outside
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test, so that `-m "not browser"` leaves it out.

    In CI one in JupyterLab that fails is tried again, and the rerun is printed: on a busy machine it needs
    longer than any wait at times, or puts a node in another's place while one looks. A real fault fails
    twice.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if UNDER_CI and "jupyterlab" in item.fixturenames:
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyterlab(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:  # noqa: ARG001
    """A JupyterLab on the loopback; asks for Chromium first, since nothing else would look at it."""
    lab = Lab(tmp_path_factory.mktemp("jupyterlab"))
    lab.start()
    yield lab
    lab.stop()


@pytest.fixture
def open_notebook(jupyterlab: Lab, chromium: Browser) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of the server by name; when the test is over, pages, kernels and settings go."""
    opened: list[Notebook] = []

    def open_one(name: str, **context: object) -> Notebook:
        notebook = jupyterlab.open(chromium, name, **context)
        opened.append(notebook)
        return notebook

    yield open_one
    for notebook in opened:
        notebook.close()
    jupyterlab.end_sessions()
    jupyterlab.forget_settings()


@pytest.fixture
def run_cells(jupyterlab: Lab, open_notebook: Callable[..., Notebook]) -> Callable[..., Notebook]:
    """Write a notebook of these code cells, open it, run it, and hand it over idle."""

    def run(*cells: str, **context: object) -> Notebook:
        notebook = open_notebook(jupyterlab.write("test.ipynb", *cells), **context)
        notebook.run_all()
        return notebook

    return run
