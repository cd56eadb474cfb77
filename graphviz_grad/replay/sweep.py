"""A program at many values of one leaf: the same straight-line code, printed for numpy.

Of both passes only what leads from the leaf to the root and back is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphviz_grad.engine.printers import JAVASCRIPT, PYTHON, Notation, Template
from graphviz_grad.replay.recipe import Cookbook
from graphviz_grad.replay.rewrite import inline, prune, reuse
from graphviz_grad.replay.straight import compile_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphviz_grad.replay.lowering import Code

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


def compile_sweep(code: Code, leaf: int, root: int, leaves: Sequence[int]) -> Callable[..., Any]:
    """Return a function of all leaves, one of which may be an array; it gives ``[root], [slope]``.

    Args:
        code: Lowered with `ARRAYS`.
        leaf: Slot of the leaf that moves.
        root: Slot of the root.
        leaves: Slots of all leaves.
    """
    # glibc hands memory back at once, and pays for every page again, until a large block has once been freed.
    np.empty(_LARGE)
    wanted = root, code.grads[leaf]
    # A float of Python's raises where it is divided by 0; numpy's does not.
    slots = [np.float64(held) if held.__class__ is float else held for held in code.slots]
    code = reuse(inline(prune(code._replace(slots=slots), wanted), wanted), wanted)
    return compile_code(code, leaves, [[slot] for slot in wanted], _FUNCTIONS)


def run_sweep(function: Callable[..., Any], leaves: Sequence[Any], place: int, points: np.ndarray) -> Sweep:
    """Run what `compile_sweep` made, in blocks that fit into memory.

    Args:
        function: Of the leaves.
        leaves: Their values.
        place: Which of them moves.
        points: Where to.
    """
    given = [np.float64(leaf) if leaf.__class__ is float else leaf for leaf in leaves]
    blocks = []
    with np.errstate(all="ignore"):
        for start in range(0, max(1, points.size), _BLOCK):
            block = given[place] = points[start : start + _BLOCK]
            [value], [slope] = function(*given)
            slope = np.nan if slope is None else slope.copy() if slope is value else slope
            blocks.append((_fill(value, block), _fill(slope, block)))
    columns = zip(*blocks, strict=True)
    return Sweep(*(column[0] if len(column) == 1 else np.concatenate(column) for column in columns))


def _fill(found: Any, block: np.ndarray) -> np.ndarray:
    """Return a result as an array of floats of its own: it may be one number, truth values, or the points."""
    if found.__class__ is np.ndarray and found.dtype == np.float64 and found is not block:
        return found
    return np.broadcast_to(found, block.shape).astype(np.float64)


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


_OF_ONE: Final = ("absolute", "exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh")
_OF_MORE: Final = {"power": _power, "maximum": _maximum, "minimum": _minimum, "where": _where}
_FUNCTIONS: Final = {name: getattr(np, name) for name in _OF_ONE} | _OF_MORE
_NUMPY: Final = Notation(
    {
        **PYTHON.templates,
        "divide": JAVASCRIPT.templates["divide"],  # no guard: numpy does as IEEE 754 says
        "power": Template("power({0}, {1})"),
        "maximum": Template("maximum({0}, {1})"),
        "minimum": Template("minimum({0}, {1})"),
        "where": Template("where({0}, {1}, {2})"),
    }
    | {name: Template(f"{name}({{0}})") for name in _OF_ONE},
    PYTHON.constant,
)

#: How numpy computes with arrays.
ARRAYS: Final = Cookbook(_NUMPY)
