"""Memory of a graph after its backward pass, and who frees it."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING, Any

import graphviz_grad as gg
from tests.benchmarks import peers
from tests.benchmarks.passes import deep_recursion
from tests.benchmarks.table import Row, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.settings import Settings

TARGET = 2.5


def rows(settings: Settings) -> Iterator[Row]:
    """Yield the memory per node, against micrograd, and how the graph goes away."""
    nodes = settings.largest
    figure, target = f"memory a node, {nodes:,} nodes, vs micrograd", f">= {TARGET:g}x"
    library = peers.micrograd()
    if library is None:
        yield missing(figure, "micrograd", target)
    else:
        ours, theirs = (bytes_per_node(each.random(nodes), nodes) for each in (peers.OURS, library))
        measured = f"{theirs / ours:.2f}x less: {ours:.0f} bytes, micrograd {theirs:.0f}"
        yield Row(figure, measured, target, theirs / ours >= TARGET)
    made, left, found = count_freed(peers.OURS.random(nodes))
    measured = f"{left} of {made:,} tensors left, {found} objects found by the collector"
    yield Row("freed by reference counting alone", measured, "all", left == found == 0)


def bytes_per_node(job: Callable[[], Any], nodes: int) -> float:
    """Return what is allocated per node, as tracemalloc counts, once the gradients are there."""
    with deep_recursion():
        job()
        gc.collect()
        tracemalloc.start()
        try:
            root = job()
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    del root
    return held / nodes


def count_freed(job: Callable[[], Any]) -> tuple[int, int, int]:
    """Count, the collector being off: tensors made, those left when the graph is dropped, garbage then."""
    job()
    gc.collect()
    gc.disable()
    try:
        before = _tensors()
        root = job()
        made = _tensors() - before
        del root
        return made, _tensors() - before, gc.collect()
    finally:
        gc.enable()


def _tensors() -> int:
    return sum(type(each) is gg.Tensor for each in gc.get_objects())
