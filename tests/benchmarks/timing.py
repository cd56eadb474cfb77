"""Blocks of work that take turns.

On a shared machine noise comes in waves longer than a block. So the jobs that are compared take turns in
one process, on its own clock, which stands still while others have the processor; a ratio is taken within
each round, where both met the same wave; and the figure is the median of the rounds' ratios, with its
quartiles beside it.
"""

from __future__ import annotations

import gc
import statistics
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Spread(NamedTuple):
    """A median, and the quartiles that tell how noisy it is."""

    low: float
    median: float
    high: float


def spread(samples: Sequence[float]) -> Spread:
    """Return the quartiles of one or more samples."""
    if len(samples) == 1:
        return Spread(samples[0], samples[0], samples[0])
    return Spread(*statistics.quantiles(samples, n=4, method="inclusive"))


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Return the quartiles of the rounds' ratios."""
    return spread([a / b for a, b in zip(above, below, strict=True)])


def seconds(job: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    job()
    return perf_counter() - start


def take_turns(
    jobs: Mapping[str, Callable[[], object]], *, rounds: int, calls: int, collecting: bool = True
) -> dict[str, list[float]]:
    """Time blocks of calls, the jobs taking turns.

    Args:
        jobs: What to time, by name.
        rounds: Blocks of each job.
        calls: Calls in a block.
        collecting: Whether the garbage collector is on during a block; it is always run before.

    Returns:
        For each job the seconds per call of every block.
    """
    for job in jobs.values():
        job()  # imports, caches, CPython's specialising interpreter
    found: dict[str, list[float]] = {name: [] for name in jobs}
    order = list(jobs)
    for _ in range(rounds):
        for name in order:
            found[name].append(_block(jobs[name], calls, collecting=collecting))
        order.append(order.pop(0))  # so that nobody always follows the same job
    return found


def _block(job: Callable[[], object], calls: int, *, collecting: bool) -> float:
    gc.collect()
    if not collecting:
        gc.disable()
    try:
        start = process_time()
        for _ in range(calls):
            job()
        return (process_time() - start) / calls
    finally:
        gc.enable()
