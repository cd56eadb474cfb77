"""Arrays as text: a range, one line, all lines, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from graphviz_grad.picture.grid import grid_rows, is_array
from graphviz_grad.picture.number import payload_text, scalar
from graphviz_grad.text import format_ascii, format_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.payload import Payload

EDGE_ITEMS: Final = 3
"""Of a large array so many elements are written out at either end of each axis, as torch does."""
TOOLTIP_LIMIT: Final = 64
"""Arrays of more elements are large for a tooltip."""


def extent_text(array: np.ndarray, *, is_ascii: bool = False) -> str:
    """The range of an array's finite elements, or what is to be said instead.

    Example:
        >>> extent_text(np.array([1.0, -0.5, np.nan])), extent_text(np.ones(9))
        ('−0.5000 … 1.0000', 'all 1.0000')
        >>> extent_text(np.array([True, False, True])), extent_text(np.array([np.inf]))
        ('2 of 3 True', 'not finite')
    """
    if not array.size:
        return "empty"
    if array.dtype.kind == "b":
        return f"{int(array.sum())} of {array.size} True"
    finite = array[np.isfinite(array)]
    if not finite.size:
        return "not finite"
    write = format_ascii if is_ascii else format_number
    low, high = finite.min().item(), finite.max().item()
    if low == high:
        return f"all {write(low)}"
    return f"{write(low)} {'to' if is_ascii else '…'} {write(high)}"


def faults_text(array: np.ndarray) -> str:
    """How many elements are nan or infinite, if any is and any other is not.

    Example:
        >>> faults_text(np.array([1.0, np.nan, np.inf])), faults_text(np.ones(2))
        (', 2 not finite', '')
    """
    count = array.size - np.isfinite(array).sum()
    return f", {count} not finite" if 0 < count < array.size else ""


def one_line(payload: Payload) -> str:
    """A number or an array in one line of ASCII: all of it if it is drawn as a grid, else shape and range.

    Example:
        >>> one_line(np.array([[1.0, -0.5]])), one_line(np.arange(100.0)), one_line(2.0)
        ('[[1.0000, -0.5000]]', '[100] 0.0000 to 99.0000', '2.0000')
    """
    if not is_array(payload):
        return format_ascii(payload.item() if isinstance(payload, np.ndarray) else payload)
    if grid_rows(payload.shape) is not None:
        texts = map(format_ascii, payload.ravel().tolist())
        return _nest([*texts], payload.shape, [False] * payload.ndim, "")
    return f"{payload_text(payload)} {extent_text(payload, is_ascii=True)}{faults_text(payload)}"


def all_lines(array: np.ndarray, limit: int) -> str:
    """An array line by line in ASCII, columns aligned; the middle of a large one is left out, as torch does.

    Args:
        array: Of at least one dimension.
        limit: How many elements an array may have to be written in full.

    Example:
        >>> print(all_lines(np.array([[1.0, -0.5], [100.0, 0.0]]), 1000))
        [[  1.0000,  -0.5000],
         [100.0000,   0.0000]]
        >>> print(all_lines(np.arange(9), 8))
        [0, 1, 2, ..., 6, 7, 8]
    """
    if not array.size:
        return "[]"
    gaps = [array.size > limit and size > 2 * EDGE_ITEMS for size in array.shape]
    for axis, has_gap in enumerate(gaps):
        if has_gap:
            size = array.shape[axis]
            array = array.take([*range(EDGE_ITEMS), *range(size - EDGE_ITEMS, size)], axis)
    texts = [format_ascii(number) for number in array.ravel().tolist()]
    width = max(map(len, texts))
    return _nest([text.rjust(width) for text in texts], array.shape, gaps, "\n")


def in_full(payload: Payload | None) -> str:
    """A number as Python writes it; an array's shape, range and elements, for a tooltip.

    Example:
        >>> print(in_full(0.1), in_full(np.arange(2.0)), sep=" | ")
        0.1 | [2], 0.0000 to 1.0000
        [0.0000, 1.0000]
    """
    if not is_array(payload):
        return repr(scalar(payload))
    extent = f"{extent_text(payload, is_ascii=True)}{faults_text(payload)}"
    return f"{payload_text(payload)}, {extent}\n{all_lines(payload, TOOLTIP_LIMIT)}"


def array_words(array: np.ndarray) -> str:
    """An array in words.

    Example:
        >>> array_words(np.array([[1.0, -0.5]])), array_words(np.array([np.nan, 2.0]))
        ('array of 1 by 2 from -0.5000 to 1.0000', 'array of 2, all 2.0000, 1 not finite')
    """
    extent = extent_text(array, is_ascii=True)
    joint = " from " if " to " in extent else ", "
    return f"array of {' by '.join(map(str, array.shape))}{joint}{extent}{faults_text(array)}"


def _nest(
    texts: Sequence[str], shape: tuple[int, ...], gaps: Sequence[bool], end: str, depth: int = 1
) -> str:
    """Texts in brackets; rows end in ``end`` and are indented, or follow each other in one line."""
    if not shape:
        return texts[0]
    step = len(texts) // shape[0]
    parts = [
        _nest(texts[k * step : (k + 1) * step], shape[1:], gaps[1:], end, depth + 1) for k in range(shape[0])
    ]
    if gaps[0]:
        parts.insert(EDGE_ITEMS, "...")
    is_row = len(shape) == 1 or not end
    return "[" + ("," + (" " if is_row else end * (len(shape) - 1) + " " * depth)).join(parts) + "]"
