"""Colours, sizes and the few functions from a number to a shape: the one place where the look is decided.

A theme is one entry of `THEMES`. The page generates its constants from `constants`, and its shapes from the
same three formulas (`bar`, `lane_width`, `head_scale`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

SANS: Final = 'system-ui,-apple-system,"Segoe UI",Roboto,Inter,"Helvetica Neue",Arial,sans-serif'
MONO: Final = 'ui-monospace,"SF Mono",Menlo,Consolas,"JetBrains Mono","DejaVu Sans Mono",monospace'

# The card, px.
CARD_WIDTH: Final = 188
HEADER: Final = 34
ROW: Final = 27
FOOT: Final = 6
FORK_LINE: Final = 17
RADIUS: Final = 11
BORDER: Final = 1.2
INSET: Final = 11
"""From the card's side to its text."""
BADGE_WIDTH: Final = 24
BADGE_HEIGHT: Final = 21
BADGE_X: Final = 8
BADGE_Y: Final = 6.5
BADGE_RADIUS: Final = 6.5
TITLE_X: Final = 40

# Type, px.
TITLE_SIZE: Final = 13
BADGE_SIZE: Final = 14
TAG_SIZE: Final = 11.5
LABEL_SIZE: Final = 12
NUMBER_SIZE: Final = 14
SMALL_SIZE: Final = 10.5
CONTRIBUTION_SIZE: Final = 13
LEADING: Final = 14
"""Between the baselines of an edge label's first two lines."""
CELL_SIZE: Final = 12
LONG_CELL_SIZE: Final = 9.6
"""Of a number of more than `CELL_LENGTH` characters: ten are then as wide as eight."""

# Arrays on a card, px.
CELL_LENGTH: Final = 8
CELL_WIDTH: Final = 66
CELL_HEIGHT: Final = 17
GRID_INSET: Final = 8
"""From the card's side to its brackets."""
GRID_FOOT: Final = 4
EXTENT_LINE: Final = 15

# The signed micro-bar.
BAR_X: Final = 75
BAR_HALF: Final = 15
BAR_HEIGHT: Final = 9

# The two lanes of an edge.
LANE_OFFSET: Final = 4.5
FORWARD_WIDTH: Final = 1.3
BACKWARD_WIDTH: Final = 1.4
BACKWARD_GAIN: Final = 3.2
NEGATIVE_DASH: Final = "7 3"
ZERO_DASH: Final = "1.5 4"
HEAD_LENGTH: Final = 10
HEAD_HALF: Final = 3.4
"""Half the width of a head at scale 1."""
HEAD_GAIN: Final = 0.9

