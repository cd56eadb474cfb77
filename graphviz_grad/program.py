"""A graph as a small program: ops on numbered slots, so that both passes run again without any tensor.

Slot ``i`` holds node ``n<i>``; behind the nodes come the Python numbers that stand in formulas. The steps are
made from the `Graph` alone and say everything in names and numbers; functions are looked up in the op table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from numbers import Real
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from graphviz_grad.chain import apply_chain_rule
from graphviz_grad.engine.rules import RULES
from graphviz_grad.graph import Graph
from graphviz_grad.payload import Number, Payload, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphviz_grad.engine.rules import Rule

    Function: TypeAlias = Callable[..., Any]


class Step(NamedTuple):
    """One op of the tape.

    Attributes:
        op: Its row in the op table.
        inputs: Slots of the operands.
        out: Slot of the result.
        edges: For each operand the number of its edge, or -1 where no gradient can flow back.
        params: The op's static arguments.
    """

    op: str
    inputs: tuple[int, ...]
    out: int
    edges: tuple[int, ...]
    params: tuple[tuple[str, object], ...]


class Use(NamedTuple):
    """Where an op hands a gradient back: operand's position, number of the edge, slot of the parent."""

    operand: int
    edge: int
    parent: int


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
    _tape: _Tape | None = field(default=None, init=False, repr=False)

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
        target = graph.nodes[root_slot]
        # A replayed state is consistent: no leaf has been changed since, and the pass is the program's own.
        nodes = tuple(replace(node, is_changed=False) if node.is_changed else node for node in graph.nodes)
        graph = Graph(nodes, graph.edges, graph.outputs, target.name if target.requires_grad else None)
        return cls(graph, tuple(steps), tuple(constants), root_slot if target.requires_grad else None)

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
        tape = self._find_tape()
        values = tape.values.copy()
        for name, value in leaves.items():
            slot = tape.leaves.get(name)
            if slot is None:
                raise ValueError(f"leaf: {name!r} (must be one of {', '.join(tape.leaves)})")
            values[slot] = _like(values[slot], value, name)
        partials = _run_forward(tape, values)
        grads, contributions = tape.grads.copy(), tape.nothing.copy()
        if self.root is not None:
            grads[self.root] = _seed(self.graph.nodes[self.root].name, values[self.root])
            _run_backward(tape, values, partials, grads, contributions)
        return Numbers(values[: len(grads)], grads, partials, contributions)

    def _find_tape(self) -> _Tape:
        tape = self._tape
        if tape is None:
            tape = _compile(self)
            object.__setattr__(self, "_tape", tape)
        return tape


class _Tape(NamedTuple):
    """A program with its functions looked up. Its lists are copied before anything is written to them."""

    values: list[Any]
    grads: list[Any]
    nothing: list[Any]
    leaves: Mapping[str, int]
    forward: Sequence[tuple[Function, Function, Function, int, Sequence[Use]]]
    backward: Sequence[tuple[Function | None, Function, int, Sequence[Use]]]


def _run_forward(tape: _Tape, values: list[Any]) -> list[Any]:
    """Compute every result into ``values``; return the partials, known as soon as the values are."""
    partials = tape.nothing.copy()
    for forward, differentiate, given, out, uses in tape.forward:
        operands = given(values)
        result = values[out] = forward(*operands)
        if uses:
            local = differentiate(*operands, result)
            for operand, edge, _ in uses:
                partials[edge] = local[operand]
    return partials


def _run_backward(
    tape: _Tape, values: list[Any], partials: list[Any], grads: list[Any], contributions: list[Any]
) -> None:
    """Pass the root's gradient back; a node's is complete before it is passed on, as children come first."""
    for pull, given, out, uses in tape.backward:
        g = grads[out]
        if pull is None:
            for _, edge, parent in uses:
                contributions[edge] = contribution = g * partials[edge]
                grads[parent] += contribution
        else:
            received = pull(g, *given(values))
            for operand, edge, parent in uses:
                contributions[edge] = contribution = received[operand]
                grads[parent] += contribution


def _compile(program: Program) -> _Tape:
    """Look up the ops: scalar functions where an op meets floats only, else what takes any payload."""
    nodes = program.graph.nodes
    values: list[Any] = [*(node.value for node in nodes), *program.constants]
    forward: list[tuple[Function, Function, Function, int, Sequence[Use]]] = []
    backward: list[tuple[Function | None, Function, int, Sequence[Use]]] = []
    # A pass visits what the root depends on; the tape is in topological order, so one look back finds it.
    visited = {program.root}
    for step in reversed(program.steps):
        rule = RULES[step.op]
        slots = (*step.inputs, step.out)
        is_scalar = all(values[slot].__class__ is float for slot in slots)
        uses = [Use(i, edge, step.inputs[i]) for i, edge in enumerate(step.edges) if edge >= 0]
        given = _getter(step.inputs)
        if is_scalar:
            differentiate = rule.partials_scalar if uses else _partials
            forward.append((rule.forward_scalar, differentiate, given, step.out, uses))
        else:
            forward.append((rule.forward, partial(_partials, rule), given, step.out, uses))
        if uses and step.out in visited:
            visited.update(use.parent for use in uses)
            pull: Function | None = partial(_pull, rule)
            if is_scalar:  # where the row gives partials, they are known by then and only to be multiplied
                pull = None if rule.op.partials else rule.backward_scalar
            backward.append((pull, _getter(slots), step.out, uses))
    # As in the engine, -0.0 is the number that adds nothing to any float, signed zeros included.
    grads = [-0.0 if slot in visited else None for slot in range(len(nodes))]
    leaves = {node.id: slot for slot, node in enumerate(nodes) if node.op is None}
    return _Tape(values, grads, [None] * len(program.graph.edges), leaves, forward[::-1], backward)


def _getter(slots: tuple[int, ...]) -> Function:
    """Return what picks ``slots`` from a list; a slice gives even a single one as a sequence."""
    return itemgetter(*slots) if len(slots) > 1 else itemgetter(slice(slots[0], slots[0] + 1))


def _partials(rule: Rule, *given: Any) -> Sequence[Any]:
    return apply_chain_rule(rule, None, given)[0]


def _pull(rule: Rule, upstream: Any, *given: Any) -> Sequence[Any]:
    return apply_chain_rule(rule, upstream, given)[1]


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
