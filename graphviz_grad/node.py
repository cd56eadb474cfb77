"""`Node` and `Edge`: what a graph is made of; plain data, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphviz_grad.payload import Number, Payload


@dataclass(frozen=True, slots=True)
class Node:
    """One tensor of the graph.

    Attributes:
        id: ``"n0"``, ``"n1"``, ... in topological order (parents before children).
        name: What the picture calls it; unique in the graph.
        op: Name of the op that made it (a row of the op table), or None for a leaf.
        symbol: The op's glyph (``"×"``); empty for a leaf.
        formula: The right-hand side in terms of operand names (``"x · z"``); empty for a leaf.
        value: A Python number for scalars, a read-only array otherwise.
        grad: Gradient of the graph's root with respect to this node, of the latest pass; None where
            that pass did not reach, or where there was none.
        stored: The attribute ``.grad`` of the tensor (None if nothing is stored).
        is_leaf: Whether the user made it (no op).
        requires_grad: Whether gradients flow here.
        parents: Ids of the operands that are nodes, in order, duplicates kept.
        arguments: Every operand in order: a node id, or a Python number that stands in the formula.
        params: The op's static arguments as (name, value) pairs.
        retains_grad: Whether ``.grad`` is stored here (a leaf that requires grad, or ``retain_grad()``).
        is_named: False for a tensor that nobody named: a frozen leaf without a name is a constant.
        is_changed: Whether its value was changed in place after a consumer was made, which has seen another.
    """

    id: str
    name: str
    op: str | None
    symbol: str
    formula: str
    value: Payload
    grad: Payload | None
    stored: Payload | None
    is_leaf: bool
    requires_grad: bool
    parents: tuple[str, ...]
    arguments: tuple[str | Number, ...] = ()
    params: tuple[tuple[str, object], ...] = ()
    retains_grad: bool = False
    is_named: bool = True
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One use of a parent by a child: the place where the chain rule multiplies.

    Attributes:
        id: ``"e0"``, ``"e1"``, ... in the order of (child, operand).
        parent: Node id of the operand.
        child: Node id of the result.
        operand: Position among the child's `Node.arguments`.
        partial: Local derivative d child / d parent; None for structural ops and where no gradient flows.
        contribution: Upstream gradient times partial, what this use adds to the parent's gradient; None
            where the pass did not reach or no gradient flows.
        requires_grad: Whether a gradient can flow back along this edge.
    """

    id: str
    parent: str
    child: str
    operand: int
    partial: Payload | None
    contribution: Payload | None
    requires_grad: bool
