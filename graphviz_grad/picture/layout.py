"""DOT in, positions out: the only module that knows which Graphviz there is and runs it.

Graphviz places boxes of known size; it never sees a name, a formula or a number of the graph, so its input
depends on nothing but the graph's structure, and that input is the key of the cache: the second layout of a
structure runs no process.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import json
import math
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.picture.dot import layout_dot
from graphviz_grad.picture.positions import Box, Positions, Spline

if TYPE_CHECKING:
    from graphviz_grad.graph import Graph
    from graphviz_grad.picture.positions import Point

ENGINES: Final = ("bundled", "system")
BUNDLED: Final = "graphviz-pure"
MARGIN: Final = 14.0
"""Room in px around what Graphviz placed, for borders, lanes and the focus ring."""
BESIDE: Final = {"LR": 20.0, "TB": 50.0}
"""From a curve to the middle of a label that had no room reserved, px."""
TIME_LIMIT: Final = 10.0
"""Seconds that one run of Graphviz may take."""
OUTPUT_LIMIT: Final = 64_000_000
"""Bytes that one run of Graphviz may write."""
CACHE_SIZE: Final = 64


class GraphvizError(RuntimeError):
    """Graphviz is not there, took too long, or refused its input."""


def layout(graph: Graph, *, direction: str = "LR", engine: str = "bundled") -> Positions:
    """Ask Graphviz where everything goes.

    Args:
        graph: What to lay out.
        direction: ``"LR"`` (parents at the left) or ``"TB"`` (parents on top).
        engine: ``"bundled"`` (the wheel graphviz-pure) or ``"system"`` (``dot`` on PATH).

    Returns:
        The positions; the very same object for the same structure.

    Raises:
        GraphvizError: If the engine is missing, fails, or takes more than `TIME_LIMIT` seconds.
    """
    return _solve(layout_dot(graph, direction), engine)


def render(dot: str, form: str, *, engine: str = "bundled", dpi: int | None = None) -> bytes:
    """Let Graphviz itself draw DOT text, in one of its own formats.

    Args:
        dot: The DOT text.
        form: A format of that engine: ``"png"``, ``"pdf"``, ...
        engine: As in `layout`.
        dpi: Resolution of pixel formats; never written into the DOT text, where Graphviz 2.43 crops the SVG.

    Raises:
        GraphvizError: As in `layout`.
    """
    return _run(engine, form, dot, *([] if dpi is None else [f"-Gdpi={dpi}"]))


def binary(engine: str) -> str:
    """Path of the engine's program.

    Raises:
        ValueError: If there is no such engine.
        GraphvizError: If its program is not there, naming the way out.
    """
    if engine == "bundled":
        return bundled_binary()
    if engine != "system":
        raise ValueError(f"engine: {engine!r} (must be 'bundled' or 'system')")
    path = shutil.which("dot")
    if path is None:
        raise GraphvizError(
            "engine: 'system' (must be 'bundled', or have `dot` on PATH: https://graphviz.org/download/)"
        )
    return path


@functools.cache  # what it raises is not kept: after `pip install` the next call succeeds
def bundled_binary() -> str:
    """Path of the program in the wheel graphviz-pure.

    The wheel's own record comes first: a virtual environment that is not activated has its ``bin`` not on
    PATH, and PATH may hold another version.

    Raises:
        GraphvizError: If the wheel is not installed.
    """
    name = f"{BUNDLED}.exe" if sys.platform == "win32" else BUNDLED
    try:
        recorded = importlib.metadata.files(BUNDLED) or []
    except importlib.metadata.PackageNotFoundError:
        recorded = []
    candidates = [Path(str(file.locate())).resolve() for file in recorded if file.name == name]
    candidates += [Path(sys.executable).parent / name, Path(sysconfig.get_path("scripts")) / name]
    for candidate in [*candidates, Path(name)]:  # a bare name is looked for on PATH
        path = shutil.which(candidate)
        if path is not None:
            return path
    raise GraphvizError(
        "engine: 'bundled' (must be 'system', or have its Graphviz: pip install graphviz-pure)"
    )


def lend_to_graphviz_package() -> None:
    """Point the ``graphviz`` package at the bundled program, but only where there is no ``dot`` on PATH.

    So a ``Digraph`` shows itself in a notebook on a machine without Graphviz, and where there is one nothing
    changes.
    """
    from graphviz.backend import dot_command  # noqa: PLC0415  (keeps `import graphviz_grad` light)

    if shutil.which("dot") is None and Path("dot") == dot_command.DOT_BINARY:
        with contextlib.suppress(GraphvizError):  # the text of a drawing needs no Graphviz
            dot_command.DOT_BINARY = Path(bundled_binary())


@functools.lru_cache(maxsize=CACHE_SIZE)
def _solve(dot: str, engine: str) -> Positions:
    """Run Graphviz on the layout DOT and read what it answers. Errors are not cached."""
    return _parse(json.loads(_run(engine, "json", dot)))


def _parse(answer: dict[str, Any]) -> Positions:
    """Read Graphviz's JSON.

    The drawing operations are read rather than ``pos`` and ``bb``: those are printed with five digits, which
    is an error of 10 px in a picture of 100,000 px.
    """
    corners = _points(answer["_draw_"])
    height = max(y for _, y in corners)

    def turned(points: list[list[float]]) -> tuple[Point, ...]:
        return tuple([(round(x + MARGIN, 2), round(height - y + MARGIN, 2)) for x, y in points])

    def box(item: dict[str, Any], key: str) -> Box:
        xs, ys = zip(*_points(item[key]), strict=True)
        (left, top), (right, bottom) = turned([[min(xs), max(ys)], [max(xs), min(ys)]])
        return Box(
            round((left + right) / 2, 2),
            round((top + bottom) / 2, 2),
            round(right - left, 2),
            round(bottom - top, 2),
        )

    nodes = answer.get("objects", [])
    edges = sorted(answer.get("edges", []), key=lambda edge: int(edge["id"][1:]))
    splines = {edge["id"]: Spline(turned(_points(edge["_draw_"]))) for edge in edges}
    distance = BESIDE[answer["rankdir"]]
    labels: dict[str, Point | None] = {}
    for edge in edges:
        if "_ldraw_" in edge:
            label = box(edge, "_ldraw_")
            labels[edge["id"]] = (label.x, label.y)
        else:
            labels[edge["id"]] = (
                _beside(splines[edge["id"]], distance) if edge.get("comment") == "label" else None
            )
    return Positions(
        width=round(max(x for x, _ in corners) + 2 * MARGIN, 2),
        height=round(height + 2 * MARGIN, 2),
        boxes={node["name"]: box(node, "_draw_") for node in nodes},
        splines=splines,
        labels=labels,
    )


def _beside(spline: Spline, distance: float) -> Point:
    """A point left of a curve's middle, seen from parent to child: where Graphviz puts labels too.

    For a label that had no room reserved, since it is only shown on focus and hover.
    """
    points = spline.points
    segment = min((len(points) - 1) // 3 // 2, (len(points) - 4) // 3) * 3
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[segment : segment + 4]
    along_x, along_y = x3 + x2 - x1 - x0, y3 + y2 - y1 - y0  # the derivative half-way, but for a factor
    length = math.hypot(along_x, along_y) or 1.0
    return (
        round((x0 + 3 * (x1 + x2) + x3) / 8 + distance * along_y / length, 2),
        round((y0 + 3 * (y1 + y2) + y3) / 8 - distance * along_x / length, 2),
    )


def _points(operations: list[dict[str, Any]]) -> list[list[float]]:
    """The points of the last polygon or curve among xdot drawing operations."""
    points: list[list[float]] = [operation for operation in operations if "points" in operation][-1]["points"]
    return points


def _run(engine: str, form: str, dot: str, *options: str) -> bytes:
    """Run Graphviz once: an argument list, no shell, the text on stdin, an end to time and to output."""
    command = [binary(engine), "-Kdot", f"-T{form}", *options]
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603  (our own path and constants; the text goes to stdin)
                command,
                input=dot.encode(),
                stdout=output,
                stderr=subprocess.PIPE,
                timeout=TIME_LIMIT,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console flashes up
            )
        except subprocess.TimeoutExpired:
            raise GraphvizError(
                f"{Path(command[0]).name}: no answer in {TIME_LIMIT:g} s (draw fewer nodes, "
                "or try the other engine: 'bundled' or 'system')"
            ) from None
        except OSError as error:
            raise GraphvizError(f"{command[0]}: {error.strerror or error}") from error
        if done.returncode != 0:
            raise GraphvizError(f"{Path(command[0]).name}: {_first_line(done.stderr)}")
        size = output.seek(0, 2)
        if not 0 < size <= OUTPUT_LIMIT:
            raise GraphvizError(
                f"{Path(command[0]).name}: {size} bytes of {form} (must be 1 to {OUTPUT_LIMIT})"
            )
        output.seek(0)
        return output.read()


def _first_line(stderr: bytes) -> str:
    """What Graphviz complained about, without the warnings it goes on with."""
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error")]
    return (errors or lines or ["failed without a word"])[0]
