"""Where an edge's two lanes run: curves at a constant distance from Graphviz's spline, ending on the cards.

Only structure goes in, so what comes out is kept for every picture with the same positions.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from graphviz_grad.picture import style

if TYPE_CHECKING:
    from graphviz_grad.picture.positions import Box, Point

Points: TypeAlias = "tuple[Point, ...]"
Frame: TypeAlias = "tuple[float, float, float, float]"  # left, top, right, bottom

CORNER: Final = style.RADIUS + style.LANE_OFFSET + 1
"""Lanes keep so far from a card's corners, where its side is straight."""
TOUCH: Final = 0.7
"""Between a head's tip and the middle of a card's outline."""
TUCK: Final = -3.0
"""How far a lane's tail reaches under its card."""
REACH: Final = 16.0
"""How far an end is moved at most to meet its card."""
STEP: Final = math.radians(18)
"""A piece of an offset curve turns so far at most."""
FORWARD_HEAD: Final = (8.0, 2.7)
"""Length and half width of a forward head, px."""


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
    """An edge's lanes, and a path between them to catch the mouse."""

    forward: Lane
    backward: Lane | None
    middle: str


def pair(points: Points, parent: Box, child: Box, label: Point | None, *, both: bool) -> Pair:
    """Lanes of one edge.

    Args:
        points: Graphviz's spline, from parent to child.
        parent: The parent's card.
        child: The child's card.
        label: Centre of the edge's label: the backward lane runs on its side.
        both: Whether there is a backward lane; without one the forward lane runs in the middle.
    """
    return _pair(points, _frame(parent), _frame(child), label, both)


def _frame(box: Box) -> Frame:
    half_width, half_height = box.width / 2, box.height / 2
    return box.x - half_width, box.y - half_height, box.x + half_width, box.y + half_height


