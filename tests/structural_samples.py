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
    "reshape": (_sample((2, 3), shape=(3, 2)), _sample((), shape=(1, 1)), _sample((2, 3), shape=(-1,))),
    "stack": (_sample((3,), (3,)), _sample((2, 3), (2, 3), (2, 3), dim=-1), _sample((), ())),
}
