"""`Graph` to DOT text, twice: a picture that anyone's Graphviz can draw, and boxes to be placed.

Pure: nothing here runs a process. Node ids are ``n0``, ``n1``, ...; text that a user wrote stands only in the
portable picture, and there only as escaped text inside HTML-like labels, where Graphviz knows no ports and no
URLs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import label, style
from graphviz_grad.picture.caption import captions, is_wide
from graphviz_grad.picture.card import cards, sizes
from graphviz_grad.text import clean, truncate

if TYPE_CHECKING:
    import graphviz

    from graphviz_grad.graph import Graph
    from graphviz_grad.picture.caption import Caption

NODESEP: Final = 0.42
WIDE_LABEL_SIZES: Final = {"LR": (160, 60), "TB": (172, 48)}
"""Of edges among arrays: three lines."""
RANKSEP: Final = {"LR": 0.62, "TB": 0.5}
LABEL_SIZES: Final = {"LR": (112, 46), "TB": (124, 34)}
SHORT_LABEL_SIZES: Final = {"LR": (90, 30), "TB": (90, 22)}
WIDE_SHORT_SIZES: Final = {"LR": (144, 30), "TB": (144, 22)}
ROOMY_RANKSEP: Final = {"LR": 0.9, "TB": 0.6}
PX_PER_INCH: Final = 72
TITLE_LENGTH: Final = 120


def digraph(
    graph: Graph, *, direction: str = "LR", theme: str = "default", title: str | None = None
) -> graphviz.Digraph:
    """The picture as portable DOT: every name, formula, value and gradient, for anyone's Graphviz.

    Args:
        graph: What to draw.
        direction: ``"LR"`` or ``"TB"``.
        theme: A key of `style.THEMES`; DOT knows no dark mode, so it is the light half.
        title: A line above the picture.
    """
    from graphviz_grad.picture.quiet import QuietDigraph  # noqa: PLC0415  (keeps `import graphviz_grad` light)

    palette = style.theme(theme).light
    drawing = QuietDigraph(
        graph_attr={
            "rankdir": direction,
            "nodesep": str(NODESEP),
            "ranksep": str(RANKSEP[direction]),
            "bgcolor": palette.canvas,
            "pad": "0.2",
        },
        node_attr={"shape": "plain", "fontname": label.SANS},
        edge_attr={
            "dir": "both",
            "color": f"{palette.value}:{palette.gradient}",
            "penwidth": "1.4",
            "arrowsize": "0.7",
            "fontname": label.SANS,
        },
    )
    if title:
        line = label.text_label(truncate(clean(title), TITLE_LENGTH), palette)
        drawing.attr("graph", label=line, labelloc="t", fontname=label.SANS)
    keys = {node.id: f"n{position}" for position, node in enumerate(graph.nodes)}
    for node_id, card in cards(graph).items():
        drawing.node(keys[node_id], label=label.card_label(card, palette))
    saying = captions(graph)
    for edge in graph.edges:
        attributes = _edge_attributes(
            saying[edge.id], palette, flows=edge.requires_grad, count=len(graph.nodes)
        )
        drawing.edge(keys[edge.parent], keys[edge.child], **attributes)
    return drawing


def layout_dot(graph: Graph, direction: str = "LR") -> str:
    """DOT text of boxes of known size, for positions only: ids and numbers, no text of the user's.

    Args:
        graph: What to lay out.
        direction: ``"LR"`` or ``"TB"``.
    """
    count = len(graph.nodes)
    has_labels = count <= style.LABEL_NODES
    ranksep = (RANKSEP if has_labels else ROOMY_RANKSEP)[direction]
    has_lines = count <= style.TWO_LINE_NODES
    narrow, wide = (
        f" label={_room(*room[direction])}" if has_labels else " comment=label"
        for room in ((LABEL_SIZES, WIDE_LABEL_SIZES) if has_lines else (SHORT_LABEL_SIZES, WIDE_SHORT_SIZES))
    )
    nodes = {node.id: node for node in graph.nodes}
    lines = [
        "digraph {",
        f"graph [rankdir={direction} nodesep={NODESEP} ranksep={ranksep}]",
        f'node [shape=box fixedsize=true label="" width={style.CARD_WIDTH / PX_PER_INCH:.6f}]',
        "edge [dir=none]",
    ]
    keys = {}
    for position, (node_id, (card_width, card_height)) in enumerate(sizes(graph).items()):
        keys[node_id] = f"n{position}"
        wider = f" width={card_width / PX_PER_INCH:.6f}" * (card_width > style.CARD_WIDTH)
        lines.append(f"n{position} [height={card_height / PX_PER_INCH:.6f}{wider}]")
    for position, edge in enumerate(graph.edges):
        flows = (wide if is_wide(edge, nodes) else narrow) if edge.requires_grad else ""
        lines.append(f"{keys[edge.parent]} -> {keys[edge.child]} [id=e{position}{flows}]")
    return "\n".join([*lines, "}\n"])


def _room(width: float, height: float) -> str:
    """A label of known size. The background is there because Graphviz then says exactly where the box is."""
    return (
        '<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{width}" HEIGHT="{height}" BGCOLOR="white"><TR><TD></TD></TR></TABLE>>'
    )


def _edge_attributes(caption: Caption, palette: style.Palette, *, flows: bool, count: int) -> dict[str, str]:
    """One grey lane where no gradient can flow; else two, and what flows back."""
    if not flows:
        return {"dir": "forward", "color": palette.border}
    attributes = {}
    if caption.state == "nan":
        attributes["color"] = f"{palette.value}:{palette.warn}"
    if caption.contribution and count <= style.LABEL_NODES:
        has_product = count <= style.TWO_LINE_NODES
        attributes["label"] = label.edge_label(caption, palette, has_product=has_product)
    return attributes
