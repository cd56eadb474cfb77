"""What numpy's functions are as ops of the table, where a derivative that uses them is recorded.

A name stands for the row that does the same with the same arguments, else for a function of a tape (see
`graphviz_grad.engine.higher`) and numpy's arguments.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphviz_grad.engine.higher import Tape

#: Functions of numbers.
UFUNCS: Final[Mapping[str, str | Callable[..., Any]]] = {
    **{
        name: name for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "maximum", "minimum")
    },
    **{name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "ceil", "sign")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2")},
    "erf (vectorized)": "erf",
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "power": "pow",
    "negative": "neg",
    "absolute": "abs",
    "fmod": "fmod",
    "square": lambda tape, a: tape.apply("mul", a, a),
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "equal": "eq",
    "not_equal": "ne",
    "isnan": lambda tape, a: tape.apply("ne", a, a),
    "isinf": lambda tape, a: tape.apply("eq", tape.apply("abs", a), math.inf),
    "bitwise_and": "mul",  # of truth values
    "bitwise_or": "maximum",
    "matmul": "matmul",
}


def _where(tape: Tape, condition: Any, a: Any, b: Any) -> Any:
    """Return the op, whose condition holds where it is not 0.

    So `x != 0` is x, which may require grad: to torch, relu's slope depends on its result, though it is flat.
    """
    condition = tape.simplify(condition)
    if np.ndim(condition) or not isinstance(condition, (bool, np.bool_)):
        return tape.apply("where", condition, a, b)
    return a if condition else b  # a number in the formula has decided


def _sum(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return a if axis == () else tape.apply("sum", a, dim=axis, keepdim=keepdims)


def _reshape(tape: Tape, a: Any, shape: Any) -> Any:
    shape = tuple(shape) if np.iterable(shape) else (shape,)
    known = math.prod(size for size in shape if size >= 0)
    shape = tuple(math.prod(np.shape(a)) // known if size < 0 else size for size in shape)
    return a if shape == np.shape(a) else tape.apply("reshape", a, shape=shape)


def _expand_dims(tape: Tape, a: Any, axis: int | Sequence[int]) -> Any:
    ndim = np.ndim(a) + np.size(axis)
    new = {dim % ndim for dim in np.atleast_1d(axis).tolist()}
    sizes = iter(np.shape(a))
    return _reshape(tape, a, [1 if dim in new else next(sizes) for dim in range(ndim)])


def _squeeze(tape: Tape, a: Any, axis: int | Sequence[int] | None = None) -> Any:
    shape = np.shape(a)
    gone = {dim for dim, size in enumerate(shape) if size == 1}
    if axis is not None:
        gone &= {dim % len(shape) for dim in np.atleast_1d(axis).tolist()}
    return _reshape(tape, a, [size for dim, size in enumerate(shape) if dim not in gone])


def _transpose(tape: Tape, a: Any, axes: Sequence[int] | None = None) -> Any:
    dims = tuple(reversed(range(np.ndim(a)))) if axes is None else tuple(axes)
    return tape.apply("permute", a, dims=dims)


def _swapaxes(tape: Tape, a: Any, axis1: int, axis2: int) -> Any:
    dims = [*range(np.ndim(a))]
    dims[axis1], dims[axis2] = dims[axis2], dims[axis1]
    return tape.apply("permute", a, dims=tuple(dims))


def _broadcast_to(tape: Tape, a: Any, shape: Sequence[int]) -> Any:
    return a if np.shape(a) == tuple(shape) else tape.apply("expand", a, shape=tuple(shape))


def _take(tape: Tape, a: Any, indices: Any, axis: int) -> Any:
    return tape.apply("index", a, index=(*(slice(None),) * (axis % np.ndim(a)), indices))


def _reduction(name: str) -> Callable[..., Any]:
    def reduce(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return tape.apply(name, a, dim=axis, keepdim=keepdims)

    return reduce


#: All others.
FUNCTIONS: Final[Mapping[str, str | Callable[..., Any]]] = {
    "shape": lambda _, a: a.shape,
    "ndim": lambda _, a: a.ndim,
    "size": lambda _, a: a.size,
    "zeros_like": lambda _, a: np.zeros(a.shape),
    "ones_like": lambda _, a: np.ones(a.shape),
    "where": _where,
    "sum": _sum,
    "prod": _reduction("prod"),
    "max": _reduction("amax"),
    "min": _reduction("amin"),
    "argmax": _reduction("argmax"),
    "argmin": _reduction("argmin"),
    "cumsum": lambda tape, a, axis: tape.apply("cumsum", a, dim=axis),
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "broadcast_to": _broadcast_to,
    "flip": lambda tape, a, axis: tape.apply("flip", a, dims=axis),
    "roll": lambda tape, a, shift, axis=None: tape.apply("roll", a, shifts=shift, dims=axis),
    "tril": lambda tape, a, k=0: tape.apply("tril", a, diagonal=k),
    "triu": lambda tape, a, k=0: tape.apply("triu", a, diagonal=k),
    "diagonal": lambda tape, a, offset=0, axis1=0, axis2=1: tape.apply(
        "diagonal", a, offset=offset, dim1=axis1, dim2=axis2
    ),
    "round": "round",
    "tile": lambda tape, a, reps: tape.apply("repeat", a, repeats=reps),
    "stack": lambda tape, arrays, axis=0: tape.apply("stack", *arrays, dim=axis),
    "concatenate": lambda tape, arrays, axis=0: tape.apply("cat", *arrays, dim=axis),
    "take": _take,
    "einsum": lambda tape, equation, *arrays: tape.apply("einsum", *arrays, equation=equation),
    # Functions of the table's own, which numpy has only as changes in place.
    "index_put": "index_put",
    "scatter_add": "scatter_add",
}
