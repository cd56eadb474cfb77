"""Colours that can be read, and shapes that mean what they say."""

from __future__ import annotations

import math
import re

import numpy as np
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


# --- the diverging scale of large arrays


def mix(front, back, share):
    """A colour painted with this opacity over another."""
    channels = [
        round(share * int(front[at : at + 2], 16) + (1 - share) * int(back[at : at + 2], 16))
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{channel:02X}" for channel in channels)


BLINDNESS = {  # Machado, Oliveira and Fernandes 2009, severity 1, of linear RGB
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(colour, blindness):
    """CIE L*a*b* of a colour as somebody sees it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    seen = np.clip(np.array(BLINDNESS[blindness]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = (np.array(to_xyz) @ seen) / [0.9505, 1.0, 1.089]
    x, y, z = (np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_the_ends_of_the_scale_stand_out(palette):
    for end in (palette.scale.low, palette.scale.high):
        assert contrast(end, palette.card) >= GRAPHICS
        assert contrast(end, palette.scale.zero) >= GRAPHICS
        shades = [contrast(mix(end, palette.scale.zero, share), palette.scale.zero) for share in style.SHADES]
        assert shades == sorted(shades)
        assert shades[0] >= 1.2  # the smallest number is not 0, and can be told from it
    assert contrast(palette.warn, palette.scale.zero) >= GRAPHICS


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("name", [name for name in PALETTES if "print" not in name])
def test_signs_stay_apart_for_colour_blind_readers(name, blindness):
    scale = PALETTES[name].scale
    assert np.linalg.norm(lab(scale.low, blindness) - lab(scale.high, blindness)) >= 35


def test_print_is_black_and_white():
    palette = style.THEMES["print"].light
    for colour in (palette.tokens() | palette.scale.tokens()).values():
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


def test_only_pictures_with_arrays_bear_their_style():
    assert "heat" not in sheet("default")
    assert "heat" in sheet("default", has_arrays=True)


@pytest.mark.parametrize("has_arrays", [False, True])
@pytest.mark.parametrize("name", style.THEMES)
def test_the_style_sheet(name, has_arrays):
    text = sheet(name, has_arrays=has_arrays)
    assert text.count("{") == text.count("}")
    assert "@" not in re.sub(r"@media", "", text)  # every colour was filled in; nothing is imported
    assert not re.search(r"url\(|expression|javascript|</", text)
    used, declared = set(re.findall(r"var\((--gg-[a-z-]+)", text)), set(re.findall(r"(--gg-[a-z-]+):", text))
    assert used <= declared
    for rule in ("@media print", "@media (forced-colors:active)", "prefers-reduced-motion:no-preference"):
        assert rule in text
    dark = style.theme(name).dark
    assert ("@media screen and (prefers-color-scheme:dark)" in text) == (dark is not None)
    assert ("[data-jp-theme-light=false]" in text) == (dark is not None)


@pytest.mark.parametrize("name", style.THEMES)
def test_every_colour_has_a_plain_twin(name):
    """What does not know custom properties drops the second declaration and keeps the first."""
    text = sheet(name, has_arrays=True)
    light = style.theme(name).light
    for match in re.finditer(r"([a-z-]+):var\(--gg-([a-z-]+)\)", text):
        plain = (light.tokens() | light.scale.tokens())[f"--gg-{match[2]}"]
        assert f"{match[1]}:{plain};{match[0]}" in text


def test_constants_are_those_of_this_module():
    for name, value in style.constants().items():
        assert getattr(style, name) == value


def test_zero_is_the_canvas_where_colours_are_forced():
    forced = sheet("default", has_arrays=True).partition("@media (forced-colors:active)")[2]
    assert "--gg-heat-zero:Canvas;" in forced
    assert "--gg-heat-low:CanvasText;" in forced
