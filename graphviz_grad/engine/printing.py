"""Tensors as torch prints them (``torch._tensor_str``), and the options of that."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.dtype import dtype_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SMALL, _LARGE, _RANGE = 1e-4, 1e8, 1e3  # beyond these torch turns to scientific notation


@dataclass(slots=True)
class Options:
    """How tensors are printed.

    Attributes:
        precision: Digits after the point.
        threshold: Number of elements above which only the edges are shown.
        edgeitems: How many elements an edge has, in each dimension.
        linewidth: Characters of a line.
        sci_mode: Whether numbers are scientific; None leaves the choice to the numbers.
    """

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_OPTIONS: Final = Options()
_PROFILES: Final = {
    "default": Options(),
    "short": Options(precision=2, edgeitems=2),
    "full": Options(threshold=math.inf),
}


def set_printoptions(  # noqa: PLR0913, PLR0917 - torch's signature
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,  # noqa: FBT001 - torch's signature
) -> None:
    """Set how tensors are printed; what is None stays, but for ``sci_mode``, as in torch.

    Args:
        precision: Digits after the point.
        threshold: Number of elements above which only the edges are shown.
        edgeitems: How many elements an edge has, in each dimension.
        linewidth: Characters of a line.
        profile: ``"default"``, ``"short"`` or ``"full"``, which the other arguments then change.
        sci_mode: Whether numbers are scientific; None leaves the choice to the numbers.

    Example:
        >>> from graphviz_grad import tensor
        >>> set_printoptions(precision=2)
        >>> tensor(1.12345)
        tensor(1.12)
        >>> set_printoptions(profile="default")
    """
    chosen = asdict(_PROFILES[profile]) if profile in _PROFILES else {}
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    chosen |= {name: value for name, value in given.items() if value is not None}
    for name, value in (chosen | {"sci_mode": sci_mode}).items():
        setattr(_OPTIONS, name, value)


def print_tensor(payload: Any, suffixes: Sequence[str] = ()) -> str:
    """Return what torch prints of a tensor: its numbers and ``suffixes``, on a new line where they are long.

    Args:
        payload: A Python number or an array.
        suffixes: What follows the numbers, such as ``requires_grad=True``.

    Example:
        >>> print_tensor(2.0, ["requires_grad=True"])
        'tensor(2., requires_grad=True)'
        >>> print_tensor(np.zeros((0, 3), np.int64))
        'tensor([], size=(0, 3), dtype=torch.int64)'
    """
    text = f"tensor({print_payload(payload, indent=len('tensor('))}"
    last_line = len(text) - text.rfind("\n") + 1
    for suffix in [*_describe(payload), *suffixes]:
        if last_line + len(suffix) + 2 > _OPTIONS.linewidth:
            text += ",\n" + " " * len("tensor(") + suffix
            last_line = len("tensor(") + len(suffix)
        else:
            text += f", {suffix}"
            last_line += len(suffix) + 2
    return text + ")"


def _describe(payload: Any) -> list[str]:
    """Return what of a tensor its printed numbers do not say."""
    shape, is_empty = np.shape(payload), np.size(payload) == 0
    suffixes = []
    if (is_empty and len(shape) != 1) or (not is_empty and not _OPTIONS.edgeitems):
        suffixes.append(f"size={shape}")
    if is_empty and not dtype_of(payload).is_floating_point:
        suffixes.append(f"dtype={dtype_of(payload)}")
    return suffixes


def print_payload(payload: Any, indent: int = 0) -> str:
    """Return what torch prints between the parentheses for the numbers of a tensor.

    Args:
        payload: A Python number or an array.
        indent: How far continuation lines are indented.

    Example:
        >>> print_payload(0.235003712), print_payload(2.0), print_payload(1e-5)
        ('0.2350', '2.', '1.0000e-05')
        >>> print_payload(np.array([1.5, 2])), print_payload(np.arange(1001))
        ('[1.5000, 2.0000]', '[   0,    1,    2,  ...,  998,  999, 1000]')
    """
    array = np.asarray(payload)
    if array.size == 0:
        return "[]"
    edge = _OPTIONS.edgeitems if array.size > _OPTIONS.threshold else None
    shown = array if edge is None else _cut(array, edge)
    values = shown.ravel().tolist()
    style: Callable[[Any], str] = _choose_style(values) if array.dtype.kind == "f" else str
    width = max((len(style(value)) for value in values if _sets_width(value)), default=1)
    return _nest(shown, array.shape, edge, indent, _Column(style, width if array.ndim else 0))


def _choose_style(values: Sequence[float]) -> Callable[[float], str]:
    """Return how torch prints ``values`` together: integers with a dot, decimals, or scientific."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    if not sizes:
        return _print_integral
    low, high = min(sizes), max(sizes)
    is_integral = all(size == int(size) for size in sizes)
    is_scientific = _OPTIONS.sci_mode
    if is_scientific is None:
        is_scientific = high / low > _RANGE or high > _LARGE or low < _SMALL
    if is_scientific:
        return f"{{:.{_OPTIONS.precision}e}}".format
    return _print_integral if is_integral else f"{{:.{_OPTIONS.precision}f}}".format


def _print_integral(value: float) -> str:
    return f"{value:.0f}." if math.isfinite(value) else str(value)


def _sets_width(value: float) -> bool:
    """Whether torch looks at this number for the width of its column: not at float zeros, nan and inf."""
    return value.__class__ is not float or (value != 0 and math.isfinite(value))


@dataclass(frozen=True, slots=True)
class _Column:
    """How the numbers of a tensor are written below each other."""

    style: Callable[[Any], str]
    width: int

    def write(self, value: Any) -> str:
        return self.style(value).rjust(self.width)


def _cut(array: np.ndarray, edge: int) -> np.ndarray:
    """Return the part of ``array`` that is shown if each dimension keeps ``edge`` elements at either end."""
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            array = np.take(array, [*range(edge), *range(size - edge, size)], axis)
    return array


def _nest(shown: np.ndarray, shape: tuple[int, ...], edge: int | None, indent: int, column: _Column) -> str:
    """Return numbers in nested brackets, rows broken as torch breaks them.

    Args:
        shown: The numbers that are shown.
        shape: The shape of the whole.
        edge: How many elements at either end stay, with dots between; None if all are shown.
        indent: How far continuation lines are indented.
        column: How a number is written.
    """
    if not shape:
        return column.write(shown.item())
    rows = [
        column.write(row) if len(shape) == 1 else _nest(row, shape[1:], edge, indent + 1, column)
        for row in (shown.tolist() if len(shape) == 1 else shown)
    ]
    if edge is not None and shape[0] > 2 * edge:
        rows.insert(edge, " ..." if len(shape) == 1 and edge else "...")
    if len(shape) > 1:
        return "[" + ("," + "\n" * (len(shape) - 1) + " " * (indent + 1)).join(rows) + "]"
    per_line = max(1, math.floor((_OPTIONS.linewidth - indent) / (column.width + 2)))
    lines = [", ".join(rows[start : start + per_line]) for start in range(0, len(rows), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
