"""Lanes: at their distance, touching their cards, clear of their labels and of each other."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from gallery import CASES
from hypothesis import given
from hypothesis import strategies as st

from graphviz_grad.picture import style
from graphviz_grad.picture.caption import captions
from graphviz_grad.picture.curve import Side, meet, path, spot, write_path
from graphviz_grad.picture.lane import LABEL_HALF, TOUCH, lanes
from graphviz_grad.picture.layout import layout
from graphviz_grad.picture.port import CORNER, ports, spread

LINE = ((0.0, 0.0), (30.0, 0.0), (60.0, 0.0), (90.0, 0.0))
ARC = ((0.0, 0.0), (55.2285, 0.0), (100.0, 44.7715), (100.0, 100.0))  # a quarter of a circle around (0, 100)


def pieces(data):
    """Path data as pieces: (start, end) for a line, (start, control, control, end) for a curve."""
    here = None
    for letter, text in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", data):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
        if letter in "hv":
            numbers = [*numbers, 0.0] if letter == "h" else [0.0, *numbers]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if letter != "M":
            points = [(here[0] + x, here[1] + y) for x, y in points]
            yield (here, *points)
        here = points[-1]


def ends(data):
    """All points of path data, without control points."""
    found = list(pieces(data))
    return [found[0][0], *(piece[-1] for piece in found)]


@pytest.mark.parametrize("offset", [-4.5, 4.5])
def test_a_lane_keeps_its_distance(offset):
    radius = 100 - offset  # the centre of this arc lies at its right
    worst = 0.0
    for p0, p1, p2, p3 in pieces(path(ARC, offset, 0.0, 1.0)):
        for step in range(11):
            t = step / 10
            x, y = (
                (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t**3 * d
                for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
            )
            worst = max(worst, abs(math.hypot(x, y - 100) - radius))
    assert 0 < worst < 0.2


def test_a_straight_lane_is_a_line():
    assert path(LINE, 4.5, 0.0, 1.0) == "M0 4.5h90"


@given(st.lists(st.tuples(st.floats(-999, 999), st.floats(-999, 999)), min_size=4, max_size=31))
def test_path_data_does_not_drift(points):
    start, *others = points[: 1 + 3 * ((len(points) - 1) // 3)]
    written = write_path(start, [others[place : place + 3] for place in range(0, len(others), 3)])
    assert re.fullmatch(r"[Mc\d .-]+", written)
    seen = [start, *(point for piece in pieces(written) for point in piece[1:])]
    for (x, y), (seen_x, seen_y) in zip(points[: len(seen)], seen, strict=True):
        assert seen_x == pytest.approx(x, abs=0.0501)
        assert seen_y == pytest.approx(y, abs=0.0501)


def test_a_curve_goes_on_straight_beyond_its_ends():
    assert spot(LINE, 0.0, -0.5).x == -45
    assert spot(ARC, 0.0, 1.5).y > 100


def test_control_points_on_an_end():
    """Graphviz sometimes puts them there; the direction is then that of the chord."""
    here = spot(((0.0, 0.0), (0.0, 0.0), (10.0, 0.0), (10.0, 0.0)), 4.5, 0.0)
    assert (here.x, here.y) == (0.0, 4.5)


@pytest.mark.parametrize("offset", [-4.5, 0.0, 4.5])
def test_a_lane_meets_its_side(offset):
    side = Side(96.0, 0.0, -1.0, 0.0)
    at, here = meet(LINE, offset, 1, side, TOUCH)
    assert here == spot(LINE, offset, at)
    assert here.x == pytest.approx(96 - TOUCH, abs=0.03)


def test_a_lane_that_grazes_a_side_stays():
    assert meet(LINE, 0.0, 1, Side(0.0, 50.0, 0.0, 1.0), 0.0)[0] == 1


@given(
    st.lists(st.tuples(st.floats(0, 100), st.sampled_from([4.0, 10.0])), min_size=1, max_size=12),
)
def test_spread(parts):
    wishes = [wish for wish, _ in parts]
    rooms = [room for _, room in parts]
    places = spread(wishes, rooms, 0, 100)
    gaps = [left + right for left, right in pairwise(rooms)]
    squeeze = min(1.0, 100 / sum(gaps)) if gaps else 1
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    for gap, first, second in zip(gaps, places, places[1:], strict=False):
        assert second - first >= gap * squeeze - 1e-6
    if all(b - a >= gap for gap, a, b in zip(gaps, wishes, wishes[1:], strict=False)):
        assert places == pytest.approx(wishes)  # who has room stays


@pytest.fixture(params=[(name, direction) for name in CASES for direction in ("LR", "TB")], ids="-".join)
def picture(request):
    name, direction = request.param
    graph = CASES[name]().graph
    positions = layout(graph, direction=direction)
    double = {edge: caption.has_backward for edge, caption in captions(graph).items()}
    return graph, positions, double, direction


def test_every_end_is_on_the_straight_part_of_a_side(picture):
    graph, positions, double, direction = picture
    for edge_id, (points, leaving, arriving) in ports(graph, positions, double, direction=direction).items():
        edge = graph.edges[int(edge_id[1:])]
        for side, node, end in ((leaving, edge.parent, points[0]), (arriving, edge.child, points[-1])):
            box = positions.boxes[node]
            assert math.dist(end, side[:2]) <= 1.5
            if side.normal_x:
                assert side.x in (box.left, box.right)
                assert box.top + CORNER - 0.01 <= side.y <= box.bottom - CORNER + 0.01
            else:
                assert side.y in (box.top, box.bottom)
                assert box.left + CORNER - 0.01 <= side.x <= box.right - CORNER + 0.01


def test_heads_touch_their_cards(picture):
    graph, positions, double, direction = picture
    for edge_id, pair in lanes(graph, positions, double, direction=direction).items():
        edge = graph.edges[int(edge_id[1:])]
        for lane, node in ((pair.forward, edge.child), (pair.backward, edge.parent)):
            if lane is None:
                continue
            box, (x, y) = positions.boxes[node], lane.tip
            outside = max(box.left - x, x - box.right, box.top - y, y - box.bottom)
            assert -0.5 <= outside <= 2, (edge_id, outside)


def test_labels_are_clear_of_their_lanes(picture):
    graph, positions, double, direction = picture
    count = len(graph.nodes)
    if count > style.LABEL_NODES:
        return
    half_width, half_height = LABEL_HALF[count <= style.TWO_LINE_NODES]
    for edge_id, pair in lanes(graph, positions, double, direction=direction).items():
        if pair.backward is None:
            continue
        x, y = pair.label
        for px, py in ends(pair.backward.path):
            assert abs(px - x) >= half_width or abs(py - y) >= half_height, (edge_id, pair.label)


def test_lanes_are_kept_for_the_same_positions(picture):
    graph, positions, double, direction = picture
    first = lanes(graph, positions, double, direction=direction)
    assert lanes(graph, positions, double, direction=direction) is first
    none = dict.fromkeys(double, False)
    if none != double:
        assert lanes(graph, positions, none, direction=direction) is not first
