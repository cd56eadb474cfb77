"""Grad mode, per thread: whether operations are recorded."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphviz_grad.engine.record import Record

P = ParamSpec("P")
R = TypeVar("R")

# The threads in which nothing is recorded; usually empty, and then it costs next to nothing to ask.
off: Final[set[int]] = set()


def is_grad_enabled() -> bool:
    """Return whether operations of this thread are recorded.

    Example:
        >>> is_grad_enabled()
        True
    """
    return threading.get_ident() not in off


def set_grad_enabled(*, mode: bool) -> None:
    """Record the operations of this thread from now on, or do not."""
    (off.discard if mode else off.add)(threading.get_ident())


def forget(record: Record) -> None:
    """Make a new record a leaf that requires no grad, if operations of this thread are not recorded."""
    if not is_grad_enabled():
        record.op = None
        record.parents = ()
        record.flows = False


class _GradMode:
    """A context manager and decorator that records, or does not, in this thread."""

    _mode: bool
    _before: list[bool]

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """Return the context manager; of a function (``@no_grad`` without parentheses), the decorated one."""
        mode = super().__new__(cls)
        mode._before = []
        return mode if function is None else mode(function)

    def __enter__(self) -> None:
        self._before.append(is_grad_enabled())
        set_grad_enabled(mode=self._mode)

    def __exit__(self, *_: object) -> None:
        set_grad_enabled(mode=self._before.pop())

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with type(self)():
                return function(*args, **kwargs)

        return run


class no_grad(_GradMode):  # noqa: N801 - torch's name
    """Do not record: results require no grad and forget their operands. A context manager, or a decorator.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(2.0, requires_grad=True)
        >>> with no_grad():
        ...     y = x * x
        >>> y
        tensor(4.)
    """

    _mode = False


class enable_grad(_GradMode):  # noqa: N801 - torch's name
    """Record again inside `no_grad`. A context manager, or a decorator."""

    _mode = True
