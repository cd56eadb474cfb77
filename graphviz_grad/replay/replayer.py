"""Which of the ways to run a program is taken when."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.replay.lowering import lower
from graphviz_grad.replay.recipe import FLOATS
from graphviz_grad.replay.straight import compile_code
from graphviz_grad.replay.sweep import ARRAYS, Sweep, compile_sweep, run_sweep
from graphviz_grad.replay.tape import Tape, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from graphviz_grad.replay.lowering import Code, Plan

    Lists = Sequence[list[Any]]

#: Runs of the tape after which the source is written: it costs 25 µs a node, and a run of it saves 0.1 µs.
PAYS_BACK: Final = 250
#: Nodes above which it is not: compiling would hold a slider for more than 50 ms.
MOST_NODES: Final = 2_000


class Replayer:
    """A plan, and the ways to run it, each made when it is first needed.

    Args:
        plan: What to run.

    Attributes:
        slots: What each slot holds where no leaf is moved: nodes, then constants.
        leaves: Slots of the leaves, by id.
    """

    def __init__(self, plan: Plan) -> None:
        results = {step.out for step in plan.steps}
        self.slots = plan.slots
        self.leaves = {f"n{slot}": slot for slot in range(plan.nodes) if slot not in results}
        self._plan = plan
        self._runs = 0
        self._function: Callable[..., Lists] | None = None
        self._sweeps: dict[tuple[int, int], Callable[..., Any]] = {}
        self._places = [*self.leaves.values()]
        self._gather = gather(self._places)

    def run(self, slots: list[Any]) -> Lists:
        """Run both passes; return values, gradients, partials and contributions.

        Args:
            slots: A copy of `slots`, in which leaves may have been moved; it is written to.
        """
        if self._function is not None:
            return self._function(*self._gather(slots))
        self._runs += 1
        if self._runs > PAYS_BACK and self._plan.nodes <= MOST_NODES:
            self._function = compile_code(self._code, self._places, self._outputs)
        tape = self._tape
        slots += tape.slots[len(slots) :]
        return tape.run(slots)

    def compile(self) -> Callable[..., Lists]:
        """Return a function of all leaves that gives values and gradients."""
        code = lower(self._plan, FLOATS, with_edges=False)
        outputs = [range(self._plan.nodes), code.grads]
        if self._plan.nodes <= MOST_NODES:
            return compile_code(code, self._places, outputs)
        tape = Tape(code, outputs)
        leaves = self._places

        def replay(*given: Any) -> Lists:
            slots = tape.slots.copy()
            for slot, value in zip(leaves, given, strict=True):
                slots[slot] = value
            return tape.run(slots)

        return replay

    def sweep(self, leaf: int, root: int, slots: list[Any], points: np.ndarray) -> Sweep:
        """Run both passes at each of ``points``.

        Args:
            leaf: Slot of the leaf that moves.
            root: Slot whose value is wanted.
            slots: What the others hold; no arrays.
            points: In one dimension.
        """
        function = self._sweeps.get((leaf, root))
        if function is None:
            code = lower(self._plan, ARRAYS, with_edges=False)
            function = self._sweeps[leaf, root] = compile_sweep(code, leaf, root, self._places)
        return run_sweep(function, self._gather(slots), self._places.index(leaf), points)

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
