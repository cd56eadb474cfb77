"""What happens to a gradient on its way back along an edge, in a few words."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from graphviz_grad.engine.ops import OPS
from graphviz_grad.engine.printers import UNICODE, print_expr
from graphviz_grad.engine.scalar import record_contributions
from graphviz_grad.picture.number import shape_text
from graphviz_grad.text import truncate

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTH: Final = 24
"""Characters that an edge has room for."""
NAME_LENGTH: Final = 8
"""Graphemes of an operand's name."""
_LETTER: Final = re.compile("(?<![A-Za-z])[a-z](?![A-Za-z])")
_MATHEMATICS: Final = re.compile("[@ᵀ·×/−+]")
_AXES: Final = {1: ("elements",), 2: ("rows", "columns")}


def vjp_words(op: str, operand: int, names: Sequence[str], result: str) -> str:
    """What an op's vjp does with the upstream gradient ``g``: in mathematics, or as its row says.

    Args:
        op: A row of the op table.
        operand: Which operand's.
        names: What the operands are called.
        result: What the result is called.

    Example:
        >>> vjp_words("matmul", 0, ["x", "w"], "h"), vjp_words("mul", 0, ["x", "w"], "h")
        ('g @ wᵀ', 'g · w')
        >>> vjp_words("tanh", 0, ["x"], "h"), vjp_words("add", 1, ["x", "b"], "h")
        ('g · (1 − h · h)', 'g')
        >>> vjp_words("floor", 0, ["x"], "h")
        '0'
    """
    row = OPS.get(op)
    if row is None:
        return ""
    called = dict(zip(row.operands, names, strict=False)) | {"out": result}
    short = {letter: truncate(name, NAME_LENGTH) for letter, name in called.items()}
    if not row.is_structural:
        contribution = record_contributions(row)[operand]
        if contribution.head == "where" and contribution.args[0].text() == "True":
            contribution = contribution.args[1]  # of a floor 0, in the shape of g
        text = print_expr(contribution, UNICODE, short)
        if text.startswith("(") and text.find(")") == len(text) - 1:  # of a condition that is all there is
            text = text[1:-1]
        return text if len(text) <= LENGTH else "g × local"
    text = row.words[operand if operand < len(row.words) else 0] if row.words else ""
    if not _MATHEMATICS.search(text):
        return text
    return _LETTER.sub(lambda letter: short.get(letter[0], letter[0]), text)


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
    return f"{shape_text(result) or 'number'} → {shape_text(operand) or 'number'}"
