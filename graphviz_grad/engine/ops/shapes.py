"""Rows that put the same numbers into another shape or order, or repeat them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graphviz_grad.engine.ops.op import Op
from graphviz_grad.engine.ops.placing import index_put


def _write_shape(a: str, shape: tuple[int, ...]) -> str:
    return f"reshape({a}, {'×'.join(map(str, shape)) or '()'})"


def _listed(argument: Any) -> list[str]:
    if argument is None:
        return []
    if not isinstance(argument, tuple):
        return [_signed(argument)]
    return (
        [_signed(argument[0]) if len(argument) == 1 else f"({', '.join(map(_signed, argument))})"]
        if argument
        else []
    )


def _signed(number: int) -> str:
    return str(number).replace("-", "−")


def _write_expand(a: str, shape: tuple[int, ...]) -> str:
    return f"expand({a}, {'×'.join(map(str, shape)) or '()'})"


def _write_permute(a: str, dims: tuple[int, ...]) -> str:
    if dims in {(0,), (1, 0)}:
        return f"{a}ᵀ"
    return f"permute({', '.join([a, *map(str, dims)])})"


def _invert(dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(dims)), key=dims.__getitem__))


def _negate(shifts: Any) -> Any:
    return tuple(-shift for shift in shifts) if isinstance(shifts, tuple) else -shifts


def _fold(g: Any, shape: tuple[int, ...], repeats: tuple[int, ...]) -> Any:
    """Return the sum over the copies of an array of ``shape`` that was repeated."""
    full = (1,) * (len(repeats) - len(shape)) + shape
    pairs = [size for pair in zip(repeats, full, strict=True) for size in pair]
    return np.reshape(np.sum(np.reshape(g, pairs), axis=tuple(range(0, len(pairs), 2))), shape)


def _diagonal_index(shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> tuple[Any, ...]:
    places = np.diagonal(np.arange(int(np.prod(shape))).reshape(shape), offset, dim1, dim2)
    return tuple(np.unravel_index(places, shape))


ROWS: Final = (
    Op(
        name="reshape",
        symbol="m×n",
        formula=lambda a, *, shape: _write_shape(a, shape),
        forward=lambda a, *, shape: np.reshape(a, shape),
        vjps=(lambda g, a, out, *, shape: np.reshape(g, a.shape),),
        words=("reshape back",),
        is_structural=True,
        grad_fn="ViewBackward0",
    ),
    Op(
        name="squeeze",
        symbol="→←",
        formula=lambda a, *, dim: f"squeeze({', '.join([a, *_listed(dim)])})",
        forward=lambda a, *, dim=None: np.squeeze(a, dim),
        vjps=(lambda g, a, out, *, dim: np.reshape(g, a.shape),),
        words=("reshape back",),
        is_structural=True,
    ),
    Op(
        name="unsqueeze",
        symbol="←→",
        formula="unsqueeze({}, {dim})",
        forward=lambda a, *, dim: np.expand_dims(a, dim),
        vjps=(lambda g, a, out, *, dim: np.reshape(g, a.shape),),
        words=("reshape back",),
        is_structural=True,
    ),
    Op(  # the transpose, too
        name="permute",
        symbol="ᵀ",
        formula=lambda a, *, dims: _write_permute(a, dims),
        forward=lambda a, *, dims: np.transpose(a, dims),
        vjps=(lambda g, a, out, *, dims: np.transpose(g, _invert(dims)),),
        words=("transpose back",),
        is_structural=True,
    ),
    Op(
        name="expand",
        symbol="1→n",
        formula=lambda a, *, shape: _write_expand(a, shape),
        forward=lambda a, *, shape: np.broadcast_to(a, shape),
        vjps=(lambda g, a, out, *, shape: g,),
        words=("sum over copies",),
        is_structural=True,
    ),
    Op(
        name="repeat",
        symbol="n×",
        formula=lambda a, *, repeats: f"repeat({', '.join([a, *map(str, repeats)])})",
        forward=lambda a, *, repeats: np.tile(a, repeats),
        vjps=(lambda g, a, out, *, repeats: _fold(g, a.shape, repeats),),
        words=("sum over copies",),
        is_structural=True,
    ),
    Op(
        name="flip",
        symbol="↔",
        formula=lambda a, *, dims: f"flip({', '.join([a, *map(str, dims)])})",
        forward=lambda a, *, dims: np.array(np.flip(a, dims), order="K"),
        vjps=(lambda g, a, out, *, dims: np.flip(g, dims),),
        words=("flip back",),
        is_structural=True,
    ),
    Op(
        name="roll",
        symbol="roll",
        formula=lambda a, *, shifts, dims: f"roll({', '.join([a, *_listed(shifts), *_listed(dims)])})",
        forward=lambda a, *, shifts, dims=None: np.roll(a, shifts, dims),
        vjps=(lambda g, a, out, *, shifts, dims: np.roll(g, _negate(shifts), dims),),
        words=("roll back",),
        is_structural=True,
    ),
    # --- triangles and diagonals
    Op(
        name="tril",
        symbol="tril",
        formula="tril({})",
        forward=lambda a, *, diagonal=0: np.tril(a, diagonal),
        vjps=(lambda g, a, out, *, diagonal: np.tril(g, diagonal),),
        words=("lower triangle of g",),
        is_structural=True,
    ),
    Op(
        name="triu",
        symbol="triu",
        formula="triu({})",
        forward=lambda a, *, diagonal=0: np.triu(a, diagonal),
        vjps=(lambda g, a, out, *, diagonal: np.triu(g, diagonal),),
        words=("upper triangle of g",),
        is_structural=True,
    ),
    Op(
        name="diagonal",
        symbol="[i,i]",
        formula="diagonal({})",
        forward=lambda a, *, offset=0, dim1=0, dim2=1: np.diagonal(a, offset, dim1, dim2),
        vjps=(
            lambda g, a, out, *, offset, dim1, dim2: index_put(
                np.zeros(a.shape), g, index=_diagonal_index(a.shape, offset, dim1, dim2)
            ),
        ),
        words=("put on the diagonal",),
        is_structural=True,
    ),
    Op(
        name="diag",
        symbol="diag",
        formula="diag({})",
        forward=lambda a, *, diagonal=0: np.diag(a, diagonal),
        vjps=(lambda g, a, out, *, diagonal: np.diagonal(g, diagonal),),
        words=("take the diagonal",),
        is_structural=True,
        grad_fn="DiagEmbedBackward0",
    ),
)
