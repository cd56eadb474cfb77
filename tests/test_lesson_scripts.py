"""Whole lesson scripts print the same text with torch and with this package; only import lines differ."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("lesson_scripts*.md"))
TEXT = "".join(file.read_text(encoding="utf-8") for file in FILES)
SCRIPTS = dict(re.findall(r"^## (.+?)\n\n```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
# What a reader changes, and all that a reader changes: the import lines.
IMPORTS = {
    r"^import torch$": "import graphviz_grad as torch",
    r"^import torch\.": "import graphviz_grad.",
    r"^from torch\b": "from graphviz_grad",
}


def replace_imports(script):
    assert script.count("import torch\n") == 1
    for theirs, ours in IMPORTS.items():
        script = re.sub(theirs, ours, script, flags=re.MULTILINE)
    return script


@pytest.fixture
def torch(torch):
    """One thread is faster for what is so small, and cannot be held up."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(threads)


def run(script):
    """Return the lines that a script prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script, "<lesson>", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own text
    return printed.getvalue().splitlines()


def test_all_are_found():
    assert len(SCRIPTS) == TEXT.count("\n## ") >= 14 + 40


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.usefixtures("torch")
def test_a_lesson_prints_the_same(script):
    theirs, ours = run(script), run(replace_imports(script))
    for place, pair in enumerate(zip(ours, theirs, strict=False)):
        assert pair[0] == pair[1], f"line {place + 1}"
    assert len(ours) == len(theirs) > 5


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_lesson_runs_without_torch(script, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert run(replace_imports(script))


def test_a_lesson_as_a_program_of_its_own(torch):
    script = SCRIPTS["3 sigmoid"]
    set_dtype = "import torch; torch.set_default_dtype(torch.float64)\n"
    theirs, ours = (
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=60)
        for text in (set_dtype + script, replace_imports(script))
    )
    assert ours.stdout == theirs.stdout
    assert ours.stderr == ""
    assert f"{torch.__name__}" not in ours.stdout
