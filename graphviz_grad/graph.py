"""The frozen graph: what the engine hands to everything that draws.

A `Graph` is a snapshot. It knows nothing of tensors, of Graphviz or of widgets, and never changes; a new
state of the same picture is a new `Graph` with the same ids.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.chain import apply_chain_rule
from graphviz_grad.engine.autograd import toposort
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.naming import first_names, unique_names, variables
from graphviz_grad.node import Edge, Node
from graphviz_grad.payload import Number, Payload, freeze, is_same, kind, pack, to_json, write_number

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from graphviz_grad.engine.record import Pass, Record

JSON_VERSION: Final = 1
_NAMES_SHOWN: Final = 8


__all__ = ["Edge", "Graph", "Node", "Number", "Payload", "trace"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Graph:
    """A computation graph in one state: every tensor, every use of one, the gradients of one backward pass.

    Attributes:
        nodes: In topological order; ``nodes[3].id`` is ``"n3"``.
        edges: In the order of (child, operand); ``edges[4].id`` is ``"e4"``.
        outputs: Ids of the drawn outputs.
        root: Name of what was differentiated (``"y"``, ``"L"``), also when it lies outside the drawing; None
            where no backward pass has reached the outputs.

    Example:
        >>> x = Node("n0", "x", None, "", "", 2.0, 1.0, None, is_leaf=True, requires_grad=True, parents=())
        >>> graph = Graph((x,), (), ("n0",), "x")
        >>> graph["x"].value, graph["n0"].name, "q" in graph
        (2.0, 'x', False)
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    outputs: tuple[str, ...]
    root: str | None
    _keys: tuple[str, Mapping[str, int]] | None = field(default=None, init=False)

    def __getitem__(self, name: str) -> Node:
        """Return the node called ``name``; an id (``"n3"``) will do where no node bears it as a name."""
        position = self._find_keys()[1].get(name)
        if position is None:
            known = ", ".join(node.name for node in self.nodes[:_NAMES_SHOWN])
            more = ", ..." if len(self.nodes) > _NAMES_SHOWN else ""
            raise KeyError(f"graph: {name!r} (must be one of {known}{more})")
        return self.nodes[position]

    def __contains__(self, name: object) -> bool:
        return name in self._find_keys()[1]

    def __eq__(self, other: object) -> bool:
        """Whether structure and numbers are the same; nan equals nan here."""
        return isinstance(other, Graph) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.structure)

    def __repr__(self) -> str:
        outputs = ", ".join(self[output].name for output in self.outputs)
        return f"Graph({outputs}: {len(self.nodes)} nodes, {len(self.edges)} edges)"

    @property
    def structure(self) -> str:
        """A key of everything but the numbers: equal for two states of one picture, which share a layout.

        It covers names, formulas and flags, which numbers are None, the shapes of arrays, and whether a
        stored gradient differs from that of the pass (its card has a line more).
        """
        kinds = [kind(number) for node in self.nodes for number in (node.value, node.grad, node.stored)]
        kinds += ["=" if is_same(node.stored, node.grad) else "+" for node in self.nodes]
        kinds += [kind(number) for edge in self.edges for number in (edge.partial, edge.contribution)]
        return self._find_keys()[0] + _digest("".join(kinds))

    def with_numbers(
        self,
        values: Iterable[Payload],
        grads: Iterable[Payload | None],
        partials: Iterable[Payload | None],
        contributions: Iterable[Payload | None],
    ) -> Graph:
        """Return this graph in another state: that of a first backward pass over these values.

        Where a node stores its gradient, what is stored is that of this pass.

        Args:
            values: One per node.
            grads: One per node, None where the pass did not reach.
            partials: One per edge.
            contributions: One per edge.
        """
        nodes = []
        for node, value, grad in zip(self.nodes, values, grads, strict=True):
            fields = list(_fields(node))
            snapshot = freeze(grad)
            fields[_NUMBERS] = freeze(value), snapshot, snapshot if node.retains_grad else None
            nodes.append(Node(*fields))
        edges = tuple(
            Edge(e.id, e.parent, e.child, e.operand, freeze(partial), freeze(contribution), e.requires_grad)
            for e, partial, contribution in zip(self.edges, partials, contributions, strict=True)
        )
        graph = Graph(tuple(nodes), edges, self.outputs, self.root)
        object.__setattr__(graph, "_keys", self._find_keys())
        return graph

    def numbers(self) -> bytes:
        """Return the numbers as little-endian float64, in the order that the page knows.

        For each node its value and gradient, then for each edge its partial and contribution; None and arrays
        are nan.
        """
        return pack(
            [number for node in self.nodes for number in (node.value, node.grad)]
            + [number for edge in self.edges for number in (edge.partial, edge.contribution)]
        )

    def to_json(self) -> str:
        """Return the whole graph as JSON, a node or edge a line; nan and infinities are strings.

        The same graph gives the same text. ``version`` changes when a reader would have to.
        """
        head = {"version": JSON_VERSION, "root": self.root, "outputs": self.outputs}
        lines = [f' "{key}": {to_json(value)}' for key, value in head.items()]
        for key, rows in ("nodes", self.nodes), ("edges", self.edges):
            texts = ",".join(
                "\n  " + to_json({slot: getattr(row, slot) for slot in row.__slots__}) for row in rows
            )
            lines.append(f' "{key}": [{texts}\n ]')
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def _find_keys(self) -> tuple[str, Mapping[str, int]]:
        """Return a digest of all that is no number, and positions by name: found once for all states."""
        keys = self._keys
        if keys is None:
            fixed = [_fixed_fields(node) for node in self.nodes]
            uses = [(edge.parent, edge.child, edge.operand, edge.requires_grad) for edge in self.edges]
            positions = {node.id: position for position, node in enumerate(self.nodes)}
            positions |= {node.name: position for position, node in enumerate(self.nodes)}
            keys = _digest(repr((fixed, uses, self.outputs, self.root))), positions
            object.__setattr__(self, "_keys", keys)
        return keys


