"""Cards and edge labels as Graphviz's HTML-like labels.

Graphviz measures text with fonts of its own, so nothing here trusts its widths: every cell that holds text is
FIXEDSIZE and its text starts at the left; a number ends where it should because it is padded on the left with
no-break spaces to a constant length.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style
from graphviz_grad.picture.fit import em_width
from graphviz_grad.picture.state import WARNING

if TYPE_CHECKING:
    from graphviz_grad.picture.caption import Caption
    from graphviz_grad.picture.card import Card
    from graphviz_grad.picture.style import Palette

SANS: Final = "Arial"
"""One family: of a list, Graphviz would not know the widths."""
MONO: Final = "DejaVu Sans Mono,Menlo,Consolas,monospace"
MONO_EM: Final = 0.602
SMALL: Final = 10
"""Size of the small lines: Graphviz takes whole points only."""
NUMBER_LENGTH: Final = 12
NUMBER_WIDTH: Final = 102
LABEL_WIDTH: Final = style.CARD_WIDTH - 2 * style.INSET - NUMBER_WIDTH
LONG_NUMBER_SIZE: Final = 11
"""Size of an array's shape that is longer than any number."""
LINE_LENGTH: Final = 29
EDGE_GAP: Final = 5
"""Between an edge's text and its lanes."""
NBSP: Final = "\N{NO-BREAK SPACE}"
JOINER: Final = "\N{WORD JOINER}"

_PLAIN: Final = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
_FIXED: Final = 'FIXEDSIZE="TRUE"'


def card_label(card: Card, palette: Palette) -> str:
    """A whole card as an HTML-like label, angle brackets included."""
    is_bad = card.state == "nan"
    value_colour, grad_colour = (palette.warn, palette.warn) if is_bad else (palette.value, palette.gradient)
    rows = [
        _row(
            _font("value", SANS, style.LABEL_SIZE, palette.muted),
            _number(card.value, value_colour, bold=False),
        ),
        _row(
            _gradient_label(card, palette),
            _number(card.grad, grad_colour if card.has_grad else palette.muted, bold=card.has_grad),
        ),
    ]
    if card.fork is not None:
        rows.append(_line(card.fork, palette))
    if card.stored is not None:
        label, number, line = card.stored
        name = _font(label, MONO, style.LABEL_SIZE, palette.muted)
        rows += [_row(name, _number(number, grad_colour, bold=True)), _line(line, palette)]
    line_style = "ROUNDED,DASHED" if card.is_frozen else "ROUNDED"
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="{line_style}" '
        f'COLOR="{palette.warn if is_bad else palette.border}" '
        f'BGCOLOR="{palette.warn_back if is_bad else palette.card}">'
        f"<TR>{_whole(_header(card, palette), style.HEADER)}</TR><HR/>{''.join(rows)}"
        f"<TR>{_whole('', style.FOOT)}</TR></TABLE>>"
    )


def edge_label(caption: Caption, palette: Palette, *, has_product: bool) -> str:
    """What flows back along an edge, and under it why, as an HTML-like label.

    Args:
        caption: What the edge says.
        palette: Colours.
        has_product: Whether there is room for ``upstream × local``.
    """
    colour = palette.warn if caption.state == "nan" else palette.gradient
    lines = [(_without_sign(caption.contribution), style.CONTRIBUTION_SIZE, colour, True)]
    if has_product and caption.product:
        lines.append((caption.product, SMALL, palette.muted, False))
    width = max(round(len(text) * size * MONO_EM) for text, size, _, _ in lines) + 2 * EDGE_GAP
    gap = f"<TR>{_cell('', width, EDGE_GAP)}</TR>"
    rows = "".join(
        f"<TR>{_cell(_font(_centre(text, width, size), MONO, size, colour, bold=bold), width, size + 4)}</TR>"
        for text, size, colour, bold in lines
    )
    return f"<<TABLE {_PLAIN}>{gap}{rows}{gap}</TABLE>>"


def text_label(text: str, palette: Palette) -> str:
    """A user's line of text as an HTML-like label."""
    return f"<{_font(text, SANS, style.TITLE_SIZE, palette.ink, bold=True)}>"


def _gradient_label(card: Card, palette: Palette) -> str:
    """``.grad`` or ``∂y/∂a``; long names one above the other."""
    if len(card.label) == 1:
        return _font(card.label[0].text, MONO if card.is_stored else SANS, style.LABEL_SIZE, palette.muted)
    return "".join(_font(part.text, SANS, SMALL, palette.muted) + '<BR ALIGN="LEFT"/>' for part in card.label)


