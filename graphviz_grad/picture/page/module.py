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

MODULES: Final = (
    *("number", "card", "picture", "keyboard", "pace", "ops", "program", "arrays", "replay"),
    *("controls", "fragment", "table", "page"),  # where no kernel is
    *("inputs", "silence", "tangent", "sliders", "view"),
)
_STATIC: Final = resources.files("graphviz_grad.picture.page") / "static"


@functools.cache
def module() -> str:
    """Join the page's module: constants from `style`, then ``static/*.js``, without imports and comments.

    ``ops`` is no file: it is printed from the op table.

    One text, since a module from a Blob URL has nothing that a relative import could refer to; a string,
    since anywidget leaks widgets whose module is a path.

    Example:
        >>> "import " in module(), "export default { render };" in module()
        (False, True)
    """
    constants = style.constants() | {
        "SMALLEST_FIXED": text.SMALLEST_FIXED,
        "NUMBER_LENGTH": text.NUMBER_LENGTH,
    }
    parts = [f"const STYLE = {json.dumps(constants)};\n"]
    for name in MODULES:
        source = op_table() if name == "ops" else _read(f"{name}.js")
        parts.append(re.sub(r"^(?: *(?:/\*\*|\*|//).*|import .*|)\n", "", source, flags=re.MULTILINE))
    # It is sent with every picture; what only people and type checkers read stays here.
    return re.sub(r"^ +|/\*\* @.*?\*/ ?", "", "".join(parts), flags=re.MULTILINE)


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


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")
