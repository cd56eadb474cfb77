"""An exception of the user's function as one line for the widget."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from graphviz_grad.text import clean, truncate

if TYPE_CHECKING:
    from types import CodeType, TracebackType

LENGTH = 200  # graphemes; the rest of a long message would push the picture away
_PACKAGE = str(Path(__file__).parent.parent)


def one_line(error: BaseException) -> str:
    """Say what went wrong, and in which line of the user's code.

    Example:
        >>> def f(x):
        ...     return 1 / x
        >>> try:
        ...     f(0)
        ... except ZeroDivisionError as error:
        ...     one_line(error)
        'ZeroDivisionError: division by zero (line 2, in f)'
    """
    text = " ".join("".join(traceback.format_exception_only(error)).split())
    return truncate(clean(text), LENGTH) + _place(error.__traceback__)


def _place(step: TracebackType | None) -> str:
    """The innermost line that is the user's: not ours, not a library's that the user called."""
    place = ""
    while step is not None:
        code = step.tb_frame.f_code
        if _is_users(code):
            name = "" if code.co_name.startswith("<") else f", in {code.co_name}"
            place = f" (line {step.tb_lineno}{name})"
        step = step.tb_next
    return place


def _is_users(code: CodeType) -> bool:
    """Whether code is neither of this package nor of an installed library."""
    return not code.co_filename.startswith(_PACKAGE) and "site-packages" not in Path(code.co_filename).parts