def _header(card: Card, palette: Palette) -> str:
    """Badge, title and tag in one row as wide as the card."""
    badge_back, badge_ink = (
        (palette.leaf, palette.leaf_ink) if card.is_leaf else (palette.badge, palette.badge_ink)
    )
    badge_width = round(card.header.badge_width)
    title = (card.header.state_title if card.state else None) or card.header.title
    words = ""
    if title is not None:
        words = _font(title.name, SANS, int(title.size), palette.ink, bold=True) + _font(
            title.rest, SANS, int(title.size), palette.ink
        )
    room = style.CARD_WIDTH - 2 * style.BADGE_X - badge_width - style.INSET
    tag_size = int(style.TAG_SIZE)
    tag = _without_sign(card.tag)
    tag_width = min(room, round(em_width(tag) * tag_size) + 2) if tag else 0
    badge_size = f'{_FIXED} WIDTH="{badge_width}" HEIGHT="{style.BADGE_HEIGHT}"'
    badge = _font(card.header.badge.text, SANS, int(card.header.badge.size), badge_ink, bold=True)
    box = (  # a table, because a cell would be as high as the header
        f'<TD {badge_size}><TABLE {_PLAIN} STYLE="ROUNDED" {badge_size} BGCOLOR="{badge_back}">'
        f"<TR><TD {badge_size}>{badge}</TD></TR></TABLE></TD>"
    )
    cells = [_space(style.BADGE_X), box, _space(style.BADGE_X)]
    if room > tag_width:
        cells.append(_cell(words, room - tag_width, style.HEADER))
    if tag_width:
        tag_colour = palette.warn if card.state == "nan" else palette.muted
        words = _font(tag, SANS, tag_size, tag_colour)
        cells.append(_cell(words, tag_width, style.HEADER, align="RIGHT"))
    cells.append(_space(style.INSET))
    return f"<TABLE {_PLAIN}><TR>{''.join(cells)}</TR></TABLE>"


def _row(label: str, number: str) -> str:
    """A label and a number, both set."""
    return (
        f"<TR>{_space(style.INSET)}{_cell(label, LABEL_WIDTH, style.ROW)}"
        f"{_cell(number, NUMBER_WIDTH, style.ROW)}{_space(style.INSET)}</TR>"
    )


def _number(text: str, colour: str, *, bold: bool) -> str:
    """A number that ends where all numbers of the card end."""
    size = style.NUMBER_SIZE if len(text) <= NUMBER_LENGTH else LONG_NUMBER_SIZE
    return _font(_pad(text, NUMBER_LENGTH), MONO, size, colour, bold=bold)


def _line(text: str, palette: Palette) -> str:
    """A small line that ends where the numbers end."""
    words = _font(_pad(text, LINE_LENGTH), MONO, SMALL, palette.muted)
    width = style.CARD_WIDTH - style.INSET
    return (
        f'<TR><TD COLSPAN="3" {_FIXED} WIDTH="{width}" HEIGHT="{style.FORK_LINE}" ALIGN="LEFT">{words}</TD>'
        f"{_space(style.INSET)}</TR>"
    )


def _whole(content: str, height: float) -> str:
    """A cell as wide as the card."""
    return f'<TD COLSPAN="4" {_FIXED} WIDTH="{style.CARD_WIDTH}" HEIGHT="{height}">{content}</TD>'


def _cell(content: str, width: float, height: float, align: str = "LEFT") -> str:
    return f'<TD {_FIXED} WIDTH="{width}" HEIGHT="{height}" ALIGN="{align}">{content}</TD>'


def _space(width: float) -> str:
    return f'<TD {_FIXED} WIDTH="{width}" HEIGHT="1"></TD>'


def _font(text: str, face: str, size: int, colour: str, *, bold: bool = False) -> str:
    """Escaped text in one font; nothing for no text, which Graphviz's grammar refuses."""
    if not text:
        return ""
    words = _escape(text)
    return (
        f'<FONT FACE="{face}" POINT-SIZE="{size}" COLOR="{colour}">'
        f"{f'<B>{words}</B>' if bold else words}</FONT>"
    )


def _escape(text: str) -> str:
    """Text as Graphviz's HTML parser reads it back, runs of spaces too.

    After parsing, Graphviz still takes a backslash and N for the node's name, and reads on after a last
    backslash; a word joiner, which nobody sees, keeps every backslash from what follows it. Text that is only
    ``]`` is a syntax error in Graphviz 2.43.
    """
    return escape(text).replace("]", "&#93;").replace("\\", f"\\{JOINER}").replace(" ", NBSP)


def _without_sign(text: str) -> str:
    """Text without the warning sign, which the bundled Graphviz's PNG fonts lack; colour and words stay."""
    return text.removeprefix(WARNING).lstrip()


def _pad(text: str, length: int) -> str:
    return text.rjust(length, NBSP)


def _centre(text: str, width: float, size: float) -> str:
    """Text with no-break spaces before it so that it stands in the middle of a cell."""
    return NBSP * round((width / (size * MONO_EM) - len(text)) / 2) + text
