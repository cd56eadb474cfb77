"""Where edges touch their cards: on the straight part of a side, and not on top of each other.

Graphviz ends its splines anywhere on a card's outline, at the rounded corners too, and two uses of one tensor
may end in one point. Here each end gets room for two lanes; its curve follows gently.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style
from graphviz_grad.picture.curve import Side, spot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphviz_grad.graph import Graph
    from graphviz_grad.picture.curve import Points, Spot
    from graphviz_grad.picture.positions import Box, Point, Positions

CORNER: Final = style.RADIUS + style.LANE_OFFSET + 1
"""Ends keep so far from a card's corners."""
ROOM: Final = 10.0
"""What a pair of lanes needs on either side of its middle."""
SINGLE_ROOM: Final = 4.0
"""The same for an edge without a backward lane."""
BEND: Final = 150.0
"""Where an end has to move, the curve follows up to this distance."""
GRAZE: Final = 0.4
"""Sine of the smallest angle between a curve's end and its side."""
LOOK: Final = 60.0
"""Ends are sorted by where their curves are so far from the card."""


def ports(
    graph: Graph, positions: Positions, double: Mapping[str, bool], *, direction: str = "LR"
) -> dict[str, tuple[Points, Side, Side]]:
    """Move every spline's ends to their ports.

    Args:
        graph: Whose edges.
        positions: Boxes and splines.
        double: Whether an edge has two lanes, by edge id.
        direction: Of the layout: there is free room between its ranks.

    Returns:
        By edge id: the spline, and the sides where it leaves its parent and meets its child.
    """
    splines = {edge.id: positions.splines[edge.id].points for edge in graph.edges}
    sides: dict[tuple[str, bool], Side] = {}
    starts: dict[tuple[str, bool], Spot] = {}
    crowds: dict[tuple[str, float, float], list[tuple[str, bool]]] = {}
    for edge in graph.edges:
        for is_end, node in ((False, edge.parent), (True, edge.child)):
            points = splines[edge.id][::-1] if is_end else splines[edge.id]
            starts[edge.id, is_end] = start = spot(points, 0, 0)
            side = _side(start, positions.boxes[node], direction)
            sides[edge.id, is_end] = side
            crowds.setdefault((node, side.normal_x, side.normal_y), []).append((edge.id, is_end))
    for (node, normal_x, _), ends in crowds.items():
        box = positions.boxes[node]
        is_upright = normal_x != 0
        low, high = (box.top, box.bottom) if is_upright else (box.left, box.right)
        wishes = []
        for edge_id, is_end in ends:
            points = splines[edge_id][::-1] if is_end else splines[edge_id]
            away = spot(points, 0, min(LOOK / starts[edge_id, is_end].speed, 1.0))
            side = sides[edge_id, is_end]
            wish, far = (side.y, away.y) if is_upright else (side.x, away.x)
            wishes.append((wish + far, edge_id, is_end, wish, ROOM if double[edge_id] else SINGLE_ROOM))
        wishes.sort()
        found = spread([row[3] for row in wishes], [row[4] for row in wishes], low + CORNER, high - CORNER)
        for (_, edge_id, is_end, _, _), place in zip(wishes, found, strict=True):
            x, y, *normal = sides[edge_id, is_end]
            side = Side(x, place, *normal) if is_upright else Side(place, y, *normal)
            sides[edge_id, is_end] = side
            points = splines[edge_id]
            splines[edge_id] = _move(points[::-1], side)[::-1] if is_end else _move(points, side)
    return {edge.id: (splines[edge.id], sides[edge.id, False], sides[edge.id, True]) for edge in graph.edges}


def spread(wishes: Sequence[float], rooms: Sequence[float], low: float, high: float) -> list[float]:
    """Places in the given order, as near to the wishes as their rooms allow.

    Args:
        wishes: Where each would like to be.
        rooms: What each needs on either side.
        low: The first place there is.
        high: The last.

    Example:
        >>> spread([50.0, 50.0, 90.0], [10, 10, 10], 0, 100)
        [40.0, 60.0, 90.0]
        >>> spread([5.0, 5.0], [10, 10], 0, 10)
        [0.0, 10.0]
    """
    if len(wishes) == 1:
        return [min(max(wishes[0], low), high)]
    gaps = [0.0] + [left + right for left, right in pairwise(rooms)]
    squeeze = min(1.0, (high - low) / sum(gaps)) if sum(gaps) else 1.0
    steps, total = [], 0.0
    for gap in gaps:
        total += gap * squeeze
        steps.append(total)
    # Without the gaps this is isotonic regression: neighbours that want to overtake share their mean.
    blocks: list[tuple[float, int]] = []
    for wish, step in zip(wishes, steps, strict=True):
        mean, count = wish - step, 1
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        blocks.append((mean, count))
    means = [min(max(mean, low), high - total) for mean, count in blocks for _ in range(count)]
    return [mean + step for mean, step in zip(means, steps, strict=True)]


def _side(start: Spot, box: Box, direction: str) -> Side:
    """The side of a card that a curve starts from."""
    x, y, dx, dy, speed = start
    upright = min(max(y, box.top + CORNER), box.bottom - CORNER)
    level = min(max(x, box.left + CORNER), box.right - CORNER)
    sides = (
        Side(box.left, upright, -1, 0),
        Side(box.right, upright, 1, 0),
        Side(level, box.top, 0, -1),
        Side(level, box.bottom, 0, 1),
    )

    def cost(side: Side) -> float:
        """How far it is; near a corner, how squarely the curve leaves it and whether there is room."""
        there_x, there_y, normal_x, normal_y = side
        far = abs(there_x - x) + abs(there_y - y)
        if far > 2 * CORNER:
            return far
        squarely = (dx * normal_x + dy * normal_y) / speed
        faces_rank = squarely >= GRAZE * 0.85 and (normal_x if direction == "LR" else normal_y) != 0
        return far - CORNER * (2 * squarely + 3 * faces_rank)

    return min(sides, key=cost)


def _move(points: Points, side: Side) -> Points:
    """Bend a curve so that it starts on a side: all of it a little rather than its end a lot."""
    x, y = points[0]
    move_x, move_y = side.x - x, side.y - y
    if abs(move_x) + abs(move_y) >= 1:  # else Graphviz has only stopped a hair away from the card
        moved = []
        for px, py in points[:-1]:
            far = min(math.hypot(px - x, py - y) / BEND, 1.0)
            weight = (1 - far) ** 2 * (1 + 2 * far)
            moved.append((px + move_x * weight, py + move_y * weight))
        points = (*moved, points[-1])
    return (points[0], _lift(points, side), *points[2:])


def _lift(points: Points, side: Side) -> Point:
    """The first control point, turned away from the side if the curve would graze it."""
    (x, y), near = points[0], points[1]
    dx, dy = near[0] - x, near[1] - y
    length = math.hypot(dx, dy)
    along_x, along_y = side.normal_y, -side.normal_x
    out, along = dx * side.normal_x + dy * side.normal_y, dx * along_x + dy * along_y
    if out >= GRAZE * length:
        return near
    out, along = GRAZE * length, math.copysign(math.sqrt(1 - GRAZE**2) * length, along)
    return x + out * side.normal_x + along * along_x, y + out * side.normal_y + along * along_y
