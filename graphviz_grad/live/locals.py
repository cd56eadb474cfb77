"""The variables of a function as they stand when it returns: they name the nodes of its graph."""

from __future__ import annotations

import functools
import inspect
import sys
from types import CodeType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

T = TypeVar("T")


def call_and_look(call: Callable[[], T], code: CodeType | None) -> tuple[T, dict[str, object]]:
    """Call something, and look at the local variables of ``code`` at the moment it returns.

    A profiler watches the call, in this thread only; whoever was profiling before does so again afterwards.

    Args:
        call: What to call.
        code: Whose variables to look for; None if it has no Python code (then there are none).

    Returns:
        The result of ``call``, and the variables in the order of definition.

    Example:
        >>> def f(x):
        ...     a = 2 * x
        ...     return a + 1
        >>> call_and_look(lambda: f(3), code_of(f))
        (7, {'x': 3, 'a': 6})
    """
    variables: dict[str, object] = {}

    def look(frame: FrameType, event: str, _: object) -> None:
        # Of a function that calls itself the outermost call returns last.
        if event == "return" and frame.f_code is code:
            variables.clear()
            variables.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        result = call()
    finally:
        sys.setprofile(before)
    return result, variables


def code_of(function: Callable[..., object]) -> CodeType | None:
    """Find the code of a function, through decorators, partial application, methods and callable objects.

    Example:
        >>> code_of(functools.partial(code_of, print)) is code_of.__code__
        True
        >>> code_of(print) is None
        True
    """
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    if not hasattr(function, "__code__") and not inspect.isroutine(function):
        function = type(function).__call__
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None
