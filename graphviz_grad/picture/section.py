"""What stands under a card's label where that is an array: a grid of numbers, or a range and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphviz_grad.picture import style
from graphviz_grad.picture.array_text import extent_text
from graphviz_grad.picture.grid import Grid, grid_of, grid_size, is_array
from graphviz_grad.picture.heat import Heat, heat_height, heat_of

if TYPE_CHECKING:
    from graphviz_grad.payload import Payload


@dataclass(frozen=True, slots=True)
class Section:
    """An array on a card.

    Attributes:
        grid: Its numbers; None where they are too many.
        extent: Else its range as shown.
        heat: Else its colours; None for an array of no elements.
        height: Of all that, px.
    """

    grid: Grid | None
    extent: str
    heat: Heat | None
    height: float


def section_of(payload: Payload | None) -> Section | None:
    """What a card shows of an array; None for a number and for None.

    Example:
        >>> import numpy as np
        >>> section_of(np.arange(100.0)).extent, section_of(2.0)
        ('0.0000 … 99.0000', None)
    """
    if not is_array(payload):
        return None
    grid = grid_of(payload)
    height = section_height(payload)
    if grid is not None:
        return Section(grid, "", None, height)
    return Section(None, extent_text(payload), heat_of(payload), height)


def section_height(payload: Payload | None) -> float:
    """Height of an array's section, px; 0 for a number and for None."""
    if not is_array(payload):
        return 0
    size = grid_size(payload.shape)
    if size is not None:
        return size[1] + style.GRID_FOOT
    return style.EXTENT_LINE + heat_height(payload.shape) + style.GRID_FOOT


def card_width(*payloads: Payload | None) -> float:
    """Width of a card that shows these, px.

    Example:
        >>> import numpy as np
        >>> card_width(1.0, None) == style.CARD_WIDTH, card_width(np.ones((4, 4))) > style.CARD_WIDTH
        (True, True)
    """
    sizes = [grid_size(payload.shape) for payload in payloads if is_array(payload)]
    grids = [size[0] + 2 * style.GRID_INSET for size in sizes if size is not None]
    return max([style.CARD_WIDTH, *grids])
