"""Arrays on a card, as SVG: the grid of a small one, the range and the colours of a large one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style
from graphviz_grad.picture.heat import BAD

if TYPE_CHECKING:
    from graphviz_grad.picture.grid import Grid
    from graphviz_grad.picture.heat import Heat
    from graphviz_grad.picture.section import Section

_CELL_BASELINE: Final = 12.5
_EXTENT_BASELINE: Final = 9.5
_ON_TOP: Final = ("gg-cross", "gg-minus")
_LIP: Final = 3  # of a bracket, px


def paint_section(section: Section, slot: str, top: float, width: float) -> str:
    """Paint what stands under a label.

    Args:
        section: What.
        slot: Name of the array's slot, ``n3.value`` or ``n3.grad``.
        top: Where it begins, px from the card's top.
        width: Of the card, px.
    """
    kind = " gg-pulled" * slot.endswith(".grad")
    if section.grid is not None:
        return _grid(section.grid, slot, kind, top, width)
    right = width - style.INSET
    extent = (
        f'<text class="gg-extent{kind}" data-slot="{slot}.extent" x="{right:g}" '
        f'y="{top + _EXTENT_BASELINE:g}">{section.extent}</text>'
    )
    if section.heat is None:
        return extent
    return extent + _heat(section.heat, slot, top + style.EXTENT_LINE, right)


def _grid(grid: Grid, slot: str, kind: str, top: float, width: float) -> str:
    """Numbers in columns, in brackets; the grid ends where the numbers of all cards end."""
    right = width - style.GRID_INSET
    left = right - grid.columns * style.CELL_WIDTH
    bottom = top + len(grid.rows) * style.CELL_HEIGHT
    brackets = (
        f"M{left + _LIP:g} {top:g}H{left:g}V{bottom:g}h{_LIP}"
        f"M{right - _LIP:g} {top:g}H{right:g}V{bottom:g}h-{_LIP}"
    )
    parts = [f'<path class="gg-bracket" d="{brackets}"/><g class="gg-cells{kind}">']
    for row, cells in enumerate(grid.rows):
        y = top + row * style.CELL_HEIGHT + _CELL_BASELINE
        for column, cell in enumerate(cells, 1):
            x = left + column * style.CELL_WIDTH - _LIP
            kinds = " ".join(["gg-long"] * cell.is_long + ["gg-bad"] * cell.is_bad)
            look = f' class="{kinds}"' if kinds else ""
            parts.append(f'<text data-slot="{slot}[{cell.at}]"{look} x="{x:g}" y="{y:g}">{cell.text}</text>')
    parts.append("</g>")
    return "".join(parts)


def shades(heat: Heat) -> dict[str, str]:
    """Path data by class, a path for each shade; neighbours in a row that look the same are one line.

    The unit is a cell of the map; what is painted last comes last.

    Example:
        >>> from graphviz_grad.picture.heat import Heat
        >>> shades(Heat(((5, 5, 0, -1),), 14))
        {'gg-high gg-s5': 'M0 0.5h2', 'gg-low gg-s1': 'M3 0.5h1', 'gg-minus': 'M3 0.5h1'}
    """
    lines: dict[str, str] = {}
    for level, row, column, length in heat.runs():
        line = f"M{column} {row + 0.5:g}h{length}"
        kinds = [f"{'gg-high' if level > 0 else 'gg-low'} gg-s{abs(level)}"] if level else []
        if level == BAD:
            kinds = ["gg-cross"]
            line = "".join(f"M{k} {row}l1 1m0 -1l-1 1" for k in range(column, column + length))
        elif level < 0:
            kinds.append("gg-minus")
        for kind in kinds:
            lines[kind] = lines.get(kind, "") + line
    return {kind: lines[kind] for kind in sorted(lines, key=lambda kind: (kind in _ON_TOP, kind))}


def _heat(heat: Heat, slot: str, top: float, right: float) -> str:
    """Colours in a field whose unit is one cell."""
    left = style.INSET
    width = right - left
    scale = f"scale({width / len(heat.levels[0]):.4f} {heat.height / len(heat.levels):.4f})"
    paths = "".join(f'<path class="{kind}" d="{line}"/>' for kind, line in shades(heat).items())
    return (
        f'<rect class="gg-field" x="{left - 0.5:g}" y="{top - 0.5:g}" width="{width + 1:g}" '
        f'height="{heat.height + 1:g}"/><g class="gg-map" data-slot="{slot}.heat" '
        f'transform="translate({left} {top:g}) {scale}">{paths}</g>'
    )
