"""What a live page holds: the graph as it is painted first, the program that moves it, and its sliders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphviz_grad.picture.page.optable import missing_ops
from graphviz_grad.picture.page.range import read_range
from graphviz_grad.picture.page.structure import describe
from graphviz_grad.picture.page.terms import program_text
from graphviz_grad.program import Program
from graphviz_grad.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.graph import Graph
    from graphviz_grad.payload import Payload
    from graphviz_grad.picture.page.range import Range


PLOTTED: Final = 3  # sliders; more plots would push the picture away


class Control(NamedTuple):
    """A slider of the page.

    Attributes:
        node: Id of the leaf that it moves.
        name: What it is called.
        range: Where it may go, in what steps, and where it starts.
        element: Of an array, the place of the element that it moves.
    """

    node: str
    name: str
    range: Range
    element: int | None = None


@dataclass(frozen=True)
class Content:
    """What a page shows.

    Attributes:
        graph: In the state that is painted: that of the page's own first passes, if it has any.
        program: Runs both passes; None if nothing can move.
        controls: The sliders; none if nothing can move.
        notes: What a reader should know, a sentence each.
        tangent: Whether to plot the output against each slider.
    """

    graph: Graph
    program: Program | None
    controls: tuple[Control, ...]
    notes: tuple[str, ...]
    tangent: bool = False

    @cached_property
    def data(self) -> str:
        """What the page's script is given, as JSON that can stand in an HTML ``<script>``."""
        assert self.program is not None  # noqa: S101 - what does not move has no script
        controls = [
            {"node": node, "name": name, "min": low, "max": high, "step": step, "value": value}
            | ({} if element is None else {"element": element})
            for node, name, (low, high, step, value), element in self.controls
        ]
        parts = {"structure": describe(self.graph), "controls": controls, "tangent": self.tangent}
        texts = [f'"{key}":{_to_json(part)}' for key, part in parts.items()]
        return "{" + ",".join([*texts, f'"program":{program_text(self.program)}']) + "}"


def make_content(
    graph: Graph,
    controls: Sequence[Control] | None = None,
    notes: Sequence[str] = (),
    *,
    tangent: bool | None = None,
) -> Content:
    """Decide what the page of a graph holds.

    Args:
        graph: Any graph.
        controls: The sliders; by default one for each number that is a leaf and requires grad.
        notes: What a reader should know.
        tangent: Whether to plot the output against each slider; by default for up to three.

    Example:
        >>> from graphviz_grad import tensor
        >>> from graphviz_grad.graph import trace
        >>> x = tensor(2.0, requires_grad=True)
        >>> content = make_content(trace([x * x], names={"x": x}))
        >>> content.controls
        (Control(node='n0', name='x', range=Range(low=-2.0, high=6.0, step=0.05, value=2.0), element=None),)
        >>> content.graph["x"].grad
        4.0
    """
    controls = find_controls(graph) if controls is None else tuple(controls)
    if not controls:
        return Content(graph, None, (), tuple(notes))
    try:
        program = Program.from_graph(graph)
        state = program.replay(_start(graph, controls))
    except (RuntimeError, ValueError):  # the output is no scalar, or an op is of another table
        return Content(graph, None, (), (*notes, "This picture does not move: its output is not one number."))
    if lacking := missing_ops(program):
        return Content(
            graph, None, (), (*notes, f"It does not move here: {', '.join(lacking)} needs Python.")
        )
    if state.structure != graph.structure:
        notes = *notes, f"Gradients are those of one backward pass from {clean(state.root or '')}."
    is_plotted = len(controls) <= PLOTTED if tangent is None else tangent
    return Content(state, Program.from_graph(state), controls, tuple(notes), is_plotted)


def find_controls(graph: Graph) -> tuple[Control, ...]:
    """Make a slider for each leaf that requires grad and is a number of ordinary size."""
    controls = []
    for node in graph.nodes:
        if node.is_leaf and node.requires_grad and isinstance(node.value, float):
            try:
                found = read_range(node.name, node.value)
            except ValueError:
                continue
            controls.append(Control(node.id, clean(node.name), found))
    return tuple(controls)


def _start(graph: Graph, controls: Sequence[Control]) -> dict[str, Payload]:
    """Where the leaves stand that a page's sliders move, by node id."""
    leaves: dict[str, Any] = {}
    for node, _, span, element in controls:
        if element is None:
            leaves[node] = span.value
        else:
            array = leaves.setdefault(node, np.array(graph.find(node).value))
            array.flat[element] = span.value
    return leaves


def _to_json(part: object) -> str:
    """Return JSON without anything that HTML would see."""
    return json.dumps(part, separators=(",", ":"), allow_nan=False, ensure_ascii=False).replace(
        "<", "\\u003c"
    )
