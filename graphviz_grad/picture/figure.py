"""What stands around a picture: the figure that a notebook shows, its table of numbers, and plain text.

The picture goes into an ``<img>``: an untrusted JupyterLab strips SVG that stands in the HTML itself, and
shows ``image/svg+xml`` as text.
"""

from __future__ import annotations

import base64
import re
from html import escape
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture.array_text import one_line
from graphviz_grad.text import MINUS, clean, truncate

if TYPE_CHECKING:
    from graphviz_grad.graph import Graph

ROWS_SHOWN: Final = 40
"""Nodes that plain text lists; the table lists all."""
ABSENT: Final = "\N{EN DASH}"
"""A gradient that was not computed: never 0."""
SUMMARY: Final = "Values and gradients"
"""What opens the table."""
SMALLEST_SCALE: Final = 0.75
_SVG_WIDTH: Final = re.compile(r'<svg[^>]*? width="([\d.]+)"')
_CELL: Final = "padding:2px 10px;text-align:"


def html(graph: Graph, svg: str, title: str | None = None) -> str:
    """The picture and its table as HTML without script, class or id.

    A picture wider than its cell shrinks to fit, down to half its size; then it scrolls.

    Args:
        graph: Whose numbers the table lists.
        svg: The painted picture.
        title: What the picture is called, instead of a sentence about the graph.
    """
    data = base64.b64encode(svg.encode()).decode("ascii")
    width = width_of(svg)
    size = f' width="{width}"' if width else ""
    smallest = f"min-width:{width * SMALLEST_SCALE:.0f}px;" if width else ""
    return (
        '<figure style="margin:0"><div style="overflow-x:auto">'
        f'<img alt="{escape(clean(title) if title else _sentence(graph))}"{size} '
        f'style="{smallest}max-width:100%;height:auto" src="data:image/svg+xml;base64,{data}"></div>'
        f"<details><summary>{SUMMARY}</summary>{table(graph, is_styled=True)}</details></figure>"
    )


def table(graph: Graph, *, is_styled: bool) -> str:
    """Return the numbers as an HTML table.

    Args:
        graph: Whose numbers.
        is_styled: Whether each cell says how it looks, for where no style sheet may.
    """
    left, right = (f' style="{_CELL}{side}"' if is_styled else "" for side in ("left", "right"))
    heading, *listed = rows(graph)
    head = "".join(f'<th scope="col"{left}>{escape(text)}</th>' for text in heading)
    lines = "\n".join(
        f'<tr><th scope="row"{left}>{escape(name)}</th>'
        + "".join(f"<td{right}>{escape(text.replace('-', MINUS))}</td>" for text in numbers)
        + "</tr>"
        for name, *numbers in listed
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table>"


def listing(graph: Graph) -> str:
    """The numbers as plain text, a node a line, with ASCII minus signs."""
    listed = rows(graph, limit=ROWS_SHOWN)
    name_width, *widths = (max(map(len, column)) for column in zip(*listed, strict=True))
    lines = [
        "  ".join([name.ljust(name_width), *map(str.rjust, numbers, widths)]) for name, *numbers in listed
    ]
    more = len(graph.nodes) - ROWS_SHOWN
    return "\n".join([f"Diagram of {_summary(graph)}", *lines] + [f"... and {more} more"] * (more > 0))


def width_of(svg: str) -> int:
    """Return the width in px that a picture was painted at; 0 if it does not say.

    Example:
        >>> width_of('<svg xmlns="http://www.w3.org/2000/svg" width="812.4" height="300">')
        812
    """
    natural = _SVG_WIDTH.search(svg)
    return round(float(natural[1])) if natural else 0


def rows(graph: Graph, limit: int | None = None) -> list[tuple[str, str, str, str]]:
    """A heading; then what each node is, its value, the gradient of this pass, and the stored ``.grad``.

    Args:
        graph: Whose numbers; their minus signs are ASCII.
        limit: How many nodes at most.
    """
    root = graph.root if graph.root is not None else _names(graph)[0]
    listed = [("node", "value", f"∂{truncate(clean(root))}/∂node", ".grad")]
    for node in graph.nodes[:limit]:
        name = truncate(clean(node.name))
        listed.append(
            (
                f"{name} = {truncate(clean(node.formula))}" if node.formula else name,
                one_line(node.value),
                ABSENT if node.grad is None else one_line(node.grad),
                "None" if node.stored is None else one_line(node.stored),
            )
        )
    return listed


def _names(graph: Graph) -> list[str]:
    """The outputs' names."""
    named = {node.id: node.name for node in graph.nodes}
    return [truncate(clean(named[output])) for output in graph.outputs]


def _summary(graph: Graph) -> str:
    nodes, edges = len(graph.nodes), len(graph.edges)
    outputs = ", ".join(_names(graph))
    return f"{outputs}: {nodes} node{'s' * (nodes != 1)}, {edges} edge{'s' * (edges != 1)}"


def _sentence(graph: Graph) -> str:
    return f"Computation graph of {_summary(graph)}; the table below has their values and gradients"
