"""Whether code looks at values. What it then does because of them is no part of the recorded graph."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphviz_grad.engine.record import Record


class _Open(threading.local):
    """The watches of this thread that are open."""

    def __init__(self) -> None:
        self.watches: list[Watch] = []


_open: Final = _Open()


class Watch:
    """A context manager that notices when this thread asks a tensor for its number.

    Only a number that can depend on what moves counts: that of a tensor which requires grad, or was made
    later than these. A tensor that was there before and is held fixed may be read.

    Args:
        moving: Tensors that will have other values another time.

    Attributes:
        has_seen: Whether code has looked.

    Example:
        >>> from graphviz_grad import tensor
        >>> fixed, x = tensor(3.0), tensor(2.0, requires_grad=True)
        >>> with Watch([x]) as watch:
        ...     y = x * fixed.item()
        >>> watch.has_seen
        False
        >>> with Watch([x]) as watch:
        ...     y = x * fixed if x > 0 else x
        >>> watch.has_seen
        True
    """

    def __init__(self, moving: Iterable[Record]) -> None:
        self.last = max(record.order for record in moving)
        self.has_seen = False

    def __enter__(self) -> Self:
        _open.watches.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _open.watches.remove(self)


def note_look(record: Record) -> None:
    """Tell the watches of this thread that a record's value is handed out."""
    for watch in _open.watches:
        if record.flows or record.order > watch.last:
            watch.has_seen = True
