"""Code made leaner: nothing that nobody wants, and each result in the one place that reads it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from graphviz_grad.replay.lowering import Code, Instruction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_DEEPEST: Final = 8  # parentheses within parentheses; Python's parser takes no more than 200


def prune(code: Code, wanted: Iterable[int]) -> Code:
    """Return the code without what the slots ``wanted`` do not depend on."""
    needed = set(wanted)
    kept = []
    for instruction in reversed(code.instructions):
        if not needed.isdisjoint(instruction.outs):
            needed.update(instruction.operands)
            kept.append(instruction)
    return code._replace(instructions=kept[::-1])


def inline(code: Code, kept: Collection[int]) -> Code:
    """Return the code with what is read once, and in one place, written there.

    Args:
        code: Each slot of which is written once.
        kept: Slots that are wanted afterwards.

    Example:
        >>> product = Instruction((2,), (0, 1), "{0} * {1}")
        >>> sum_ = Instruction((3,), (1, 2), "{0} + {1}")
        >>> inline(Code([product, sum_], [], [], [], []), {3}).instructions
        [Instruction(outs=(3,), operands=(1, 0, 1), text='{0} + ({1} * {2})', call=None)]
    """
    reads = Counter(slot for instruction in code.instructions for slot in instruction.operands)
    waiting: dict[int, tuple[Instruction, int]] = {}
    instructions = []
    for instruction in code.instructions:
        outs, operands, text, call = instruction
        found: list[int] = []
        parts = []
        deepest = 0
        for place, slot in enumerate(operands):
            inner, depth = waiting.pop(slot, (None, 0))
            if inner is not None and text.count(f"{{{place}}}") == 1 and depth < _DEEPEST:
                parts.append(f"({_renumber(inner, len(found))})")
                found += inner.operands
                deepest = max(deepest, depth)
            else:
                if inner is not None:
                    instructions.append(inner)
                parts.append(f"{{{len(found)}}}")
                found.append(slot)
        merged = Instruction(outs, tuple(found), text.format(*parts), call)
        if text and reads[outs[0]] == 1 and outs[0] not in kept:
            waiting[outs[0]] = merged, deepest + 1
        else:
            instructions.append(merged)
    return code._replace(instructions=instructions)


def _renumber(instruction: Instruction, first: int) -> str:
    """Return the text with operands numbered from ``first``."""
    return instruction.text.format(*[f"{{{first + place}}}" for place in range(len(instruction.operands))])
