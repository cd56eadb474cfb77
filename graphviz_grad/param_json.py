"""Static arguments of ops as JSON: what JSON has, and tuples as lists; the rest as objects of one key."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_params(params: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Return the static arguments of an op as what JSON can hold.

    Example:
        >>> write_params([("dim", (0, 1)), ("p", math.inf), ("index", slice(1, None))])
        {'dim': [0, 1], 'p': {'number': 'inf'}, 'index': {'slice': [1, None, None]}}
    """
    return {name: write_param(value) for name, value in params}


def write_param(value: Any) -> Any:
    """Return one static argument as what JSON can hold."""
    if isinstance(value, (tuple, list)):
        return [write_param(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": repr(value)}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    return value


def read_param(value: Any) -> Any:
    """Return a static argument that `write_params` has written.

    Raises:
        ValueError: If it is none.

    Example:
        >>> read_param([0, {"slice": [1, None, None]}])
        (0, slice(1, None, None))
    """
    if isinstance(value, list):
        return tuple(map(read_param, value))
    if not isinstance(value, dict):
        return value
    match value:
        case {"number": "nan" | "inf" | "-inf" as text}:
            return float(text)
        case {"slice": [start, stop, step]} if all(_is_bound(bound) for bound in (start, stop, step)):
            return slice(start, stop, step)
        case {"ellipsis": True}:
            return Ellipsis
        case {"array": list(items)}:
            array = np.array(items)
            if array.dtype.kind in "bi":
                return array
    raise ValueError(f"static argument {value!r} (must be a number, text, a list, a slice or an array)")


def _is_bound(bound: Any) -> bool:
    return bound is None or bound.__class__ is int
