"""`graphviz.Digraph` that keeps Graphviz's remarks about fonts out of a notebook."""

from __future__ import annotations

import graphviz


class QuietDigraph(graphviz.Digraph):  # type: ignore[misc]  # graphviz ships no types
    """A ``Digraph`` that shows itself without stderr.

    The bundled Graphviz remarks that it has to guess widths of some fonts; nothing here depends on them.
    `pipe` and `render` called by hand stay as they are.
    """

    def _repr_image_svg_xml(self) -> str:
        text: str = self.pipe(format="svg", encoding="utf-8", quiet=True)
        return text
