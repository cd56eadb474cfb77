"""The command line: ``graphviz-grad lab`` opens JupyterLab on the bundled lessons.

Each subcommand is one function that takes the parsed arguments and returns the exit status; `build_parser`
lists them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import runpy
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from graphviz_grad import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

LESSONS = "graphviz_grad_lessons"

# Nothing may need a network at run time, and no question may stand between a reader and the lesson. Whether
# to fetch news, JupyterLab would ask: SETTINGS, a folder on `JUPYTER_CONFIG_PATH`, answers beforehand.
SETTINGS = Path(__file__).with_name("jupyter")
OFFLINE = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments without the program's name. Defaults to those of this process.

    Returns:
        The exit status: 0 for success, 1 for a failure that was explained on standard error. Wrong
        arguments end the process with status 2, as argparse does.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    own, rest = _split(arguments)
    options = build_parser().parse_args(own)
    options.rest = rest
    try:
        status: int = options.run(options)
    except OSError as error:
        print(f"graphviz-grad: {error}", file=sys.stderr)
        return 1
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every subcommand in it."""
    parser = argparse.ArgumentParser(
        prog="graphviz-grad",
        description="Computation graphs that are alive: every value and every gradient, moved by sliders.",
    )
    parser.add_argument("--version", action="version", version=f"graphviz-grad {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    lab = commands.add_parser(
        "lab",
        help="open JupyterLab on the lessons",
        usage="graphviz-grad lab [-h] [DIR] [-- JUPYTER ARGS]",
        description="Copy the lessons into DIR and open JupyterLab there, on the first one. "
        "A file that is already in DIR is yours: it is never overwritten.",
        epilog="Everything after -- goes to JupyterLab: graphviz-grad lab -- --no-browser --port=8899",
    )
    lab.add_argument("directory", nargs="?", type=Path, default=Path(LESSONS), metavar="DIR")
    lab.set_defaults(run=open_lab)
    return parser


def open_lab(options: argparse.Namespace) -> int:
    """Copy the lessons and become JupyterLab; returns only where that is impossible."""
    if importlib.util.find_spec("jupyterlab") is None:
        print(
            "graphviz-grad: jupyterlab is missing (install it beside graphviz-grad: "
            'pip install "graphviz-grad[lab]")',
            file=sys.stderr,
        )
        return 1
    first, copied = copy_lessons(options.directory)
    folder = options.directory.resolve()
    print(f"lessons: {folder} ({copied} new)", flush=True)
    # Root is refused by Jupyter unless told otherwise; in a container there is nobody else.
    allow_root = ("--allow-root",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
    # As `python -m jupyterlab` with this very interpreter, whatever PATH says, and without a second
    # process that could be left behind. Later options win, so the user's come last.
    opening = (f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{first}")
    paths = [os.environ.get("JUPYTER_CONFIG_PATH"), str(SETTINGS)]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    sys.argv = ["jupyter-lab", *opening, *OFFLINE, *allow_root, *options.rest]
    runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)
    return 0


def copy_lessons(directory: Path) -> tuple[str, int]:
    """Copy the lessons into a directory, leaving alone what is there.

    Args:
        directory: Where to; made if it does not exist.

    Returns:
        The file name of the first lesson, and the number of files that were copied.

    Raises:
        OSError: If the directory cannot be made or written.
    """
    if directory.exists() and not directory.is_dir():
        raise NotADirectoryError(f"DIR: {str(directory)!r} (must be a directory, or not exist yet)")
    directory.mkdir(parents=True, exist_ok=True)
    lessons = {item.name: item for item in _lessons().iterdir() if item.name.endswith(".ipynb")}
    copied = 0
    for name, lesson in lessons.items():
        text = _settle(lesson.read_text(encoding="utf-8"))
        try:
            with (directory / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            continue
        copied += 1
    return min(lessons), copied


def _settle(lesson: str) -> str:
    """Say in a lesson which Python runs it, as JupyterLab would on opening it, and then call it changed."""
    notebook = json.loads(lesson)
    notebook["metadata"]["language_info"] = {  # as ipykernel has it, whose import takes a second
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _lessons() -> Traversable:
    """The folder of lessons: inside an installed package, beside the package in a checkout."""
    installed = files("graphviz_grad") / "lessons"
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / "notebooks"


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Split at the first ``--``; argparse's own treatment of it differs between Python versions."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


if __name__ == "__main__":
    sys.exit(main())
