"""A live page as one HTML text: a file that needs nothing else, or a figure for a saved notebook.

The file lets itself do nothing but run the one script and follow the style sheets that it was written with
(``Content-Security-Policy``, by hash): it asks nobody for anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import TYPE_CHECKING, Final

from graphviz_grad.engine.rules import find_rule
from graphviz_grad.picture import figure
from graphviz_grad.picture.grid import is_array
from graphviz_grad.picture.page.heading import formula_of
from graphviz_grad.picture.page.module import FOR_ARRAYS, FOR_TANGENTS, module, stylesheet
from graphviz_grad.picture.page.optable import used_ops
from graphviz_grad.text import clean

if TYPE_CHECKING:
    from graphviz_grad.picture.page.content import Content

_HEADING: Final = "margin:0 2px 10px;font:700 18px/1.35 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_IDLE: Final = "The sliders of this page need JavaScript; the picture and the table do not."


def write_document(content: Content, svg: str, *, title: str | None, theme: str) -> str:
    """Write a page that is one file.

    Args:
        content: What it holds.
        svg: The picture of its graph.
        title: The heading, with the formula under it; the formula alone if omitted.
        theme: Of the picture.
    """
    formula = formula_of(content.graph)
    heading = formula if title is None else clean(title)
    rules = stylesheet(*_sheets(content), "page")
    sheet = f".gg-page{{--gg-width:{figure.width_of(svg)}px}}\n{rules}"
    script = data = ""
    if content.program is not None:
        script = _script(content)
        data = (
            f'<noscript><p class="gg-remark">{_IDLE}</p></noscript>\n'
            f'<script type="application/json">{content.data}</script>\n'
        )
    directives = {
        "default-src": "'none'",
        "script-src": _hashes([script]) if script else "'none'",
        "style-src": _hashes([sheet, *_STYLE.findall(svg)]),
        "img-src": "data:",  # of the empty icon, without which browsers ask for one
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    policy = "; ".join(f"{name} {source}" for name, source in directives.items())
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        '<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(heading)}</title>",
        f"<style>{sheet}</style>",
        "</head>",
        f'<body class="gg gg-{theme} gg-page">',
        f'<main data-gg-page="{_mark(content)}" data-gg-linked="">',
        f"<h1>{escape(heading)}</h1>",
    ]
    if title is not None:
        lines.append(f'<p class="gg-formula">{escape(formula)}</p>')
    lines += [f'<p class="gg-remark">{escape(note)}</p>' for note in content.notes]
    table = figure.table(content.graph, is_styled=False)
    lines += [
        f'<div class="gg-figure">{svg}</div>',
        f'<details><summary>{figure.SUMMARY}</summary><div class="gg-rows">{table}</div></details>',
        data + "</main>",
    ]
    if script:
        lines.append(f'<script type="module">{script}</script>')
    return "\n".join([*lines, "</body>", "</html>", ""])


def write_figure(content: Content, svg: str, *, title: str | None, theme: str) -> str:
    """Write a figure for a notebook: an image and a table, which where scripts may run become a live picture.

    Args:
        content: What it holds.
        svg: The picture of its graph.
        title: What the picture is called.
        theme: Of the picture.
    """
    still = figure.html(content.graph, svg, title)
    if content.program is None:
        return still
    heading = formula_of(content.graph) if title is None else clean(title)
    notes = "".join(f'<p class="gg-remark">{escape(note)}</p>' for note in content.notes)
    return (
        f'<div class="gg-explorer gg-{theme}" data-gg-page="{_mark(content)}">'
        f'<p style="{_HEADING}">{escape(heading)}</p>{notes}{still}\n'
        f'<script type="application/json">{content.data}</script>'
        f"<style>{stylesheet(*_sheets(content))}</style>"
        f'<script type="module">{_script(content)}</script></div>'
    )


def _script(content: Content) -> str:
    """What runs in the page, with the ops that it needs."""
    assert content.program is not None  # noqa: S101 - what does not move has no script
    without = frozenset() if _knows_arrays(content) else FOR_ARRAYS
    if not content.tangent:
        without |= FOR_TANGENTS
    code = module("page", ops=used_ops(content.program), without=without)
    return f'{code}startAll("{_mark(content)}");\n'


def _sheets(content: Content) -> list[str]:
    """The style sheets of a live picture."""
    return ["style", "controls", *["tangent"] * content.tangent, *["panel"] * _knows_arrays(content)]


def _knows_arrays(content: Content) -> bool:
    """Whether the page has arrays, or ops that are computed as those of arrays are."""
    nodes = content.graph.nodes
    is_structural = any(node.op is not None and find_rule(node.op).op.is_structural for node in nodes)
    return is_structural or any(is_array(node.value) for node in nodes)


def _mark(content: Content) -> str:
    """Name what a page's script is to bring to life, and nothing else.

    A page may hold several, each with a script that has what it needs, some written by another version.
    """
    return (
        "" if content.program is None else hashlib.blake2b(content.data.encode(), digest_size=5).hexdigest()
    )


def _hashes(texts: list[str]) -> str:
    """Return what names these texts in a Content-Security-Policy."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
