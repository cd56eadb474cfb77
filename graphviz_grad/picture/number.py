"""What a payload shows: a number, or the shape of an array of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from graphviz_grad.picture import style
from graphviz_grad.text import format_number

if TYPE_CHECKING:
    from graphviz_grad.payload import Payload


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


def magnitude(payload: Payload | None) -> float | None:
    """How large a payload is, for bars and lanes: a number itself, of an array the root mean square.

    That is its norm by the root of its size, so that an array of ones is drawn as a 1 is.

    Example:
        >>> import numpy as np
        >>> magnitude(-2.5), magnitude(np.array([3.0, -3.0])), magnitude(None)
        (-2.5, 3.0, None)
    """
    number = scalar(payload)
    if number is not None or payload is None or isinstance(payload, float | int):
        return number
    with np.errstate(over="ignore", invalid="ignore"):
        return math.sqrt(np.square(payload, dtype=float).mean().item()) if payload.size else 0.0


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
    text = shape_text(payload.shape)
    return text if payload.ndim == 1 or len(text) <= style.SHAPE_LENGTH else f"{payload.ndim}-d array"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as the screen shows it.

    Example:
        >>> shape_text((3, 4)), shape_text((3,)), shape_text(())
        ('3×4', '[3]', '')
    """
    text = "×".join(map(str, shape))
    return f"[{text}]" if len(shape) == 1 else text


def fault(payload: Payload) -> str:
    """What is wrong with a payload that `is_bad`.

    Example:
        >>> import numpy as np
        >>> fault(-math.inf), fault(np.array([1.0, -np.inf, np.nan])), fault(np.array([1.0, -np.inf]))
        ('−inf', 'nan', '−inf')
    """
    numbers = np.ravel(payload)
    bad = numbers[~np.isfinite(numbers)]
    return format_number(math.nan if np.isnan(bad).any() else bad.max().item())


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
