"""What each card says, as plain data: no colours, no coordinates, no markup.

`svg` and `dot` both draw from it, so a card says the same in both. Whatever depends on numbers is short
enough to be written a second time in the page's JavaScript.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphviz_grad.payload import is_same
from graphviz_grad.picture import style
from graphviz_grad.picture.fit import Fit, em_width, fit
from graphviz_grad.picture.number import extent, is_bad, payload_text, scalar
from graphviz_grad.picture.spoken import sentence
from graphviz_grad.text import ELLIPSIS, MINUS, clean, format_number, format_short, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphviz_grad.graph import Edge, Graph, Node

WARNING: Final = "⚠"
NOT_COMPUTED: Final = "\N{EN DASH}"
STATE_ROOM: Final = {"log": 58, "sqrt": 58, "div": 58, "pow": 58, "exp": 58, "sigmoid": 72, "tanh": 72}
"""Px that a title keeps while a tag such as ``⚠ log of −3`` or ``saturated`` stands beside it."""
WIDE_BADGE: Final = 28
"""Of an op whose glyph is a word."""
SHORT_STATE_ROOM: Final = 92
"""The same beside ``⚠ nan`` or ``dead``."""
LABEL_ROOM: Final = style.BAR_X - style.BAR_HALF - style.INSET - 2
CAUSE_LENGTH: Final = 14
CAUSES: Final = {
    "log": "log of {}",
    "sqrt": "sqrt of {}",
    "exp": "exp of {}",
    "div": "{} / {}",
    "pow": "{} ^ {}",
}
"""Ops that can break by themselves, and what to say of their operands."""


@dataclass(frozen=True, slots=True)
class Title:
    """The name, bold, and what follows it; both may have been cut to fit."""

    name: str
    rest: str
    size: float
    width: float
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One card.

    Attributes:
        id: The node's id.
        name: The node's name, clean and whole.
        height: In px; depends on the structure alone.
        badge: The op's glyph, or a leaf's name.
        badge_width: In px; a leaf's badge grows with its name.
        title: Beside an op's badge; None for a leaf.
        state_title: A shorter title for while the card has a state; None where `title` is short enough.
        is_leaf: Whether the badge is a leaf's.
        is_frozen: Whether no gradient can come here: dashed outline.
        tag: At the right of the header.
        state: ``""``, ``"dead"``, ``"saturated"`` or ``"nan"``.
        value: Text of the value row.
        label: Label of the gradient row: ``.grad`` or ``∂y/∂a``.
        is_stored: Whether the label is the attribute's name (set in mono).
        grad: Text of the gradient row.
        has_grad: Whether that is a gradient, not a word or a dash in its place.
        gradient: The number behind it, for the bar; None for arrays and where there is none.
        fork: The line that sums the contributions; None where the card has no such line.
        stored: ``(".grad", its number, how it came about)`` where the attribute differs from this pass.
        tooltip: Everything in full.
        spoken: The same for a screen reader.
    """

    id: str
    name: str
    height: float
    badge: Fit
    badge_width: float
    title: Title | None
    state_title: Title | None
    is_leaf: bool
    is_frozen: bool
    tag: str
    state: str
    value: str
    label: Fit
    is_stored: bool
    grad: str
    has_grad: bool
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


def heights(graph: Graph) -> dict[str, float]:
    """Height of every card in px, by node id: all that the layout needs to know."""
    uses = _uses(graph)
    return {node.id: _height(node, len(uses.get(node.id, ()))) for node in graph.nodes}


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


def _height(node: Node, uses: int) -> float:
    """A card's height in px."""
    height = style.HEADER + 2 * style.ROW + style.FOOT
    if uses > 1:
        height += style.FORK_LINE
    if _differs(node):
        height += style.ROW + style.FORK_LINE
    return height


def _card(
    node: Node, nodes: Mapping[str, Node], uses: Sequence[Edge], drawn_root: str | None, root: str
) -> Card:
    name, formula = clean(node.name), clean(node.formula)
    state, tag = _state_and_tag(node, nodes, is_root=node.name == drawn_root)
    resting = _resting_tag(node, is_root=node.name == drawn_root)
    differs = _differs(node)
    if node.is_leaf:
        room = style.CARD_WIDTH - style.INSET - style.BADGE_X - 16 - _tag_width(resting)
        badge = fit(truncate(name), room - 12, (style.BADGE_SIZE, 12, 11), bold=True)
        badge_width = round(max(style.BADGE_WIDTH, badge.width + 12), 2)
        title = state_title = None
    else:
        badge = fit(
            node.symbol or node.op or "", style.BADGE_WIDTH - 2, (style.BADGE_SIZE, 11, 9, 7), bold=True
        )
        badge_width = style.BADGE_WIDTH
        width = style.CARD_WIDTH - style.INSET - style.TITLE_X
        title = _title(name, formula, width - _tag_width(resting) - (6 if resting else 0))
        room = STATE_ROOM.get(node.op or "", SHORT_STATE_ROOM)
        state_title = _title(name, formula, room) if title.width > room else None
    is_stored = (node.retains_grad and not differs) or not node.requires_grad
    value, grad = payload_text(node.value), _grad_text(node)
    return Card(
        id=node.id,
        name=name,
        height=_height(node, len(uses)),
        badge=badge,
        badge_width=badge_width,
        title=title,
        state_title=state_title,
        is_leaf=node.is_leaf,
        is_frozen=not node.requires_grad,
        tag=tag,
        state=state,
        value=value,
        label=Fit(".grad", style.LABEL_SIZE, 38) if is_stored else fraction(root, name),
        is_stored=is_stored,
        grad=grad,
        has_grad=node.requires_grad and node.grad is not None,
        gradient=scalar(node.grad) if node.requires_grad else None,
        fork=_fork(uses) if len(uses) > 1 else None,
        stored=_stored(node) if differs else None,
        tooltip=_tooltip(node, name, formula),
        spoken=sentence(node, nodes, value, grad, state),
    )


