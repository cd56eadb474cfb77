"""Define-by-run: a graph and all its gradients, built from nothing, against micrograd and torch."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.benchmarks import peers
from tests.benchmarks.table import Row, missing, times
from tests.benchmarks.timing import ratios, spread, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.peers import Library
    from tests.benchmarks.settings import Settings


class Peer(NamedTuple):
    """Whom to compare with.

    Attributes:
        name: What to install.
        find: Returns the library, or None.
        targets: How many times faster this package must be on each of `GRAPHS`.
        block: Nodes that a block builds: so many that a library pays for its garbage within its own block.
    """

    name: str
    find: Callable[[], Library | None]
    targets: tuple[float, ...]
    block: int


# torch comes last: its many objects would slow the collector, which micrograd needs.
PEERS = (
    Peer("micrograd", peers.micrograd, (1.5, 1.5, 2.0, 2.0), 100_000),
    Peer("torch", peers.torch, (8.0, 8.0, 8.0, 8.0), 30_000),
)
GRAPHS: tuple[tuple[str, int, Callable[[Library], Callable[[], Any]]], ...] = (
    ("sigmoid neuron", 13, lambda library: library.neuron()),
    ("3-4-4-1 tanh MLP", 117, lambda library: library.mlp(4, 4, 1)),
    ("random graph", 1_000, lambda library: library.random(1_000)),
    ("random graph", 10_000, lambda library: library.random(10_000)),
)
_DEEP = 100_000  # micrograd's backward recurses once per node of the longest path


def rows(settings: Settings) -> Iterator[Row]:
    """Yield a row per peer and graph."""
    for peer in PEERS:
        library = peer.find()
        for (name, nodes, job), target in zip(GRAPHS, peer.targets, strict=True):
            figure = f"{name}, {nodes:,} nodes, vs {peer.name}"
            if library is None:
                yield missing(figure, peer.name, f">= {target:g}x")
            elif nodes <= settings.largest:
                jobs = {each.name: job(each) for each in (peers.OURS, library)}
                calls = max(1, min(peer.block, 10 * settings.largest) // nodes)
                yield _row(figure, jobs, target, nodes, {"rounds": settings.rounds, "calls": calls})


def _row(
    figure: str, jobs: dict[str, Callable[[], Any]], target: float, nodes: int, size: dict[str, int]
) -> Row:
    with deep_recursion():
        on = take_turns(jobs, **size)
        off = take_turns(jobs, **size, collecting=False)
    ours, theirs = jobs
    ratio = ratios(on[theirs], on[ours])
    without = ratios(off[theirs], off[ours])
    each = spread(on[ours]).median / nodes * 1e9
    measured = f"{times(ratio)}, gc off {without.median:.2f}x; {each:.0f} ns a node"
    return Row(figure, measured, f">= {target:g}x", ratio.median >= target)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let micrograd's recursive backward finish."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(_DEEP)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
