"""Where the graphs come from: a function that is called again at every move, or tensors that are replayed."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from graphviz_grad.engine.autograd import toposort
from graphviz_grad.engine.grad_mode import enable_grad
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.engine.watch import Watch
from graphviz_grad.graph import trace
from graphviz_grad.live.locals import call_and_look, code_of
from graphviz_grad.live.parameters import Parameters
from graphviz_grad.live.sliders import element_slider, slider, start_at
from graphviz_grad.live.watched import is_watchable, move, read_watch
from graphviz_grad.payload import freeze, is_same
from graphviz_grad.program import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from ipywidgets import FloatSlider

    from graphviz_grad.engine.record import Record
    from graphviz_grad.graph import Graph
    from graphviz_grad.live.watched import Element
    from graphviz_grad.node import Node
    from graphviz_grad.program import Numbers

KEPT = 32  # plans; a function whose wiring never repeats (a literal made from a value) must not pile them up


class Leaf(NamedTuple):
    """What a slider moves.

    Attributes:
        node: The id of a leaf.
        element: Of an array, the place of an element.
    """

    node: str
    element: int | None = None

    @property
    def address(self) -> int | str:
        """What the page calls it: the number of the node, and of an array also the place: ``"3,5"``."""
        number = int(self.node[1:])
        return number if self.element is None else f"{number},{self.element}"

    def label(self, name: str) -> str:
        """What stands beside a slider called ``name``: ``w[0, 1]`` for ``w[0,1]``."""
        return name if self.element is None else name.replace(",", ", ")

    def of(self, payload: Any) -> float:
        """The number itself, of the leaf's value or gradient."""
        return float(payload if self.element is None else payload.flat[self.element])


@dataclass(frozen=True)
class State:
    """One state of a live picture: all numbers of one structure.

    Attributes:
        program: The structure, and how to run it; the same object as long as that stays.
        numbers: Values, gradients, partials and contributions.
        leaves: By slider what it moves; nothing where the output does not depend on it.
    """

    program: Program
    numbers: Numbers
    leaves: Mapping[str, Leaf]

    @cached_property
    def graph(self) -> Graph:
        """The state as a graph; made when somebody asks, since the page needs the numbers alone."""
        return self.program.graph.with_numbers(*self.numbers)


class Source(Protocol):
    """Makes the state of the sliders' values."""

    sliders: dict[str, FloatSlider]
    looks_at_values: bool

    def run(self, values: Mapping[str, float]) -> State:
        """Run both passes at these values."""


class Naming(NamedTuple):
    """What names the nodes, and how many there may be.

    Attributes:
        names: Of the call.
        scopes: Variables of the caller, nearest first.
        max_nodes: Refuse above.
    """

    names: Mapping[str, Tensor] | None
    scopes: tuple[Mapping[str, object], ...]
    max_nodes: int


class _Plan(NamedTuple):
    """How to replay one wiring.

    Attributes:
        program: Replays it.
        leaves: Of every leaf its place among the sorted records, and its node's id.
        moving: By slider what it moves.
        held: What the leaves that no slider moves were when the plan was made, by node id.
    """

    program: Program
    leaves: tuple[tuple[int, str], ...]
    moving: Mapping[str, Leaf]
    held: Mapping[str, Any]


