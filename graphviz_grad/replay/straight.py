"""Code as straight-line Python: a function of the leaves, whose text our printers wrote.

Local variables make it two to three times as fast as the tape; to write and compile it costs as much as some
hundred runs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.engine.scalar import define

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphviz_grad.replay.lowering import Code


_ROW: Final = 30  # CPython builds no longer list at once


def compile_code(
    code: Code,
    leaves: Sequence[int],
    outputs: Sequence[Sequence[int]],
    known: Mapping[str, Any] | None = None,
) -> Callable[..., tuple[list[Any], ...]]:
    """Return code as a function; its docstring is its source.

    In the source, ``v3`` is the value of node 3 and ``g3`` its gradient, ``p4`` the partial of edge 4 and
    ``c4`` its contribution; what has no name of its own bears the number of its slot.

    Args:
        code: What to compute.
        leaves: Slots of the parameters, which have what the slots hold for defaults.
        outputs: Groups of slots, each of which is returned as a list.
        known: What the code's expressions call, where that is not what Python calls on floats.

    Example:
        >>> from graphviz_grad.replay.lowering import Code, Instruction
        >>> instructions = [Instruction((2,), (0, 1), "{0} * {1}"), Instruction((3,), (2, 0), "{0} + {1}")]
        >>> f = compile_code(Code(instructions, [3.0, 0.5, None, None], [], [], []), [0], [[3]])
        >>> f(), f(10.0)
        (([4.5],), ([15.0],))
        >>> print(f.__doc__)
        def replay(v0):
            t2 = v0 * 0.5
            t3 = t2 + v0
            return [t3],
        <BLANKLINE>
    """
    names, constants = _name(code, leaves, outputs)
    bound = {**(known or {}), **constants}
    wanted = Counter(slot for group in outputs for slot in group)
    read = {slot for instruction in code.instructions for slot in instruction.operands}
    is_long = max(map(len, outputs)) > _ROW  # and will hardly be read
    lines = []
    for outs, operands, text, call in code.instructions:
        given = [names[slot] for slot in operands]
        if not text:
            bound[f"call_{outs[0]}"] = call
            lines.append(f"{', '.join(names[out] for out in outs)}, = call_{outs[0]}({', '.join(given)})")
        elif is_long and wanted[outs[0]] == 1 and outs[0] not in read:
            names[outs[0]] = text.format(*given)
        else:
            lines.append(f"{names[outs[0]]} = {text.format(*given)}")
    groups = ", ".join(_display([names[slot] for slot in group]) for group in outputs)
    function = define("replay", [names[leaf] for leaf in leaves], [*lines, f"return {groups},"], bound)
    function.__defaults__ = tuple([code.slots[leaf] for leaf in leaves])
    return function


def _display(texts: Sequence[str]) -> str:
    """Return a list display; a long one in rows, each of which Python makes at once and not item by item."""
    if len(texts) <= _ROW:
        return f"[{', '.join(texts)}]"
    rows = (texts[start : start + _ROW] for start in range(0, len(texts), _ROW))
    return "[" + ", ".join("*[" + ", ".join(row) + "]" for row in rows) + "]"


def _name(
    code: Code, leaves: Sequence[int], outputs: Sequence[Sequence[int]]
) -> tuple[list[str], dict[str, Any]]:
    """Return what each slot is called, and the constants that are no floats by their names."""
    names = [f"t{slot}" for slot in range(len(code.slots))]
    roles = {"g": code.grads, "c": code.contributions, "p": code.partials, "v": range(len(code.grads))}
    for letter, slots in roles.items():  # where a slot has two roles, the later name is the better one
        for number, slot in enumerate(slots):
            names[slot] = f"{letter}{number}"
    written = {out for instruction in code.instructions for out in instruction.outs}
    used = {slot for instruction in code.instructions for slot in instruction.operands}.union(*outputs)
    constants = {}
    for slot in used - written - set(leaves):
        value = code.slots[slot]
        if value is None or value.__class__ is float:
            names[slot] = repr(value)
        else:
            names[slot] = f"k{slot}"
            constants[names[slot]] = value
    for leaf in leaves:
        names[leaf] = f"v{leaf}"
    return names, constants
