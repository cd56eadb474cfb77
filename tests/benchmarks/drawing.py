"""What `draw` costs until a notebook has its picture, and how often Graphviz runs.

Graphviz is a process of its own. The rest, our own part, is timed on this process's clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from unittest import mock

import graphviz_grad as gg
from graphviz_grad.picture import layout
from tests.benchmarks import peers
from tests.benchmarks.settings import ROOT
from tests.benchmarks.table import Row
from tests.benchmarks.timing import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.settings import Settings
    from tests.benchmarks.timing import Spread


class Watch:
    """What the runs of Graphviz cost: their number, and this process's own time in them."""

    def __init__(self) -> None:
        self.runs = 0
        self.seconds = 0.0


def rows(settings: Settings) -> Iterator[Row]:
    """Yield the time of a new structure, the runs of a known one, and the sameness of the bytes."""
    for figure, build, target, own_target in (
        ("draw 5 nodes", small_graph, 15, 3),
        ("draw 100 nodes, 3-4-3-1 tanh MLP", mlp_graph, 100, 25),
        ("draw 100 nodes, random", random_graph, 100, 25),
    ):
        total, own, again = measure(build, settings.rounds)
        yield Row(f"{figure}, new structure", write(total), f"< {target} ms", total.median < target)
        yield Row("  without Graphviz's process", write(own), f"<= {own_target} ms", own.median <= own_target)
        yield Row("  known structure, new numbers", f"{again} runs of Graphviz", "none", again == 0)
    yield same_bytes(settings.processes)


def write(ms: Spread) -> str:
    """Write milliseconds with their quartiles."""
    return f"{ms.median:.1f} ms ({ms.low:.1f} to {ms.high:.1f})"


def small_graph(seed: int) -> gg.Tensor:
    """Return a graph of 5 nodes, swept, with numbers that depend on the seed."""
    x, z = gg.tensor(2.0 + seed, requires_grad=True), gg.tensor(-0.25 * seed, requires_grad=True)
    y = gg.sigmoid(x * z) + x
    y.backward()
    return y


def mlp_graph(_: int) -> gg.Tensor:
    """Return a perceptron of 100 nodes, swept."""
    return peers.OURS.mlp(4, 3, 1)()


def random_graph(seed: int) -> gg.Tensor:
    """Return a graph of 100 nodes that the seed decides, swept."""
    return peers.OURS.random(100, seed)()


def measure(build: Callable[[int], gg.Tensor], rounds: int) -> tuple[Spread, Spread, int]:
    """Draw every graph twice, the second time with other numbers.

    Returns:
        Ms that the first drawing takes, in all and without Graphviz; and the runs for all the second ones.
    """
    totals, owns, again = [], [], 0
    show(build(0))  # imports, and what is worked out once per label
    for seed in range(1, rounds + 1):
        y = build(seed)
        layout._solve.cache_clear()  # so that no structure is known
        with watching() as watch:
            wall, own = perf_counter(), process_time()
            show(y)
            owns.append(1e3 * (process_time() - own - watch.seconds))
            totals.append(1e3 * (perf_counter() - wall))
        with watching() as watch:
            show(change(y))
            again += watch.runs
    return spread(totals), spread(owns), again


def show(y: gg.Tensor) -> dict[str, str]:
    """Do what a notebook does with the last value of a cell."""
    return gg.draw(y, names={"y": y})._repr_mimebundle_()


def change(y: gg.Tensor) -> gg.Tensor:
    """Give the drawn tensor another value."""
    y.data = y.data * 2
    return y


@contextmanager
def watching() -> Iterator[Watch]:
    """Count the runs of Graphviz."""
    watch, run = Watch(), layout._run

    def watched(*args: Any, **kwargs: Any) -> bytes:
        start = process_time()
        try:
            return run(*args, **kwargs)
        finally:
            watch.runs += 1
            watch.seconds += process_time() - start

    with mock.patch.object(layout, "_run", watched):
        yield watch


_PROGRAM = """
import hashlib
from tests.benchmarks.drawing import gg, small_graph
diagram = gg.draw(small_graph(1), title="bytes")
print(hashlib.sha256((diagram.source + diagram.svg()).encode()).hexdigest())
"""


def same_bytes(seeds: int) -> Row:
    """Return the row of DOT and SVG of one graph, made under several hash seeds."""
    found = {_digest(seed) for seed in range(seeds)}
    measured = f"{len(found)} version{'s' * (len(found) > 1)} of DOT and SVG"
    return Row(f"one graph under {seeds} hash seeds", measured, "1", len(found) == 1)


def _digest(seed: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