def _title(name: str, formula: str, room: float) -> Title:
    """Shrink, then cut, name and formula together."""
    name, formula = truncate(name), truncate(formula)
    rest = f" = {formula}" if formula else ""
    size: float
    for size in (style.TITLE_SIZE, 12, 11):
        bold = fit(name, room, (size,), bold=True)
        light = fit(rest, room - bold.width, (size,))
        if bold.text == name and light.text == rest:
            break
    if bold.text != name or light.width <= 1.5 * size:  # no room for more than " = "
        light = Fit("", size, 0)
    return Title(bold.text, light.text, size, bold.width + light.width, bold.is_forced or light.is_forced)


def fraction(root: str, name: str) -> Fit:
    """The label ``∂y/∂a``, shortened where the names are long."""
    whole = fit(f"∂{root}/∂{name}", LABEL_ROOM, (style.LABEL_SIZE, 11, 10))
    if not whole.text.endswith(ELLIPSIS) or name.endswith(ELLIPSIS):
        return whole
    room = LABEL_ROOM / 10 - em_width("∂/∂")
    short_root = fit(root, round(max(0.6 * room, room - em_width(name)), 3), (1,)).text
    return fit(f"∂{short_root}/∂{name}", LABEL_ROOM, (10,))


def _grad_text(node: Node) -> str:
    """The gradient cell: never 0 for what was not computed."""
    if not node.requires_grad:
        return "None"
    return NOT_COMPUTED if node.grad is None else payload_text(node.grad)


def _resting_tag(node: Node, *, is_root: bool) -> str:
    """The tag while all numbers are ordinary."""
    if node.is_changed:
        return "changed since"
    if is_root and node.grad is not None:
        seed = scalar(node.grad)
        return "seed" if seed is None else f"seed {format_short(seed)}"
    if node.is_leaf:
        return "leaf" if node.requires_grad else "frozen leaf" if node.is_named else "const"
    if node.requires_grad:
        return ""
    return "detached" if node.op == "detach" else "no grad"


def _state_and_tag(node: Node, nodes: Mapping[str, Node], *, is_root: bool) -> tuple[str, str]:
    """The card's state and its tag; what is broken comes before what is merely notable."""
    if is_bad(node.value):
        return "nan", f"{WARNING} {_cause(node, nodes)}"
    if node.grad is not None and is_bad(node.grad):
        return "nan", f"{WARNING} grad {payload_text(node.grad)}"
    state = saturation(node.op, scalar(node.value))
    return state, state if state and not node.is_changed else _resting_tag(node, is_root=is_root)


def saturation(op: str | None, value: float | None) -> str:
    """Whether an op passes next to no gradient where it stands.

    Example:
        >>> saturation("relu", 0.0), saturation("tanh", -0.995), saturation("sigmoid", 0.5)
        ('dead', 'saturated', '')
    """
    if value is None:
        return ""
    if op == "relu":
        return "dead" if value == 0 else ""
    if (op == "sigmoid" and not style.SATURATED < value < 1 - style.SATURATED) or (
        op == "tanh" and abs(value) > 1 - style.SATURATED
    ):
        return "saturated"
    return ""


def _cause(node: Node, nodes: Mapping[str, Node]) -> str:
    """What broke: said where it began, which is a node whose operands were all in order."""
    kind = payload_text(node.value) if scalar(node.value) is not None else "nan"
    operands = [nodes[item].value if isinstance(item, str) else item for item in node.arguments]
    numbers = [scalar(item) for item in operands]
    pattern = CAUSES.get(node.op or "")
    if pattern is None or any(map(is_bad, operands)) or None in numbers:
        return kind
    texts = [format_short(number) for number in numbers if number is not None]
    if len(texts) > 1:
        texts = [f"({text})" if text[0] == MINUS else text for text in texts]
    cause = pattern.format(*texts)
    return cause if len(cause) <= CAUSE_LENGTH else kind


def _tag_width(tag: str) -> float:
    """Estimated width of a tag in px."""
    return em_width(tag) * style.TAG_SIZE


def _fork(uses: Sequence[Edge]) -> str:
    """Where a gradient comes from: a term per use; empty before a backward pass."""
    if any(edge.contribution is None for edge in uses):
        return ""
    texts = [payload_text(edge.contribution) for edge in uses]
    line = f"= {texts[0]}" + "".join(
        f" {MINUS} {text[1:]}" if text[0] == MINUS else f" + {text}" for text in texts[1:]
    )
    if len(uses) > style.FORK_TERMS or len(line) > style.LINE_LENGTH:
        return f"= sum of {len(uses)}"
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
    for line in (f"= {before} before {sign}", f"= {before} {sign}"):
        if len(line) <= style.LINE_LENGTH:
            return ".grad", text, line
    return ".grad", text, "= before + this pass"


def _tooltip(node: Node, name: str, formula: str) -> str:
    """Everything in full, numbers as Python writes them."""
    lines = [f"{name} = {formula}" if formula else name, f"value {extent(node.value)}"]
    if node.requires_grad:
        lines.append(f"gradient {extent(node.grad)}")
    if node.stored is not None:
        lines.append(f".grad {extent(node.stored)}")
    return "\n".join(lines)
