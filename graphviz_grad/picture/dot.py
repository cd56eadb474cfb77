"""`Graph` to DOT text, twice: a picture that anyone's Graphviz can draw, and boxes to be placed.

Pure: nothing here runs a process. Node ids are ``n0``, ``n1``, ...; text that a user wrote stands only in the
portable picture, and there only as escaped text inside HTML-like labels, where Graphviz knows no escapes, no
ports and no URLs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from graphviz_grad.graph import Graph

NODESEP: Final = 0.42
RANKSEP: Final = {"LR": 0.62, "TB": 0.5}
LABEL_SIZES: Final = {"LR": (112, 46), "TB": (124, 34)}
SHORT_LABEL_SIZES: Final = {"LR": (90, 30), "TB": (90, 22)}
ROOMY_RANKSEP: Final = {"LR": 0.9, "TB": 0.6}
PX_PER_INCH: Final = 72
TWO_LINE_NODES: Final = 25
"""Up to so many nodes an edge label has two lines."""
LABEL_NODES: Final = 60
"""Up to so many nodes edge labels are shown."""


def layout_dot(graph: Graph, direction: str = "LR") -> str:
    """DOT text of boxes of known size, for positions only: ids and numbers, no text of the user's.

    Args:
        graph: What to lay out.
        direction: ``"LR"`` or ``"TB"``.
    """
    count = len(graph.nodes)
    ranksep = (ROOMY_RANKSEP if count > LABEL_NODES else RANKSEP)[direction]
    width, height = (SHORT_LABEL_SIZES if count > TWO_LINE_NODES else LABEL_SIZES)[direction]
    room = (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{width}" HEIGHT="{height}" BGCOLOR="white"><TR><TD></TD></TR></TABLE>>'
    )
    # The background is there because Graphviz then says exactly where the box is.
    label = "comment=label" if count > LABEL_NODES else f"label={room}"
    lines = [
        "digraph {",
        f"graph [rankdir={direction} nodesep={NODESEP} ranksep={ranksep}]",
        'node [shape=box fixedsize=true label=""]',
        "edge [dir=none]",
    ]
    for node in graph.nodes:
        box_width, box_height = 188, 94
        lines.append(f"{node.id} [width={box_width / PX_PER_INCH:.6f} height={box_height / PX_PER_INCH:.6f}]")
    for edge in graph.edges:
        attributes = f"id={edge.id} {label}" if edge.requires_grad else f"id={edge.id}"
        lines.append(f"{edge.parent} -> {edge.child} [{attributes}]")
    lines.append("}\n")
    return "\n".join(lines)
