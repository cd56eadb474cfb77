"""The op table: the only place where an op exists.

A row is mathematics: the forward function and its local derivatives, as numpy lambdas of the operands
``a, b, ...``, the result ``out`` and, in a vjp, the upstream gradient ``g``. Elementwise rows give
``partials``, which the engine multiplies by ``g``. A row gives ``vjps`` where torch selects or divides
instead of multiplying, so that ``0 * inf`` does not make a nan that torch does not have. Derivatives at kinks
are torch's.

Everything else follows from the row: scalar Python, JavaScript, LaTeX, the formula on the card, what is saved
for the backward pass, and its tests.

Structural rows, of whole arrays (`Op.is_structural`), give ``vjps`` in plain numpy, which the engine runs as
they stand: in figures too, so that a picture with one moves where Python runs, and an exported page says that
it does not. The vjp gives the contribution in the operand's shape, or in one that the operand was broadcast
to: the engine sums that out. A vjp uses numpy functions only that are themselves rows, so that it can run on
tensors.
"""

from __future__ import annotations

from typing import Final

from graphviz_grad.engine.ops import (
    choices,
    division,
    elementary,
    elementwise,
    exponentials,
    extremes,
    logic,
    losses,
    ordering,
    products,
    reductions,
    selections,
    shapes,
)
from graphviz_grad.engine.ops.op import Op

__all__ = ["OPS", "Op"]

_FAMILIES = (
    elementwise,
    elementary,
    division,
    logic,
    choices,
    reductions,
    extremes,
    exponentials,
    products,
    shapes,
    selections,
    losses,
    ordering,
)

#: Every row, by name.
OPS: Final[dict[str, Op]] = {row.name: row for family in _FAMILIES for row in family.ROWS}
