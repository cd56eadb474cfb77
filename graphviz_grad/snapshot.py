"""`Graph`: a computation graph in one state; plain data, frozen."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from graphviz_grad.node import Edge, Node
from graphviz_grad.payload import arrays_in, freeze, is_same, kind, pack, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphviz_grad.payload import Payload

JSON_VERSION: Final = 1
_NAMES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Graph:
    """A computation graph in one state: every tensor, every use of one, the gradients of one backward pass.

    Attributes:
        nodes: In topological order; ``nodes[3].id`` is ``"n3"``.
        edges: In the order of (child, operand); ``edges[4].id`` is ``"e4"``.
        outputs: Ids of the drawn outputs.
        root: Name of what was differentiated (``"y"``, ``"L"``), also when it lies outside the drawing; None
            where no backward pass has reached the outputs.

    A graph knows nothing of tensors, of Graphviz or of widgets, and never changes; a new state of the same
    picture is a new graph with the same ids (`with_numbers`).

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

    def find(self, node_id: str) -> Node:
        """Return the node with this id, whatever the nodes are called."""
        return self.nodes[int(node_id.removeprefix("n"))]

    def __contains__(self, name: object) -> bool:
        return name in self._find_keys()[1]

    def __eq__(self, other: object) -> bool:
        """Whether structure and numbers are the same; nan equals nan here."""
        return isinstance(other, Graph) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.structure)

    def __repr__(self) -> str:
        outputs = ", ".join(self.find(output).name for output in self.outputs)
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
        are nan. The elements of the arrays come after that, see `graphviz_grad.payload.arrays_in`.
        """
        nodes = [(node.value, node.grad) for node in self.nodes]
        edges = [(edge.partial, edge.contribution) for edge in self.edges]
        return pack(nodes + edges, arrays_in(nodes, edges))

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
            with np.printoptions(threshold=sys.maxsize):  # an index may be an array, and counts to its end
                keys = _digest(repr((fixed, uses, self.outputs, self.root))), positions
            object.__setattr__(self, "_keys", keys)
        return keys


_fields = attrgetter(*Node.__slots__)
_fixed_fields = attrgetter(*(slot for slot in Node.__slots__ if slot not in {"value", "grad", "stored"}))
_NUMBERS: Final = slice(Node.__slots__.index("value"), Node.__slots__.index("stored") + 1)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
