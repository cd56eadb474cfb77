"""The style sheet inside every SVG: one set of rules, and the tokens of its theme.

Every colour is written twice, as itself and as a custom property: a program that knows no custom properties
(many that turn SVG into PDF) drops the second and keeps the first.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style

if TYPE_CHECKING:
    from graphviz_grad.picture.style import Palette

RULES: Final = f"""
.gg{{font-family:{style.SANS};font-variant-emoji:text;color-scheme:light dark}}
.gg text{{fill:@ink;white-space:pre}}
.gg-canvas{{fill:@canvas;fill:var(--jp-layout-color0,var(--gg-canvas))}}
.gg-node{{font-size:{style.LABEL_SIZE}px}}
.gg-card{{fill:@card}}
.gg-header{{fill:@header}}
.gg-hair{{fill:none;stroke:@hairline}}
.gg-frame{{fill:none;stroke:@border;stroke-width:{style.BORDER}}}
.gg-frozen .gg-frame{{stroke-dasharray:5 3.5}}
.gg-badge{{fill:@badge}}
.gg .gg-glyph{{fill:@badge-ink;font-weight:700;text-anchor:middle}}
.gg-leaf .gg-badge{{fill:@leaf}}
.gg .gg-leaf .gg-glyph{{fill:@leaf-ink}}
.gg-name{{font-weight:700}}
.gg-run{{unicode-bidi:isolate}}
.gg .gg-tag{{fill:@muted;font-size:{style.TAG_SIZE}px;text-anchor:end}}
.gg-tag,.gg-edge text{{paint-order:stroke;stroke-linejoin:round}}
.gg-tag{{stroke:@header;stroke-width:6}}
.gg .gg-label{{fill:@muted}}
.gg-code,.gg-value,.gg-grad,.gg-fork,.gg-stored,.gg-edge text
{{font-family:{style.MONO};font-variant-numeric:tabular-nums lining-nums}}
.gg .gg-value{{fill:@value;font-size:{style.NUMBER_SIZE}px;text-anchor:end}}
.gg .gg-grad{{fill:@gradient;font-size:{style.NUMBER_SIZE}px;font-weight:600;text-anchor:end}}
.gg .gg-none{{fill:@muted;font-weight:400}}
.gg .gg-fork{{fill:@muted;font-size:{style.SMALL_SIZE}px;text-anchor:end}}
.gg .gg-end{{text-anchor:end}}
.gg .gg-note{{fill:@muted;font-size:{style.SMALL_SIZE}px}}
.gg-bar{{fill:@gradient}}
.gg-tick,.gg-rule{{fill:none;stroke:@border}}
.gg-forward{{fill:none;stroke:@value;stroke-width:{style.FORWARD_WIDTH}}}
.gg-tip{{fill:@value}}
.gg-idle .gg-forward{{stroke:@border}}
.gg-idle .gg-tip{{fill:@border}}
.gg-backward{{fill:none;stroke:@gradient}}
.gg-head{{fill:@gradient}}
.gg-hit{{fill:none;stroke:none;stroke-width:14;pointer-events:stroke}}
.gg-edge text{{stroke:@canvas;stroke:var(--jp-layout-color0,var(--gg-canvas));stroke-width:4}}
.gg-edge text{{text-anchor:middle}}
.gg .gg-contribution{{fill:@gradient;font-size:{style.CONTRIBUTION_SIZE}px;font-weight:600}}
.gg .gg-product{{fill:@muted;font-size:{style.SMALL_SIZE}px}}
[data-state=negative]>.gg-backward{{stroke-dasharray:{style.NEGATIVE_DASH}}}
[data-state=zero]>.gg-backward{{stroke-dasharray:{style.ZERO_DASH}}}
[data-state=nan]>.gg-card{{fill:@warn-back}}
[data-state=nan]>.gg-frame{{stroke:@warn;stroke-width:2}}
[data-state=nan]>.gg-backward{{stroke:@warn}}
[data-state=nan]>.gg-head{{fill:@warn}}
.gg [data-state=nan]>.gg-tag,.gg [data-state=nan]>.gg-contribution{{fill:@warn}}
.gg [data-state=nan]>.gg-value,.gg [data-state=nan]>.gg-grad{{fill:@warn}}
.gg-brief,[data-state=dead]>.gg-full,[data-state=saturated]>.gg-full,[data-state=nan]>.gg-full
{{display:none}}
[data-state=dead]>.gg-brief,[data-state=saturated]>.gg-brief,[data-state=nan]>.gg-brief{{display:inline}}
.gg-many .gg-product,.gg-crowd .gg-edge>text{{display:none}}
.gg .gg-edge:hover text,.gg .gg-near text{{display:inline}}
.gg-node:focus{{outline:none}}
.gg-node:focus-visible .gg-frame{{stroke:@focus;stroke-width:3}}
@media (prefers-reduced-motion:no-preference)
{{.gg-ease .gg-bar,.gg-ease .gg-backward{{transition:x .12s,width .12s,stroke-width .12s}}}}
"""
ARRAY_RULES: Final = f"""
.gg .gg-cells text,.gg .gg-extent,.gg .gg-shape
{{font-family:{style.MONO};font-variant-numeric:tabular-nums lining-nums;text-anchor:end}}
.gg .gg-shape{{fill:@muted;font-size:{style.LABEL_SIZE}px}}
.gg .gg-cells text{{fill:@value;font-size:{style.CELL_SIZE}px}}
.gg .gg-extent{{fill:@value;font-size:{style.SMALL_SIZE}px}}
.gg .gg-pulled text,.gg .gg-pulled.gg-extent{{fill:@gradient;font-weight:600}}
.gg .gg-cells .gg-long{{font-size:{style.LONG_CELL_SIZE}px}}
.gg .gg-cells .gg-bad{{fill:@warn}}
.gg-bracket{{fill:none;stroke:@border}}
.gg-field{{fill:@heat-zero;stroke:@border}}
.gg-map path{{fill:none;stroke-width:1;shape-rendering:crispEdges}}
.gg-low{{stroke:@heat-low}}
.gg-high{{stroke:@heat-high}}
.gg-map .gg-minus{{stroke:@card;stroke-width:.16}}
.gg-map .gg-cross{{stroke:@warn;stroke-width:1.2;vector-effect:non-scaling-stroke;shape-rendering:auto}}
""" + "".join(f".gg-s{k}{{opacity:{opacity}}}" for k, opacity in enumerate(style.SHADES[:-1], 1))
FORCED: Final = {"canvas": "Canvas", "card": "Canvas", "header": "Canvas", "warn-back": "Canvas"} | {
    "badge": "CanvasText",
    "badge-ink": "Canvas",
    "leaf": "Canvas",
    "heat-zero": "Canvas",
    "focus": "Highlight",
}


@functools.cache
def sheet(name: str, *, has_arrays: bool = False) -> str:
    """The style sheet of a theme.

    Args:
        name: A key of `style.THEMES`.
        has_arrays: Whether it is for a picture with arrays in it.

    Example:
        >>> "--gg-ink:#1B2430" in sheet("default")
        True
    """
    theme = style.theme(name)
    light = _tokens(theme.light, has_arrays=has_arrays)
    rules = re.sub(
        r"([a-z-]+):@([a-z-]+)",
        lambda match: f"{match[1]}:{light[f'--gg-{match[2]}']};{match[1]}:var(--gg-{match[2]})",
        RULES + ARRAY_RULES if has_arrays else RULES,
    ).strip()
    own = f".gg-{name}"
    forced = ";".join(f"{token}:{FORCED.get(token[5:], 'CanvasText')}" for token in light)
    # Paper is light: dark is for screens alone, and there JupyterLab's word comes before the system's.
    parts = [f"{own},[data-jp-theme-light=true] {own}{{{_declare(light)}}}", rules]
    if theme.dark is not None:
        dark = _declare(_tokens(theme.dark, has_arrays=has_arrays))
        parts += [
            f"@media screen and (prefers-color-scheme:dark){{{own}{{{dark}}}}}",
            f"@media screen{{[data-jp-theme-light=false] {own}{{{dark}}}}}",
        ]
    else:
        parts.append(f"{own}{{color-scheme:light}}{own} .gg-canvas{{fill:{theme.light.canvas}}}")
    canvas = f"{own} .gg-canvas"
    parts += [
        f"@media print{{{own}.gg{{print-color-adjust:exact}}",
        f"{canvas}{{fill:{theme.light.canvas}}}}}",
        f"@media (forced-colors:active){{{own}.gg{{{forced};forced-color-adjust:none}}",
        f"{canvas}{{fill:Canvas}}{own} .gg-badge{{stroke:CanvasText}}}}",
    ]
    return "\n".join(parts)


def _tokens(palette: Palette, *, has_arrays: bool) -> dict[str, str]:
    """The custom properties of a picture."""
    return palette.tokens() | palette.scale.tokens() if has_arrays else palette.tokens()


def _declare(tokens: dict[str, str]) -> str:
    """Custom properties as declarations."""
    return ";".join(f"{token}:{colour}" for token, colour in tokens.items())