class FunctionSource:
    """A function, called with fresh tensors at every move.

    Its result tells the wiring: which ops on which operands. One that was seen before keeps its picture and
    its names and is only replayed, which also gives the gradients without writing to anybody's tensors. A new
    one (the first, or another branch of a function that looks at a value) is traced, and this once the
    function's own variables are looked at to name the nodes.

    Args:
        function: What is explored.
        abbreviations: By parameter.
        naming: What names the nodes besides.
        watch: Elements of arrays that get a slider.

    Attributes:
        sliders: By parameter.
        looks_at_values: Whether the function has ever asked a tensor for its number: to branch on it, or to
            make another tensor of it; or has been seen to do one thing here and another there. Then no
            program says what it does elsewhere.

    Example:
        >>> naming = Naming(None, (), 1000)
        >>> source = FunctionSource(lambda x: x * x, {"x": 3.0}, naming)
        >>> source.run({"x": 4.0}).graph["x"].grad
        8.0
    """

    def __init__(
        self,
        function: Callable[..., object],
        abbreviations: Mapping[str, object],
        naming: Naming,
        watch: object = None,
    ) -> None:
        self._function = function
        self._code = code_of(function)
        self._parameters = Parameters(function, abbreviations, watch)
        self._naming = naming
        self._plans: dict[Hashable, _Plan] = {}
        self.sliders = self._parameters.sliders
        self.looks_at_values = False

    def run(self, values: Mapping[str, float]) -> State:
        """Call the function, and run what it did once more with gradients."""
        plan = None
        if self._plans:  # the first call is observed at once, so that what it prints is printed once
            output = self._call(self._parameters.fresh(values))
            records = toposort([output.record])
            plan = self._plans.get(wiring(records))
        if plan is None:
            # What has another wiring elsewhere has looked at something, even if no tensor was asked.
            self.looks_at_values |= bool(self._plans)
            records, plan = self._make_plan(values)
        leaves = {node: records[place].value for place, node in plan.leaves}
        # A leaf of the function's own that changes was made from a value out of sight (under no_grad, say).
        self.looks_at_values |= not all(is_same(leaves[node], value) for node, value in plan.held.items())
        self.looks_at_values |= any(
            leaf.of(leaves[leaf.node]) != values[n] for n, leaf in plan.moving.items()
        )
        return State(plan.program, plan.program.run(leaves), plan.moving)

    def _make_plan(self, values: Mapping[str, float]) -> tuple[list[Record], _Plan]:
        """Call once more under observation: a wiring not seen before is rare, and names are worth it."""
        moving = self._parameters.fresh(values)
        output, variables = call_and_look(lambda: self._call(moving), self._code)
        scopes: tuple[Mapping[str, object], ...] = (moving, self._parameters.fixed, variables)
        graph = trace(
            [output],
            names=self._naming.names,
            scopes=(*scopes, *self._naming.scopes),
            max_nodes=self._naming.max_nodes,
        )
        records = toposort([output.record])
        leaves = tuple((place, node.id) for place, node in enumerate(graph.nodes) if node.op is None)
        if len(self._plans) >= KEPT:
            self._plans.clear()
        sliders = {tensor.record.order: name for name, tensor in moving.items()}
        ids: dict[str, str] = {}
        held: dict[str, Any] = {}
        for place, node in leaves:
            name = sliders.get(records[place].order)
            if name is None:
                held[node] = freeze(records[place].value)
            else:
                ids[name] = node
        places = {name: Leaf(node) for name, node in ids.items() if name in self.sliders}
        for element in self._parameters.elements:
            if element.name in ids:
                place = element.place(self._parameters.arrays[element.name].shape)
                places[element.key] = Leaf(ids[element.name], place)
        plan = self._plans[wiring(records)] = _Plan(Program.from_graph(graph), leaves, places, held)
        return records, plan

    def _call(self, moving: Mapping[str, Tensor]) -> Tensor:
        with (
            enable_grad(),
            Watch(moving.values()) as watch,
        ):  # recorded, whatever holds for the slider's thread
            output = self._parameters.call(moving)
        self.looks_at_values |= watch.has_seen
        return scalar(output, f"explore: the function's result {output!r}")