def trace(
    outputs: Sequence[Tensor],
    *,
    names: Mapping[str, Tensor] | None = None,
    scopes: Sequence[Mapping[str, object]] = (),
    max_nodes: int = 1000,
) -> Graph:
    """Take a snapshot of everything that ``outputs`` depend on.

    The gradients are those of the latest backward pass that has reached an output.

    Args:
        outputs: The tensors to draw.
        names: What to call which tensor, before any other name.
        scopes: Namespaces whose variables name the tensors that they hold, the nearest first: parameters of
            an explored function, the caller's locals, its globals.
        max_nodes: How many tensors are too many to read; more are refused.

    Raises:
        TypeError: If an output, or a value of ``names``, is not a tensor.
        ValueError: If there is no output, or there are more than ``max_nodes`` tensors.

    Example:
        >>> from graphviz_grad import tensor
        >>> x, z = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
        >>> y = x * z
        >>> y.backward()
        >>> graph = trace([y], scopes=[{"x": x, "z": z, "y": y}])
        >>> graph["y"].formula, graph["x"].grad, graph.edges[0].contribution
        ('x · z', 3.0, 3.0)
    """
    roots = [_as_record(output, "output") for output in outputs]
    if not roots:
        raise ValueError("outputs: none (must be at least one Tensor)")
    records = toposort(roots)
    if len(records) > max_nodes:
        raise ValueError(
            f"graph: {len(records)} nodes (must be at most max_nodes={max_nodes}; "
            f"draw an intermediate tensor, or pass max_nodes={len(records)})"
        )
    ids = {record.order: f"n{position}" for position, record in enumerate(records)}
    drawn = tuple(dict.fromkeys(ids[root.order] for root in roots))
    passes = [root.stamp for root in roots if root.stamp is not None]
    stamp = max(passes, key=attrgetter("number"), default=None)
    named = first_names(
        ((_as_record(tensor, f"names[{name!r}]").order, name) for name, tensor in (names or {}).items()),
        ((record.order, record.name) for record in records),
        ((past.root_order, past.root_name) for past in passes),
        ((tensor.record.order, name) for name, tensor in variables(scopes, Tensor)),
    )
    # The root comes last and counts as a node of its own: outside the drawing it must not bear a card's name.
    orders = [*ids, -1 if stamp is None else stamp.root_order]
    wanted = [named.get(order) for order in orders]
    titles = unique_names([*wanted[:-1], wanted[-1] or "output"], [int(output[1:]) for output in drawn])
    changed = {
        parent.order
        for record in records
        for parent in record.parents
        if parent.extra is not None and not is_same(parent.value_at(record.order), parent.value)
    }
    plan = _Plan(stamp, ids, dict(zip(reversed(orders), reversed(titles), strict=True)), named, changed)
    uses = [use for record in records for use in _trace_uses(record, plan)]
    return Graph(
        tuple([_trace_node(record, plan) for record in records]),
        tuple([Edge(f"e{number}", *use) for number, use in enumerate(uses)]),
        drawn,
        None if stamp is None else plan.titles[stamp.root_order],
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of a whole trace before any node of it: by creation number, ids and titles."""

    stamp: Pass | None
    ids: Mapping[int, str]
    titles: Mapping[int, str]
    named: Container[int]
    changed: Container[int]

    def gradient(self, record: Record) -> Any:
        """Return the gradient of the traced pass, or None where it did not reach."""
        return record.pass_grad if record.stamp is not None and record.stamp is self.stamp else None


def _as_record(value: object, what: str) -> Record:
    if not isinstance(value, Tensor):
        raise TypeError(f"{what}: {value!r} (must be a Tensor)")
    return value.record


def _trace_node(record: Record, plan: _Plan) -> Node:
    rule, parents, ids = record.op, record.parents, plan.ids
    texts = [write_number(p.value) if p.is_literal else plan.titles[p.order] for p in parents]
    return Node(
        id=ids[record.order],
        name=plan.titles[record.order],
        op=rule.name if rule else None,
        symbol=rule.symbol if rule else "",
        formula=rule.write(*texts) if rule else "",
        value=freeze(record.value),
        grad=freeze(plan.gradient(record)),
        stored=freeze(record.stored_payload),
        is_leaf=rule is None,
        requires_grad=record.requires_grad,
        parents=tuple([ids[parent.order] for parent in parents if not parent.is_literal]),
        arguments=tuple([parent.value if parent.is_literal else ids[parent.order] for parent in parents]),
        params=tuple(rule.params.items()) if rule else (),
        retains_grad=record.stores_grad,
        is_named=record.order in plan.named,
        is_changed=record.order in plan.changed,
    )


def _trace_uses(
    record: Record, plan: _Plan
) -> Iterator[tuple[str, str, int, Payload | None, Payload | None, bool]]:
    """Yield what an `Edge` has besides its id, for each use of a tensor by ``record``."""
    rule, parents = record.op, record.parents
    if rule is None:
        return
    flows = record.requires_grad and rule.is_differentiable
    partials: Sequence[Any] = (None,) * len(parents)
    contributions = partials
    if flows:
        # Changes in place since then do not count: these are the values that the op has seen and made.
        given = [p.value if p.extra is None else p.value_at(record.order) for p in (*parents, record)]
        partials, contributions = apply_chain_rule(rule, plan.gradient(record), given)
    for operand, parent in enumerate(parents):
        if not parent.is_literal:
            numbers = (partials[operand], contributions[operand]) if parent.requires_grad else (None, None)
            ends = plan.ids[parent.order], plan.ids[record.order]
            yield *ends, operand, *map(freeze, numbers), flows and parent.requires_grad


_fields = attrgetter(*Node.__slots__)
_fixed_fields = attrgetter(*(slot for slot in Node.__slots__ if slot not in {"value", "grad", "stored"}))
_NUMBERS: Final = slice(Node.__slots__.index("value"), Node.__slots__.index("stored") + 1)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
