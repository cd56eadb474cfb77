"""`explore`: sliders over a live picture of a function, or of tensors that exist."""

from __future__ import annotations

import hashlib
import math
import sys
from html import escape
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from IPython.display import display
from ipywidgets import HTML, Box, VBox

from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.live.parameters import merge
from graphviz_grad.live.report import one_line
from graphviz_grad.live.sliders import as_control, is_ours
from graphviz_grad.live.source import FunctionSource, Naming, TensorSource, globals_of
from graphviz_grad.live.view import View
from graphviz_grad.naming import Holder, variables
from graphviz_grad.picture.diagram import Diagram
from graphviz_grad.picture.page.content import PLOTTED
from graphviz_grad.picture.page.heading import formula_of
from graphviz_grad.text import clean

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from ipywidgets import FloatSlider

    from graphviz_grad.graph import Graph
    from graphviz_grad.live.source import Source

_BRANCH: Final = (
    "The function looks at its values, to branch on them for instance; this page follows the branch that was "
    "taken when it was written."
)


class Explorer:
    """Sliders over a live picture; every move runs both passes again.

    Shows itself in a notebook. All that it says is of the sliders' present values, also right after a slider
    was set by code; while the explored function raises, it is of the last values that worked.

    Attributes:
        sliders: `ipywidgets.FloatSlider` by the name of the parameter, leaf or element (``"w[0,1]"``).
        widget: The box of heading, sliders and picture, for use among other ipywidgets.

    Example:
        >>> import graphviz_grad as gg
        >>> e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0, 0.05, -0.25))
        >>> round(e.values["y"], 4), round(e.grads["x"], 4)
        (2.3775, 0.9412)
        >>> e.sliders["x"].value = 0.0
        >>> e.values["y"]
        0.5
        >>> e.close()
    """

    def __init__(  # noqa: PLR0913 - the same keywords as explore
        self,
        source: Source,
        *,
        direction: str = "LR",
        theme: str = "default",
        engine: str = "bundled",
        title: str | None = None,
        tangent: bool | None = None,
    ) -> None:
        if tangent is not None and not isinstance(tangent, bool):
            raise TypeError(f"tangent: {tangent!r} (must be True, False or None)")
        self._source = source
        self._look: dict[str, Any] = {"direction": direction, "theme": theme, "engine": engine}
        self._title = title
        # A move may be reported in another thread than the one that runs the cells (ipykernel 7 does so).
        self._lock = RLock()
        self._is_running = False
        self.sliders: dict[str, FloatSlider] = dict(source.sliders)
        self._inputs = self._read_sliders()
        self._state = source.run(self._inputs)
        Diagram(self._state.graph, title=title, **self._look)  # refuses what is none of the choices
        self._view = View(
            self._state,
            self.sliders,
            is_replayable=not source.looks_at_values,
            tangent=len(self.sliders) <= PLOTTED if tangent is None else tangent,
            **self._look,
        )
        self._heading = HTML(self._heading_html()).add_class("gg-heading")
        sliders = Box(list(self.sliders.values())).add_class("gg-sliders")
        self.widget = VBox([self._heading, sliders, self._view]).add_class("gg-explorer")
        self.widget.add_class(f"gg-{theme}")
        for slider in self.sliders.values():
            slider.observe(self._follow, "value")

    @property
    def graph(self) -> Graph:
        """The graph in its present state; frozen, so it stays as it is when the sliders move on."""
        with self._lock:
            self._refresh()
            return self._state.graph

    @property
    def values(self) -> dict[str, float | np.ndarray]:
        """The value of every node by name, Python floats for scalars; and of every watched element."""
        with self._lock:
            graph, leaves = self.graph, self._state.leaves
        values = {node.name: _plain(node.value) for node in graph.nodes}
        return values | {
            name: leaf.of(graph.find(leaf.node).value)
            for name, leaf in leaves.items()
            if leaf.element is not None
        }

    @property
    def grads(self) -> dict[str, float | np.ndarray | None]:
        """The gradient of the output with respect to every node by name, and to every watched element.

        None where none flows.
        """
        with self._lock:
            graph, leaves = self.graph, self._state.leaves
        grads = {node.name: None if node.grad is None else _plain(node.grad) for node in graph.nodes}
        for name, leaf in leaves.items():
            if leaf.element is not None:
                grad = graph.find(leaf.node).grad
                grads[name] = None if grad is None else leaf.of(grad)
        return grads

    def svg(self) -> str:
        """Return the present picture as SVG text."""
        return self._diagram().svg()

    def html(self) -> str:
        """Return a page that is one file, with sliders that move the picture; see `Diagram.html`."""
        return self._diagram().html()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the present picture to a file; the suffix chooses the format, as for `Diagram.save`.

        A page (``.html``) has these sliders and runs both passes itself. Of a function that looks at its
        values it follows the branch that is taken now, and says so.

        Raises:
            ValueError: If the suffix is not known.
        """
        self._diagram().save(path)

    def close(self) -> None:
        """Take the widgets off every page, and let the kernel forget them; sliders of your own stay."""
        ours = [*self.widget.children, self.widget]
        for slider in self.sliders.values():
            slider.unobserve(self._follow, "value")
            if is_ours(slider):
                ours.append(slider)
        for widget in ours:
            for part in (
                getattr(widget, "style", None),
                widget.layout,
                widget,
            ):  # each is a widget, kept until closed
                if part is not None:
                    part.close()

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}={slider.value:.6g}" for name, slider in self.sliders.items())
        graph = self.graph
        outputs = ", ".join(f"{graph[output].name}={graph[output].value:.6g}" for output in graph.outputs)
        return f"Explorer({inputs}: {outputs})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """The live widget; and the present state as a figure and as text, for where no kernel is."""
        del include, exclude  # IPython sorts that out itself
        figure = {"text/html": self._diagram().figure(), "text/plain": repr(self)}
        return {**self.widget._repr_mimebundle_(), **figure}

    def _ipython_display_(self) -> None:
        """Show a figure and the live widget, which hides the figure for as long as it is there.

        Two outputs, since JupyterLab looks at nothing else in one that holds a widget: in a notebook that is
        opened again without its kernel, that one says "model not found", and the figure stands above it.
        """
        figure = self._diagram().figure()
        if not self._view.twin:  # the same in every run, so that a lesson is stored as the same bytes
            self._view.twin = f"twin-{hashlib.blake2b(figure.encode(), digest_size=6).hexdigest()}"
        figure = f'<div class="gg-{self._view.twin}">{figure}</div>'
        display({"text/html": figure, "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]
        # An empty text is what nbconvert shows of the widget, whose page would ask the network for a viewer.
        live = {**self.widget._repr_mimebundle_(), "text/html": "", "text/plain": ""}
        display(live, raw=True)  # type: ignore[no-untyped-call]

    def _display_(self) -> View:
        """What marimo shows, which has no ipywidgets: the picture alone, with sliders of its own."""
        self._view.heading = self._heading_text()
        return self._view

    def _diagram(self) -> Diagram:
        with self._lock:
            self._refresh()
            graph, looks = self._state.graph, self._source.looks_at_values
            controls = [
                as_control(leaf.label(name), self.sliders[name], graph.find(leaf.node), leaf.element)
                for name, leaf in self._state.leaves.items()
            ]
            return Diagram(
                graph,
                title=self._title,
                controls=controls,
                notes=[_BRANCH] if looks else [],
                tangent=self._view.tangent and not looks,
                **self._look,
            )

    def _heading_text(self) -> str:
        return formula_of(self._state.graph) if self._title is None else clean(self._title)

    def _heading_html(self) -> str:
        return f'<div role="heading" aria-level="3">{escape(self._heading_text())}</div>'

    def _read_sliders(self) -> dict[str, float]:
        return {name: slider.value for name, slider in self.sliders.items()}

    def _follow(self, change: Mapping[str, Any]) -> None:
        """A slider has moved."""
        if not math.isfinite(change["new"]):
            change["owner"].value = change["old"]
            name = next(name for name, slider in self.sliders.items() if slider is change["owner"])
            raise ValueError(f"{name}: {change['new']!r} (must be finite)")
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        """Bring graph and picture to the sliders' present values; the lock is held."""
        inputs = self._read_sliders()
        if inputs == self._inputs or self._is_running or not all(map(math.isfinite, inputs.values())):
            return
        self._is_running = True  # the explored function may read this Explorer: it sees the state before
        try:
            state = self._source.run(inputs)
        except Exception as error:  # noqa: BLE001 - the user's function may raise anything; the widget lives on
            self._view.refuse(one_line(error), inputs)
        else:
            is_other = state.program is not self._state.program
            self._state = state
            self._view.show(state, inputs, is_replayable=not self._source.looks_at_values)
            if is_other:
                self._heading.value = self._heading_html()
                if self._view.heading:
                    self._view.heading = self._heading_text()
        finally:
            self._is_running = False
        self._inputs = inputs


