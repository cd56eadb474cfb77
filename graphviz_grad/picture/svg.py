"""`Graph` and positions to SVG: every element is ours, and every part that can change has a name.

Pure: the same graph at the same positions gives the same bytes. The names (``data-node``, ``data-edge``, and
``data-slot`` of their numbers) are the contract with the page, which patches texts, bars and lanes in place.
"""

from __future__ import annotations

import functools
import hashlib
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style
from graphviz_grad.picture.caption import captions
from graphviz_grad.picture.card import cards
from graphviz_grad.picture.css import sheet
from graphviz_grad.picture.curve import write_path
from graphviz_grad.picture.lane import FORWARD_HEAD, lanes
from graphviz_grad.picture.svg_array import paint_section
from graphviz_grad.text import clean

if TYPE_CHECKING:
    from graphviz_grad.graph import Edge, Graph
    from graphviz_grad.picture.caption import Caption
    from graphviz_grad.picture.card import Card
    from graphviz_grad.picture.fit import Fit
    from graphviz_grad.picture.header import Header, Title
    from graphviz_grad.picture.lane import Lane, Pair
    from graphviz_grad.picture.positions import Box, Positions

_BASELINE: Final = 20.5  # of a row's number, from the row's top
_VALUE_Y: Final = style.HEADER + _BASELINE
_GRAD_Y: Final = _VALUE_Y + style.ROW
_FORK_Y: Final = style.HEADER + 2 * style.ROW + 9.5
_VALUE_END: Final = style.HEADER + style.ROW  # arrays begin where the row ends
_TITLE_Y: Final = 21.5
_BAR_TOP: Final = style.HEADER + style.ROW + 11.5
_HEAD: Final = f"M0 0L-{style.HEAD_LENGTH} -{style.HEAD_HALF}V{style.HEAD_HALF}Z"
_THREE_LINES: Final = (-9.5, 4.5, 18.0)  # from a label's centre down to the baselines of its lines
_TWO_LINES: Final = (-2.5, -2.5 + style.LEADING, 25.0)
_ONE_LINE: Final = (4.5, 4.5 + style.LEADING, 32.0)
_SPECIAL: Final = re.compile("[&<>\"']")
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def paint(  # noqa: PLR0913 - what a picture looks like, one by one
    graph: Graph,
    positions: Positions,
    *,
    theme: str = "default",
    title: str | None = None,
    direction: str = "LR",
    words: bool = True,
) -> str:
    """Paint a graph.

    Args:
        graph: What to paint.
        positions: Where; of this graph's structure.
        theme: A key of `style.THEMES`.
        title: For readers who cannot see the picture; by default it says what was computed.
        direction: Of the layout; the page's arrow keys follow it.
        words: Whether to write what is read aloud, and what shows when the pointer rests. Nobody reads it in
            an image, and a page that moves writes it itself: half of a picture, in bytes.

    Returns:
        SVG text that can stand in a file, in an ``<img>`` or in a page.
    """
    saying = cards(graph)
    has_arrays = any(card.value_section or card.grad_section for card in saying.values())
    rules = sheet(theme, has_arrays=has_arrays)
    count = len(graph.nodes)
    saying_edges = captions(graph)
    double = {edge_id: caption.has_backward for edge_id, caption in saying_edges.items()}
    pairs = lanes(graph, positions, double, direction=direction)
    edges = [_edge(edge, saying_edges[edge.id], pairs[edge.id], count, words=words) for edge in graph.edges]
    nodes = [
        _node(card, positions.boxes[card.id], is_first=number == 0, words=words)
        for number, card in enumerate(saying.values())
    ]
    body = (
        f'<rect class="gg-canvas" width="{positions.width:g}" height="{positions.height:g}"/>\n'
        '<g class="gg-edges" aria-hidden="true">\n' + "".join(edges) + '</g>\n<g class="gg-nodes">\n'
        "" + "".join(nodes) + "</g>\n</svg>\n"
    )
    name = escape(clean(title)) if title else _name(graph, saying)
    said = " ".join([f"{escape(card.spoken)}." for card in saying.values()]) if words else ""
    mark = hashlib.blake2b(f"{theme}{name}{said}{body}".encode(), digest_size=5).hexdigest()
    dense = " gg-many" * (count > style.TWO_LINE_NODES) + " gg-crowd" * (count > style.LABEL_NODES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gg gg-{theme}{dense}" '
        f'width="{positions.width:g}" height="{positions.height:g}" '
        f'viewBox="0 0 {positions.width:g} {positions.height:g}" role="graphics-document document" '
        f'aria-roledescription="computation graph" aria-labelledby="gg-{mark}-title" '
        f'aria-describedby="gg-{mark}-desc" data-direction="{escape(direction)}">\n'
        f'<title id="gg-{mark}-title">{name}</title>\n<desc id="gg-{mark}-desc">{said}</desc>\n'
        f"<style>\n{rules}\n</style>\n{body}"
    )


