"""Files a diagram can be saved as: one entry in a table per suffix.

A writer turns a diagram into bytes and never opens a file; `write` puts them in place, all or nothing.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import layout

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from graphviz_grad.picture.diagram import Diagram

POINTS_PER_INCH: Final = 72
PNG_DPI: Final = 192
"""Pixels per inch, if `PNG_SIDE` lets it: twice a screen's, for projectors and paper."""
PNG_SIDE: Final = 16_000
"""Pixels of the longer side: few programs open more, and Graphviz would take minutes and gigabytes."""


def _svg(diagram: Diagram) -> bytes:
    return diagram.svg().encode()


def _html(diagram: Diagram) -> bytes:
    return diagram.html().encode()


def _dot(diagram: Diagram) -> bytes:
    return diagram.source.encode()


def _json(diagram: Diagram) -> bytes:
    # A lone surrogate in a name is no character: JSON writes it as the escape that it is.
    return diagram.graph.to_json().encode(errors="backslashreplace")


def _png(diagram: Diagram) -> bytes:
    side = max(diagram.positions.width, diagram.positions.height)
    dpi = min(PNG_DPI, max(1, int(PNG_SIDE / side * POINTS_PER_INCH)))
    return layout.render(diagram.source, "png", engine=diagram.engine, dpi=dpi)


def _pdf(diagram: Diagram) -> bytes:
    try:
        layout.binary("system")
    except layout.GraphvizError as error:
        raise layout.GraphvizError(
            "suffix: '.pdf' (must be .svg or .png here, or have `dot` on PATH, since the bundled Graphviz "
            "writes no PDF: https://graphviz.org/download/)"
        ) from error
    return layout.render(diagram.source, "pdf", engine="system")


WRITERS: Final[dict[str, Callable[[Diagram], bytes]]] = {
    ".svg": _svg,
    ".html": _html,
    ".dot": _dot,
    ".json": _json,
    ".png": _png,
    ".pdf": _pdf,
}


def write(diagram: Diagram, path: str | os.PathLike[str]) -> None:
    """Write a diagram to a file in the format that the suffix names.

    The file appears whole or not at all: the bytes go to a neighbour first, which then takes its place.

    Args:
        diagram: What to write.
        path: Where; ``~`` is the home directory.

    Raises:
        TypeError: If the path is not a path.
        ValueError: If no writer has this suffix.
        FileNotFoundError: If the directory does not exist.
        IsADirectoryError: If the path is a directory.
    """
    try:
        target = Path(path).expanduser()
    except TypeError:
        raise TypeError(f"path: {path!r} (must be a str or a path)") from None
    except RuntimeError:  # ~nobody/y.svg
        raise FileNotFoundError(f"path: {str(path)!r} (must be in a home directory that exists)") from None
    writer = WRITERS.get(target.suffix.lower())
    if writer is None:
        raise ValueError(f"path: {str(path)!r} (must end in one of {', '.join(WRITERS)})")
    if target.is_dir():
        raise IsADirectoryError(f"path: {str(path)!r} (must be a file, but is a directory)")
    target = target.resolve()  # a link stays a link, and what it points to is replaced
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"path: {str(path)!r} (must be in a directory that exists: {str(target.parent)!r} does not)"
        )
    content = writer(diagram)
    neighbour = target.with_name(f".gg-{secrets.token_hex(8)}.tmp")
    try:
        with neighbour.open("xb") as file:  # not tempfile: its files can be read by nobody else
            file.write(content)
        neighbour.replace(target)
    finally:
        neighbour.unlink(missing_ok=True)
