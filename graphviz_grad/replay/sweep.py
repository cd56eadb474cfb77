"""A program at many values of one leaf: straight-line code again, printed for numpy.

Of both passes only what leads from the leaf to the root and back is computed, an operation a line, so that
results are written over arrays that nobody needs any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphviz_grad.engine.expr import PRIMITIVES
from graphviz_grad.engine.ops.special import erf
from graphviz_grad.engine.printers import PYTHON, Notation, Template
from graphviz_grad.replay.lowering import Code, Instruction
from graphviz_grad.replay.recipe import Cookbook, flatten
from graphviz_grad.replay.rewrite import prune
from graphviz_grad.replay.straight import compile_code

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

#: Points computed at a time: an array of them takes 128 kB.
_BLOCK: Final = 1 << 14
_LARGE: Final = 1 << 20


class Sweep(NamedTuple):
    """A curve.

    Attributes:
        values: Of the root, at each point.
        slopes: Its gradient with respect to the leaf; nan where none flows.
    """

    values: np.ndarray
    slopes: np.ndarray


class Sweeper:
    """Sweeps one leaf.

    Args:
        code: Lowered with `ARRAYS`.
        leaf: Slot of the leaf that moves.
        root: Slot of the root.
        leaves: Slots of all leaves.
    """

    def __init__(self, code: Code, leaf: int, root: int, leaves: Sequence[int]) -> None:
        # glibc hands memory back at once, and pays for each page again, until a large block has been freed.
        np.empty(_LARGE)
        # A float of Python's raises where it is divided by 0; numpy's does not.
        slots = [np.float64(held) if held.__class__ is float else held for held in code.slots]
        wanted = root, code.grads[leaf]
        code = _write_over(prune(code._replace(slots=slots), wanted), leaf, wanted)
        self._function = compile_code(code, leaves, [[slot] for slot in wanted], _FUNCTIONS)
        self._leaves = [slots[slot] for slot in leaves]
        self._places = {slot: place for place, slot in enumerate(leaves)}
        self._leaf = self._places[leaf]

    def run(self, points: np.ndarray, moved: Mapping[int, Any]) -> Sweep:
        """Run both passes at each of the points.

        Args:
            points: In one dimension.
            moved: New values of other leaves, by slot.
        """
        leaves = self._leaves.copy()
        for slot, value in moved.items():
            leaves[self._places[slot]] = np.float64(value) if value.__class__ is float else value
        with np.errstate(all="ignore"):
            if points.size <= _BLOCK:
                return self._run_block(points, leaves)
            starts = range(0, points.size, _BLOCK)
            blocks = [self._run_block(points[start : start + _BLOCK], leaves) for start in starts]
        return Sweep(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))

    def _run_block(self, block: np.ndarray, leaves: list[Any]) -> Sweep:
        leaves[self._leaf] = block
        [value], [slope] = self._function(*leaves)
        values = _own(value, block)
        return Sweep(values, _own(np.nan if slope is None else slope, block, values))


def _own(found: Any, *others: np.ndarray) -> np.ndarray:
    """Return a result as an array of floats that is none of the others: it may be one, or one number."""
    if found.__class__ is np.ndarray and found.dtype == np.float64 and not any(found is a for a in others):
        return found
    return np.broadcast_to(found, others[0].shape).astype(np.float64)


def _write_over(code: Code, leaf: int, kept: Collection[int]) -> Code:
    """Return the code with results written over arrays, or at least into slots, that are read no more.

    So memory is warm, and few arrays are held at a time.

    Args:
        code: Each slot of which is written once.
        leaf: Slot of the array of points.
        kept: Slots that are wanted afterwards.

    Example:
        >>> lines = [Instruction((1,), (0, 0), "multiply({0}, {1})"), Instruction((2,), (1,), "exp({0})")]
        >>> [line.text for line in _write_over(Code(lines, [], [], [], []), 0, {2}).instructions]
        ['multiply({0}, {1})', 'exp({0}, {0})']
    """
    last = {slot: place for place, line in enumerate(code.instructions) for slot in line.operands}
    arrays = {leaf}  # slots that hold an array for sure
    shared = {leaf}  # slots whose array may be held by others, too
    homes: dict[int, int] = {}
    free: list[int] = []
    instructions = []
    for place, (outs, operands, text, call) in enumerate(code.instructions):
        dead = [slot for slot in dict.fromkeys(operands) if slot in homes and last[slot] == place]
        moved = tuple([homes.get(slot, slot) for slot in operands])
        over = None
        if text.partition("(")[0] in _FRESH:
            over = next((slot for slot in dead if slot in arrays and slot not in shared), None)
            arrays.update(outs if not arrays.isdisjoint(operands) else ())
        else:
            shared.update(operands, outs)
        free += [homes[slot] for slot in dead if slot != over]
        for out in outs:
            if out not in kept:
                homes[out] = homes[over] if over is not None else free.pop() if free else out
        line = text
        if over is not None:  # a ufunc's last argument says where to write
            line = f"{text[:-1]}, {{{operands.index(over)}}})"
        instructions.append(Instruction(tuple([homes.get(out, out) for out in outs]), moved, line, call))
    return code._replace(instructions=instructions)


def _power(a: Any, b: Any) -> Any:
    """Return a**b as the rules have it; the exponents of lessons in a fraction of the time."""
    if np.ndim(b) == 0 and b in _POWERS:
        return _POWERS[b](a)
    result = np.power(a, b)
    is_root = (np.abs(b) == 0.5) & (a <= 0)  # noqa: PLR2004
    if not np.any(is_root):
        return result
    return np.where(is_root, np.where(b > 0, np.sqrt(a), 1.0 / np.sqrt(a)), result)[()]


_POWERS: Final[dict[float, Callable[[Any], Any]]] = {
    -2.0: lambda a: 1.0 / (a * a),
    -1.0: lambda a: 1.0 / a,
    -0.5: lambda a: 1.0 / np.sqrt(a),
    0.5: np.sqrt,
    1.0: lambda a: a,
    2.0: lambda a: a * a,
    3.0: lambda a: a * a * a,
}


# Of numbers np.where makes an array without dimensions; [()] makes that a number again, and keeps others.


def _where(condition: Any, a: Any, b: Any) -> Any:
    """Return np.where, without work where the condition is the same at every point."""
    if np.ndim(condition) == 0:
        return a if condition else b
    return np.where(condition, a, b)


def _maximum(a: Any, b: Any) -> Any:
    """Return np.maximum, of two zeros the first."""
    return np.where(a >= b, a, np.maximum(a, b))[()]


def _minimum(a: Any, b: Any) -> Any:
    """Return np.minimum, of two zeros the first."""
    return np.where(a <= b, a, np.minimum(a, b))[()]


_OTHERS: Final = {
    "power": _power,
    "maximum": _maximum,
    "minimum": _minimum,
    "where": _where,
    "erf": erf,
    "round": np.rint,
}
_UFUNCS: Final = {head: getattr(np, head) for head in PRIMITIVES - _OTHERS.keys()}
_FUNCTIONS: Final = _UFUNCS | _OTHERS
#: Functions that make a new array of floats, or write it where they are told to.
_FRESH: Final = frozenset(head for head, ufunc in _UFUNCS.items() if {"d->d", "dd->d"} & {*ufunc.types})


def _template(head: str) -> Template:
    count = 3 if head == "where" else 1 if head in {"erf", "round"} else getattr(np, head).nin
    return Template(f"{head}({', '.join(f'{{{place}}}' for place in range(count))})")


#: How numpy computes with arrays.
ARRAYS: Final = Cookbook(Notation({head: _template(head) for head in PRIMITIVES}, PYTHON.constant), flatten)
