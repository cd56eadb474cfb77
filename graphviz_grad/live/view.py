"""The live picture as a widget: what the page is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import anywidget
import traitlets
from ipywidgets import widget_serialization

from graphviz_grad.picture import layout, svg
from graphviz_grad.picture.page.module import module, stylesheet
from graphviz_grad.picture.page.optable import missing_ops
from graphviz_grad.picture.page.structure import describe
from graphviz_grad.picture.page.terms import program_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipywidgets import FloatSlider

    from graphviz_grad.live.source import State

_LOOKS: Final = "Computed in the kernel: the function looks at its values."
_LACKS: Final = "Computed in the kernel: the page has no {}."


class View(anywidget.AnyWidget):
    """A live picture.

    A structure is painted here, once, and sent with its description and, if there is one, a program that says
    it all; of every further state only the numbers are sent, with the sliders' values that they are of. The
    page follows the sliders by itself, and shows these numbers as soon as the sliders stand there.

    Args:
        state: The first.
        sliders: By name.
        is_replayable: Whether the program says what happens at other values.
        tangent: Whether to plot the output against each slider.
        direction: As for `layout`.
        theme: As for `svg.paint`.
        engine: As for `layout`.

    Attributes:
        sliders: What the page listens to.
        svg: The painted structure.
        structure: What the page has to know of it.
        program: Both passes for the page, as `Program.to_json` writes them; or nothing.
        slots: For each slider the address of what it moves (`Leaf.address`); -1 if there is nothing.
        numbers: The state, as `Graph.numbers` packs it.
        at: The values of the sliders to which numbers and message are the answer.
        message: What went wrong, or nothing.
        tangent: Whether the page plots the output against each slider.
        note: Why the page does not compute, or nothing.
        heading: What stands above the picture and sliders of the page's own, where the host shows neither
            ipywidgets' heading nor its sliders; or nothing.
        twin: What tells the figure that stands beside it for where no kernel is; the page hides that.
        nudge: Moves that the page has seen; its being sent is what matters (see ``page/static/view.js``).
    """

    _esm = module("view")
    _css = stylesheet("widget", "style", "controls", "tangent", "panel")
    sliders: traitlets.List[FloatSlider] = traitlets.List().tag(sync=True, **widget_serialization)
    svg = traitlets.Unicode().tag(sync=True)
    structure = traitlets.Dict().tag(sync=True)
    program = traitlets.Unicode().tag(sync=True)
    slots: traitlets.List[int | str] = traitlets.List().tag(sync=True)
    numbers = traitlets.Bytes().tag(sync=True)
    at: traitlets.List[float] = traitlets.List().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    tangent = traitlets.Bool().tag(sync=True)
    heading = traitlets.Unicode().tag(sync=True)
    twin = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    nudge = traitlets.Int().tag(sync=True, echo_update=False)

    def __init__(  # noqa: PLR0913 - what it shows, and how
        self,
        state: State,
        sliders: Mapping[str, FloatSlider],
        *,
        is_replayable: bool,
        tangent: bool,
        direction: str,
        theme: str,
        engine: str,
    ) -> None:
        self._look = {"direction": direction, "theme": theme}
        self._engine = engine
        self._names = tuple(sliders)
        self._key = state.program, is_replayable
        at = [slider.value for slider in sliders.values()]
        paint = self._paint(state, is_replayable=is_replayable)
        super().__init__(
            sliders=[*sliders.values()], **paint, numbers=state.numbers.pack(), at=at, tangent=tangent
        )

    def show(self, state: State, at: Mapping[str, float], *, is_replayable: bool) -> None:
        """Send a state to the page, and its picture if that is another."""
        with self.hold_sync():  # one message: the page never sees the numbers of one picture in another
            if (state.program, is_replayable) != self._key:
                self._key = state.program, is_replayable
                for name, value in self._paint(state, is_replayable=is_replayable).items():
                    setattr(self, name, value)
            self.numbers = state.numbers.pack()
            self.at = [*at.values()]
            self.message = ""

    def refuse(self, message: str, at: Mapping[str, float]) -> None:
        """Say what went wrong at these values of the sliders."""
        with self.hold_sync():
            self.message = message
            self.at = [*at.values()]

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take what a page says, which is nothing but that it has seen a move."""
        super().set_state({name: value for name, value in sync_data.items() if name == "nudge"})

    def _paint(self, state: State, *, is_replayable: bool) -> dict[str, Any]:
        graph = state.graph
        positions = layout.layout(graph, direction=self._look["direction"], engine=self._engine)
        lacking = missing_ops(state.program)
        note = "" if is_replayable else _LOOKS
        if is_replayable and lacking:
            note = _LACKS.format(", ".join(lacking))
        return {
            "svg": svg.paint(graph, positions, **self._look, words=False),
            "structure": describe(graph),
            "program": "" if note else program_text(state.program),
            "slots": [state.leaves[name].address if name in state.leaves else -1 for name in self._names],
            "note": note,
        }