@functools.lru_cache(maxsize=8192)
def _pair(
    points: Points,
    parent: Frame,
    child: Frame,
    label: Point | None,
    both: bool,  # noqa: FBT001
) -> Pair:
    points, leaving = _anchor(points, parent)
    turned, arriving = _anchor(points[::-1], child)
    points = turned[::-1]
    middle = _path(points, 0, 0.0, len(points) // 3)
    if not both:
        return Pair(_lane(points, 0, leaving, arriving, FORWARD_HEAD[0]), None, middle)
    # Left as seen by someone who walks from parent to child: up in a picture from left to right.
    offset = style.LANE_OFFSET if label is None or _is_left(points, label) else -style.LANE_OFFSET
    forward = _lane(points, offset, leaving, arriving, FORWARD_HEAD[0])
    return Pair(forward, _lane(turned, offset, arriving, leaving, style.HEAD_LENGTH), middle)


def _anchor(points: Points, frame: Frame) -> tuple[Points, Frame]:
    """Move a curve's start away from the corners of its card.

    Returns:
        The curve, and the side that it starts from: a point on it and its outward normal.
    """
    (x, y), (x1, y1) = points[0], points[1]
    left, top, right, bottom = frame
    outside = max(left - x, x - right), max(top - y, y - bottom)
    if outside[0] >= outside[1]:  # nearer to the left or right side than to top or bottom
        side = (left, y, -1.0, 0.0) if abs(x - left) < abs(x - right) else (right, y, 1.0, 0.0)
        moved = side[0], min(max(y, top + CORNER), bottom - CORNER)
    else:
        side = (x, top, 0.0, -1.0) if abs(y - top) < abs(y - bottom) else (x, bottom, 0.0, 1.0)
        moved = min(max(x, left + CORNER), right - CORNER), side[1]
    if moved == (x, y):
        return points, side
    return (moved, (x1 + moved[0] - x, y1 + moved[1] - y), *points[2:]), side


def _is_left(points: Points, label: Point) -> bool:
    """Whether a label lies at the left of a curve, seen along it."""
    best, is_left = math.inf, True
    for step in range(1, 8 * (len(points) // 3), 2):
        x, y, dx, dy, _ = _at(points, step / 8, 0)
        away_x, away_y = label[0] - x, label[1] - y
        distance = away_x * away_x + away_y * away_y
        if distance < best:
            best, is_left = distance, away_x * dy - away_y * dx > 0
    return is_left


def _lane(points: Points, offset: float, tail: Frame, head: Frame, head_length: float) -> Lane:
    """A lane along a curve, from under the tail's card to the head's outline."""
    count = len(points) // 3
    start = _meet(points, offset, 0.0, tail, TUCK)
    end = _meet(points, offset, float(count), head, TOUCH)
    tip_x, tip_y, _, _, speed = _at(points, offset, end)
    base_x, base_y, *_ = _at(points, offset, max(end - head_length / speed, start))
    angle = math.degrees(math.atan2(tip_y - base_y, tip_x - base_x))
    last = max(end - (head_length - 1.5) / speed, start + 1e-3)
    return Lane(_path(points, offset, start, last), (round(tip_x, 2), round(tip_y, 2)), round(angle, 2))


def _meet(points: Points, offset: float, end: float, side: Frame, distance: float) -> float:
    """Where an offset curve, prolonged if need be, is at a given distance outside a card's side."""
    side_x, side_y, normal_x, normal_y = side
    at = end
    for _ in range(4):
        x, y, dx, dy, speed = _at(points, offset, at)
        error = (x - side_x) * normal_x + (y - side_y) * normal_y - distance
        slope = dx * normal_x + dy * normal_y
        if abs(slope) < speed / 8:  # it grazes the side: stay
            break
        reach = REACH / speed
        at = min(max(at - error / slope, end - reach), end + reach)
    return at


def _path(points: Points, offset: float, start: float, end: float) -> str:
    """Path data of an offset curve between two parameters, in pieces that turn little."""
    stops = [start, *range(max(math.floor(start) + 1, 1), min(math.ceil(end), len(points) // 3)), end]
    x, y, dx, dy, speed = _at(points, offset, start)
    parts = [f"M{x:.1f} {y:.1f}"]
    for first, last in zip(stops, stops[1:], strict=False):
        pieces = _pieces(points, min(max(int((first + last) / 2), 0), len(points) // 3 - 1))
        for piece in range(1, pieces + 1):
            at = last if piece == pieces else first + (last - first) * piece / pieces
            x1, y1, dx1, dy1, speed1 = _at(points, offset, at)
            third = math.hypot(x1 - x, y1 - y) / 3
            near, far = third / speed, third / speed1
            if pieces == 1 and _is_straight(dx, dy, dx1, dy1, x1 - x, y1 - y):
                parts.append(f"L{x1:.1f} {y1:.1f}")
            else:
                parts.append(
                    f"C{x + dx * near:.1f} {y + dy * near:.1f} {x1 - dx1 * far:.1f} {y1 - dy1 * far:.1f} "
                    f"{x1:.1f} {y1:.1f}"
                )
            x, y, dx, dy, speed = x1, y1, dx1, dy1, speed1
    return "".join(parts)


def _is_straight(dx: float, dy: float, dx1: float, dy1: float, x: float, y: float) -> bool:
    """Whether a piece with these end tangents and this chord is a line for the eye."""
    chord = math.hypot(x, y) * 0.01
    return abs(dx * y - dy * x) <= chord * math.hypot(dx, dy) and abs(
        dx1 * y - dy1 * x
    ) <= chord * math.hypot(dx1, dy1)


def _pieces(points: Points, segment: int) -> int:
    """In how many pieces a segment's offset has to be drawn: by how far its control polygon turns."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[3 * segment : 3 * segment + 4]
    first, second, third = (
        math.atan2(y1 - y0, x1 - x0),
        math.atan2(y2 - y1, x2 - x1),
        math.atan2(y3 - y2, x3 - x2),
    )
    turn = abs(math.remainder(second - first, math.tau)) + abs(math.remainder(third - second, math.tau))
    return min(max(1, math.ceil(turn / STEP)), 8)


def _at(points: Points, offset: float, at: float) -> tuple[float, float, float, float, float]:
    """A point of the offset curve, and the spline's derivative and speed there.

    Beyond its ends the curve goes on straight.
    """
    count = len(points) // 3
    segment = min(max(int(at), 0), count - 1)
    t = min(max(at - segment, 0.0), 1.0)
    beyond = at - segment - t
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[3 * segment : 3 * segment + 4]
    s = 1 - t
    a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    p, q, r = 3 * s * s, 6 * s * t, 3 * t * t
    dx = p * (x1 - x0) + q * (x2 - x1) + r * (x3 - x2)
    dy = p * (y1 - y0) + q * (y2 - y1) + r * (y3 - y2)
    speed = math.hypot(dx, dy)
    if speed < 1e-3:  # noqa: PLR2004  (a control point on its end: take the chord's direction)
        dx, dy = x3 - x0, y3 - y0
        speed = math.hypot(dx, dy) or 1.0
    shift = offset / speed
    x = a * x0 + b * x1 + c * x2 + d * x3 - dy * shift + dx * beyond
    y = a * y0 + b * y1 + c * y2 + d * y3 + dx * shift + dy * beyond
    return x, y, dx, dy, speed
