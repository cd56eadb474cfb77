"""A chain of very many ops, where anything that recursed would fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphviz_grad as gg
from tests.benchmarks.table import Row
from tests.benchmarks.timing import seconds, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.settings import Settings

TARGET = 1.0  # seconds, of the backward pass
_RUNS = 5


def rows(settings: Settings) -> Iterator[Row]:
    """Yield the time of each thing that is done to the chain."""
    runs = [run(settings.chain) for _ in range(_RUNS)]
    for step in runs[0]:
        median = spread([each[step] for each in runs]).median
        is_met = median <= TARGET if step == "backward" else True
        target = f"<= {TARGET:g} s" if step == "backward" else "no error"
        yield Row(f"chain of {settings.chain:,} ops: {step}", f"{median * 1e3:.3g} ms", target, is_met)


def run(ops: int) -> dict[str, float]:
    """Return how many seconds each step takes."""
    held: list[gg.Tensor] = []

    def forward() -> None:
        x = gg.tensor(0.5, requires_grad=True)
        y = x
        for _ in range(ops // 2):
            y = (y + x).tanh()
        held.append(y)

    return {
        "forward": seconds(forward),
        "backward": seconds(lambda: held[0].backward()),  # noqa: PLW0108 - it is not there yet
        "repr": seconds(lambda: repr(held[0])),
        "delete": seconds(held.clear),
    }
