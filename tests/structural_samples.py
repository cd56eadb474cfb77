"""Operands and static arguments that structural rows are tried with; a new row needs an entry here."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Sample(NamedTuple):
    """What a row is called with.

    Attributes:
        operands: Arrays; of ints or truth values where no gradient can flow.
        params: Static arguments.
    """

    operands: tuple[np.ndarray, ...]
    params: dict[str, Any]


def _sample(*shapes: tuple[int, ...], **params: Any) -> Sample:
    """Return operands of ``shapes``, smooth as far as anyone can know: no 0, no two numbers alike."""
    generator = np.random.default_rng(len(shapes))
    sizes = [int(np.prod(shape)) for shape in shapes]
    numbers = (generator.permutation(sum(sizes)) - sum(sizes) / 2 + 0.3) / 4
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    return Sample(tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)), params)


def _with(sample: Sample, index: list[Any]) -> Sample:
    """Return a sample with an index for its second operand."""
    first, *others = sample.operands
    return Sample((first, np.array(index), *others), sample.params)


INDICES: tuple[tuple[Any, ...], ...] = (
    (1, -1),
    (..., slice(1, None)),
    (None, slice(None, None, 2), 0),
    (),
    (np.array([2, 0]),),
    (slice(1, 3), np.array([[0], [1]])),
    (np.array([2, 0]), np.array([1, 1])),
)


def _scores(shape: tuple[int, ...], classes: np.ndarray, params: dict[str, Any]) -> Sample:
    """Return scores, the right classes, and how much each class counts."""
    return Sample((*_sample(shape).operands, classes, np.array([0.5, 2.0, 1.5])), params)


_REDUCED = tuple({"reduction": reduction} for reduction in ("mean", "sum", "none"))
_CLASSES, _PROBABILITIES = np.array([2, 0, 1, 2]), np.array([[0.1, 0.6, 0.35], [0.5, 0.2, 0.45]])

_DIMS = (
    _sample((2, 3)),
    _sample(()),
    _sample((2, 3), dim=0),
    _sample((2, 3), dim=-1, keepdim=True),
    _sample((2, 3), keepdim=True),
    _sample((1, 3), dim=0),
)
_SEVERAL = (_sample((2, 3, 2), dim=(0, 2)), _sample((2, 3, 2), dim=(-1, 0), keepdim=True))

SAMPLES: dict[str, tuple[Sample, ...]] = {
    **dict.fromkeys(("sum", "mean", "norm", "logsumexp", "amax", "amin", "any", "all"), (*_DIMS, *_SEVERAL)),
    **{name: (_sample((2, 3)), _sample((3, 2), dim=0, correction=0), *_SEVERAL) for name in ("var", "std")},
    **dict.fromkeys(("prod", "max", "min", "argmax", "argmin"), _DIMS),
    "argsort": (_sample((2, 3), dim=1), _sample((3, 2), dim=0, descending=True, count=2), _sample((), dim=0)),
    "count_nonzero": (_sample((2, 3)), _sample((2, 3), dim=(0, 1))),
    **{
        name: (_sample((2, 3), dim=0), _sample((2, 3), dim=-1), _sample((), dim=None))
        for name in ("cumsum", "softmax", "log_softmax")
    },
    "matmul": (
        *(_sample((2, 3), (3, 2)), _sample((3,), (3,)), _sample((2, 3), (3,)), _sample((3,), (3, 2))),
        *(_sample((2, 2, 3), (3, 1)), _sample((1, 2, 3), (4, 3, 2)), _sample((2, 3), (2, 3, 2))),
        *(_sample((2, 2, 3), (3,)), _sample((3,), (2, 3, 2))),
    ),
    "outer": (_sample((2,), (3,)),),
    "einsum": (
        *(_sample((2, 3), (3, 2), equation="ij,jk->ik"), _sample((2, 3), equation="ij->j")),
        *(_sample((3, 3), equation="ii->i"), _sample((2, 2), (2,), equation="ii,j->")),
        *(
            _sample((2, 2, 3), (3, 2), equation="...ij,jk->...ik"),
            _sample((2,), (2,), (2,), equation="i,i,i"),
        ),
    ),
    "linear": (
        *(_sample((4, 3), (2, 3), (2,)), _sample((3,), (2, 3), (2,))),
        *(_sample((2, 2, 3), (2, 3), (2,)), _sample((1, 3), (1, 3), (1,))),
    ),
    "mse_loss": (
        *(_sample((2, 3), (2, 3), **params) for params in _REDUCED),
        *(_sample((), ()), _sample((3, 1), (3,)), _sample((3, 1), (2, 1, 3), reduction="sum")),
    ),
    "nll_loss": (
        *(_scores((4, 3), _CLASSES, params) for params in _REDUCED),
        *(_scores((4, 3), _CLASSES, {**params, "ignore_index": 2}) for params in _REDUCED),
        *(_scores((3,), np.array(1), params) for params in _REDUCED),
        Sample((*_sample((4, 3)).operands, _CLASSES, np.array(1.0)), {}),
    ),
    "binary_cross_entropy": tuple(
        Sample((_PROBABILITIES, _PROBABILITIES[::-1], factor), params)
        for params in _REDUCED
        for factor in (np.array(1.0), np.array([[0.5], [2.0]]))
    ),
    "binary_cross_entropy_with_logits": tuple(
        Sample((*_sample((2, 3)).operands, _PROBABILITIES, factor, factor), params)
        for params in _REDUCED
        for factor in (np.array(1.0), np.array([[0.5], [2.0]]))
    ),
    # --- shapes
    "reshape": (_sample((2, 3), shape=(3, 2)), _sample((), shape=(1, 1)), _sample((2, 3), shape=(-1,))),
    "squeeze": (_sample((1, 3, 1)), _sample((1, 3, 1), dim=(2,)), _sample((2, 3), dim=()), _sample(())),
    "unsqueeze": (_sample((2, 3), dim=0), _sample((3,), dim=1), _sample((), dim=0)),
    "permute": (_sample((2, 3), dims=(1, 0)), _sample((2, 3, 4), dims=(1, 2, 0)), _sample((), dims=())),
    "expand": (_sample((3,), shape=(2, 3)), _sample((2, 1), shape=(4, 2, 3)), _sample((), shape=(2,))),
    "repeat": (_sample((2, 3), repeats=(2, 1)), _sample((2,), repeats=(3, 2)), _sample((), repeats=(2,))),
    "flip": (_sample((2, 3), dims=(0,)), _sample((2, 3), dims=(0, 1)), _sample((2,), dims=())),
    "roll": (_sample((2, 3), shifts=1), _sample((2, 3), shifts=(1, -2), dims=(0, 1)), _sample((), shifts=2)),
    "tril": (_sample((3, 3)), _sample((2, 3, 4), diagonal=1), _sample((2, 3), diagonal=-1)),
    "triu": (_sample((3, 3)), _sample((2, 3, 4), diagonal=1), _sample((2, 3), diagonal=-1)),
    "diagonal": (_sample((3, 3)), _sample((2, 4), offset=1), _sample((2, 3, 4), dim1=0, dim2=2)),
    "diag": (_sample((3,)), _sample((2,), diagonal=-1)),
    # --- selections
    "index": (
        *(_sample((4, 3), index=index) for index in INDICES),
        _sample((2, 3, 4), index=(0, slice(None), np.array([1, 3]))),
        _sample((2, 3, 4), index=(np.array([1, 0]), ..., np.array([1, 3]))),
        _sample((4, 3), index=(slice(1, 3), np.array([[0, -1], [1, 1]]))),  # one place, twice
        _sample((), index=(None,)),
    ),
    "index_put": (
        *(_sample((4, 3), np.zeros((4, 3))[index].shape, index=index) for index in INDICES),
        _sample((2, 3), (), index=(1,)),
        _sample((2, 3), (1, 3), index=(slice(1, None),)),
        _sample((3,), (3,), index=(np.array([0, 2, 0]),), accumulate=True),
    ),
    "index_select": (_with(_sample((4, 3)), [1, 1, 3]), _with(_sample((4, 3), dim=1), [2, 0])),
    "gather": (_with(_sample((2, 3), dim=1), [[0, 0], [2, 1]]), _with(_sample((4, 3)), [[3, 1]])),
    "scatter_add": (
        _with(_sample((2, 3), (2, 2), dim=1), [[0, 0], [2, 1]]),
        _with(_sample((4, 3), (2, 3)), [[3, 1, 3]]),
    ),
    "stack": (_sample((3,), (3,)), _sample((2, 3), (2, 3), (2, 3), dim=-1), _sample((), ())),
    "cat": (_sample((3,), (1,)), _sample((2, 3), (2, 1), (2, 2), dim=-1), _sample((2, 3))),
}
