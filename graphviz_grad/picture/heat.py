"""A large array as colours: a strip for a vector, a small map for anything else.

The scale is symmetric about 0, which alone is neutral: a number that is not 0 has at least the first of
`LEVELS` shades. Colour is not the only sign: negative elements have a line through them, as a minus sign, and
what is nan or infinite is crossed out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from graphviz_grad.picture import style

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS: Final = len(style.SHADES)
"""Shades on either side of 0."""
BAD: Final = 9
"""The level of what is nan or infinite."""
STRIP_COLUMNS: Final = 64
MAP_COLUMNS: Final = 32
MAP_ROWS: Final = 16
STRIP_HEIGHT: Final = 14
MAP_HEIGHTS: Final = (20, 48)
"""The least and the largest height of a map, px."""
MAP_ROW: Final = 6
"""What a row of a map is high in between, px."""


@dataclass(frozen=True, slots=True)
class Heat:
    """The colours of an array.

    Attributes:
        levels: Row by row, from ``-LEVELS`` to ``LEVELS``, or `BAD`.
        height: Of the map, px.
    """

    levels: tuple[tuple[int, ...], ...]
    height: float

    def runs(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (level, row, column, length) for all neighbours in a row that look the same."""
        for row, levels in enumerate(self.levels):
            start = 0
            for column in range(1, len(levels) + 1):
                if column == len(levels) or levels[column] != levels[start]:
                    yield levels[start], row, start, column - start
                    start = column


def heat_of(array: np.ndarray) -> Heat | None:
    """The colours of an array; None if it has no element.

    Where there are more elements than room, neighbours share a cell, which shows the one farthest from 0.

    Example:
        >>> heat_of(np.array([1.0, -0.5, 0.0, np.nan])).levels
        ((5, -3, 0, 9),)
        >>> [len(row) for row in heat_of(np.ones((28, 28))).levels] == [28] * 14
        True
    """
    if not array.size:
        return None
    plane = array.astype(float).reshape(_plane(array.shape))
    (_, tall), (_, wide) = _bins(array.shape)
    size = np.abs(plane, where=np.isfinite(plane), out=np.zeros(plane.shape)).max()
    rows, columns = [*range(0, plane.shape[0], tall)], [*range(0, plane.shape[1], wide)]
    lows, highs = (
        extreme.reduceat(extreme.reduceat(plane, rows, axis=0), columns, axis=1).tolist()
        for extreme in (np.minimum, np.maximum)
    )
    levels = tuple(
        tuple(_level(low, high, size) for low, high in zip(*row, strict=True))
        for row in zip(lows, highs, strict=True)
    )
    return Heat(levels, heat_height(array.shape))


def heat_height(shape: tuple[int, ...]) -> float:
    """Height of the map of an array, px; 0 if it has no element.

    Example:
        >>> heat_height((64,)), heat_height((28, 28)), heat_height((0, 3))
        (14, 48, 0)
    """
    if 0 in shape:
        return 0
    if _plane(shape)[0] == 1:
        return STRIP_HEIGHT
    (rows, _), _ = _bins(shape)
    return min(max(rows * MAP_ROW, MAP_HEIGHTS[0]), MAP_HEIGHTS[1])


def _plane(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns: a matrix as it is, a stack of matrices one below the other; a vector lies."""
    sizes = [size for size in shape if size > 1] or [1]
    return math.prod(sizes[:-1]), sizes[-1]


def _bins(shape: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Number and size of the bins of rows, and of columns."""
    rows, columns = _plane(shape)
    tall = -(-rows // MAP_ROWS)
    wide = -(-columns // (STRIP_COLUMNS if rows == 1 else MAP_COLUMNS))
    return (-(-rows // tall), tall), (-(-columns // wide), wide)


def _level(low: float, high: float, size: float) -> int:
    """The level of that end of a cell's range that is farther from 0; of two, of the positive one."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return BAD
    peak = high if high >= -low else low
    if peak == 0:
        return 0
    level = min(max(math.ceil(abs(peak) / size * LEVELS), 1), LEVELS)
    return level if peak > 0 else -level