def escape(text: str) -> str:
    """Text as XML content or attribute value; it has to be clean already.

    Example:
        >>> escape('<b title="x">')
        '&lt;b title=&quot;x&quot;&gt;'
    """
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def _name(graph: Graph, saying: dict[str, Card]) -> str:
    """The picture's name: its outputs, and what was differentiated."""
    outputs = ", ".join(saying[output].name for output in graph.outputs)
    gradients = "" if graph.root is None else f", with gradients of {clean(graph.root)}"
    return escape(f"Computation graph of {outputs}{gradients}")


def _edge(edge: Edge, caption: Caption, pair: Pair, count: int, *, words: bool) -> str:
    """One edge: two lanes and a label."""
    kind = "gg-edge" if edge.requires_grad else "gg-edge gg-idle"
    parts = [f'<g class="{kind}" data-edge="{edge.id}"{_state(caption.state)}>']
    is_told = words or not caption.is_plain
    if is_told and caption.tooltip:
        parts.append(f'<title>{escape(caption.tooltip)}</title><path class="gg-hit" d="{pair.middle}"/>')
    parts.append(
        f'<path class="gg-forward" d="{pair.forward.path}"/>'
        f'<path class="gg-tip" d="{_arrow(pair.forward, *FORWARD_HEAD)}"/>'
    )
    if pair.backward is not None:
        parts.append(_backward(caption, pair.backward))
        if pair.label is not None:
            (x, y), baselines = pair.label, _baselines(caption, count)
            parts.append(
                f'<text class="gg-contribution" data-slot="{edge.id}.contribution" x="{x:g}" '
                f'y="{y + baselines[0]:g}">{caption.contribution}</text>'
            )
            if is_told or count <= style.TWO_LINE_NODES:
                parts.append(
                    f'<text class="gg-product" x="{x:g}" y="{y + baselines[1]:g}">'
                    f"{escape(caption.product)}</text>"
                )
            if caption.note:
                parts.append(
                    f'<text class="gg-product" x="{x:g}" y="{y + baselines[2]:g}">{caption.note}</text>'
                )
    parts.append("</g>\n")
    return "".join(parts)


def _baselines(caption: Caption, count: int) -> tuple[float, float, float]:
    """Where a label's lines stand, from its centre."""
    if count > style.TWO_LINE_NODES:
        return _ONE_LINE
    return _THREE_LINES if caption.note else _TWO_LINES


def _state(state: str) -> str:
    return f' data-state="{state}"' if state else ""


def _arrow(line: Lane, length: float, half: float) -> str:
    """A head that never changes: a triangle at the tip of its lane."""
    (x, y), turn = line.tip, math.radians(line.angle)
    along, across = math.cos(turn), math.sin(turn)
    base_x, base_y = x - length * along, y - length * across
    corners = [(base_x + side * across, base_y - side * along) for side in (half, -half)]
    return write_path((x, y), [(corner,) for corner in corners]) + "z"


