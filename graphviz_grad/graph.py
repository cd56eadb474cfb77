"""From tensors to the frozen graph: `trace` is the one function that sees both.

What it returns, a `Graph` of `Node` and `Edge`, is all that drawing, replaying and exporting ever see.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from graphviz_grad.chain import apply_chain_rule
from graphviz_grad.engine.autograd import toposort
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.naming import first_names, held, unique_names, variables
from graphviz_grad.node import Edge, Node
from graphviz_grad.payload import Number, Payload, freeze, is_same, write_formula, write_number
from graphviz_grad.snapshot import Graph

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from graphviz_grad.engine.record import Pass, Record

__all__ = ["Edge", "Graph", "Node", "Number", "Payload", "trace"]


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
    in_scope = [*held(scopes, Tensor), *variables(scopes, Tensor)]
    named = first_names(
        ((_as_record(tensor, f"names[{name!r}]").order, name) for name, tensor in (names or {}).items()),
        ((record.order, record.name) for record in records),
        ((past.root_order, past.root_name) for past in passes),
        ((tensor.record.order, name) for name, tensor in in_scope),
    )
    visible = chain(records, (tensor for _, tensor in in_scope))
    named = first_names(named.items(), _name_gradients(visible, named))
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
        stamp = record.stamp
        if stamp is None or self.stamp is None or stamp.number != self.stamp.number:
            return None
        return record.pass_grad

    def has_reached(self, record: Record) -> bool:
        """Whether the traced pass went there: one to chosen inputs leaves out what does not lead to them.

        A record may have been reached by a later pass since.
        """
        stamps = record.stamp, self.stamp
        return stamps[0] is not None and stamps[1] is not None and stamps[0].number >= stamps[1].number


def _name_gradients(records: Iterable[Record], named: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Yield what a stored gradient is called that nobody has named: as one writes it, ``x.grad``."""
    for record in records:
        if isinstance(record.stored, Tensor) and record.order in named:
            yield record.stored.order, f"{named[record.order]}.grad"


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
        formula=write_formula(rule.template(len(texts)), texts) if rule else "",
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
            contribution = contributions[operand] if plan.has_reached(parent) else None
            numbers = (partials[operand], contribution) if parent.requires_grad else (None, None)
            ends = plan.ids[parent.order], plan.ids[record.order]
            yield *ends, operand, *map(freeze, numbers), flows and parent.requires_grad