SHADES: Final = (0.3, 0.48, 0.65, 0.83, 1)
"""How much of its colour an element of a large array has, by the level of its size."""
TWO_LINE_NODES: Final = 25
"""Up to so many nodes an edge label has its second line."""
LABEL_NODES: Final = 60
"""Up to so many nodes edge labels are shown."""
FORK_TERMS: Final = 3
"""Up to so many terms a fork line writes out."""
LINE_LENGTH: Final = 26
"""Characters of the small mono line that fit into a card."""
CAUSE_LENGTH: Final = 14
"""Characters of a tag that says what broke."""
SHAPE_LENGTH: Final = 15
"""Characters of an array's shape that a card's row holds beside its label."""
SATURATED: Final = 0.01
"""A sigmoid or tanh so near to its limit passes next to no gradient."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The colours of large arrays: a diverging scale.

    Attributes:
        low: The most negative element.
        zero: 0, and nothing else.
        high: The most positive element.
    """

    low: str
    zero: str
    high: str

    def tokens(self) -> dict[str, str]:
        """Colour by the name of its CSS custom property."""
        return {f"--gg-heat-{field.name}": getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme in one light.

    Attributes:
        canvas: Behind everything.
        card: A card's body.
        header: A card's header.
        ink: Names and titles.
        muted: Labels, tags and the small lines.
        value: Values and forward lanes.
        gradient: Gradients and backward lanes.
        warn: What is not a number.
        warn_back: The body of a card that holds what is not a number.
        border: A card's outline, and the lanes where no gradient can flow.
        badge: An op's badge.
        badge_ink: Its glyph.
        leaf: A leaf's badge.
        leaf_ink: Its name.
        hairline: Between a card's header and body.
        focus: The focus ring.
        scale: Of large arrays; apart from the others, since few pictures have it.
    """

    canvas: str
    card: str
    header: str
    ink: str
    muted: str
    value: str
    gradient: str
    warn: str
    warn_back: str
    border: str
    badge: str
    badge_ink: str
    leaf: str
    leaf_ink: str
    hairline: str
    focus: str
    scale: Scale

    def tokens(self) -> dict[str, str]:
        """Colour by the name of its CSS custom property.

        Example:
            >>> THEMES["default"].light.tokens()["--gg-warn-back"]
            '#FDECEF'
        """
        names = [field.name for field in fields(self) if field.name != "scale"]
        return {f"--gg-{name.replace('_', '-')}": getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Theme:
    """A palette for light, and one for dark where the theme has one."""

    light: Palette
    dark: Palette | None


_LIGHT = Palette(
    canvas="#FFFFFF",
    card="#FFFFFF",
    header="#F3F6FA",
    ink="#1B2430",
    muted="#566273",
    value="#0B5CAD",
    gradient="#B34700",
    warn="#A3123A",
    warn_back="#FDECEF",
    border="#7E8B9B",
    badge="#1B2430",
    badge_ink="#FFFFFF",
    leaf="#E4E9F0",
    leaf_ink="#1B2430",
    hairline="#DDE3EA",
    focus="#0B5CAD",
    scale=Scale(low="#762A83", zero="#F1F3F6", high="#1B7837"),  # ColorBrewer's PRGn
)
_DARK = Palette(
    canvas="#111111",
    card="#1C232D",
    header="#252E3A",
    ink="#EDF1F6",
    muted="#A9B4C2",
    value="#7CC0FF",
    gradient="#FFAC66",
    warn="#FF8FA3",
    warn_back="#3A1A22",
    border="#76849A",
    badge="#EDF1F6",
    badge_ink="#1B2430",
    leaf="#364252",
    leaf_ink="#EDF1F6",
    hairline="#343F4D",
    focus="#7CC0FF",
    scale=Scale(low="#D6A0E0", zero="#2A323D", high="#7FD08A"),
)


def _with(palette: Palette, **colours: str | Scale) -> Palette:
    """A palette with some colours exchanged."""
    return Palette(**{field.name: getattr(palette, field.name) for field in fields(Palette)} | colours)


THEMES: Final[dict[str, Theme]] = {
    "default": Theme(_LIGHT, _DARK),
    # Values green and gradients red, as in Stanford's course notes; the warning is violet, apart from both.
    "cs231n": Theme(
        _with(
            _LIGHT,
            value="#0A7034",
            gradient="#C0211A",
            warn="#6A2A9C",
            warn_back="#F4ECFB",
            focus="#1B2430",
            scale=Scale(low="#0B5CAD", zero="#F1F3F6", high="#8F4A00"),
        ),
        _with(
            _DARK,
            value="#72D391",
            gradient="#FF9A93",
            warn="#D3A9FF",
            warn_back="#2C1D3D",
            focus="#EDF1F6",
            scale=Scale(low="#7CC0FF", zero="#2A323D", high="#F0B26B"),
        ),
    ),
    # Paper has no dark mode; grey is kept for surfaces, never for a meaning.
    "print": Theme(
        Palette(
            canvas="#FFFFFF",
            card="#FFFFFF",
            header="#F4F4F4",
            ink="#000000",
            muted="#333333",
            value="#000000",
            gradient="#000000",
            warn="#000000",
            warn_back="#E6E6E6",
            border="#555555",
            badge="#000000",
            badge_ink="#FFFFFF",
            leaf="#E2E2E2",
            leaf_ink="#000000",
            hairline="#BBBBBB",
            focus="#000000",
            scale=Scale(low="#000000", zero="#FFFFFF", high="#000000"),
        ),
        None,
    ),
}


def theme(name: str) -> Theme:
    """Look a theme up.

    Raises:
        ValueError: If there is none of that name.

    Example:
        >>> theme("print").dark is None
        True
    """
    try:
        return THEMES[name]
    except (KeyError, TypeError):
        choices = " or ".join(map(repr, THEMES))
        raise ValueError(f"theme: {name!r} (must be {choices})") from None


def bar(gradient: float | None) -> tuple[float, float]:
    """The micro-bar of a gradient: its left end and width in px; left of the tick is negative.

    Example:
        >>> bar(0.0), bar(-100.0)
        ((75, 0.0), (60.0, 15.0))
    """
    if gradient is None or gradient == 0 or gradient != gradient:  # noqa: PLR0124  (nan)
        return BAR_X, 0.0
    width = round(BAR_HALF * math.tanh(abs(gradient)), 2)
    return (BAR_X if gradient > 0 else round(BAR_X - width, 2)), width


def lane_width(contribution: float | None) -> float:
    """Width of a backward lane in px.

    Example:
        >>> lane_width(0.0), lane_width(float("-inf"))
        (1.4, 4.6)
    """
    if contribution is None or contribution != contribution:  # noqa: PLR0124  (nan)
        return BACKWARD_WIDTH
    return round(BACKWARD_WIDTH + BACKWARD_GAIN * math.tanh(abs(contribution)), 2)


def head_scale(width: float) -> float:
    """How much wider than at scale 1 the head of a lane of this width is.

    Example:
        >>> head_scale(1.4), head_scale(4.6)
        (1.0, 1.85)
    """
    return round(1 + HEAD_GAIN * (width - BACKWARD_WIDTH) / HEAD_HALF, 2)


def constants() -> dict[str, float | str | tuple[float, ...]]:
    """What the page needs to draw a number as text, bar, width and dash.

    Example:
        >>> constants()["BAR_HALF"]
        15
    """
    names = (
        "BAR_X BAR_HALF BACKWARD_WIDTH BACKWARD_GAIN HEAD_LENGTH HEAD_HALF HEAD_GAIN "
        "FORK_TERMS LINE_LENGTH CAUSE_LENGTH SHAPE_LENGTH LEADING SATURATED CELL_LENGTH SHADES"
    )
    return {name: globals()[name] for name in names.split()}
