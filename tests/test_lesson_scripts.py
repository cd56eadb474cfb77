"""Whole lesson scripts print the same text with torch and with this package; only the import line differs."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).parent / "lesson_scripts.md").read_text(encoding="utf-8")
SCRIPTS = dict(re.findall(r"^## (.+?)\n\n```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
OURS = "import graphviz_grad as torch"


def replace_import(script):
    assert script.count("import torch\n") == 1
    return script.replace("import torch\n", f"{OURS}\n")


def run(script):
    """Return the lines that a script prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script, "<lesson>", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own text
    return printed.getvalue().splitlines()


def test_all_are_found():
    assert len(SCRIPTS) == TEXT.count("\n## ") >= 14


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.usefixtures("torch")
def test_a_lesson_prints_the_same(script):
    theirs, ours = run(script), run(replace_import(script))
    for place, pair in enumerate(zip(ours, theirs, strict=False)):
        assert pair[0] == pair[1], f"line {place + 1}"
    assert len(ours) == len(theirs) > 5


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_lesson_runs_without_torch(script, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert run(replace_import(script))


def test_a_lesson_as_a_program_of_its_own(torch):
    script = SCRIPTS["3 sigmoid"]
    set_dtype = "import torch; torch.set_default_dtype(torch.float64)\n"
    theirs, ours = (
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=60)
        for text in (set_dtype + script, replace_import(script))
    )
    assert ours.stdout == theirs.stdout
    assert ours.stderr == ""
    assert f"{torch.__name__}" not in ours.stdout
