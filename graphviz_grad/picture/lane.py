"""An edge's two lanes and the place of its label.

Only structure goes in, so what comes out is kept for the next picture with the same positions.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style
from graphviz_grad.picture.caption import is_wide
from graphviz_grad.picture.curve import meet, path, plain_path, spot
from graphviz_grad.picture.port import ports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphviz_grad.graph import Graph
    from graphviz_grad.picture.curve import Points, Side
    from graphviz_grad.picture.positions import Point, Positions

TOUCH: Final = 0.7
"""Between a head's tip and the middle of a card's outline."""
TUCK: Final = -3.0
"""How far a lane's tail reaches under its card."""
FORWARD_HEAD: Final = (8.0, 2.7)
"""Length and half width of a forward head, px."""
CLEARANCE: Final = 6.0
"""Between the middle of a lane and its label: half of the widest lane, and some air."""
LABEL_HALF: Final = {True: (49.0, 13.0), False: (28.0, 6.0)}
"""Half width and height of a label of two lines, and of one."""
WIDE_LABEL_HALF: Final = {True: (76.0, 20.0), False: (66.0, 6.0)}
"""The same for an edge among arrays, which has three."""
SAMPLES: Final = 20
LABEL_SHIFT: Final = 45.0
"""How far a label is moved at most from where Graphviz has reserved its room."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane.

    Attributes:
        path: SVG path data of the line, from its tail to the base of its head.
        tip: Where the head points to.
        angle: The head's direction, degrees clockwise from the right.
    """

    path: str
    tip: Point
    angle: float


@dataclass(frozen=True, slots=True)
class Pair:
    """An edge's lanes, its label's centre, and a path between the lanes to catch the mouse."""

    forward: Lane
    backward: Lane | None
    label: Point | None
    middle: str


def lanes(
    graph: Graph, positions: Positions, double: Mapping[str, bool], *, direction: str
) -> dict[str, Pair]:
    """Lanes and label of every edge, by edge id.

    Args:
        graph: Whose edges.
        positions: Boxes, splines and reserved places of labels.
        double: Whether an edge has a backward lane, by edge id; else its forward lane runs in the middle.
        direction: Of the layout.
    """
    return _lanes(_Key(graph, positions, tuple(double.values()), direction))


class _Key:
    """What lanes depend on. Positions are compared by identity: the same structure has the very same."""

    __slots__ = ("direction", "double", "graph", "positions")

    def __init__(self, graph: Graph, positions: Positions, double: tuple[bool, ...], direction: str) -> None:
        self.graph, self.positions, self.double, self.direction = graph, positions, double, direction

    def __hash__(self) -> int:
        return hash((id(self.positions), self.double, self.direction))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and self.positions is other.positions
            and (self.double, self.direction) == (other.double, other.direction)
        )


@functools.lru_cache(maxsize=64)
def _lanes(key: _Key) -> dict[str, Pair]:
    graph, positions = key.graph, key.positions
    double = {edge.id: is_double for edge, is_double in zip(graph.edges, key.double, strict=True)}
    count = len(graph.nodes)
    nodes = {node.id: node for node in graph.nodes}
    edges = {edge.id: edge for edge in graph.edges}

    def half(edge_id: str) -> tuple[float, float] | None:
        if count > style.LABEL_NODES:
            return None
        halves = WIDE_LABEL_HALF if is_wide(edges[edge_id], nodes) else LABEL_HALF
        return halves[count <= style.TWO_LINE_NODES]

    return {
        edge_id: _pair(ported, positions.labels.get(edge_id), half(edge_id), is_double=double[edge_id])
        for edge_id, ported in ports(graph, positions, double, direction=key.direction).items()
    }


def _pair(
    ported: tuple[Points, Side, Side],
    label: Point | None,
    half: tuple[float, float] | None,
    *,
    is_double: bool,
) -> Pair:
    """Lanes of one edge; a label of no size, which hides, stays where it is."""
    points, leaving, arriving = ported
    middle = plain_path(points)
    if not is_double:
        return Pair(_lane(points, 0.0, leaving, arriving, FORWARD_HEAD[0]), None, label, middle)
    # Left as seen by someone who walks from parent to child: up in a picture from left to right.
    offset = style.LANE_OFFSET
    if label is not None and half is not None:
        if not _is_left(points, label):
            offset = -offset
        label = _clear(points, -offset, label, half)
    forward = _lane(points, offset, leaving, arriving, FORWARD_HEAD[0])
    backward = _lane(points[::-1], offset, arriving, leaving, style.HEAD_LENGTH)
    return Pair(forward, backward, label, middle)


def _is_left(points: Points, label: Point) -> bool:
    """Whether a label lies at the left of a curve, seen along it."""
    best, is_left = math.inf, True
    for step in range(1, 4 * (len(points) // 3), 2):
        here = spot(points, 0.0, step / 4)
        away_x, away_y = label[0] - here.x, label[1] - here.y
        distance = away_x * away_x + away_y * away_y
        if distance < best:
            best, is_left = distance, away_x * here.dy - away_y * here.dx > 0
    return is_left


def _lane(points: Points, offset: float, tail: Side, head: Side, head_length: float) -> Lane:
    """A lane along a curve, from under the tail's card to the head's outline."""
    start, under = meet(points, offset, 0.0, tail, TUCK)
    end, tip = meet(points, offset, len(points) // 3, head, TOUCH)
    base = spot(points, offset, max(end - head_length / tip.speed, start))
    angle = math.degrees(math.atan2(tip.y - base.y, tip.x - base.x))
    last = max(end - (head_length - 1.5) / tip.speed, start + 1e-3)
    line = path(points, offset, start, last, under)
    return Lane(line, (round(tip.x, 2), round(tip.y, 2)), round(angle, 2))


def _clear(points: Points, offset: float, label: Point, half: tuple[float, float]) -> Point:
    """Put a label beside its lane, on its side, as near to its reserved place as can be.

    It is moved either up or down until the lane clears it over its whole width, or left or right over its
    whole height, whichever is less.
    """
    x, y = label
    half_width, half_height = half[0] + CLEARANCE / 2, half[1] + CLEARANCE / 2
    count = len(points) // 3
    lane = [spot(points, offset, count * step / SAMPLES) for step in range(SAMPLES + 1)]
    beside = [here.y for here in lane if abs(here.x - x) <= half_width]
    level = [here.x for here in lane if abs(here.y - y) <= half_height]
    moves = []
    nearest = min(lane, key=lambda here: (here.x - x) ** 2 + (here.y - y) ** 2)
    if beside:
        above = min(beside) - half[1] - CLEARANCE - y
        below = max(beside) + half[1] + CLEARANCE - y
        moves.append((0.0, above if nearest.y > y else below))
    if level:
        left = min(level) - half[0] - 2 * CLEARANCE - x  # widths vary with the numbers, heights do not
        right = max(level) + half[0] + 2 * CLEARANCE - x
        moves.append((left if nearest.x > x else right, 0.0))
    move = min(moves, key=lambda move: abs(move[0]) + abs(move[1]), default=(0.0, 0.0))
    if abs(move[0]) + abs(move[1]) > LABEL_SHIFT:
        return label
    return round(x + move[0], 2), round(y + move[1], 2)
