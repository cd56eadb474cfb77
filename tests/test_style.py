"""Colours that can be read, and shapes that mean what they say."""

from __future__ import annotations

import math
import re

import pytest

from graphviz_grad.picture import style
from graphviz_grad.picture.css import sheet

TEXT, GRAPHICS = 4.5, 3.0  # WCAG 2.2

PALETTES = {
    f"{name} {light}": palette
    for name, theme in style.THEMES.items()
    for light, palette in (("light", theme.light), ("dark", theme.dark))
    if palette is not None
}
PAIRS = [
    ("ink", "card", TEXT),
    ("ink", "header", TEXT),
    ("muted", "card", TEXT),
    ("muted", "header", TEXT),
    ("muted", "canvas", TEXT),
    ("value", "card", TEXT),
    ("value", "canvas", GRAPHICS),
    ("gradient", "card", TEXT),
    ("gradient", "canvas", TEXT),
    ("warn", "card", TEXT),
    ("warn", "header", TEXT),
    ("warn", "warn_back", TEXT),
    ("warn", "canvas", TEXT),
    ("muted", "warn_back", TEXT),
    ("badge_ink", "badge", TEXT),
    ("leaf_ink", "leaf", TEXT),
    ("border", "card", GRAPHICS),
    ("border", "canvas", GRAPHICS),
    ("focus", "canvas", GRAPHICS),
    ("focus", "card", GRAPHICS),
    ("gradient", "warn_back", GRAPHICS),
]


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)  # WebAIM's well-known pair


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_contrast(palette, front, back, least):
    assert contrast(getattr(palette, front), getattr(palette, back)) >= least


@pytest.mark.parametrize(
    ("front", "back", "ratio"),
    [
        ("ink", "card", 15.65),
        ("ink", "header", 14.44),
        ("muted", "card", 6.19),
        ("muted", "header", 5.71),
        ("value", "card", 6.67),
        ("gradient", "card", 5.50),
        ("warn", "card", 7.76),
        ("warn", "warn_back", 6.81),
        ("border", "card", 3.47),
        ("leaf_ink", "leaf", 12.83),
    ],
)
def test_the_ratios_that_the_light_palette_was_chosen_for(front, back, ratio):
    palette = style.THEMES["default"].light
    assert contrast(getattr(palette, front), getattr(palette, back)) == pytest.approx(ratio, abs=0.01)


def test_print_is_black_and_white():
    for colour in style.THEMES["print"].light.tokens().values():
        assert len({colour[at : at + 2] for at in (1, 3, 5)}) == 1  # no hue


def test_an_unknown_theme_names_the_choices():
    with pytest.raises(ValueError, match=r"theme: 'neon' \(must be 'default' or 'cs231n' or 'print'\)"):
        style.theme("neon")


@pytest.mark.parametrize("gradient", [-3.0, -0.2, 0.1, 2.0])
def test_the_bar_grows_from_its_tick(gradient):
    x, width = style.bar(gradient)
    assert width == pytest.approx(15 * math.tanh(abs(gradient)), abs=0.005)
    assert (x if gradient > 0 else x + width) == style.BAR_X


@pytest.mark.parametrize("nothing", [None, math.nan, 0.0, -0.0])
def test_no_bar_for_nothing(nothing):
    assert style.bar(nothing) == (style.BAR_X, 0)


@pytest.mark.parametrize("contribution", [0.0, 0.5, -0.5, 1e300, -math.inf])
def test_the_lane_width(contribution):
    assert style.lane_width(contribution) == pytest.approx(
        1.4 + 3.2 * math.tanh(abs(contribution)), abs=0.005
    )


@pytest.mark.parametrize("contribution", [None, math.nan])
def test_the_thinnest_lane_for_no_number(contribution):
    assert style.lane_width(contribution) == style.BACKWARD_WIDTH


def test_a_head_is_always_wider_than_its_lane():
    for width in (1.4, 2.5, 4.6):
        assert style.HEAD_HALF * style.head_scale(width) > width / 2 + 2


@pytest.mark.parametrize("name", style.THEMES)
def test_the_style_sheet(name):
    text = sheet(name)
    assert text.count("{") == text.count("}")
    assert "@" not in re.sub(r"@media", "", text)  # every colour was filled in; nothing is imported
    assert not re.search(r"url\(|expression|javascript|</", text)
    used, declared = set(re.findall(r"var\((--gg-[a-z-]+)", text)), set(re.findall(r"(--gg-[a-z-]+):", text))
    assert used <= declared
    for rule in ("@media print", "@media (forced-colors:active)", "prefers-reduced-motion:no-preference"):
        assert rule in text
    dark = style.theme(name).dark
    assert ("@media (prefers-color-scheme:dark)" in text) == (dark is not None)
    assert ("[data-jp-theme-light=false]" in text) == (dark is not None)


@pytest.mark.parametrize("name", style.THEMES)
def test_every_colour_has_a_plain_twin(name):
    """What does not know custom properties drops the second declaration and keeps the first."""
    for match in re.finditer(r"([a-z-]+):var\(--gg-([a-z-]+)\)", sheet(name)):
        plain = style.theme(name).light.tokens()[f"--gg-{match[2]}"]
        assert f"{match[1]}:{plain};{match[0]}" in sheet(name)


def test_constants_are_those_of_this_module():
    for name, value in style.constants().items():
        assert getattr(style, name) == value
