"""Which of the ways to run a program is taken when."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphviz_grad.replay.lowering import lower
from graphviz_grad.replay.recipe import FLOATS
from graphviz_grad.replay.rewrite import inline
from graphviz_grad.replay.straight import compile_code
from graphviz_grad.replay.sweep import ARRAYS, Sweeper
from graphviz_grad.replay.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphviz_grad.replay.lowering import Code, Plan

    Lists = Sequence[list[Any]]

#: Runs of the tape after which the source is written: it costs 25 µs a node, and a run of it saves 0.1 µs.
PAYS_BACK: Final = 250
#: Nodes above which it is not: compiling would hold a slider for more than 50 ms.
MOST_NODES: Final = 2_000
#: The same where somebody asks for it: it takes a second and 150 MB.
MOST_COMPILED: Final = 20_000


class Way(NamedTuple):
    """A way to run both passes.

    Attributes:
        given: What it starts from, where no leaf is moved; a run takes a copy.
        places: Where in it each leaf is, by id.
        run: Returns values, gradients, partials and contributions; it may write to what it is given.
    """

    given: list[Any]
    places: Mapping[str, int]
    run: Callable[[list[Any]], Lists]


class Replayer:
    """A plan, and the ways to run it, each made when it is first needed.

    Args:
        plan: What to run.

    Attributes:
        slots: What each slot holds where no leaf is moved: nodes, then constants.
        leaves: Slots of the leaves, by id.
        has_arrays: Whether any slot holds one.
        way: The present way to run both passes.
    """

    def __init__(self, plan: Plan) -> None:
        results = {step.out for step in plan.steps}
        self.slots = plan.slots
        self.leaves = {f"n{slot}": slot for slot in range(plan.nodes) if slot not in results}
        self.has_arrays = any(isinstance(held, np.ndarray) for held in plan.slots)
        self.way = Way(plan.slots, self.leaves, self._run_tape)
        self._plan = plan
        self._places = [*self.leaves.values()]
        self._runs = 0
        self._sweepers: dict[tuple[int, int], Sweeper] = {}

    def _run_tape(self, slots: list[Any]) -> Lists:
        self._runs += 1
        if self._runs > PAYS_BACK and self._plan.nodes <= MOST_NODES:
            function = _write(self._code, self._places, self._outputs)
            places = {leaf: place for place, leaf in enumerate(self.leaves)}
            given = [self.slots[place] for place in self._places]
            self.way = Way(given, places, lambda leaves: function(*leaves))
        tape = self._tape
        slots += tape.slots[len(slots) :]
        return tape.run(slots)

    def compile(self) -> Callable[..., Lists]:
        """Return a function of all leaves that gives values and gradients."""
        code = lower(self._plan, FLOATS, with_edges=False)
        outputs = [range(self._plan.nodes), code.grads]
        if self._plan.nodes <= MOST_COMPILED:
            return _write(code, self._places, outputs)
        tape = Tape(code, outputs)
        leaves = self._places

        def replay(*given: Any) -> Lists:
            slots = tape.slots.copy()
            for slot, value in zip(leaves, given, strict=True):
                slots[slot] = value
            return tape.run(slots)

        return replay

    def sweep(self, leaf: int, root: int) -> Sweeper:
        """Return what sweeps a leaf: its slot, and that of the root; there must be no arrays."""
        sweeper = self._sweepers.get((leaf, root))
        if sweeper is None:
            code = lower(self._plan, ARRAYS, with_edges=False)
            sweeper = self._sweepers[leaf, root] = Sweeper(code, leaf, root, self._places)
        return sweeper

    @cached_property
    def _code(self) -> Code:
        return lower(self._plan, FLOATS)

    @cached_property
    def _outputs(self) -> list[Sequence[int]]:
        code = self._code
        return [range(self._plan.nodes), code.grads, code.partials, code.contributions]

    @cached_property
    def _tape(self) -> Tape:
        return Tape(self._code, self._outputs)


def _write(
    code: Code, leaves: Sequence[int], outputs: Sequence[Sequence[int]]
) -> Callable[..., Sequence[list[Any]]]:
    return compile_code(inline(code, set().union(*outputs)), leaves, outputs)
