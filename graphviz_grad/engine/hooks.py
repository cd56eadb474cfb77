"""Functions that are called when a gradient is complete, in the order in which they were registered."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self
from weakref import ref

import numpy as np

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.dtype import dtype_of
from graphviz_grad.engine.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_next_id: Final = count().__next__


class Hooks:
    """An ordered set of functions, each of which can be removed by its handle.

    Example:
        >>> hooks = Hooks()
        >>> handle = hooks.add(print)
        >>> len(hooks)
        1
        >>> handle.remove()
        >>> len(hooks)
        0
    """

    __slots__ = ("__weakref__", "by_id")

    def __init__(self) -> None:
        self.by_id: dict[int, Callable[..., Any]] = {}

    def add(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Add a function; the handle that is returned removes it."""
        handle = RemovableHandle(self)
        self.by_id[handle.id] = hook
        return handle

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter(tuple(self.by_id.values()))

    def __len__(self) -> int:
        return len(self.by_id)


class RemovableHandle:
    """What removes a hook: by `remove`, or at the end of a ``with`` block.

    Attributes:
        id: A number that no other handle has.
    """

    __slots__ = ("_hooks", "id")

    def __init__(self, hooks: Hooks) -> None:
        self.id = _next_id()
        self._hooks = ref(hooks)

    def remove(self) -> None:
        """Remove the hook; where it is gone already, nothing happens."""
        hooks = self._hooks()
        if hooks is not None:
            hooks.by_id.pop(self.id, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def run_hooks(hooks: Hooks, grad: Record) -> Record:
    """Return what hooks make of a gradient: each may return another one, which the next is given.

    Args:
        hooks: Of the tensor whose gradient it is.
        grad: The gradient.

    Raises:
        TypeError: If a hook returns something that is no tensor, and not None.
        RuntimeError: If it returns one of another shape or dtype.
    """
    for hook in hooks:
        made = hook(grad)
        if made is None:
            continue
        if not isinstance(made, Record):
            raise TypeError(
                f"expected Variable, but hook returned {type_name(made)!r}: {made!r} (must be a Tensor)"
            )
        name = getattr(hook, "__name__", type_name(hook))
        old, new = dtype_of(grad.value), dtype_of(made.value)
        if old is not new:
            raise RuntimeError(
                f"hook {name!r} has changed the type of value (was torch.{old.c_name}Tensor "
                f"got torch.{new.c_name}Tensor)"
            )
        if np.shape(made.value) != np.shape(grad.value):
            raise RuntimeError(
                f"hook {name!r} has changed the size of value: {np.shape(made.value)} "
                f"(must be {np.shape(grad.value)})"
            )
        grad = made
    return grad


def run_post_hooks(hooks: Hooks, leaf: Record) -> None:
    """Tell the hooks that a leaf's stored gradient is up to date.

    Raises:
        TypeError: If a hook returns something.
    """
    for hook in hooks:
        made = hook(leaf)
        if made is not None:
            raise TypeError(
                f"expected Variable, but hook returned {type_name(made)!r}: {made!r} (must be None)"
            )
