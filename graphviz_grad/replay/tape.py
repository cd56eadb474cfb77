"""Running code without writing source for it: a loop over the instructions, a branch per kind of expression.

The loop is printed from the expressions that occur: a branch for ``{0} * {1}``, one for ``tanh({0})``. So
nothing is said twice, no function is called per instruction, and a graph of ten ops needs some ten branches
whatever its size. Loops are kept, and the next graph of the same ops finds its own.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.scalar import define

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphviz_grad.replay.lowering import Code, Instruction

_OPERANDS: Final = "abcdefgh"


class Tape:
    """Code that is ready to run.

    Args:
        code: What to run.
        outputs: Groups of slots that are wanted afterwards.

    Example:
        >>> from graphviz_grad.replay.lowering import Code, Instruction
        >>> square = Instruction((1,), (0, 0), "{0} * {1}")
        >>> tape = Tape(Code([square], [3.0, None], [], [], []), [[0], [1]])
        >>> tape.run(tape.slots.copy())
        [[3.0], [9.0]]
    """

    __slots__ = ("_calls", "_gather", "_loop", "_sizes", "_tape", "slots")

    def __init__(self, code: Code, outputs: Sequence[Sequence[int]]) -> None:
        counts = Counter(instruction.text for instruction in code.instructions)
        kinds = {text: kind for kind, (text, _) in enumerate(counts.most_common())}
        width = max((len(i.operands) for i in code.instructions if i.text), default=1)
        body = _branches([*kinds], counts, 0)
        self.slots = code.slots
        self._calls = "" in counts
        self._loop = _compile_loop(tuple(body), width)
        self._tape = [_row(instruction, kinds, width) for instruction in code.instructions]
        self._gather = gather([slot for group in outputs for slot in group])
        self._sizes = [len(group) for group in outputs]

    def run(self, slots: list[Any]) -> list[list[Any]]:
        """Run on a copy of `slots` in which leaves may have been moved; return the groups of outputs."""
        if self._calls:
            with np.errstate(all="ignore"):  # where arrays are added
                self._loop(self._tape, slots)
        else:
            self._loop(self._tape, slots)
        found = self._gather(slots)
        groups = []
        start = 0
        for size in self._sizes:
            groups.append([*found[start : start + size]])
            start += size
        return groups


def gather(slots: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return a function that takes ``slots`` out of a list, in this order.

    Example:
        >>> gather([2, 0])("abc"), gather([1])("abc"), gather([])("abc")
        (('c', 'a'), ('b',), ())
    """
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda held: tuple([held[slot] for slot in slots])


def _row(instruction: Instruction, kinds: dict[str, int], width: int) -> tuple[Any, ...]:
    """Return what the loop unpacks: kind, slot of the result, as many operands as any instruction has."""
    outs, operands, text, _ = instruction
    if not text:
        return kinds[text], 0, partial(_call, instruction), *(0,) * (width - 1)
    return kinds[text], outs[0], *operands, *(0,) * (width - len(operands))


def _call(instruction: Instruction, slots: list[Any]) -> None:
    function = instruction.call
    assert function is not None  # noqa: S101 - of an instruction without a text
    for slot, number in zip(
        instruction.outs, function(*[slots[slot] for slot in instruction.operands]), strict=True
    ):
        slots[slot] = number


def _branches(texts: Sequence[str], counts: Counter[str], first: int) -> list[str]:
    """Return a decision tree on ``kind`` in which what is frequent comes early.

    Args:
        texts: Of the kinds from ``first`` on, most frequent first.
        counts: How often each occurs.
        first: The first kind.
    """
    if not texts:
        return ["pass"]
    if len(texts) == 1:
        return _branch(texts[0])
    weights = [counts[text] for text in texts]
    half = min(range(1, len(texts)), key=lambda count: abs(2 * sum(weights[:count]) - sum(weights)))
    return [
        f"if kind < {first + half}:",
        *(f"    {line}" for line in _branches(texts[:half], counts, first)),
        "else:",
        *(f"    {line}" for line in _branches(texts[half:], counts, first + half)),
    ]


def _branch(text: str) -> list[str]:
    """Return what computes one kind; what it mentions twice is looked up once."""
    if not text:
        return ["a(slots)"]
    lines = []
    names = []
    for place, name in enumerate(_OPERANDS):
        mentions = text.count(f"{{{place}}}")
        if mentions > 1:
            lines.append(f"{name} = slots[{name}]")
        names.append(name if mentions > 1 else f"slots[{name}]")
    return [*lines, f"slots[out] = {text.format(*names)}"]


@lru_cache(maxsize=64)
def _compile_loop(body: tuple[str, ...], width: int) -> Callable[[Sequence[Any], list[Any]], None]:
    head = f"for kind, out, {', '.join(_OPERANDS[:width])} in tape:"
    return define("run", ["tape", "slots"], [head, *(f"    {line}" for line in body)])
