"""Rows that multiply and add: products of vectors and matrices, and sums of products of any kind.

In a product of matrices a vector is a row on the left and a column on the right, and is none in the result.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op
from graphviz_grad.engine.ops.subscripts import read_subscripts


def _pull_left(g: Any, a: Any, b: Any) -> Any:
    """Return the contribution to the left factor: g @ bᵀ."""
    if b.ndim == 1:
        return g * b if a.ndim == 1 else np.expand_dims(g, -1) * b
    if a.ndim == 1:
        return np.squeeze(np.matmul(b, np.expand_dims(g, -1)), -1)
    return np.matmul(g, np.swapaxes(b, -1, -2))


def _pull_right(g: Any, a: Any, b: Any) -> Any:
    """Return the contribution to the right factor: aᵀ @ g."""
    if a.ndim == 1:
        return g * a if b.ndim == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if b.ndim == 1:
        return np.squeeze(np.matmul(np.swapaxes(a, -1, -2), np.expand_dims(g, -1)), -1)
    return np.matmul(np.swapaxes(a, -1, -2), g)


def _pull_einsum(g: Any, arrays: tuple[Any, ...], place: int, equation: str) -> Any:
    """Return the contribution to one operand: again a sum of products, of g with the other operands.

    What is summed in this operand alone is spread by ones; of a diagonal only the diagonal gets something.
    """
    operands, output = read_subscripts(equation, tuple(array.ndim for array in arrays))
    mine = operands[place]
    factors = [g] + [array for other, array in enumerate(arrays) if other != place]
    terms = [output] + [letters for other, letters in enumerate(operands) if other != place]
    spare = iter(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in f"{operands}{output}")
    result = ""
    for letter, size in zip(mine, arrays[place].shape, strict=True):
        if letter in result:  # the diagonal
            other = next(spare)
            factors.append(np.eye(size))
            terms.append(letter + other)
            result += other
        else:
            result += letter
            if letter not in "".join(terms):
                factors.append(np.ones(size))
                terms.append(letter)
    return np.einsum(f"{','.join(terms)}->{result}", *factors)


ROWS: Final = (
    Op(
        name="matmul",
        symbol="@",
        formula="{} @ {}",
        forward=lambda a, b: np.matmul(a, b),
        vjps=(lambda g, a, b, out: _pull_left(g, a, b), lambda g, a, b, out: _pull_right(g, a, b)),
        reads=("b", "a"),
        words=("g @ bᵀ", "aᵀ @ g"),
        is_structural=True,
        grad_fn="MmBackward0",
    ),
    Op(
        name="outer",
        symbol="⊗",
        formula="{} ⊗ {}",
        forward=lambda a, b: np.expand_dims(a, -1) * b,
        vjps=(lambda g, a, b, out: np.matmul(g, b), lambda g, a, b, out: np.matmul(a, g)),
        reads=("b", "a"),
        words=("g @ b", "a @ g"),
        is_structural=True,
        grad_fn="MulBackward0",
    ),
    Op(
        name="einsum",
        symbol="∑∏",
        formula=lambda *texts, equation: f"einsum({equation.replace(' ', '')}; {', '.join(texts)})",
        forward=lambda *arrays, equation: _einsum(arrays, equation),
        vjps=(lambda g, *arrays, out, place, equation: _pull_einsum(g, arrays, place, equation),),
        reads=("others",),
        words=("× the others",),
        is_structural=True,
        grad_fn="ViewBackward0",
    ),
)


def _einsum(arrays: tuple[Any, ...], equation: str) -> Any:
    operands, output = read_subscripts(equation, tuple(array.ndim for array in arrays))
    return np.einsum(f"{','.join(operands)}->{output}", *arrays)
