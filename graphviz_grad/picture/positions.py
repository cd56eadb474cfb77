"""The layout's result: where every card, edge and edge label goes.

Pixels, with the origin at the top left and y pointing down, as SVG counts. Graphviz thinks the other way up;
`layout` turns it round, so that nobody else has to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A card's place.

    Attributes:
        x: Centre, px from the left.
        y: Centre, px from the top.
        width: Full width in px.
        height: Full height in px.

    Example:
        >>> Box(x=94.0, y=60.0, width=188.0, height=94.0).left
        0.0
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        """The top edge."""
        return self.y - self.height / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Spline:
    """An edge's curve: cubic Bezier control points from the parent's border to the child's.

    Attributes:
        points: ``1 + 3 n`` points for ``n`` segments: start, then (control, control, end) each.
    """

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Positions:
    """Where everything goes.

    Attributes:
        width: Of the whole picture, in px, margin included.
        height: Of the whole picture, in px, margin included.
        boxes: A card's place by node id.
        splines: An edge's curve by edge id.
        labels: Centre of an edge's label by edge id; None for an edge that has none.
    """

    width: float
    height: float
    boxes: Mapping[str, Box]
    splines: Mapping[str, Spline]
    labels: Mapping[str, Point | None]