def _backward(caption: Caption, line: Lane) -> str:
    """The backward lane and its head, which grow with the contribution."""
    (x, y), angle = line.tip, line.angle
    return (
        f'<path class="gg-backward" stroke-width="{caption.width:g}" d="{line.path}"/>'
        f'<path class="gg-head" d="{_HEAD}" transform="translate({x:g} {y:g}) rotate({angle:g}) '
        f'scale(1 {style.head_scale(caption.width):g})"/>'
    )


def _node(card: Card, box: Box, *, is_first: bool, words: bool) -> str:
    """One card."""
    kind = "gg-node" + " gg-leaf" * card.is_leaf + " gg-frozen" * card.is_frozen
    head = f'<g class="{kind}" data-node="{card.id}" data-name="{escape(card.name)}"{_state(card.state)} '
    if words:
        head += (
            f'role="graphics-object img" tabindex="{0 if is_first else -1}" '
            f'aria-label="{escape(card.spoken)}" '
        )
    head += f'transform="translate({box.left:g} {box.top:g})">'
    if words:
        head += f"<title>{escape(card.tooltip)}</title>"
    right = card.width - style.INSET
    down = sum(section.height for section in (card.value_section, card.grad_section) if section is not None)
    parts = [head, _header(card.header, card.width, card.height), _rows(card, right)]
    if card.fork is not None:
        parts.append(f'<text class="gg-fork" x="{right:g}" y="{_FORK_Y + down:g}">{card.fork}</text>')
        down += style.FORK_LINE
    if card.stored is not None:
        parts.append(_stored(card.stored, _GRAD_Y + style.ROW + down, right))
    parts.append("</g>\n")
    return "".join(parts)


@functools.lru_cache(maxsize=4096)
def _header(header: Header, card_width: float, height: float) -> str:
    """The card itself, its badge and title."""
    size = f'width="{card_width:g}" height="{height:g}" rx="{style.RADIUS}"'
    radius = style.RADIUS
    top = (
        f"M0 {style.HEADER}V{radius}A{radius} {radius} 0 0 1 {radius} 0"
        f"H{card_width - radius:g}A{radius} {radius} 0 0 1 {card_width:g} {radius}V{style.HEADER}Z"
    )
    glyph, width = header.badge, header.badge_width
    middle = style.BADGE_Y + style.BADGE_HEIGHT / 2
    titles = ""
    if header.title is not None:
        start = style.TITLE_X + width - style.BADGE_WIDTH
        titles = _title(header.title, start, "gg-title gg-full" if header.state_title else "gg-title")
        if header.state_title is not None:
            titles += _title(header.state_title, start, "gg-title gg-brief")
    return (
        f'<rect class="gg-card" {size}/><path class="gg-header" d="{top}"/>'
        f'<path class="gg-hair" d="M0 {style.HEADER}H{card_width:g}"/><rect class="gg-frame" {size}/>'
        f'<rect class="gg-badge" x="{style.BADGE_X}" y="{style.BADGE_Y}" width="{width:g}" '
        f'height="{style.BADGE_HEIGHT}" rx="{style.BADGE_RADIUS}"/>'
        f'<text class="gg-glyph" font-size="{glyph.size:g}" x="{style.BADGE_X + width / 2:g}" '
        f'y="{middle + 0.36 * glyph.size:g}"{_held(glyph)}>{_runs(glyph.text)}</text>{titles}'
    )


