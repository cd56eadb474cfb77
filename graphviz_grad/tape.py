"""Running a program: its ops looked up in the table, and the two loops.

Nearly every op of a drawable graph takes one or two floats, and a slider asks for both passes at every move.
So such ops are laid out flat: compiled scalar function, slots, edges. Where no gradient can flow, the number
of an edge or of a gradient is -1: each list has a last place for what nobody reads. Everything else (arrays,
integers, more operands) takes the general way, which costs ten times as much.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from graphviz_grad.chain import apply_chain_rule
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphviz_grad.engine.rules import Rule

    Function: TypeAlias = Callable[..., Any]
    Forward: TypeAlias = tuple[Function | None, Function, int, int, int, int, int]
    Backward: TypeAlias = tuple[Function | None, int, int, int, int, int, int, int]


class Step(NamedTuple):
    """One op of a program, in names and numbers alone.

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


class Tape(NamedTuple):
    """A program ready to run. Lists that start a run are copied before anything is written to them.

    Attributes:
        grads: A gradient per node, and one that nobody reads. It is -0.0 where the pass comes by, the number
            that adds nothing to any float, and None elsewhere.
        edges: None per edge, and once more.
        forward: (function, partials, a, b, out, edge of a, edge of b), where b is -1 for one operand. Without
            a function, ``partials`` does it all.
        backward: (function, a, b, out, edge of a, edge of b, gradient of a, gradient of b). Without a
            function a contribution is gradient times partial; where a is -1 the function does it all.
    """

    grads: list[Any]
    edges: list[Any]
    forward: Sequence[Forward]
    backward: Sequence[Backward]


_FLAT_SLOTS = 3  # two operands and the result


def look_up(steps: Sequence[Step], values: Sequence[Any], nodes: int, edges: int, root: int | None) -> Tape:
    """Return the tape of a program.

    Args:
        steps: In topological order.
        values: A payload per slot, which tells floats from the rest.
        nodes: How many slots are nodes.
        edges: How many edges there are.
        root: Slot of what is differentiated, or None.
    """
    forward: list[Forward] = []
    backward: list[Backward] = []
    visited = {root}  # steps come in topological order: one look back finds all that the root depends on
    for step in reversed(steps):
        rule = RULES[step.op]
        slots = (*step.inputs, step.out)
        flows = max(step.edges) >= 0
        is_flat = (
            flows and len(slots) <= _FLAT_SLOTS and all(values[slot].__class__ is float for slot in slots)
        )
        a, b = (*step.inputs, -1)[:2]
        edge_a, edge_b = (*step.edges, -1)[:2]
        if is_flat:
            forward.append((rule.forward_scalar, rule.partials_scalar, a, b, step.out, edge_a, edge_b))
        else:
            forward.append((None, partial(_forward_any, rule, step), -1, -1, -1, -1, -1))
        if not flows or step.out not in visited:
            continue
        visited.update(slot for slot, edge in zip(step.inputs, step.edges, strict=True) if edge >= 0)
        if is_flat:
            pull = None if rule.op.partials else rule.backward_scalar
            grad_a, grad_b = (a if edge_a >= 0 else -1), (b if edge_b >= 0 else -1)
            backward.append((pull, a, b, step.out, edge_a, edge_b, grad_a, grad_b))
        else:
            backward.append((partial(_backward_any, rule, step), -1, -1, -1, -1, -1, -1, -1))
    grads = [-0.0 if slot in visited else None for slot in range(nodes)]
    return Tape([*grads, -0.0], [None] * (edges + 1), forward[::-1], backward)


def run_forward(tape: Tape, values: list[Any]) -> list[Any]:
    """Compute every result into ``values``; return the partials, known as soon as the values are."""
    partials = tape.edges.copy()
    for function, differentiate, a, b, out, edge_a, edge_b in tape.forward:
        if function is None:
            differentiate(values, partials)
        elif b < 0:
            x = values[a]
            result = values[out] = function(x)
            (partials[edge_a],) = differentiate(x, result)
        else:
            x = values[a]
            y = values[b]
            result = values[out] = function(x, y)
            partials[edge_a], partials[edge_b] = differentiate(x, y, result)
    return partials


def run_backward(
    tape: Tape, values: list[Any], partials: list[Any], root: int, seed: Any
) -> tuple[list[Any], list[Any]]:
    """Pass the root's gradient back; a node's is complete before it is passed on, as children come first.

    Returns:
        Gradients of the nodes and contributions of the edges, each with one more that nobody reads.
    """
    grads = tape.grads.copy()
    contributions = tape.edges.copy()
    grads[root] = seed
    for function, a, b, out, edge_a, edge_b, grad_a, grad_b in tape.backward:
        if a < 0 and function is not None:
            function(values, grads, contributions)
            continue
        g = grads[out]
        if b < 0:
            to_a = g * partials[edge_a] if function is None else function(g, values[a], values[out])[0]
        else:
            if function is None:
                to_a, to_b = g * partials[edge_a], g * partials[edge_b]
            else:
                to_a, to_b = function(g, values[a], values[b], values[out])
            contributions[edge_b] = to_b
        contributions[edge_a] = to_a
        grads[grad_a] += to_a
        if b >= 0:
            grads[grad_b] += to_b
    return grads, contributions


def _forward_any(rule: Rule, step: Step, values: list[Any], partials: list[Any]) -> None:
    operands = [values[slot] for slot in step.inputs]
    result = values[step.out] = rule.forward(*operands)
    if max(step.edges) >= 0:
        local = apply_chain_rule(rule, None, (*operands, result))[0]
        for edge, number in zip(step.edges, local, strict=True):
            if edge >= 0:
                partials[edge] = number


def _backward_any(
    rule: Rule, step: Step, values: list[Any], grads: list[Any], contributions: list[Any]
) -> None:
    given = [values[slot] for slot in (*step.inputs, step.out)]
    received = apply_chain_rule(rule, grads[step.out], given)[1]
    for slot, edge, number in zip(step.inputs, step.edges, received, strict=True):
        if edge >= 0:
            contributions[edge] = number
            grads[slot] = grads[slot] + number
