"""A card's header: badge and title, cut to what there is room for beside the tag."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final, NamedTuple

from graphviz_grad.picture import style
from graphviz_grad.picture.fit import Fit, em_width, fit, is_known
from graphviz_grad.text import ELLIPSIS, truncate

GAP: Final = 6
"""Between title and tag, px."""
PADDING: Final = 6
"""Between a leaf's name and the sides of its badge."""
WIDE_BADGE: Final = 28
"""Width of an op's badge whose glyph is a word."""
STATE_ROOM: Final = {"log": 58, "sqrt": 58, "div": 58, "pow": 58, "exp": 58, "sigmoid": 72, "tanh": 72}
"""Px that a title keeps while a tag such as ``⚠ log of −3`` or ``saturated`` stands beside it."""
SHORT_STATE_ROOM: Final = 82
"""The same beside ``⚠ ∂ −inf``, which any op may have, or ``dead``."""
LABEL_ROOM: Final = style.BAR_X - style.BAR_HALF - style.INSET - 2
"""For the label of the gradient row, px."""


@dataclass(frozen=True, slots=True)
class Title:
    """The name, bold, and what follows it; both may have been cut to fit."""

    name: str
    rest: str
    size: float
    width: float
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What stands at the left of the tag.

    Attributes:
        badge: The op's glyph, or a leaf's name.
        badge_width: In px; a leaf's badge grows with its name.
        title: Beside an op's badge; None for a leaf.
        state_title: A shorter title for while the card has a state; None where `title` is short enough.
    """

    badge: Fit
    badge_width: float
    title: Title | None
    state_title: Title | None


@functools.lru_cache(maxsize=4096)
def leaf_header(name: str, tag: str, width: float = style.CARD_WIDTH) -> Header:
    """The header of a leaf: its name is its badge.

    Args:
        name: Clean.
        tag: What stands at the right.
        width: Of the card, px.
    """
    room = width - style.INSET - style.BADGE_X - 2 * PADDING - GAP - _tag_width(tag)
    badge = fit(truncate(name), room, (style.BADGE_SIZE, 12, 11), bold=True)
    return Header(badge, round(max(style.BADGE_WIDTH, badge.width + 2 * PADDING), 2), None, None)


@functools.lru_cache(maxsize=4096)
def op_header(  # noqa: PLR0913, PLR0917 - all that the header says
    name: str, formula: str, op: str, symbol: str, tag: str, width: float = style.CARD_WIDTH
) -> Header:
    """The header of an op's result.

    Args:
        name: Clean.
        formula: Clean.
        op: The op's name.
        symbol: Its glyph.
        tag: What stands at the right while all is ordinary.
        width: Of the card, px.
    """
    badge = fit(symbol or op, WIDE_BADGE - 3, (style.BADGE_SIZE, 12, 11, 10, 9), bold=True)
    badge_width = style.BADGE_WIDTH if badge.width <= style.BADGE_WIDTH - 2 else WIDE_BADGE
    wider = badge_width - style.BADGE_WIDTH
    room = width - style.INSET - style.TITLE_X - wider
    line = _line(name, formula)
    title = _title(line, room - _tag_width(tag) - GAP * bool(tag))
    state_room = STATE_ROOM.get(op, SHORT_STATE_ROOM) - wider + width - style.CARD_WIDTH
    state_title = _title(line, state_room) if title.width > state_room else None
    return Header(badge, badge_width, title, state_title)


@functools.lru_cache(maxsize=4096)
def fraction(root: str, name: str) -> tuple[Fit, ...]:
    """The label ``∂y/∂a`` on one line, or its two halves where the names are too long for that.

    Example:
        >>> [part.text for part in fraction("y", "a")], [part.text for part in fraction("loss", "hidden")]
        (['∂y/∂a'], ['∂loss', '∂hidden'])
    """
    root, name = truncate(root), truncate(name)
    whole = fit(f"∂{root}/∂{name}", LABEL_ROOM, (style.LABEL_SIZE, 11, 10))
    if not whole.text.endswith(ELLIPSIS) or name.endswith(ELLIPSIS):
        return (whole,)
    return tuple(fit(f"∂{half}", LABEL_ROOM, (10,)) for half in (root, name))


class _Line(NamedTuple):
    """A name, and what follows it; their width together in em, and whether that is a guess."""

    name: str
    rest: str
    em: float
    is_forced: bool


def _line(name: str, formula: str) -> _Line:
    name, formula = truncate(name), truncate(formula)
    rest = f" = {formula}" if formula else ""
    em = em_width(name, bold=True) + em_width(rest)
    return _Line(name, rest, em, not (is_known(name) and is_known(rest)))


def _title(line: _Line, room: float) -> Title:
    """Shrink, then cut, name and formula together."""
    name, rest, em, is_forced = line
    for size in (style.TITLE_SIZE, 12, 11):
        if em * size <= room:
            return Title(name, rest, size, round(em * size, 2), is_forced)
    bold = fit(name, room, (size,), bold=True)
    light = fit(rest, room - bold.width, (size,))
    if bold.text != name or light.width <= 2.5 * size:  # no room for more than " = …"
        light = Fit("", size, 0)
    return Title(bold.text, light.text, size, round(bold.width + light.width, 2), is_forced)


def _tag_width(tag: str) -> float:
    """Estimated width of a tag in px."""
    return em_width(tag) * style.TAG_SIZE
