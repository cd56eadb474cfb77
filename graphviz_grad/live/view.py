"""The live picture as a widget: what the page is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from graphviz_grad.picture import layout, svg
from graphviz_grad.picture.page.module import module, stylesheet
from graphviz_grad.picture.page.structure import describe

if TYPE_CHECKING:
    from graphviz_grad.live.source import State


class View(anywidget.AnyWidget):
    """A live picture.

    A structure is painted here, once, and sent with its description; of every further state only the numbers
    are sent. The page draws the last that has come, once a frame.

    Attributes:
        svg: The painted structure.
        structure: What the page has to know of it.
        numbers: The state, as `Graph.numbers` packs it.
        message: What went wrong, or nothing.
        nudge: Moves that the page has seen; its being sent is what matters (see ``page/static/view.js``).
    """

    _esm = module()
    _css = stylesheet("widget", "style")
    svg = traitlets.Unicode().tag(sync=True)
    structure = traitlets.Dict().tag(sync=True)
    numbers = traitlets.Bytes().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    nudge = traitlets.Int().tag(sync=True, echo_update=False)

    def __init__(self, state: State, *, direction: str, theme: str, engine: str) -> None:
        self._look = {"direction": direction, "theme": theme}
        self._engine = engine
        self._program = state.program
        super().__init__(**self._paint(state), numbers=state.numbers.pack())

    def show(self, state: State) -> None:
        """Send a state to the page, and its picture if that is another."""
        with self.hold_sync():  # one message: the page never sees the numbers of one picture in another
            if state.program is not self._program:
                self._program = state.program
                for name, value in self._paint(state).items():
                    setattr(self, name, value)
            self.numbers = state.numbers.pack()
            self.message = ""

    def _paint(self, state: State) -> dict[str, Any]:
        graph = state.graph
        positions = layout.layout(graph, direction=self._look["direction"], engine=self._engine)
        return {"svg": svg.paint(graph, positions, **self._look), "structure": describe(graph)}
