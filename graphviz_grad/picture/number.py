"""What a payload shows: a number, or the shape of an array of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from graphviz_grad.text import format_number

if TYPE_CHECKING:
    from graphviz_grad.payload import Payload

SHAPE_LENGTH: Final = 15
"""Characters that a card's row holds beside its label."""


def scalar(payload: Payload | None) -> float | None:
    """The number in a payload, or None for an array and for None.

    Example:
        >>> scalar(2.5), scalar(None)
        (2.5, None)
    """
    if payload is None or isinstance(payload, float | int):
        return payload
    number: float | None = payload.item() if payload.shape == () else None
    return number


def payload_text(payload: Payload | None) -> str:
    """A number as the screen shows it, an array's shape.

    Example:
        >>> import numpy as np
        >>> payload_text(-0.5), payload_text(np.zeros((3, 4))), payload_text(np.zeros(3)), payload_text(None)
        ('−0.5000', '3×4', '[3]', 'None')
    """
    number = scalar(payload)
    if number is not None:
        return format_number(number)
    if payload is None or isinstance(payload, float | int):
        return "None"
    text = "×".join(map(str, payload.shape))
    if payload.ndim == 1:
        return f"[{text}]"
    return text if len(text) <= SHAPE_LENGTH else f"{payload.ndim}-d array"


def extent(payload: Payload | None) -> str:
    """A number in full, or an array's shape and range.

    Example:
        >>> import numpy as np
        >>> extent(0.1), extent(np.arange(12.0).reshape(3, 4)), extent(None)
        ('0.1', '3×4, [0.0, 11.0]', 'None')
    """
    number = scalar(payload)
    if number is not None or payload is None:
        return repr(number)
    low, high = _range(payload)
    return f"{payload_text(payload)}, [{low!r}, {high!r}]"


def is_bad(payload: Payload | None) -> bool:
    """Whether a payload is, or holds, nan or an infinity.

    Example:
        >>> is_bad(float("nan")), is_bad(1.0), is_bad(None)
        (True, False, False)
    """
    number = scalar(payload)
    if number is not None:
        return isinstance(number, float) and not math.isfinite(number)
    return payload is not None and not all(map(math.isfinite, _range(payload)))


def _range(payload: Payload) -> tuple[float, float]:
    """Smallest and largest element of an array, 0 if it has none; nan if any is."""
    if isinstance(payload, float | int) or not payload.size:
        return 0.0, 0.0
    return payload.min().item(), payload.max().item()
