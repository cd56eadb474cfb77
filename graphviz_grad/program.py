"""A graph as a small program: ops on numbered slots, so that both passes run again without any tensor.

Slot ``i`` holds node ``n<i>``; behind the nodes come the Python numbers that stand in formulas. The steps are
made from the `Graph` alone and say everything in names and numbers; functions are looked up in the op table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphviz_grad.engine.rules import RULES
from graphviz_grad.payload import Number, Payload, pack
from graphviz_grad.snapshot import Graph
from graphviz_grad.tape import Step, Tape, look_up, run_backward, run_forward

if TYPE_CHECKING:
    from collections.abc import Mapping


class Numbers(NamedTuple):
    """Everything in a state of a graph that is a number, in the order of its nodes and edges."""

    values: list[Payload]
    grads: list[Payload | None]
    partials: list[Payload | None]
    contributions: list[Payload | None]

    def pack(self) -> bytes:
        """Return what `Graph.numbers` of that state returns, without making the graph."""
        flat: list[Payload | None] = []
        for pairs in (
            zip(self.values, self.grads, strict=True),
            zip(self.partials, self.contributions, strict=True),
        ):
            flat += [number for pair in pairs for number in pair]
        return pack(flat)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A tape of ops that runs forward and backward.

    Attributes:
        graph: The graph it was made from.
        steps: The ops, in topological order.
        constants: The Python numbers behind the nodes' slots.
        root: Slot of what is differentiated, or None if that requires no gradient.

    Example:
        >>> from graphviz_grad import tensor
        >>> from graphviz_grad.graph import trace
        >>> x = tensor(2.0, requires_grad=True)
        >>> program = Program.from_graph(trace([x * x + 1]))
        >>> graph = program.replay({"n0": 5.0})
        >>> graph["y"].value, graph["n0"].grad
        (26.0, 10.0)
    """

    graph: Graph
    steps: tuple[Step, ...]
    constants: tuple[Number, ...]
    root: int | None
    _values: list[Any] = field(repr=False)
    _leaves: Mapping[str, int] = field(repr=False)
    _tape: Tape = field(repr=False)

    @classmethod
    def from_graph(cls, graph: Graph, *, root: str | None = None) -> Program:
        """Make the program of ``graph``.

        Args:
            graph: Any graph; its own numbers are where leaves stand that are not moved.
            root: Name or id of the node to differentiate; by default the last output.

        Raises:
            KeyError: If no node is called ``root``.
            ValueError: If an op is not in the table.
        """
        slots = {node.id: slot for slot, node in enumerate(graph.nodes)}
        root_slot = slots[graph.outputs[-1] if root is None else graph[root].id]
        constants: list[Number] = []
        edges = {
            (edge.child, edge.operand): number
            for number, edge in enumerate(graph.edges)
            if edge.requires_grad
        }
        steps = []
        for node in graph.nodes:
            if node.op is None:
                continue
            if node.op not in RULES:
                raise ValueError(f"op: {node.op!r} (must be one of {', '.join(RULES)})")
            inputs = []
            for argument in node.arguments:
                if isinstance(argument, str):
                    inputs.append(slots[argument])
                else:
                    inputs.append(len(slots) + len(constants))
                    constants.append(argument)
            flows = tuple(edges.get((node.id, operand), -1) for operand in range(len(inputs)))
            steps.append(Step(node.op, tuple(inputs), slots[node.id], flows, node.params))
        values = [*(node.value for node in graph.nodes), *constants]
        leaves = {node.id: slot for slot, node in enumerate(graph.nodes) if node.op is None}
        target = graph.nodes[root_slot]
        moving = root_slot if target.requires_grad else None
        tape = look_up(steps, values, len(graph.nodes), len(graph.edges), moving)
        # A replayed state is consistent: no leaf has been changed since, and the pass is the program's own.
        nodes = tuple(replace(node, is_changed=False) if node.is_changed else node for node in graph.nodes)
        graph = Graph(nodes, graph.edges, graph.outputs, None if moving is None else target.name)
        return cls(graph, tuple(steps), tuple(constants), moving, values, leaves, tape)

    def replay(self, leaves: Mapping[str, Payload], *, root: str | None = None) -> Graph:
        """Run both passes and return the graph in its new state.

        It is the state after a first backward pass: what a leaf stores is the gradient of this one.

        Args:
            leaves: New values by the leaves' ids; the others stand where the graph has them.
            root: Name or id of the node to differentiate, if it is not the program's own.

        Raises:
            TypeError: If a value is no number, or an array of another shape.
            ValueError: If an id is not that of a leaf.
            RuntimeError: If the root is no scalar.
        """
        program = self if root is None else Program.from_graph(self.graph, root=root)
        return program.graph.with_numbers(*program.run(leaves))

    def run(self, leaves: Mapping[str, Payload]) -> Numbers:
        """Run both passes and return the numbers alone; see `replay`."""
        values = self._values.copy()
        for name, value in leaves.items():
            slot = self._leaves.get(name)
            if slot is None:
                raise ValueError(f"leaf: {name!r} (must be one of {', '.join(self._leaves)})")
            values[slot] = _like(values[slot], value, name)
        tape = self._tape
        partials = run_forward(tape, values)
        if self.root is None:
            grads, contributions = tape.grads, tape.edges
        else:
            seed = _seed(self.graph.nodes[self.root].name, values[self.root])
            grads, contributions = run_backward(tape, values, partials, self.root, seed)
        return Numbers(values[: len(grads) - 1], grads[:-1], partials[:-1], contributions[:-1])


def _like(old: Any, new: Any, name: str) -> Any:
    """Return the new value of a leaf as a payload of the old one's kind."""
    if isinstance(old, np.ndarray):
        if np.shape(new) == old.shape and np.asarray(new).dtype.kind in "fiub":
            return np.asarray(new, old.dtype)
        raise TypeError(f"{name}: {new!r} (must be an array of shape {old.shape})")
    if old.__class__ is float and isinstance(new, Real):
        return float(new)
    if new.__class__ is old.__class__:
        return new
    raise TypeError(
        f"{name}: {new!r} (must be {'a real number' if old.__class__ is float else type(old).__name__})"
    )


def _seed(name: str, value: Any) -> Any:
    """Return the root's own gradient."""
    if np.ndim(value) == 0:
        return 1.0
    if np.size(value) == 1:
        return np.ones(np.shape(value))
    raise RuntimeError(
        "grad can be implicitly created only for scalar outputs: "
        f"{name} has shape {np.shape(value)} (must be one number)"
    )