def explore(  # noqa: PLR0913 - the same keywords as draw
    first: Callable[..., object] | Tensor,
    /,
    *rest: Tensor | Mapping[str, object],
    names: Mapping[str, Tensor] | None = None,
    direction: str = "LR",
    theme: str = "default",
    engine: str = "bundled",
    title: str | None = None,
    tangent: bool | None = None,
    watch: Sequence[str] | Mapping[str, object] | None = None,
    max_nodes: int = 1000,
    **abbreviations: object,
) -> Explorer:
    """Put sliders over a live picture of a function, or of tensors that exist.

    A function is called again at every move, with fresh tensors. Tensors that exist are replayed: each leaf
    that requires grad gets a slider, and nothing is written to them.

    Args:
        first: A function of torch-like code that returns a scalar tensor, or a scalar tensor.
        *rest: Abbreviations by name, for parameters that bear the name of a keyword; or more tensors.
        names: Tensors by the name that the picture should use.
        direction: ``"LR"`` (parents at the left) or ``"TB"`` (parents on top).
        theme: ``"default"``, ``"cs231n"`` or ``"print"``.
        engine: ``"bundled"`` or ``"system"`` Graphviz.
        title: The heading; the formula if omitted.
        tangent: Whether to plot the output against each slider, with the tangent whose slope is the gradient;
            if omitted, for up to three sliders. A function that looks at its values has no such plots.
        watch: Elements of arrays that get a slider each, such as ``["w[0, 1]", "b[0]"]``, or a dict of ranges
            by element; the rest of the array is held fixed.
        max_nodes: Refuse to draw more.
        **abbreviations: For each parameter a number ``v`` (range ``(-|v|, 3|v|)``), ``(min, max)``,
            ``(min, max, step)``, ``(min, max, step, value)``, or a FloatSlider; a tensor or an array is held
            fixed. Defaults of the signature count too.

    Raises:
        TypeError: If a parameter is unknown or has nothing, or something is of the wrong type.
        ValueError: If a range is empty or not finite, the result no scalar, or the graph too large.

    Example:
        >>> import graphviz_grad as gg
        >>> e = gg.explore(lambda x, z: x * z, x=2.0, z=(-3, 3, 0.5, -1.5))
        >>> e
        Explorer(x=2, z=-1.5: y=-3)
        >>> e.grads
        {'x': -1.5, 'z': 2.0, 'y': 1.0}
        >>> e.close()
    """
    if not isinstance(max_nodes, int) or isinstance(max_nodes, bool) or max_nodes < 1:
        raise ValueError(f"max_nodes: {max_nodes!r} (must be an int of 1 or more)")
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller's variables
    # Kept for traces to come, so only tensors and networks: what else the caller holds is not kept alive.
    mine = [frame.f_locals]
    scopes = ({**dict(variables(mine, Tensor)), **dict(variables(mine, Holder))}, frame.f_globals)
    look: dict[str, Any] = {"direction": direction, "theme": theme, "engine": engine, "title": title}
    look["tangent"] = tangent
    if isinstance(first, Tensor):
        outputs = [first, *(_check_tensor(output) for output in rest)]
        return Explorer(TensorSource(outputs, abbreviations, Naming(names, scopes, max_nodes), watch), **look)
    if not callable(first):
        raise TypeError(f"explore: {first!r} (must be a function or a Tensor)")
    naming = Naming(names, (*scopes, globals_of(first)), max_nodes)
    return Explorer(FunctionSource(first, merge(rest, abbreviations), naming, watch), **look)


def _check_tensor(output: object) -> Tensor:
    if not isinstance(output, Tensor):
        raise TypeError(f"explore: {output!r} (must be a Tensor, as the first argument is)")
    return output


def _plain(payload: Any) -> Any:
    """A Python float for a scalar; an array as it is."""
    return payload if hasattr(payload, "shape") else float(payload)
