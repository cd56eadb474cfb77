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
from graphviz_grad.picture.heat import BAD
from graphviz_grad.picture.state import WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphviz_grad.picture.caption import Caption
    from graphviz_grad.picture.card import Card
    from graphviz_grad.picture.section import Section
    from graphviz_grad.picture.style import Palette

SANS: Final = "Arial"
"""One family: of a list, Graphviz would not know the widths."""
MONO: Final = "DejaVu Sans Mono,Menlo,Consolas,monospace"
MONO_EM: Final = 0.602
SMALL: Final = 10
"""Size of the small lines: Graphviz takes whole points only."""
NUMBER_LENGTH: Final = 12
NUMBER_WIDTH: Final = 102
LONG_NUMBER_SIZE: Final = 11
"""Size of an array's shape that is longer than any number."""
LINE_LENGTH: Final = 29
CELL_SIZE: Final = 12
LONG_CELL: Final = (11, 9)
"""Length and size of a number of more characters; it ends where the others end."""
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
    width = card.width
    value = _number(card.value, palette.muted if card.value_section else value_colour, bold=False)
    is_number = card.has_grad and card.grad_section is None
    grad = _number(card.grad, grad_colour if is_number else palette.muted, bold=is_number)
    rows = [_row(_font("value", SANS, style.LABEL_SIZE, palette.muted), value, width)]
    if card.value_section is not None:
        rows.append(_section(card.value_section, palette, palette.value, width))
    rows.append(_row(_gradient_label(card, palette), grad, width))
    if card.grad_section is not None:
        rows.append(_section(card.grad_section, palette, palette.gradient, width, bold=True))
    if card.fork is not None:
        rows.append(_line(card.fork, palette, width))
    if card.stored is not None:
        label, number, line = card.stored
        name = _font(label, MONO, style.LABEL_SIZE, palette.muted)
        rows += [_row(name, _number(number, grad_colour, bold=True), width), _line(line, palette, width)]
    line_style = "ROUNDED,DASHED" if card.is_frozen else "ROUNDED"
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="{line_style}" '
        f'COLOR="{palette.warn if is_bad else palette.border}" '
        f'BGCOLOR="{palette.warn_back if is_bad else palette.card}">'
        f"<TR>{_whole(_header(card, palette), style.HEADER, width)}</TR><HR/>{''.join(rows)}"
        f"<TR>{_whole('', style.FOOT, width)}</TR></TABLE>>"
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
    if has_product and caption.note:
        lines.append((caption.note, SMALL, palette.muted, False))
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
    room = card.width - 2 * style.BADGE_X - badge_width - style.INSET
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


def _row(label: str, number: str, width: float) -> str:
    """A label and a number, both set."""
    return (
        f"<TR>{_space(style.INSET)}{_cell(label, width - 2 * style.INSET - NUMBER_WIDTH, style.ROW)}"
        f"{_cell(number, NUMBER_WIDTH, style.ROW)}{_space(style.INSET)}</TR>"
    )


def _number(text: str, colour: str, *, bold: bool) -> str:
    """A number that ends where all numbers of the card end."""
    size = style.NUMBER_SIZE if len(text) <= NUMBER_LENGTH else LONG_NUMBER_SIZE
    return _font(_pad(text, NUMBER_LENGTH), MONO, size, colour, bold=bold)


def _line(text: str, palette: Palette, card_width: float) -> str:
    """A small line that ends where the numbers end."""
    width = card_width - style.INSET
    length = LINE_LENGTH + int((card_width - style.CARD_WIDTH) / (SMALL * MONO_EM))
    words = _font(_pad(text, length), MONO, SMALL, palette.muted)
    return (
        f'<TR><TD COLSPAN="3" {_FIXED} WIDTH="{width}" HEIGHT="{style.FORK_LINE}" ALIGN="LEFT">{words}</TD>'
        f"{_space(style.INSET)}</TR>"
    )


def _section(section: Section, palette: Palette, colour: str, width: float, *, bold: bool = False) -> str:
    """An array under its label: its numbers in columns, or its range and its colours."""
    lines = _grid if section.grid is not None else _chart
    rows = "".join(f"<TR>{cells}</TR>" for cells in lines(section, palette, colour, width, bold=bold))
    return f"<TR>{_whole(f'<TABLE {_PLAIN}>{rows}</TABLE>', section.height, width)}</TR>"


def _grid(section: Section, palette: Palette, colour: str, width: float, *, bold: bool) -> Iterator[str]:
    assert section.grid is not None  # noqa: S101 - see `_section`
    gap = 8  # before a column: text that fills its cell would be too wide for `dot`
    left = width - style.INSET - section.grid.columns * style.CELL_WIDTH + gap
    for row in section.grid.rows:
        cells = [_space(left)]
        for cell in row:
            length, size = (style.CELL_LENGTH, CELL_SIZE) if not cell.is_long else LONG_CELL
            words = _font(
                _pad(cell.text, length), MONO, size, palette.warn if cell.is_bad else colour, bold=bold
            )
            cells.append(_cell(words, style.CELL_WIDTH, style.CELL_HEIGHT))
        missing = section.grid.columns - len(row)
        cells += [_cell("", style.CELL_WIDTH, style.CELL_HEIGHT)] * missing + [_space(style.INSET - gap)]
        yield "".join(cells)


def _chart(section: Section, palette: Palette, colour: str, width: float, *, bold: bool) -> Iterator[str]:
    room = width - 2 * style.INSET
    words = _font(_pad(section.extent, LINE_LENGTH - 2), MONO, SMALL, colour, bold=bold)
    yield f"{_space(style.INSET)}{_cell(words, room, style.EXTENT_LINE)}{_space(style.INSET)}"
    if section.heat is None:
        return
    levels = section.heat.levels
    size = int(room / len(levels[0])), int(section.heat.height / len(levels))  # dot fails where it is tight
    rows = "".join(f"<TR>{''.join(_patch(level, palette, *size) for level in row)}</TR>" for row in levels)
    yield f'<TD COLSPAN="3" ALIGN="CENTER"><TABLE {_PLAIN}>{rows}</TABLE></TD>'


def _patch(level: int, palette: Palette, width: int, height: int) -> str:
    """A cell of a map; what is not finite is in the colour of warnings."""
    scale = palette.scale
    if level == BAD:
        colour = palette.warn
    else:
        share = style.SHADES[abs(level) - 1] if level else 0
        colour = _mix(scale.high if level > 0 else scale.low, scale.zero, share)
    return f'<TD {_FIXED} WIDTH="{width}" HEIGHT="{height}" BGCOLOR="{colour}"></TD>'


def _mix(front: str, back: str, share: float) -> str:
    """One colour painted over another with this opacity."""
    pairs = ((int(front[at : at + 2], 16), int(back[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * over + (1 - share) * under):02X}" for over, under in pairs)


def _whole(content: str, height: float, width: float) -> str:
    """A cell as wide as the card."""
    return f'<TD COLSPAN="4" {_FIXED} WIDTH="{width:g}" HEIGHT="{height:g}">{content}</TD>'


def _cell(content: str, width: float, height: float, align: str = "LEFT") -> str:
    return f'<TD {_FIXED} WIDTH="{width:g}" HEIGHT="{height:g}" ALIGN="{align}">{content}</TD>'


def _space(width: float) -> str:
    return f'<TD {_FIXED} WIDTH="{width:g}" HEIGHT="1"></TD>'


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
