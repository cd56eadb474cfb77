"""The ES module and the style sheet that run in a page, each one text joined from ``static/``."""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from typing import Final

from graphviz_grad import text
from graphviz_grad.picture import style
from graphviz_grad.picture.page.optable import op_table

ENTRIES: Final = ("page", "view")
"""Where no kernel is, and where one is: all that is in ``static/`` serves one of them or both."""
FOR_ARRAYS: Final = frozenset({"arrays", "elements", "section", "panel"})
"""What is called only where there are arrays."""
FOR_TANGENTS: Final = frozenset({"tangent"})
"""What is called only where the output is plotted."""
_STATIC: Final = resources.files("graphviz_grad.picture.page") / "static"
_SPACED: Final = re.compile(r" *([{}()\[\],;:=<>?&|*]+) *")
_IMPORT: Final = re.compile(r'^import .* from "\./(\w+)\.js";\n', re.MULTILINE)


@functools.lru_cache(maxsize=64)
def module(*entries: str, ops: frozenset[str] | None = None, without: frozenset[str] = frozenset()) -> str:
    """Join a page's module: what the entries import, each file once and after what it imports itself.

    Two of the files are made here: ``constants``, of `style`, and ``ops``, which is printed from the op
    table. It is sent with every picture, so what only people and type checkers read stays behind: comments,
    indentation and empty lines.

    One text, since a module from a Blob URL has nothing that a relative import could refer to; a string,
    since anywidget leaks widgets whose module is a path.

    Args:
        *entries: Of `ENTRIES`; all of them if omitted.
        ops: Names of the ops that it has to compute; all of them if omitted.
        without: Files that stay behind, since nothing in its picture would call them.

    Example:
        >>> "import " in module(), "export default{render};" in module()
        (False, True)
        >>> "render" in module("page"), "softplus" in module("page", ops=frozenset({"mul"}))
        (False, False)
    """
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in parts or name in without:
            return
        source = _source(name, ops)
        for needed in _IMPORT.findall(source):
            add(needed)
        parts[name] = _strip(_IMPORT.sub("", source))

    for entry in entries or ENTRIES:
        add(entry)
    return "".join(parts.values())


def stylesheet(*names: str) -> str:
    """Join style sheets of the page, without comments.

    Args:
        *names: Of ``static/*.css``.

    Example:
        >>> stylesheet("style").startswith(".gg-explorer {")
        True
    """
    texts = [
        re.sub(r" */\*.*?\*/|^ +", "", _read(f"{name}.css"), flags=re.DOTALL | re.MULTILINE) for name in names
    ]
    return re.sub(r"\n+", "\n", "".join(texts)).strip()


def _source(name: str, ops: frozenset[str] | None) -> str:
    """Return one file of the module, as it is or as it is made."""
    if name == "ops":
        return op_table(ops)
    if name == "constants":
        constants = style.constants() | {
            "SMALLEST_FIXED": text.SMALLEST_FIXED,
            "NUMBER_LENGTH": text.NUMBER_LENGTH,
        }
        return f"const STYLE = {json.dumps(constants)};\n"
    return _read(f"{name}.js")


def _strip(source: str) -> str:
    r"""Take out comments, indentation, empty lines, and spaces around punctuation.

    A line with a quotation mark or a slash keeps its spaces: they may be in a text or in a pattern.

    Example:
        >>> _strip("/** Why. */\n\nconst f = (/** @type {any} */ a) => {\n  return a + ' = '; // why\n};\n")
        "const f=(a)=>{\nreturn a + ' = ';\n};\n"
    """
    lines = re.sub(r"^(?: *(?:/\*\*|\*|//).*|)\n", "", source, flags=re.MULTILINE)
    lines = re.sub(r"^ +|/\*\* @.*?\*/ ?| +// .*$", "", lines, flags=re.MULTILINE)
    return re.sub(r"^[^\"'`/\n]+$", lambda line: _SPACED.sub(r"\1", line[0]), lines, flags=re.MULTILINE)


@functools.cache
def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")
