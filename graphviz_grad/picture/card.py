"""What each card says, as plain data: no colours, no coordinates, no markup.

`svg` and `dot` both draw from it, so a card says the same in both. Whatever depends on numbers is short
enough to be written a second time in the page's JavaScript.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphviz_grad.payload import is_same
from graphviz_grad.picture import style
from graphviz_grad.picture.array_text import in_full
from graphviz_grad.picture.fit import Fit
from graphviz_grad.picture.grid import is_array
from graphviz_grad.picture.header import Header, fraction, leaf_header, op_header
from graphviz_grad.picture.number import magnitude, payload_text, scalar
from graphviz_grad.picture.section import Section, card_width, section_height, section_of
from graphviz_grad.picture.spoken import sentence
from graphviz_grad.picture.state import resting_tag, state_and_tag
from graphviz_grad.text import MINUS, clean, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphviz_grad.graph import Edge, Graph, Node
    from graphviz_grad.payload import Payload

NOT_COMPUTED: Final = "\N{EN DASH}"
_STORED: Final = (Fit(".grad", style.LABEL_SIZE, 38),)


@dataclass(frozen=True, slots=True)
class Card:
    """One card.

    Attributes:
        id: The node's id.
        name: The node's name, clean and whole.
        width: In px; depends on the structure alone, as the height does.
        height: In px.
        header: Badge and title.
        is_leaf: Whether the badge is a leaf's.
        is_frozen: Whether no gradient can come here: dashed outline.
        tag: At the right of the header.
        state: ``""``, ``"dead"``, ``"saturated"`` or ``"nan"``.
        value: Text of the value row; an array's shape.
        value_section: What stands under it if it is an array.
        label: Label of the gradient row: ``.grad`` or ``∂y/∂a``; where the names are long, numerator and
            denominator.
        is_stored: Whether the label is the attribute's name (set in mono).
        grad: Text of the gradient row.
        has_grad: Whether that is a gradient, not a word or a dash in its place.
        grad_section: What stands under it if it is an array.
        gradient: Its size, for the bar; None where there is none.
        fork: The line that sums the contributions; None where the card has no such line.
        stored: ``(".grad", its number, how it came about)`` where the attribute differs from this pass.
        tooltip: Everything in full.
        spoken: The same for a screen reader.
    """

    id: str
    name: str
    width: float
    height: float
    header: Header
    is_leaf: bool
    is_frozen: bool
    tag: str
    state: str
    value: str
    value_section: Section | None
    label: tuple[Fit, ...]
    is_stored: bool
    grad: str
    has_grad: bool
    grad_section: Section | None
    gradient: float | None
    fork: str | None
    stored: tuple[str, str, str] | None
    tooltip: str
    spoken: str


def cards(graph: Graph) -> dict[str, Card]:
    """What every card of a graph says, by node id, in the graph's order."""
    nodes = {node.id: node for node in graph.nodes}
    uses = _uses(graph)
    root = _root_name(graph)
    return {node.id: _card(node, nodes, uses.get(node.id, ()), graph.root, root) for node in graph.nodes}


def sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """Width and height of every card in px, by node id: all that the layout needs to know."""
    uses = _uses(graph)
    return {node.id: _size(node, len(uses.get(node.id, ()))) for node in graph.nodes}


def _uses(graph: Graph) -> dict[str, list[Edge]]:
    """The edges that bring a gradient, by the node they bring it to."""
    uses: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        if edge.requires_grad:
            uses.setdefault(edge.parent, []).append(edge)
    return uses


def _root_name(graph: Graph) -> str:
    """What stands above the fraction bar: what was differentiated, or will be if there is one output only."""
    if graph.root is not None:
        return clean(graph.root)
    return clean(graph[graph.outputs[0]].name) if len(graph.outputs) == 1 else ""


