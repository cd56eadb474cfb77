"""Curves at a constant distance from a spline: points, ends and path data.

A spline is Graphviz's: cubic Bezier segments, ``1 + 3 n`` points. A parameter counts segments: 1.5 is in the
middle of the second. Beyond its ends a curve goes on straight.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    side_x, side_y, normal_x, normal_y = side
    here = there = spot(points, offset, end)
    beyond = REACH / there.speed
    low, high = (-beyond, WITHIN) if end == 0 else (end - WITHIN, end + beyond)
    at = end
    for _ in range(8):  # Newton's rule
        x, y, dx, dy, speed = here
        error = (x - side_x) * normal_x + (y - side_y) * normal_y - distance
        slope = dx * normal_x + dy * normal_y
        if abs(error) < CLOSE or abs(slope) < speed / 8:  # there; or it grazes the side: stay
            break
        at = min(max(at - error / slope, low), high)
        here = spot(points, offset, at)
    return (at, here) if math.hypot(here.x - there.x, here.y - there.y) <= REACH else (end, there)


def path(points: Points, offset: float, start: float, end: float, here: Spot | None = None) -> str:
    """SVG path data of an offset curve between two parameters, in cubic pieces that turn little.

    Args:
        points: The spline.
        offset: As in `spot`.
        start: The parameter of the first point.
        end: The parameter of the last point.
        here: The first point, where it is known already.
    """
    count = len(points) // 3
    stops = [start, *range(max(math.floor(start) + 1, 1), min(math.ceil(end), count)), end]
    first_spot = here = here or spot(points, offset, start)
    pieces: list[tuple[Point, ...]] = []
    for first, last in pairwise(stops):
        turns = _pieces(points, min(max(int((first + last) / 2), 0), count - 1))
        for turn in range(1, turns + 1):
            there = spot(points, offset, first + (last - first) * turn / turns)
            pieces.append(_piece(here, there))
            here = there
    return write_path(first_spot[:2], pieces)


def plain_path(points: Points) -> str:
    """SVG path data of a spline itself.

    Example:
        >>> plain_path(((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.5)))
        'M0 0c10 0 20 0 30 .5'
    """
    return write_path(points[0], [points[first : first + 3] for first in range(1, len(points), 3)])


def write_path(start: Point, pieces: Iterable[tuple[Point, ...]]) -> str:
    """SVG path data in few characters: relative, to a tenth of a px, without drifting.

    Args:
        start: The first point.
        pieces: Of one point for a line, of three for a cubic.

    Example:
        >>> write_path((199.04, 90.8), [((240.0, 90.8),), ((245.0, 90.8), (250.0, 95.0), (250.0, 100.25))])
        'M199 90.8h41c5 0 10 4.2 10 9.4'
    """
    x, y = _tenths(start)
    parts = ["M", _join((x, y))]
    for piece in pieces:
        away = [(to_x - x, to_y - y) for to_x, to_y in map(_tenths, piece)]
        along, across = away[-1]
        if len(piece) > 1:
            parts += "c", _join(sum(away, ()))
        elif along and across:
            parts += "l", _join((along, across))
        else:
            parts += ("v", _join((across,))) if across else ("h", _join((along,)))
        x, y = x + along, y + across
    return "".join(parts)


def _tenths(point: Point) -> tuple[int, int]:
    return round(10 * point[0]), round(10 * point[1])


def _join(tenths: tuple[int, ...]) -> str:
    """Numbers as SVG reads them: a minus separates, a zero before the point says nothing."""
    text = ""
    for number in tenths:
        whole, tenth = divmod(abs(number), 10)
        digits = (str(whole or "") + (f".{tenth}" if tenth else "")) or "0"
        text += f"-{digits}" if number < 0 else f" {digits}" if text else digits
    return text


def _piece(start: Spot, end: Spot) -> tuple[Point, ...]:
    """One cubic piece, or a line where the eye sees no difference."""
    x0, y0, dx0, dy0, speed0 = start
    x1, y1, dx1, dy1, speed1 = end
    x, y = x1 - x0, y1 - y0
    chord = math.hypot(x, y)
    if abs(dx0 * y - dy0 * x) <= 0.01 * chord * speed0 and abs(dx1 * y - dy1 * x) <= 0.01 * chord * speed1:
        return ((x1, y1),)
    near, far = chord / 3 / speed0, chord / 3 / speed1
    return (x0 + dx0 * near, y0 + dy0 * near), (x1 - dx1 * far, y1 - dy1 * far), (x1, y1)


def _pieces(points: Points, segment: int) -> int:
    """In how many pieces a segment's offset has to be drawn: by how far its control polygon turns."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[3 * segment : 3 * segment + 4]
    middle = math.atan2(y2 - y1, x2 - x1)
    before = math.remainder(middle - math.atan2(y1 - y0, x1 - x0), math.tau)
    after = math.remainder(math.atan2(y3 - y2, x3 - x2) - middle, math.tau)
    return min(max(1, math.ceil((abs(before) + abs(after)) / STEP)), 8)
