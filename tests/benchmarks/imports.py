"""What `import graphviz_grad` costs, as a whole process, against numpy, which it needs anyway."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.settings import ROOT
from tests.benchmarks.table import Row, times
from tests.benchmarks.timing import ratios, seconds, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.settings import Settings

TARGET = 2.0
LATER = ("anywidget", "graphviz", "IPython", "ipywidgets", "torch", "traitlets")
"""What must not be imported before it is used."""
_SHOWN = 10


def rows(settings: Settings) -> Iterator[Row]:
    """Yield the time, and what else is imported; with ``is_verbose`` the heaviest modules of our own."""
    ours, numpy = (partial(run, "-c", f"import {name}") for name in ("graphviz_grad", "numpy"))
    ours(), numpy()  # compile, and read into memory
    rounds = [(seconds(ours), seconds(numpy)) for _ in range(settings.processes)]
    ratio = ratios(*zip(*rounds, strict=True))
    own = spread([a for a, _ in rounds]).median
    yield Row(
        "import graphviz_grad vs import numpy",
        f"{times(ratio)}; {own * 1e3:.0f} ms with Python's own start",
        f"<= {TARGET:g}x",
        ratio.median <= TARGET,
    )
    listing = f"import sys, graphviz_grad; print(*[name for name in {LATER} if name in sys.modules])"
    early = run("-c", listing)[0].split()
    yield Row("imported with it, though not needed yet", ", ".join(early) or "none", "none", not early)
    if settings.is_verbose:
        yield from (Row(f"  of which {name}", f"{own / 1e3:.1f} ms") for own, name in heaviest())


def run(*arguments: str) -> tuple[str, str]:
    """Run Python in the checkout and return what it prints, and what it says on stderr."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout, done.stderr


def heaviest() -> list[tuple[int, str]]:
    """Return our slowest modules, with the microseconds that each takes without what it imports."""
    timed = run("-X", "importtime", "-c", "import graphviz_grad")[1]
    found = re.findall(r"^import time:\s*(\d+) \|\s*\d+ \|\s*(graphviz_grad\S*)$", timed, re.MULTILINE)
    return sorted(((int(own), name) for own, name in found), reverse=True)[:_SHOWN]
