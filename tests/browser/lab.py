"""A JupyterLab of its own, and a notebook open in it: the only places that know JupyterLab's insides.

`Lab` is the server (a process, its folders, its REST calls), `Notebook` one notebook in one page. Nothing
here sleeps: every wait is for a condition, inside the page or from the server.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import nbformat
from loopback import ask, first_answer, free_port
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

TIMEOUT = 60_000  # milliseconds; generous, since a loaded machine is no reason to fail

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SETTINGS = {  # nothing may ask the network, and nothing may pop up over the notebook
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


@dataclass
class Lab:
    """A running JupyterLab whose files, settings and runtime all live in one temporary folder."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def directory(self) -> Path:
        """Where the notebooks are."""
        return self.home / "notebooks"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The parent's environment with every Jupyter folder moved into `home`."""
        return os.environ | {
            "HOME": str(self.home),
            "IPYTHONDIR": str(self.home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_PATH": "",
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
        }

    def start(self) -> None:
        """Start the server and return when it answers."""
        self.directory.mkdir(parents=True)
        settings = self.home / "config" / "labconfig" / "default_setting_overrides.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
        options = [
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            "--IdentityProvider.token=",
            "--ServerApp.disable_check_xsrf=True",
            "--ServerApp.shutdown_no_activity_timeout=900",  # should the tests be killed, it still ends
            f"--notebook-dir={self.directory}",
        ]
        with (self.home / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            first_answer(self.process, f"{self.url}/api/status")
        except RuntimeError as error:
            raise RuntimeError(self.log) from error

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End every kernel, then the server, by its own process id."""
        if self.process is None:
            return
        if self.process.poll() is None:  # an interrupt from the keyboard has reached it, too
            self.end_sessions()
            self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def request(self, method: str, path: str) -> Any:
        """One REST call; the decoded JSON, or None where the answer is empty."""
        body = ask(self.url + path, method)
        return json.loads(body) if body else None

    def end_sessions(self) -> None:
        """Kernels outlive their page: end them all, or the next test talks to old code."""
        for session in self.request("GET", "/api/sessions"):
            self.request("DELETE", f"/api/sessions/{session['id']}")
        for kernel in self.request("GET", "/api/kernels"):
            self.request("DELETE", f"/api/kernels/{kernel['id']}")

    def forget_settings(self) -> None:
        """Undo what a page has changed in JupyterLab's settings, the theme among them."""
        shutil.rmtree(self.home / "config" / "lab" / "user-settings", ignore_errors=True)

    def write(self, name: str, *cells: str, markdown: tuple[str, ...] = ()) -> str:
        """Write a notebook of code cells (after any markdown cells) and return its name."""
        notebook = new_notebook(metadata={"kernelspec": KERNEL})
        notebook.cells = [new_markdown_cell(text.strip()) for text in markdown]
        notebook.cells += [new_code_cell(code.strip()) for code in cells]
        nbformat.write(notebook, self.directory / name)
        return name

    def copy(self, source: Path) -> str:
        """Put an existing notebook into the server's folder and return its name."""
        (self.directory / source.name).write_bytes(source.read_bytes())
        return source.name

    def trust(self, name: str) -> None:
        """Sign a notebook, as `jupyter trust` does: JupyterLab then shows its stored outputs unsanitised."""
        subprocess.run(
            [sys.executable, "-m", "jupyter", "trust", name],
            cwd=self.directory,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def open(self, browser: Browser, name: str, **context: Any) -> Notebook:
        """Open a notebook in a fresh browser context and return when its kernel is connected and idle."""
        options: dict[str, Any] = {"viewport": {"width": 1400, "height": 1000}} | context
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(TIMEOUT)
        notebook = Notebook(page)
        page.on("pageerror", lambda error: notebook.errors.append(str(error)))
        page.goto(f"{self.url}/lab/tree/{quote(name)}?reset")
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady")
        page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.ready")
        notebook.wait_until_idle()
        return notebook


@dataclass
class Notebook:
    """One notebook, open in one page."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def wait_until_idle(self) -> None:
        """Wait until the kernel is connected and has nothing to do."""
        self.page.wait_for_function(
            """() => {
              const kernel = window.jupyterapp.shell.currentWidget?.context.sessionContext.session?.kernel;
              return kernel?.connectionStatus === "connected" && kernel.status === "idle";
            }"""
        )

    def run_all(self) -> None:
        """Run every cell; return when each code cell has run and the kernel is idle again.

        Raises:
            RuntimeError: If a cell ends with an exception, which keeps those after it from running.
        """
        failed = self.page.evaluate(
            """async () => {
              await window.jupyterapp.commands.execute("notebook:run-all-cells");
              return window.jupyterapp.shell.currentWidget.content.widgets
                .flatMap((cell) => cell.model.outputs?.toJSON() ?? [])
                .find((output) => output.output_type === "error");
            }"""
        )
        if failed:
            raise RuntimeError(f"{failed['ename']}: {failed['evalue']}")
        self.page.wait_for_function(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
              .map((cell) => cell.model)
              .filter((model) => model.type === "code" && model.sharedModel.source.trim())
              .every((model) => model.executionCount !== null && model.executionState !== "running")"""
        )
        self.wait_until_idle()

    def execute(self, code: str) -> None:
        """Run code in the kernel without touching the notebook; an exception there is raised here."""
        self._request(code, {})

    def evaluate(self, expression: str) -> Any:
        """Value of a Python expression in the kernel; anything that `ast.literal_eval` can read back."""
        answer = self._request("", {"it": f"({expression})"})["it"]
        if answer["status"] != "ok":
            raise RuntimeError(f"{expression}: {answer['ename']}: {answer['evalue']}")
        # ast does not know nan and inf, which are honest results here.
        text = answer["data"]["text/plain"]
        return float(text) if text in {"nan", "inf", "-inf"} else ast.literal_eval(text)

    def _request(self, code: str, expressions: dict[str, str]) -> dict[str, Any]:
        content = self.page.evaluate(
            """async ([code, user_expressions]) => {
              const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
              const content = { code, user_expressions, store_history: false };
              return (await kernel.requestExecute(content).done).content;
            }""",
            [code, expressions],
        )
        if content["status"] != "ok":
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")
        answers: dict[str, Any] = content["user_expressions"]
        return answers

    def output(self, index: int) -> Locator:
        """Output area of the code cell at this position among the code cells."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".jp-Cell-outputWrapper")

    def theme(self, *, dark: bool) -> None:
        """Switch JupyterLab's theme and wait until the page wears it."""
        name = "JupyterLab Dark" if dark else "JupyterLab Light"
        self.page.evaluate(
            "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name
        )
        expect(self.page.locator("body")).to_have_attribute(
            "data-jp-theme-light", "false" if dark else "true"
        )
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)  # it fades out over everything

    def close(self) -> None:
        """Close the page and its context."""
        self.page.context.close()
