"""Operands that are not plain floats (ints, truth values, arrays), treated as torch treats them.

numpy differs: it computes functions of truth values in half precision, raises other errors, and lets a truth
value be subtracted from a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.expr import Expr

#: Functions of real numbers: a rule that has one gives floats, whatever it is given.
_REAL: Final = frozenset(
    {
        *("divide", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "erf"),
        *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh"),
    }
)
_REFUSED: Final = {
    "subtract": "Subtraction, the `-` operator, with {} is not supported.",
    "negative": "Negation, the `-` operator, on {} is not supported.",
}
#: What torch says of rules that it does not have for truth values, by the text of the tree.
_NOT_OF_MASKS: Final = {
    "absolute(a)": "\"abs_cpu\" not implemented for 'Bool'",
    "floor(a)": "\"floor_vml_cpu\" not implemented for 'Bool'",
    "ceil(a)": "\"ceil_vml_cpu\" not implemented for 'Bool'",
    "round(a)": "\"round_vml_cpu\" not implemented for 'Bool'",
    "power(a, b)": "\"pow\" not implemented for 'Bool'",
}
_RELU: Final = "maximum(a, 0)"


def promote(forward: Expr, args: Sequence[Any]) -> list[np.ndarray]:
    """Return the operands of a rule as the arrays that it is to compute with.

    Args:
        forward: The rule's recorded forward function.
        args: The operands' payloads.

    Raises:
        RuntimeError, NotImplementedError: If torch refuses truth values here.

    Example:
        >>> from graphviz_grad.engine.rules import RULES
        >>> RULES["exp"].forward(True), RULES["add"].forward(True, 2)
        (2.718281828459045, 3)
    """
    if not _REAL.isdisjoint(forward.heads()):
        return [np.asarray(arg, np.float64) for arg in args]
    operands = [np.asarray(arg) for arg in args]
    masks = sum(operand.dtype.kind == "b" for operand in operands)
    if masks and forward.head in _REFUSED:
        what = "two bool tensors" if masks > 1 else "a bool tensor"
        raise RuntimeError(f"{_REFUSED[forward.head].format(what)} Multiply a mask by 1 to count with it.")
    if masks == len(operands):
        text = forward.text()
        if text == _RELU:
            raise RuntimeError("Boolean inputs not supported for relu (must be numbers)")
        if text in _NOT_OF_MASKS:
            raise NotImplementedError(f"{_NOT_OF_MASKS[text]} (must be numbers)")
    return operands


def refuse(error: ValueError, operands: Sequence[np.ndarray]) -> RuntimeError:
    """Return torch's error for what numpy refused: two shapes that do not broadcast; else its own words.

    Example:
        >>> str(refuse(ValueError(), [np.ones(2), np.ones((5, 3))]))
        'The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1'
    """
    ndim = max(operand.ndim for operand in operands)
    shapes = [(1,) * (ndim - operand.ndim) + operand.shape for operand in operands]
    for dim in reversed(range(ndim)):
        sizes = [shape[dim] for shape in shapes]
        first, *others = [size for size in dict.fromkeys(sizes) if size != 1] or [1]
        if others:
            return RuntimeError(
                f"The size of tensor a ({first}) must match the size of tensor b ({others[0]}) at "
                f"non-singleton dimension {dim}"
            )
    return RuntimeError(str(error))