class TensorSource:
    """Tensors that exist, replayed on the branch they took and never written to.

    Args:
        outputs: Scalars.
        abbreviations: By name of a leaf; where there is none, the leaf's value is its own abbreviation.
        naming: What names the nodes.
        watch: Elements of leaves that get a slider.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(3.0, requires_grad=True)
        >>> source = TensorSource([x * x], {}, Naming({"x": x}, (), 1000))
        >>> source.run({"x": 4.0}).graph["x"].grad, x.grad
        (8.0, None)
    """

    def __init__(
        self,
        outputs: Sequence[Tensor],
        abbreviations: Mapping[str, object],
        naming: Naming,
        watch: object = None,
    ) -> None:
        for output in outputs:
            scalar(output, f"explore: {output!r}")
        graph = trace(outputs, names=naming.names, scopes=naming.scopes, max_nodes=naming.max_nodes)
        leaves = {node.name: node for node in graph.nodes if _may_move(node)}
        arrays = {node.name: node for node in graph.nodes if node.is_leaf and is_watchable(node.value)}
        self._arrays: dict[str, Any] = {node.id: node.value for node in arrays.values()}
        elements = read_watch(watch, {name: self._arrays[node.id] for name, node in arrays.items()})
        if not leaves and not elements:
            raise ValueError(
                f"explore: {outputs[0]!r} (must depend on a float leaf that requires grad, "
                "or on an array, elements of which are watched: watch=['w[0, 1]'])"
            )
        for name in abbreviations:
            if name not in leaves:
                raise TypeError(f"explore: {name!r} (must be a leaf that requires grad: {', '.join(leaves)})")
        self._ids = {name: Leaf(leaf.id) for name, leaf in leaves.items()}
        self._program = Program.from_graph(graph)
        self.looks_at_values = False  # what they looked at is past
        self.sliders = {
            name: slider(name, start_at(name, cast("float", leaf.value), abbreviations.get(name)))
            for name, leaf in leaves.items()
        }
        self._elements: dict[str, list[Element]] = {}
        for element, abbreviation in elements.items():
            node = arrays[element.name].id
            array = self._arrays[node]
            self._elements.setdefault(node, []).append(element)
            self._ids[element.key] = Leaf(node, element.place(array.shape))
            self.sliders[element.key] = element_slider(element, array, abbreviation)

    def run(self, values: Mapping[str, float]) -> State:
        """Replay with these values for the leaves."""
        leaves: dict[str, Any] = {
            leaf.node: values[name] for name, leaf in self._ids.items() if leaf.element is None
        }
        for node, elements in self._elements.items():
            leaves[node] = move(self._arrays[node], elements, values)
        return State(self._program, self._program.run(leaves), self._ids)


def wiring(records: Sequence[Record]) -> Hashable:
    """What decides the picture's structure: everything about a graph but its leaves' values.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(3.0, requires_grad=True)
        >>> a, b, c = (toposort([y.record]) for y in (x * 2, (x + 1) * 2, x * 3))
        >>> wiring(a) == wiring(b), wiring(a) == wiring(c), wiring(a) == wiring(a)
        (False, False, True)
    """
    places = {record: place for place, record in enumerate(records)}
    return tuple(
        (
            # Rules with static arguments are made anew at every call.
            (record.op.name, repr(record.op.params)) if record.op and record.op.params else record.op,
            record.requires_grad,
            getattr(record.value, "shape", record.value.__class__) if record.op is None else None,
            record.extra and (record.name, record.stores_grad),
            # A literal is part of the formula; its text keeps 2, 2.0 and True apart, and nan equal to itself.
            tuple([places[p] if p.order >= 0 else repr(p.value) for p in record.parents]),
        )
        for record in records
    )


def scalar(output: object, what: str) -> Tensor:
    """Check that something can be the output of a picture.

    Raises:
        TypeError: If it is no tensor.
        ValueError: If it is no scalar.
    """
    if not isinstance(output, Tensor):
        raise TypeError(f"{what} (must be a Tensor)")
    if output.ndim:
        raise ValueError(f"{what} (must be a scalar, not of shape {tuple(output.shape)})")
    return output


def _may_move(node: Node) -> bool:
    return node.is_leaf and node.requires_grad and isinstance(node.value, float)


def globals_of(function: Callable[..., object]) -> Mapping[str, object]:
    """The globals of the module that a function is from; empty if it is not written in Python."""
    return getattr(inspect.unwrap(function), "__globals__", {})
