"""Warnings that point at the line of the user's that caused them."""

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
    warn(message)


def warn(message: str) -> None:
    """Warn, whoever in the package has been asked by whom: the first frame that is not its own is named."""
    depth = 1
    frame = sys._getframe()  # noqa: SLF001 - as warnings does
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame = frame.f_back
        depth += 1
    warnings.warn(message, UserWarning, stacklevel=depth)
