"""Warnings that are given once, and point at the line of the user's that caused them."""

from __future__ import annotations

import sys
import warnings
from typing import Final

_PACKAGE: Final = __name__.partition(".")[0]
_given: Final[set[str]] = set()


def warn_once(message: str) -> None:
    """Warn, unless this was said before."""
    if message in _given:
        return
    _given.add(message)
    warnings.warn(message, UserWarning, stacklevel=depth_of_caller())


def depth_of_caller() -> int:
    """Return the ``stacklevel``, for who calls this, of the first frame that is not the package's own."""
    depth = 1
    frame = sys._getframe(1)  # noqa: SLF001 - as warnings does
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame = frame.f_back
        depth += 1
    return depth
