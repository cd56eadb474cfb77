"""What each edge says, as plain data: its contribution, where it comes from, and how the lane looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphviz_grad.payload import write_number
from graphviz_grad.picture import style
from graphviz_grad.picture.array_text import extent_text, in_full
from graphviz_grad.picture.grid import is_array
from graphviz_grad.picture.number import is_bad, magnitude, payload_text, scalar
from graphviz_grad.picture.state import WARNING
from graphviz_grad.picture.words import broadcast_words, shape_words, vjp_words
from graphviz_grad.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphviz_grad.graph import Edge, Graph, Node
    from graphviz_grad.payload import Payload


@dataclass(frozen=True, slots=True)
class Caption:
    """One edge's text and look.

    Attributes:
        contribution: What this use adds to the parent's gradient, of an array the range; empty where no
            gradient has come.
        product: ``upstream × local``, or what the vjp does, in words; empty where there is neither.
        note: Among arrays, the shapes, or over what the engine has summed.
        state: ``""``, ``"negative"``, ``"zero"`` or ``"nan"``.
        width: Of the backward lane, px.
        has_backward: Whether there is a backward lane.
        tooltip: Everything in full.
        is_plain: Whether it tells of numbers only, so that a page can write it from these.
    """

    contribution: str
    product: str
    note: str
    state: str
    width: float
    has_backward: bool
    tooltip: str
    is_plain: bool = False


def captions(graph: Graph) -> dict[str, Caption]:
    """What every edge of a graph says, by edge id, in the graph's order."""
    nodes = {node.id: node for node in graph.nodes}
    return {edge.id: _caption(edge, nodes) for edge in graph.edges}


def is_wide(edge: Edge, nodes: Mapping[str, Node]) -> bool:
    """Whether an edge has arrays to tell of: its label is larger then."""
    return is_array(nodes[edge.parent].value) or is_array(nodes[edge.child].value)


def payload_state(contribution: Payload) -> str:
    """How a backward lane is drawn, besides its width; an array is negative if no element is positive.

    Example:
        >>> payload_state(-0.5), payload_state(0.0), payload_state(2.0), payload_state(float("nan"))
        ('negative', 'zero', '', 'nan')
        >>> payload_state(np.array([0.0, -1.0])), payload_state(np.zeros(2))
        ('negative', 'zero')
    """
    if is_bad(contribution):
        return "nan"
    if is_array(contribution):
        is_zero, is_negative = not contribution.any(), bool((contribution <= 0).all())
    else:
        is_zero, is_negative = bool(contribution == 0), bool(contribution < 0)
    return "zero" if is_zero else "negative" if is_negative else ""


def _caption(edge: Edge, nodes: Mapping[str, Node]) -> Caption:
    contribution = edge.contribution
    if not edge.requires_grad or contribution is None:
        return Caption("", "", "", "", style.BACKWARD_WIDTH, has_backward=False, tooltip="")
    state = payload_state(contribution)
    text = extent_text(contribution) if is_array(contribution) else payload_text(contribution)
    upstream = nodes[edge.child].grad
    left, right = scalar(upstream), scalar(edge.partial)
    product = note = tooltip = ""
    is_plain = left is not None and right is not None
    if is_plain:
        product = f"{payload_text(left)} × {payload_text(right)}"
        tooltip = f" = {left!r} × {right!r}"
    elif is_wide(edge, nodes):
        product, note = _words(edge, nodes)
    return Caption(
        contribution=f"{WARNING} {text}" if state == "nan" else text,
        product=product,
        note=note,
        state=state,
        width=style.lane_width(magnitude(contribution)),
        has_backward=True,
        tooltip=f"contribution {in_full(contribution)}{tooltip}",
        is_plain=is_plain,
    )


def _words(edge: Edge, nodes: Mapping[str, Node]) -> tuple[str, str]:
    """What happens along an edge among arrays; and the shapes, or what is summed."""
    child = nodes[edge.child]
    operand, result = np.shape(nodes[edge.parent].value), np.shape(child.value)
    names = [clean(nodes[a].name) if isinstance(a, str) else write_number(a) for a in child.arguments]
    words = vjp_words(child.op or "", edge.operand, names, clean(child.name))
    return words, shape_words(result, operand) if edge.partial is None else broadcast_words(operand, result)