def _rows(card: Card, right: float) -> str:
    """What the numbers change: the tag, the value row, the gradient row with its bar; arrays under them."""
    grad = "gg-grad" if card.has_grad else "gg-grad gg-none"
    down, value, under_value, under_grad = 0.0, "gg-value", "", ""
    if card.value_section is not None:
        value, down = "gg-shape", card.value_section.height
        under_value = paint_section(card.value_section, f"{card.id}.value", _VALUE_END, card.width)
    grad_y = _GRAD_Y + down
    if card.grad_section is not None:
        grad, top = "gg-shape", _VALUE_END + style.ROW + down
        under_grad = paint_section(card.grad_section, f"{card.id}.grad", top, card.width)
    rows = (
        f'<text class="gg-tag" x="{right:g}" y="{_TITLE_Y}">{card.tag}</text>'
        f'<text class="gg-label" x="{style.INSET}" y="{_VALUE_Y}">value</text>'
        f'<text class="{value}" data-slot="{card.id}.value" x="{right:g}" y="{_VALUE_Y}">{card.value}</text>'
        f"{under_value}{_label(card.label, grad_y, is_stored=card.is_stored)}"
        f'<text class="{grad}" data-slot="{card.id}.grad" x="{right:g}" y="{grad_y:g}">{card.grad}</text>'
        f"{under_grad}"
    )
    if card.is_frozen:
        return rows
    x, width = style.bar(card.gradient)
    top = _BAR_TOP + down
    return (
        f'{rows}<rect class="gg-bar" x="{x:g}" y="{top:g}" width="{width:g}" '
        f'height="{style.BAR_HEIGHT}" rx="1"/>'
        f'<path class="gg-tick" d="M{style.BAR_X} {top - 2:g}v{style.BAR_HEIGHT + 4}"/>'
    )


@functools.lru_cache(maxsize=4096)
def _label(parts: tuple[Fit, ...], at: float, *, is_stored: bool) -> str:
    """The label of the gradient row, whose baseline is given: on one line, or as a fraction."""
    kind = "gg-label gg-code" if is_stored else "gg-label"
    lines = zip(parts, (at,) if len(parts) == 1 else (at - 7.5, at + 4.5), strict=True)
    text = "".join(
        f'<text class="{kind}"{_size(part.size)} x="{style.INSET}" y="{y:g}"{_held(part)}>'
        f"{_runs(part.text)}</text>"
        for part, y in lines
    )
    if len(parts) == 1:
        return text
    width = max(part.width for part in parts)
    return f'{text}<path class="gg-rule" d="M{style.INSET} {at - 4.5}h{width:g}"/>'


def _stored(stored: tuple[str, str, str], y: float, right: float) -> str:
    """The row of the attribute ``.grad`` and the line below it: one text, which reads as one sentence."""
    attribute, number, line = stored
    return (
        f'<text class="gg-stored" y="{y:g}">'
        f'<tspan class="gg-label" x="{style.INSET}">{attribute}</tspan>'
        f'<tspan class="gg-grad" x="{right:g}"> {number}</tspan>'
        f'<tspan class="gg-note gg-end" x="{right:g}" dy="15"> {line}</tspan></text>'
    )


def _title(title: Title, x: float, kind: str) -> str:
    """The name in bold and its formula."""
    return (
        f'<text class="{kind}" font-size="{title.size:g}" x="{x:g}" y="{_TITLE_Y}"'
        f"{_held(title)}>"
        f'<tspan class="gg-name gg-run">{escape(title.name)}</tspan>{_runs(title.rest)}</text>'
    )


def _size(size: float) -> str:
    """A font size, where it is not the one of labels, which the style sheet gives to the whole card."""
    return "" if size == style.LABEL_SIZE else f' font-size="{size:g}"'


def _held(text: Fit | Title) -> str:
    """Hold the renderer to a width where nobody knows how wide the glyphs are."""
    return f' textLength="{text.width:g}" lengthAdjust="spacingAndGlyphs"' if text.is_forced else ""


def _runs(text: str) -> str:
    """Escaped text; each right-to-left word is set apart, so that operators and operands keep their order."""
    if max(text, default="") < _FIRST_RIGHT_TO_LEFT or not any(map(_is_right_to_left, text)):
        return escape(text)
    parts, word = [], ""
    for char in f"{text} ":
        if char.isalnum() or char == "_" or unicodedata.category(char)[0] == "M":
            word += char
        else:
            if word:
                parts.append(f'<tspan class="gg-run">{escape(word)}</tspan>')
            parts.append(escape(char))
            word = ""
    return "".join(parts)[:-1]


_FIRST_RIGHT_TO_LEFT: Final = "\u0590"


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")
