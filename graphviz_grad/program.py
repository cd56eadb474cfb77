"""A graph as a small program: ops on numbered slots, so that both passes run again without any tensor.

Slot ``i`` holds node ``n<i>``; behind the nodes come the Python numbers that stand in formulas. The steps are
made from the `Graph` alone and say everything in names and numbers; functions are looked up in the op table.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphviz_grad.engine.rules import find_rule
from graphviz_grad.payload import Number, Payload, arrays_in, pack
from graphviz_grad.program_json import write_program
from graphviz_grad.program_reader import read_program
from graphviz_grad.replay.lowering import Plan, Step
from graphviz_grad.replay.replayer import Replayer
from graphviz_grad.replay.sweep import Sweep
from graphviz_grad.snapshot import Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from graphviz_grad.node import Node


class Numbers(NamedTuple):
    """Everything in a state of a graph that is a number, in the order of its nodes and edges."""

    values: list[Payload]
    grads: list[Payload | None]
    partials: list[Payload | None]
    contributions: list[Payload | None]

    def pack(self) -> bytes:
        """Return what `Graph.numbers` of that state returns, without making the graph."""
        nodes: list[tuple[Payload | None, Payload | None]] = [*zip(self.values, self.grads, strict=True)]
        edges = [*zip(self.partials, self.contributions, strict=True)]
        return pack(nodes + edges, arrays_in(nodes, edges))


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
    _replayer: Replayer = field(repr=False)
    _refusal: str = field(default="", repr=False)

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
        target = graph.find(graph.outputs[-1]) if root is None else graph[root]
        return cls._build(graph, int(target.id[1:]) if target.requires_grad else None)

    @classmethod
    def from_json(cls, text: str | bytes) -> Program:
        """Return the program that `to_json` has written; its graph is the state after both passes.

        Raises:
            ValueError: If this is no program, or one of another version.

        Example:
            >>> Program.from_json('{"version": 7}')
            Traceback (most recent call last):
            ValueError: program: version 7 (must be 1)
        """
        program = cls._build(*read_program(text))
        return program if program._refusal else replace(program, graph=program.replay({}))  # noqa: SLF001

    def to_json(self) -> str:
        """Return all that is needed to run the program elsewhere as JSON; see `graphviz_grad.program_json`.

        Example:
            >>> from graphviz_grad import tensor
            >>> from graphviz_grad.graph import trace
            >>> program = Program.from_graph(trace([2 * tensor(3.0, requires_grad=True)]))
            >>> print(program.to_json())  # doctest: +ELLIPSIS
            {"version":1,"root":1,"outputs":[1],"leaves":[{"id":"n0","name":"v1","value":3.0}],"results":["y"],...
        """
        return write_program(self.graph, self.steps, self.constants, self.root)

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
        given, places, run = self._replayer.way
        moved = _move(given, places, leaves)
        if self._refusal:
            raise RuntimeError(self._refusal)
        return tuple.__new__(Numbers, run(moved))  # half the time of Numbers(*...)

    def compile(self) -> Callable[..., Sequence[list[Any]]]:
        """Return both passes as one function of the leaves, in the order of the graph.

        It returns the values and the gradients of all nodes, and is the fastest way to run a program many
        times: nothing is checked, and edges are left out. Up to 20,000 nodes it is straight-line Python,
        which its docstring shows; a node takes 30 µs to compile.

        Raises:
            RuntimeError: If the root is no scalar.

        Example:
            >>> from graphviz_grad import tensor
            >>> from graphviz_grad.graph import trace
            >>> x = tensor(2.0, requires_grad=True)
            >>> function = Program.from_graph(trace([x * x])).compile()
            >>> values, grads = function(5.0)
            >>> values, grads
            ([5.0, 25.0], [10.0, 1.0])
        """
        if self._refusal:
            raise RuntimeError(self._refusal)
        return self._replayer.compile()

    def sweep(self, leaf: str, points: ArrayLike, leaves: Mapping[str, Payload] | None = None) -> Sweep:
        """Run both passes at many values of one leaf.

        Args:
            leaf: Id of a leaf whose value is a float.
            points: Its values.
            leaves: New values of other leaves.

        Returns:
            The root's values, and its gradients with respect to the leaf (nan where none flows), in the shape
            of ``points``; without a root, the last output's values. They differ from those of `run` in the
            last digits where numpy's functions differ from Python's.

        Raises:
            TypeError: If the leaf's value is no float.
            ValueError: If an id is not that of a leaf.

        Example:
            >>> from graphviz_grad import tensor
            >>> from graphviz_grad.graph import trace
            >>> x = tensor(2.0, requires_grad=True)
            >>> program = Program.from_graph(trace([x * x]))
            >>> program.sweep("n0", [-1.0, 0.0, 3.0])
            Sweep(values=array([1., 0., 9.]), slopes=array([-2.,  0.,  6.]))
        """
        if self._refusal:
            raise RuntimeError(self._refusal)
        replayer = self._replayer
        moved = {} if leaves is None else dict(leaves)
        slots = _move(replayer.slots, replayer.leaves, moved | {leaf: math.nan})
        place = replayer.leaves[leaf]
        target = int(self.graph.outputs[-1][1:]) if self.root is None else self.root
        at = np.asarray(points, np.float64)
        if replayer.has_arrays:
            runs = [self.run(moved | {leaf: point}) for point in at.ravel().tolist()]
            values, slopes = [run.values[target] for run in runs], [run.grads[place] for run in runs]
            found = Sweep(np.array(values, float).ravel(), np.array(slopes, float))
        else:
            others = {replayer.leaves[other]: slots[replayer.leaves[other]] for other in moved}
            found = replayer.sweep(place, target).run(at.ravel(), others)
        return found if at.ndim == 1 else Sweep(*(numbers.reshape(at.shape) for numbers in found))

    @classmethod
    def _build(cls, graph: Graph, root: int | None) -> Program:
        """Make the program of a graph, given the slot of what is differentiated."""
        slots = {node.id: slot for slot, node in enumerate(graph.nodes)}
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
            find_rule(node.op)
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
        target = None if root is None else graph.nodes[root]
        # A replayed state is consistent: no leaf has been changed since, and the pass is the program's own.
        nodes = tuple(replace(node, is_changed=False) if node.is_changed else node for node in graph.nodes)
        graph = Graph(nodes, graph.edges, graph.outputs, None if target is None else target.name)
        replayer = Replayer(Plan(steps, values, len(nodes), len(graph.edges), root))
        refusal = "" if target is None else _refuse(target)
        return cls(graph, tuple(steps), tuple(constants), root, replayer, refusal)


def _refuse(root: Node) -> str:
    """Return what is wrong with a root, or nothing."""
    if np.size(root.value) == 1:
        return ""
    return (
        "grad can be implicitly created only for scalar outputs: "
        f"{root.name} has shape {np.shape(root.value)} (must be one number)"
    )


def _move(given: list[Any], places: Mapping[str, int], leaves: Mapping[str, Payload]) -> list[Any]:
    """Return a copy of ``given`` in which leaves have new values."""
    moved = given.copy()
    for leaf, value in leaves.items():
        place = places.get(leaf)
        if place is None:
            raise ValueError(f"leaf: {leaf!r} (must be one of {', '.join(places)})")
        old = moved[place]
        moved[place] = value if value.__class__ is float is old.__class__ else _like(old, value, leaf)
    return moved


def _like(old: Any, new: Any, name: str) -> Any:
    """Return the new value of a leaf as a payload of the old one's kind."""
    if isinstance(old, np.ndarray):
        if np.shape(new) == old.shape and np.asarray(new).dtype.kind in "fiub":
            return np.asarray(new, old.dtype)
        raise TypeError(f"{name}: {new!r} (must be an array of shape {old.shape})")
    if old.__class__ is float and isinstance(new, Real):
        with suppress(OverflowError):
            return float(new)
    if new.__class__ is old.__class__:
        return new
    raise TypeError(
        f"{name}: {new!r} (must be {'a real number' if old.__class__ is float else type(old).__name__})"
    )
