"""What happens to a gradient on its way back along an edge, in a few words."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from graphviz_grad.engine.ops import OPS
from graphviz_grad.text import truncate

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME_LENGTH: Final = 8
"""Graphemes of an operand's name."""
_LETTER: Final = re.compile("(?<![A-Za-z])[a-z](?![A-Za-z])")
_MATHEMATICS: Final = re.compile("[@ᵀ·×/−+]")
_AXES: Final = {1: ("elements",), 2: ("rows", "columns")}


def vjp_words(op: str, operand: int, names: Sequence[str]) -> str:
    """What the vjp of a structural op does; nothing for an elementwise one.

    Args:
        op: A row of the op table.
        operand: Which operand's.
        names: What the operands are called.

    Example:
        >>> vjp_words("matmul", 0, ["x", "w"]), vjp_words("mul", 0, ["x", "w"])
        ('g @ wᵀ', '')
    """
    row = OPS.get(op)
    words = getattr(row, "words", ())
    if row is None or not words:
        return ""
    text: str = words[operand if operand < len(words) else 0]
    if not _MATHEMATICS.search(text):
        return text
    called = dict(zip(row.operands, names, strict=False))
    return _LETTER.sub(lambda letter: truncate(called.get(letter[0], letter[0]), NAME_LENGTH), text)


def broadcast_words(operand: tuple[int, ...], result: tuple[int, ...]) -> str:
    """How a gradient is summed where an elementwise op has spread its operand; nothing where it has not.

    Args:
        operand: Shape of the operand.
        result: Shape of the result.

    Example:
        >>> broadcast_words((3,), (2, 3)), broadcast_words((2, 1), (2, 3)), broadcast_words((), (3,))
        ('sum over 2 rows', 'sum over 3 columns', 'sum over 3 elements')
        >>> broadcast_words((), (2, 3)), broadcast_words((2, 3), (2, 3))
        ('sum over 2×3 elements', '')
    """
    lead = len(result) - len(operand)
    axes = [
        axis for axis, size in enumerate(result) if axis < lead or (operand[axis - lead] == 1 and size != 1)
    ]
    if not axes:
        return ""
    if math.prod(operand) == 1:
        return f"sum over {'×'.join(map(str, result))} elements"
    if len(axes) == 1 and len(result) in _AXES:
        return f"sum over {result[axes[0]]} {_AXES[len(result)][axes[0]]}"
    return f"sum over {'axes' if len(axes) > 1 else 'axis'} {', '.join(map(str, axes))}"


def shape_words(result: tuple[int, ...], operand: tuple[int, ...]) -> str:
    """From which shape a gradient comes to which.

    Example:
        >>> shape_words((), (2, 3)), shape_words((2,), (2, 1))
        ('number → 2×3', '[2] → 2×1')
    """
    return f"{_shape_text(result)} → {_shape_text(operand)}"


def _shape_text(shape: tuple[int, ...]) -> str:
    text = "×".join(map(str, shape))
    return f"[{text}]" if len(shape) == 1 else text or "number"
