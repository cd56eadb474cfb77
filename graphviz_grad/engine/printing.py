"""Tensors as torch prints them (``torch._tensor_str``, default options: 4 digits, float64)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DIGITS: Final = 4
_WIDTH: Final = 80
_SMALL, _LARGE, _RANGE = 1e-4, 1e8, 1e3  # beyond these torch turns to scientific notation


def _float_style(values: Sequence[float]) -> Callable[[float], str]:
    """Return how torch prints ``values`` together: integers with a dot, 4 decimals, or scientific."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    if not sizes:
        return _print_integral
    low, high = min(sizes), max(sizes)
    if all(size == int(size) for size in sizes):
        return _print_scientific if high / low > _RANGE or high > _LARGE else _print_integral
    if high / low > _RANGE or high > _LARGE or low < _SMALL:
        return _print_scientific
    return _print_fixed


def _print_integral(value: float) -> str:
    return f"{value:.0f}." if math.isfinite(value) else str(value)


def _print_fixed(value: float) -> str:
    return f"{value:.{_DIGITS}f}"


def _print_scientific(value: float) -> str:
    return f"{value:.{_DIGITS}e}" if math.isfinite(value) else str(value)


def print_tensor(payload: Any, suffixes: Sequence[str] = ()) -> str:
    """Return what torch prints of a tensor: its numbers and ``suffixes``, on a new line where they are long.

    Args:
        payload: A Python number or an array.
        suffixes: What follows the numbers, such as ``requires_grad=True``.

    Example:
        >>> print_tensor(2.0, ["requires_grad=True"])
        'tensor(2., requires_grad=True)'
    """
    text = f"tensor({print_payload(payload, indent=len('tensor('))}"
    last_line = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if last_line + len(suffix) + 2 > _WIDTH:
            text += ",\n" + " " * len("tensor(") + suffix
            last_line = len("tensor(") + len(suffix)
        else:
            text += f", {suffix}"
            last_line += len(suffix) + 2
    return text + ")"


def print_payload(payload: Any, indent: int = 0) -> str:
    """Return what torch prints between the parentheses for the numbers of a tensor.

    Args:
        payload: A Python number or an array.
        indent: How far continuation lines are indented.

    Example:
        >>> print_payload(0.235003712), print_payload(2.0), print_payload(1e-5)
        ('0.2350', '2.', '1.0000e-05')
        >>> print_payload(np.array([1.5, 2]))
        '[1.5000, 2.0000]'
    """
    array = np.asarray(payload)
    if array.size == 0:
        return "[]"
    values = array.ravel().tolist()
    style: Callable[[Any], str] = _float_style(values) if array.dtype.kind == "f" else str
    texts = [style(value) for value in values]
    width = max((len(style(value)) for value in values if _sets_width(value)), default=1) if array.ndim else 0
    return _nest([text.rjust(width) for text in texts], array.shape, indent, width)


def _sets_width(value: float) -> bool:
    """Whether torch looks at this number for the width of its column: not at float zeros, nan and inf."""
    return value.__class__ is not float or (value != 0 and math.isfinite(value))


def _nest(texts: list[str], shape: tuple[int, ...], indent: int, width: int) -> str:
    """Return ``texts`` in nested brackets, rows broken as torch breaks them by the ``width`` of a column."""
    if not shape:
        return texts[0]
    if len(shape) == 1:
        per_line = max(1, (_WIDTH - indent) // (width + 2))
        lines = [", ".join(texts[start : start + per_line]) for start in range(0, len(texts), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    step = len(texts) // shape[0]
    rows = [_nest(texts[i * step : (i + 1) * step], shape[1:], indent + 1, width) for i in range(shape[0])]
    return "[" + ("," + "\n" * (len(shape) - 1) + " " * (indent + 1)).join(rows) + "]"
