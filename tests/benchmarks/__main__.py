"""Print the figures of this package beside their targets.

    python -m tests.benchmarks [passes] [replay] [memory] [chain] [import] [draw] [page] [--rounds N]

runs from a checkout with the extra ``[test]`` installed, and measures that checkout. The peers are
installed for it alone: ``pip install micrograd torch``; where one is missing, its rows say so. All of it
but ``page`` takes five minutes.

How to read it: a ratio is the median over rounds, with its quartiles in parentheses. ``1.90x (1.85 to
1.96)`` against micrograd means that micrograd takes 1.90 times as long; quartiles far apart mean that the
machine was busy with something else. What is compared takes turns in one process, on its processor time,
leaves included. Python's collector is on, and is run before each block; ``gc off`` is the same with it off.
The import, the chain and the whole drawing are in time that passed.

The way from a slider to changed pixels is measured when it is asked for, ``python -m tests.benchmarks page``:
it needs JupyterLab and a browser, and takes four minutes more. What its columns mean is said in ``page.py``.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import platform
import sys
from typing import TYPE_CHECKING

from tests.benchmarks import chain, drawing, imports, memory, page, passes, replay
from tests.benchmarks.settings import SMALL, Settings
from tests.benchmarks.table import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.benchmarks.table import Row

FIGURES: dict[str, Callable[[Settings], Iterable[Row]]] = {
    "passes": passes.rows,
    "replay": replay.rows,
    "memory": memory.rows,
    "chain": chain.rows,
    "import": imports.rows,
    "draw": drawing.rows,
    "page": page.rows,
}
DEFAULT: tuple[str, ...] = tuple(figure for figure in FIGURES if figure != "page")
"""Without what needs a browser."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []], help="default: all but page")
    parser.add_argument("--rounds", type=int, help=f"blocks of each side (default: {Settings.rounds})")
    parser.add_argument("--small", action="store_true", help="so little that the figures mean nothing")
    parser.add_argument("--verbose", action="store_true", help="also the heaviest modules of the import")
    given = parser.parse_args(arguments)
    settings = dataclasses.replace(SMALL if given.small else Settings(), is_verbose=given.verbose)
    if given.rounds:
        settings = dataclasses.replace(settings, rounds=given.rounds)
    missed: list[Row] = []
    table = lines(_collect(given.figures or DEFAULT, settings, missed))
    for line in itertools.chain((f"Python {platform.python_version()}, {platform.machine()}",), table):
        print(line, flush=True)  # noqa: T201 - a benchmark prints
    return 1 if missed else 0


def _collect(figures: Iterable[str], settings: Settings, missed: list[Row]) -> Iterator[Row]:
    """Yield the rows as they are measured, and note those that miss their target."""
    for figure in figures:
        for row in FIGURES[figure](settings):
            if row.is_met is False:
                missed.append(row)
            yield row


if __name__ == "__main__":
    sys.exit(main())
