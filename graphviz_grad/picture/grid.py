"""What a card shows of an array: its numbers as a grid where they are few, else its range and a heat map.

Which of the two, and how large it is, follows from the shape alone, so that a live picture never moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard

import numpy as np

from graphviz_grad.picture import style
from graphviz_grad.text import format_number

if TYPE_CHECKING:
    from graphviz_grad.payload import Payload

SIDE: Final = 4
"""A matrix of up to so many rows and columns is a grid; so is a row of up to twice as many numbers."""


class Cell(NamedTuple):
    """One number of a grid: where (``"0,1"``), and as it is shown."""

    at: str
    text: str

    @property
    def is_bad(self) -> bool:
        """Whether it is nan or infinite."""
        return self.text[-1] in "nf"  # nan, inf

    @property
    def is_long(self) -> bool:
        """Whether it is set in smaller type: a picture must not move when a number grows."""
        return len(self.text) > style.CELL_LENGTH


@dataclass(frozen=True, slots=True)
class Grid:
    """The numbers of a small array, row by row."""

    rows: tuple[tuple[Cell, ...], ...]

    @property
    def columns(self) -> int:
        """The length of the longest row."""
        return max(map(len, self.rows))


def is_array(payload: Payload | None) -> TypeGuard[np.ndarray]:
    """Whether a payload is more than one number without dimensions.

    Example:
        >>> is_array(np.ones(2)), is_array(np.array(1.0)), is_array(1.0), is_array(None)
        (True, False, False, False)
    """
    return isinstance(payload, np.ndarray) and payload.ndim > 0


def grid_of(array: np.ndarray) -> Grid | None:
    """The numbers of an array as a grid; None where they are too many.

    Example:
        >>> grid_of(np.array([[1.0], [-2.0]])).rows
        ((Cell(at='0,0', text='1.0000'),), (Cell(at='1,0', text='−2.0000'),))
    """
    rows = grid_rows(array.shape)
    if rows is None:
        return None
    return Grid(
        tuple(
            tuple(Cell(",".join(map(str, index)), format_number(array[index].item())) for index in row)
            for row in rows
        )
    )


def grid_rows(shape: tuple[int, ...]) -> list[list[tuple[int, ...]]] | None:
    """The indices of a grid, row by row; a row of more than `SIDE` numbers is broken in two.

    Args:
        shape: Of the array.

    Returns:
        None where the array is too large for a grid, or has no element.

    Example:
        >>> grid_rows((2, 2))
        [[(0, 0), (0, 1)], [(1, 0), (1, 1)]]
        >>> [len(row) for row in grid_rows((6,))], grid_rows((9,)), grid_rows((5, 2))
        ([4, 2], None, None)
    """
    if len(shape) > 2 or 0 in shape:  # noqa: PLR2004 - a grid has two axes
        return None
    height, width = (1, *shape)[-2:]
    if height > SIDE or width > (2 * SIDE if height == 1 else SIDE):
        return None
    indices = [[(row, column)[-len(shape) :] for column in range(width)] for row in range(height)]
    return indices if width <= SIDE else [indices[0][:SIDE], indices[0][SIDE:]]


def grid_size(shape: tuple[int, ...]) -> tuple[float, float] | None:
    """Width and height of a grid, px; None where there is none.

    Example:
        >>> grid_size((2, 2)) == (2 * style.CELL_WIDTH, 2 * style.CELL_HEIGHT)
        True
    """
    rows = grid_rows(shape)
    return None if rows is None else (len(rows[0]) * style.CELL_WIDTH, len(rows) * style.CELL_HEIGHT)
