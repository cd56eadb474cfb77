"""The rows of the table, and how they print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.benchmarks.timing import Spread


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        figure: What was measured.
        measured: The result, in words.
        target: What it must be.
        is_met: Whether it is; None where it could not be measured.
    """

    figure: str
    measured: str
    target: str = ""
    is_met: bool | None = None

    @property
    def met(self) -> str:
        """The last column."""
        return {True: "yes", False: "NO", None: "-"}[self.is_met]


def missing(figure: str, peer: str, target: str) -> Row:
    """Return the row of a figure whose peer is not installed."""
    return Row(figure, f"not measured: pip install {peer}", target)


def times(ratio: Spread) -> str:
    """Write a ratio with its quartiles.

    Example:
        >>> from tests.benchmarks.timing import Spread
        >>> times(Spread(1.9, 2.0, 2.14))
        '2.00x (1.90 to 2.14)'
    """
    return f"{ratio.median:.2f}x ({ratio.low:.2f} to {ratio.high:.2f})"


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table line by line, as the rows come in."""
    form = "{:<48} {:<66} {:<10} {}"
    yield form.format("figure", "measured", "target", "met")
    yield form.format("-" * 48, "-" * 66, "-" * 10, "---")
    for row in rows:
        yield form.format(row.figure, row.measured, row.target, row.met)
