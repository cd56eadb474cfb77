"""Curves at a constant distance from a spline: points, ends and path data.

A spline is Graphviz's: cubic Bezier segments, ``1 + 3 n`` points. A parameter counts segments: 1.5 is in the
middle of the second. Beyond its ends a curve goes on straight.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from graphviz_grad.picture.positions import Point

Points: TypeAlias = "tuple[Point, ...]"

STEP: Final = math.radians(18)
"""A piece of an offset curve turns so far at most."""
CLOSE: Final = 0.02
"""An end this near to where it should be is there, px."""
REACH: Final = 16.0
"""How far an end is prolonged at most to meet a side, px."""
WITHIN: Final = 1.3
"""How much of a curve is cut off at most, in segments."""


class Spot(NamedTuple):
    """A place on a curve, with the spline's derivative and speed there."""

    x: float
    y: float
    dx: float
    dy: float
    speed: float


class Side(NamedTuple):
    """A straight side of a card: a point on it, and its outward normal."""

    x: float
    y: float
    normal_x: float
    normal_y: float


def spot(points: Points, offset: float, at: float) -> Spot:
    """A place on the curve ``offset`` px to the right of a spline, for someone who walks along it.

    Example:
        >>> line = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
        >>> spot(line, 4.5, 0.5)[:2], spot(line, 0, 1.5)[:2]
        ((15.0, 4.5), (45.0, 0.0))
    """
    last = len(points) // 3 - 1
    segment = 0 if at < 0 else last if at > last else int(at)
    t = at - segment
    beyond = 0.0
    if t < 0:
        t, beyond = 0.0, t
    elif t > 1:
        t, beyond = 1.0, t - 1
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
    return _new(Spot, (x, y, dx, dy, speed))


_new: Final = tuple.__new__  # what calling the class comes to, in half the time


def meet(points: Points, offset: float, end: float, side: Side, distance: float) -> tuple[float, Spot]:
    """Where an offset curve, prolonged if need be, is at a distance outside a side: parameter and place.

    Args:
        points: The spline.
        offset: As in `spot`.
        end: The parameter of the end that is to meet the side.
        side: The side.
        distance: Px outside; negative is inside.
    """
    here = there = spot(points, offset, end)
    beyond = REACH / there.speed
    low, high = (-beyond, WITHIN) if end == 0 else (end - WITHIN, end + beyond)
    at = end
    for _ in range(8):  # Newton's rule
        error = (here.x - side.x) * side.normal_x + (here.y - side.y) * side.normal_y - distance
        slope = here.dx * side.normal_x + here.dy * side.normal_y
        if abs(error) < CLOSE or abs(slope) < here.speed / 8:  # there; or it grazes the side: stay
            break
        at = min(max(at - error / slope, low), high)
        here = spot(points, offset, at)
    return (at, here) if math.hypot(here.x - there.x, here.y - there.y) <= REACH else (end, there)


def path(points: Points, offset: float, start: float, end: float) -> str:
    """SVG path data of an offset curve between two parameters, in cubic pieces that turn little."""
    count = len(points) // 3
    stops = [start, *range(max(math.floor(start) + 1, 1), min(math.ceil(end), count)), end]
    here = spot(points, offset, start)
    parts = [f"M{here.x:.1f} {here.y:.1f}"]
    for first, last in pairwise(stops):
        pieces = _pieces(points, min(max(int((first + last) / 2), 0), count - 1))
        for piece in range(1, pieces + 1):
            there = spot(points, offset, first + (last - first) * piece / pieces)
            parts.append(_piece(here, there))
            here = there
    return "".join(parts)


def plain_path(points: Points) -> str:
    """SVG path data of a spline itself.

    Example:
        >>> plain_path(((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0)))
        'M0 0C10 0 20 0 30 0'
    """
    (x, y), *others = points
    return f"M{x:g} {y:g}C" + " ".join([f"{x:g} {y:g}" for x, y in others])


def _piece(start: Spot, end: Spot) -> str:
    """One cubic piece, or a line where the eye sees no difference."""
    x, y = end.x - start.x, end.y - start.y
    chord = math.hypot(x, y)
    if _is_along(start, x, y, chord) and _is_along(end, x, y, chord):
        return f"L{end.x:.1f} {end.y:.1f}"
    near, far = chord / 3 / start.speed, chord / 3 / end.speed
    return (
        f"C{start.x + start.dx * near:.1f} {start.y + start.dy * near:.1f} "
        f"{end.x - end.dx * far:.1f} {end.y - end.dy * far:.1f} {end.x:.1f} {end.y:.1f}"
    )


def _is_along(here: Spot, x: float, y: float, chord: float) -> bool:
    """Whether a curve goes the way of a chord."""
    return abs(here.dx * y - here.dy * x) <= 0.01 * chord * here.speed


def _pieces(points: Points, segment: int) -> int:
    """In how many pieces a segment's offset has to be drawn: by how far its control polygon turns."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[3 * segment : 3 * segment + 4]
    middle = math.atan2(y2 - y1, x2 - x1)
    before = math.remainder(middle - math.atan2(y1 - y0, x1 - x0), math.tau)
    after = math.remainder(math.atan2(y3 - y2, x3 - x2) - middle, math.tau)
    return min(max(1, math.ceil((abs(before) + abs(after)) / STEP)), 8)