def _size(node: Node, uses: int) -> tuple[float, float]:
    """A card's width and height in px."""
    grad = _shown_grad(node)
    height = style.HEADER + 2 * style.ROW + style.FOOT + section_height(node.value) + section_height(grad)
    height += style.FORK_LINE * (uses > 1) + (style.ROW + style.FORK_LINE) * _differs(node)
    return card_width(node.value, grad), height


def _shown_grad(node: Node) -> Payload | None:
    return node.grad if node.requires_grad else None


def _card(
    node: Node, nodes: Mapping[str, Node], uses: Sequence[Edge], drawn_root: str | None, root: str
) -> Card:
    name, formula = clean(node.name), clean(node.formula)
    resting = resting_tag(node, is_root=node.name == drawn_root)
    state, tag = state_and_tag(node, nodes, resting)
    differs = _differs(node)
    is_stored = (node.retains_grad and not differs) or not node.requires_grad
    value, grad = payload_text(node.value), _grad_text(node)
    width, height = _size(node, len(uses))
    return Card(
        id=node.id,
        name=name,
        width=width,
        height=height,
        header=leaf_header(name, resting, width)
        if node.is_leaf
        else op_header(name, formula, node.op or "", node.symbol, resting, width),
        is_leaf=node.is_leaf,
        is_frozen=not node.requires_grad,
        tag=tag,
        state=state,
        value=value,
        value_section=section_of(node.value),
        label=_STORED if is_stored else fraction(root, name),
        is_stored=is_stored,
        grad=grad,
        has_grad=_shown_grad(node) is not None,
        grad_section=section_of(_shown_grad(node)),
        gradient=magnitude(_shown_grad(node)),
        fork=_fork(uses) if len(uses) > 1 else None,
        stored=_stored(node) if differs else None,
        tooltip=_tooltip(node, name, formula),
        spoken=sentence(node, nodes, value, grad, state),
    )


def _grad_text(node: Node) -> str:
    """The gradient cell: never 0 for what was not computed."""
    if not node.requires_grad:
        return "None"
    return NOT_COMPUTED if node.grad is None else payload_text(node.grad)


def _fork(uses: Sequence[Edge]) -> str:
    """Where a gradient comes from: a term per use that the pass has reached, if there are several."""
    brought = [edge.contribution for edge in uses if edge.contribution is not None]
    if len(brought) <= 1:
        return ""
    texts = [payload_text(contribution) for contribution in brought]
    line = f"= {texts[0]}" + "".join(
        f" {MINUS} {text[1:]}" if text[0] == MINUS else f" + {text}" for text in texts[1:]
    )
    is_long = len(texts) > style.FORK_TERMS or len(line) > style.LINE_LENGTH
    if is_long or any(map(is_array, brought)):
        return f"= sum of {len(texts)}"
    return line


def _differs(node: Node) -> bool:
    """Whether the attribute ``.grad`` holds something else than this pass's gradient."""
    return node.stored is not None and node.requires_grad and not is_same(node.stored, node.grad)


def _stored(node: Node) -> tuple[str, str, str]:
    """The row of the attribute ``.grad``, and the line below it."""
    text = payload_text(node.stored)
    stored, grad = scalar(node.stored), scalar(node.grad)
    if node.grad is None or stored is None or grad is None:
        return ".grad", text, "= from earlier passes" if node.grad is None else "= before + this pass"
    before, now = format_number(stored - grad), format_number(grad)
    sign = f"{MINUS} {now[1:]}" if now[0] == MINUS else f"+ {now}"
    line = f"= {before} before {sign}"
    return ".grad", text, line if len(line) <= style.LINE_LENGTH else f"= {before} {sign}"


def _tooltip(node: Node, name: str, formula: str) -> str:
    """Everything in full, numbers as Python writes them."""
    lines = [f"{name} = {formula}" if formula else name, f"value {in_full(node.value)}"]
    if node.requires_grad:
        lines.append(f"gradient {in_full(node.grad)}")
    if node.stored is not None:
        lines.append(f".grad {in_full(node.stored)}")
    return "\n".join(lines)
