"""A program as straight-line code: one list of instructions for both passes, each of which writes a new slot.

What needs no computation gets none: the partial of a product is the other factor's slot, the gradient of a
node that is used once is the slot of its one contribution. The tape runs this list, the source is written
from it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphviz_grad.chain import apply_chain_rule
from graphviz_grad.engine.rules import find_rule
from graphviz_grad.replay.recipe import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphviz_grad.engine.rules import Rule
    from graphviz_grad.replay.recipe import Cookbook, Recipe


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


class Plan(NamedTuple):
    """What is to be run.

    Attributes:
        steps: In topological order.
        slots: Of every node a payload that tells its kind, then the constants.
        nodes: How many slots are nodes.
        edges: How many edges there are.
        root: Slot of what is differentiated, or None.
    """

    steps: Sequence[Step]
    slots: list[Any]
    nodes: int
    edges: int
    root: int | None


class Instruction(NamedTuple):
    """Something to compute.

    Attributes:
        outs: Slots that it writes; one, if there is a text.
        operands: Slots that it reads.
        text: An expression with ``{0}``, ``{1}``, ... for the operands.
        call: Where the text is empty: a function of the operands that returns what to write.
    """

    outs: tuple[int, ...]
    operands: tuple[int, ...]
    text: str
    call: Callable[..., tuple[Any, ...]] | None = None


class Code(NamedTuple):
    """A program in instructions.

    Attributes:
        instructions: What is read was written before, or is there from the start.
        slots: What every slot holds before a run: nodes, the program's constants, None, and all others.
        grads: For each node the slot of its gradient, or of None.
        partials: For each edge the slot of its partial, or of None.
        contributions: For each edge the slot of its contribution, or of None.
    """

    instructions: Sequence[Instruction]
    slots: list[Any]
    grads: list[int]
    partials: list[int]
    contributions: list[int]


def lower(plan: Plan, cookbook: Cookbook, *, with_edges: bool = True) -> Code:
    """Return the code of a plan.

    Args:
        plan: What to run.
        cookbook: How to compute with floats.
        with_edges: Whether partials and contributions are wanted, or only gradients.
    """
    lowering = _Lowering(plan, cookbook, with_edges=with_edges)
    flat = [lowering.forward(step) for step in plan.steps]
    lowering.backward(plan.steps, flat, plan.root)
    return lowering.code


class _Lowering:
    """A plan half lowered."""

    def __init__(self, plan: Plan, cookbook: Cookbook, *, with_edges: bool) -> None:
        self.nothing = nothing = len(plan.slots)
        self.slots = [*plan.slots, None]
        self.instructions: list[Instruction] = []
        edges = [nothing] * plan.edges
        self.code = Code(self.instructions, self.slots, [nothing] * plan.nodes, edges, edges.copy())
        self.numbers: dict[str, int] = {}
        self.cookbook = cookbook
        self.with_edges = with_edges

    def slot(self, value: Any = None) -> int:
        """Return a new slot."""
        self.slots.append(value)
        return len(self.slots) - 1

    def number(self, value: float) -> int:
        """Return the slot of a constant."""
        text = repr(value)
        if text not in self.numbers:
            self.numbers[text] = self.slot(value)
        return self.numbers[text]

    def write(self, recipe: Recipe, given: list[int], out: int | None = None) -> list[int]:
        """Add a recipe's instructions; return the slots of its results.

        Args:
            recipe: What to compute.
            given: Slots of what the recipe is given.
            out: Where the last line writes, if not to a slot of its own.
        """
        places = given
        last = len(recipe.lines) - 1
        for number, (text, operands) in enumerate(recipe.lines):
            slot = self.slot() if out is None or number < last else out
            self.instructions.append(Instruction((slot,), tuple([places[place] for place in operands]), text))
            places.append(slot)
        return [
            self.number(result) if result.__class__ is float else places[result]  # type: ignore[index]
            for result in recipe.results
        ]

    def forward(self, step: Step) -> bool:
        """Add what computes a step's result; return whether it is printed Python, on floats alone."""
        slots = self.slots
        rule = find_rule(step.op).bind(**dict(step.params))
        if not rule.op.is_structural and all(slots[slot].__class__ is float for slot in step.inputs):
            self.write(self.cookbook.forward(step.op), list(step.inputs), step.out)
            return True
        self.instructions.append(Instruction((step.out,), step.inputs, "", partial(_forward, rule)))
        return False

    def backward(self, steps: Sequence[Step], flat: Sequence[bool], root: int | None) -> None:
        """Add what computes gradients, partials and contributions.

        Steps come in topological order: one look back finds all that the root depends on, and a node's
        gradient is complete before it is passed on.
        """
        grads = self.code.grads
        if root is not None:
            value = self.slots[root]
            grads[root] = self.slot(np.ones(value.shape)) if np.ndim(value) else self.number(1.0)
        for step, is_flat in zip(reversed(steps), reversed(flat), strict=True):
            flowing = tuple([place for place, edge in enumerate(step.edges) if edge >= 0])
            is_reached = grads[step.out] != self.nothing
            if flowing and (is_reached or self.with_edges):
                derive = self.derive if is_flat else self.derive_any
                partials, contributions = derive(step, flowing, is_reached=is_reached)
                for place, slot in zip(flowing, partials, strict=False):
                    self.code.partials[step.edges[place]] = slot
                for place, slot in zip(flowing, contributions, strict=False):
                    self.code.contributions[step.edges[place]] = slot
                    self.receive(step.inputs[place], slot)

    def derive(
        self, step: Step, flowing: tuple[int, ...], *, is_reached: bool
    ) -> tuple[list[int], list[int]]:
        """Add the derivatives of a step on floats; return the slots of its partials and contributions."""
        grad = self.code.grads[step.out]
        wanted = Wanted(self.with_edges, is_reached, grad == self.numbers.get("1.0"))
        recipe = self.cookbook.backward(step.op, flowing, wanted)
        found = self.write(recipe, [*step.inputs, step.out, grad])
        if self.with_edges and is_reached:
            return found[::2], found[1::2]
        return (found, []) if self.with_edges else ([], found)

    def derive_any(
        self, step: Step, flowing: tuple[int, ...], *, is_reached: bool
    ) -> tuple[list[int], list[int]]:
        """Add the derivatives of any other step."""
        given = self.code.grads[step.out], *step.inputs, step.out
        outs = [self.slot() for _ in (*flowing, *flowing)]
        call = partial(_backward, find_rule(step.op).bind(**dict(step.params)), flowing)
        self.instructions.append(Instruction(tuple(outs), given, "", call))
        return outs[: len(flowing)], outs[len(flowing) :] if is_reached else []

    def receive(self, node: int, contribution: int) -> None:
        """Add a contribution to a node's gradient."""
        before = self.code.grads[node]
        after = contribution
        if before != self.nothing:
            after = self.slot()
            self.instructions.append(Instruction((after,), (before, contribution), "{0} + {1}"))
        self.code.grads[node] = after


def _forward(rule: Rule, *operands: Any) -> tuple[Any, ...]:
    return (rule.forward(*operands),)


def _backward(rule: Rule, flowing: Sequence[int], upstream: Any, *given: Any) -> tuple[Any, ...]:
    return tuple(numbers[place] for numbers in apply_chain_rule(rule, upstream, given) for place in flowing)
