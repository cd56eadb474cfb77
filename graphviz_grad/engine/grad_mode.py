"""Grad mode, per thread: whether operations are recorded."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from graphviz_grad.engine.record import Record

P = ParamSpec("P")
R = TypeVar("R")

# The threads in which nothing is recorded; usually empty, and then it costs next to nothing to ask. A number
# may be given to another thread once its own has ended, hence the thread beside it.
off: Final[dict[int, ref[threading.Thread]]] = {}


def is_grad_enabled() -> bool:
    """Return whether operations of this thread are recorded.

    Example:
        >>> is_grad_enabled()
        True
    """
    number = threading.get_ident()
    thread = off.get(number)
    if thread is not None and thread() is not threading.current_thread():
        del off[number]
        return True
    return thread is None


def _record(mode: bool) -> None:  # noqa: FBT001 - the mode is all there is
    if mode:
        off.pop(threading.get_ident(), None)
    else:
        off[threading.get_ident()] = ref(threading.current_thread())


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

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the context manager; of a function (``@no_grad`` without parentheses), the decorated one."""
        if len(args) == 1 and not kwargs and callable(args[0]):
            return cls()(args[0])
        context = super().__new__(cls)
        context._before = []
        return context

    def clone(self) -> Self:
        """Return another such context, for one more call of a decorated function."""
        context: Self = type(self)()
        return context

    def __enter__(self) -> None:
        self._before.append(is_grad_enabled())
        _record(self._mode)

    def __exit__(self, *_: object) -> None:
        _record(self._before.pop())

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function):
            return _decorate_generator(self.clone, function)  # type: ignore[return-value]

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.clone():
                return function(*args, **kwargs)

        return run


def _decorate_generator(
    context: Callable[[], _GradMode], function: Callable[P, Generator[Any, Any, Any]]
) -> Callable[P, Generator[Any, Any, Any]]:
    """Return a generator function that runs in a context, and hands out what it yields outside of it."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> Generator[Any, Any, Any]:
        with context():
            generator = function(*args, **kwargs)
        resume: Callable[[], Any] = functools.partial(next, generator)
        while True:
            try:
                with context():
                    item = resume()
            except StopIteration as end:
                return end.value
            try:
                sent = yield item
            except GeneratorExit:
                with context():
                    generator.close()
                raise
            except BaseException:  # noqa: BLE001 - whatever it is, it is the generator's
                resume = functools.partial(generator.throw, sys.exception())
            else:
                resume = functools.partial(generator.send, sent)

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

    def __init__(self) -> None:
        pass


class enable_grad(_GradMode):  # noqa: N801 - torch's name
    """Record again inside `no_grad`. A context manager, or a decorator."""

    _mode = True

    def __init__(self) -> None:
        pass


class set_grad_enabled(_GradMode):  # noqa: N801 - torch's name
    """Record, or do not: from now on, in a ``with`` block, or in a decorated function.

    Args:
        mode: Whether to record.

    Raises:
        TypeError: If ``mode`` is no bool.

    Example:
        >>> before = set_grad_enabled(False)
        >>> is_grad_enabled()
        False
        >>> with set_grad_enabled(True):
        ...     is_grad_enabled()
        True
        >>> before = set_grad_enabled(True)
    """

    def __init__(self, mode: bool) -> None:  # noqa: FBT001 - torch's signature
        if not isinstance(mode, bool):
            raise TypeError(
                "set_grad_enabled(): argument 'enabled' (position 1) must be bool, "
                f"not {type(mode).__name__}: {mode!r}"
            )
        self._mode = mode
        self._outer = is_grad_enabled()
        _record(mode)

    def clone(self) -> Self:
        """Return another such context, for one more call of a decorated function."""
        return type(self)(self._mode)

    def __enter__(self) -> None:
        self._before.append(self._outer)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return the function, run in this mode."""
        _record(self._outer)  # it is the function that runs so, not what follows the decorator
        return super().__call__(function)


class inference_mode(_GradMode):  # noqa: N801 - torch's name
    """Do not record; here the same as `no_grad`. A context manager, or a decorator.

    Args:
        mode: False records, whatever holds outside.
    """

    def __init__(self, mode: bool = True) -> None:  # noqa: FBT001, FBT002 - torch's signature
        self._mode = not mode

    def clone(self) -> Self:
        """Return another such context, for one more call of a decorated function."""
        return type(self)(not self._mode)
