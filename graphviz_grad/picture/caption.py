"""What each edge says, as plain data: its contribution, where it comes from, and how the lane looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphviz_grad.picture import style
from graphviz_grad.picture.number import extent, is_bad, payload_text, scalar
from graphviz_grad.picture.state import WARNING

if TYPE_CHECKING:
    from graphviz_grad.graph import Edge, Graph


@dataclass(frozen=True, slots=True)
class Caption:
    """One edge's text and look.

    Attributes:
        contribution: What this use adds to the parent's gradient; empty where no gradient has come.
        product: ``upstream × local``; empty where there is no such product of numbers.
        state: ``""``, ``"negative"``, ``"zero"`` or ``"nan"``.
        width: Of the backward lane, px.
        has_backward: Whether there is a backward lane.
        tooltip: Everything in full.
    """

    contribution: str
    product: str
    state: str
    width: float
    has_backward: bool
    tooltip: str


def captions(graph: Graph) -> dict[str, Caption]:
    """What every edge of a graph says, by edge id, in the graph's order."""
    nodes = {node.id: node for node in graph.nodes}
    return {edge.id: _caption(edge, nodes[edge.child].grad) for edge in graph.edges}


def lane_state(contribution: float | None) -> str:
    """How a backward lane is drawn, besides its width.

    Example:
        >>> lane_state(-0.5), lane_state(0.0), lane_state(2.0), lane_state(float("nan"))
        ('negative', 'zero', '', 'nan')
    """
    if contribution is None:
        return ""
    if is_bad(contribution):
        return "nan"
    return "zero" if contribution == 0 else "negative" if contribution < 0 else ""


def _caption(edge: Edge, upstream: object) -> Caption:
    if not edge.requires_grad or edge.contribution is None:
        return Caption("", "", "", style.BACKWARD_WIDTH, has_backward=False, tooltip="")
    number = scalar(edge.contribution)
    state = "nan" if is_bad(edge.contribution) else lane_state(number)
    text = payload_text(edge.contribution)
    left, right = scalar(upstream), scalar(edge.partial)  # type: ignore[arg-type]
    product = tooltip = ""
    if left is not None and right is not None:
        product = f"{payload_text(left)} × {payload_text(right)}"
        tooltip = f" = {left!r} × {right!r}"
    return Caption(
        contribution=f"{WARNING} {text}" if state == "nan" else text,
        product=product,
        state=state,
        width=style.lane_width(number),
        has_backward=True,
        tooltip=f"contribution {extent(edge.contribution)}{tooltip}",
    )
