"""`Diagram`: a drawn graph that shows itself in a notebook and saves itself; and `draw`, which makes one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad import graph as graphs
from graphviz_grad.picture import dot, figure, layout, style, svg, writers
from graphviz_grad.picture.page.content import make_content
from graphviz_grad.picture.page.document import write_document, write_figure

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import graphviz

    from graphviz_grad.engine.tensor import Tensor
    from graphviz_grad.graph import Graph
    from graphviz_grad.picture.page.content import Control
    from graphviz_grad.picture.positions import Positions

DIRECTIONS: Final = ("LR", "TB")


class Diagram:
    """A graph as a picture.

    In a notebook it shows itself: an image, and under it a table of the numbers. Nothing is laid out or
    painted before somebody looks.

    Args:
        graph: What to draw.
        direction: ``"LR"`` (parents at the left) or ``"TB"`` (parents on top).
        theme: A key of `style.THEMES`.
        engine: Who places the cards: ``"bundled"`` or ``"system"`` (``dot`` on PATH).
        title: A line for readers who cannot see the picture, and for the browser's tooltip.
        controls: The sliders of its page; by default one for each number that is a leaf and requires grad.
        notes: What a reader of its page should know, a sentence each.
        tangent: Whether its page plots the output against each slider; by default for up to three.

    Raises:
        ValueError: If an argument is none of its choices.
        TypeError: If the title is not text.

    Example:
        >>> from graphviz_grad.graph import Graph, Node
        >>> x = Node("n0", "x", None, "", "", -2.0, 1.0, 1.0, is_leaf=True, requires_grad=True, parents=())
        >>> diagram = Diagram(Graph((x,), (), ("n0",), "x"))
        >>> diagram
        Diagram of x: 1 node, 0 edges
        node    value  ∂x/∂node   .grad
        x     -2.0000    1.0000  1.0000
        >>> diagram.svg().startswith("<svg")
        True
    """

    def __init__(  # noqa: PLR0913 - what `draw` is given, and what only a page shows
        self,
        graph: Graph,
        *,
        direction: str = "LR",
        theme: str = "default",
        engine: str = "bundled",
        title: str | None = None,
        controls: Sequence[Control] | None = None,
        notes: Sequence[str] = (),
        tangent: bool | None = None,
    ) -> None:
        _check_choice("direction", direction, DIRECTIONS)
        _check_choice("theme", theme, tuple(style.THEMES))
        _check_choice("engine", engine, layout.ENGINES)
        if title is not None and not isinstance(title, str):
            raise TypeError(f"title: {title!r} (must be a str or None)")
        self._graph = graph
        self._direction, self._theme, self._engine, self._title = direction, theme, engine, title
        self._controls, self._notes, self._tangent = controls, notes, tangent

    @property
    def graph(self) -> Graph:
        """The frozen graph, with every value and gradient."""
        return self._graph

    @property
    def engine(self) -> str:
        """Who places the cards."""
        return self._engine

    @cached_property
    def digraph(self) -> graphviz.Digraph:
        """The picture as a ``graphviz.Digraph``, values and gradients in it.

        Yours to change: `source` follows. Where no ``dot`` is on PATH it runs the bundled Graphviz.
        """
        layout.lend_to_graphviz_package()
        return dot.digraph(self._graph, direction=self._direction, theme=self._theme, title=self._title)

    @property
    def source(self) -> str:
        """The DOT text of `digraph`."""
        source: str = self.digraph.source
        return source

    @cached_property
    def positions(self) -> Positions:
        """Where everything goes; the same object for diagrams of the same structure."""
        return layout.layout(self._graph, direction=self._direction, engine=self._engine)

    def svg(self) -> str:
        """Return the picture as SVG text.

        Raises:
            GraphvizError: If the engine is missing or fails.
        """
        return self._svg

    def html(self) -> str:
        """Return a page that is one file, with sliders that move the picture.

        It runs both passes itself, as `explore` does: what it shows is the state of one backward pass from
        the last output. It needs no network, no kernel and no Graphviz, and keeps its state in the URL
        (``#x=-2&z=0.5``).

        Raises:
            GraphvizError: If the engine is missing or fails.

        Example:
            >>> import graphviz_grad as gg
            >>> x = gg.tensor(2.0, requires_grad=True)
            >>> page = gg.draw(x * x).html()
            >>> "default-src 'none'" in page, "http:" in page.replace("http://www.w3.org", "")
            (True, False)
        """
        return self._write(write_document)

    def figure(self) -> str:
        """Return what a saved notebook keeps: an image and a table, live where scripts may run.

        Raises:
            GraphvizError: If the engine is missing or fails.
        """
        return self._write(write_figure)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file, whole or not at all.

        Args:
            path: Where. The suffix chooses the format: ``.html`` (live, see `html`), ``.svg``, ``.dot``,
                ``.json`` (the numbers), ``.png``, or ``.pdf`` (needs a system Graphviz).

        Raises:
            ValueError: If the suffix is none of these.
            FileNotFoundError: If the directory does not exist.
            GraphvizError: If Graphviz is needed and is missing or fails.
        """
        writers.write(self, path)

    def __repr__(self) -> str:
        return figure.listing(self._graph)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: HTML that survives an untrusted one, and text."""
        del include, exclude  # IPython sorts that out itself
        html = figure.html(self._graph, self._paint(words=False), self._title)
        return {"text/html": html, "text/plain": repr(self)}

    def _write(self, write: Callable[..., str]) -> str:
        """Write a live page, with the picture of its own first passes: not always this one."""
        content = make_content(self._graph, self._controls, self._notes, tangent=self._tangent)
        moving = Diagram(
            content.graph,
            direction=self._direction,
            theme=self._theme,
            engine=self._engine,
            title=self._title,
        )
        # Where a script runs it writes the words, and in an image nobody reads them.
        words = content.program is None and write is write_document
        return write(content, moving._paint(words=words), title=self._title, theme=self._theme)

    @cached_property
    def _svg(self) -> str:
        return self._paint(words=True)

    def _paint(self, *, words: bool) -> str:
        look: dict[str, Any] = {"theme": self._theme, "title": self._title, "direction": self._direction}
        return svg.paint(self._graph, self.positions, **look, words=words)


def draw(  # noqa: PLR0913  (the public contract)
    *outputs: Tensor,
    names: Mapping[str, Tensor] | None = None,
    direction: str = "LR",
    theme: str = "default",
    engine: str = "bundled",
    title: str | None = None,
    max_nodes: int = 1000,
) -> Diagram:
    """Draw the graph that computed the outputs, with every value and every gradient so far.

    Nodes are called as the variables of the caller are.

    Args:
        *outputs: One or more tensors.
        names: Tensors by the name that the picture should use.
        direction: ``"LR"`` (parents at the left) or ``"TB"`` (parents on top).
        theme: ``"default"``, ``"cs231n"`` (values green, gradients red) or ``"print"`` (black and white).
        engine: Who places the cards: ``"bundled"``, or ``"system"`` for the ``dot`` on PATH.
        title: A line for readers who cannot see the picture, and for the browser's tooltip.
        max_nodes: Refuse to draw more.

    Raises:
        TypeError: If an output is not a tensor, or another argument of the wrong type.
        ValueError: If there are no outputs, more than ``max_nodes`` nodes, or an argument is none of its
            choices.

    Example:
        >>> import graphviz_grad as gg
        >>> x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
        >>> y = x * z
        >>> y.backward()
        >>> gg.draw(y)
        Diagram of y: 3 nodes, 2 edges
        node        value  ∂y/∂node   .grad
        x          2.0000    3.0000  3.0000
        z          3.0000    2.0000  2.0000
        y = x · z  6.0000    1.0000    None
    """
    first: object = outputs[0] if outputs else None
    if isinstance(first, (list, tuple)):
        raise TypeError(f"outputs: {first!r} (must be tensors, one by one: draw(a, b))")
    if names is not None and not isinstance(names, Mapping):
        raise TypeError(f"names: {names!r} (must be a dict of tensors by name, or None)")
    for name in names or ():
        if not isinstance(name, str) or not name:
            raise TypeError(f"names: {name!r} (must be a str of one or more characters)")
    if not isinstance(max_nodes, int) or isinstance(max_nodes, bool) or max_nodes < 1:
        raise ValueError(f"max_nodes: {max_nodes!r} (must be an int of 1 or more)")
    frame = sys._getframe(1)  # noqa: SLF001  (the documented way to the caller's variables)
    scopes = frame.f_locals, frame.f_globals
    graph = graphs.trace(outputs, names=names, scopes=scopes, max_nodes=max_nodes)
    return Diagram(graph, direction=direction, theme=theme, engine=engine, title=title)


def _check_choice(what: str, value: object, choices: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{what}: {value!r} (must be {' or '.join(map(repr, choices))})")
