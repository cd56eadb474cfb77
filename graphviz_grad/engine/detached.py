"""How long a detached copy remembers where it comes from: until a backward pass has used up that graph.

Pictures show the way from a tensor to its detached copy, cut; and a live picture needs it to move the copy.
To torch there is no such way, and a list of detached losses keeps no graph. Here it would keep every graph of
a training, were the way not given up where torch gives up what the graph saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Container

    from graphviz_grad.engine.record import Record


def tie(record: Record, detached: Record) -> None:
    """Let a detached copy forget its history when ``record`` is consumed; at once, if it has been.

    Args:
        record: What it was detached from.
        detached: The copy, a new record.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(3.0, requires_grad=True)
        >>> loss = x * x
        >>> kept = loss.detach()
        >>> kept.parents
        (tensor(9., grad_fn=<MulBackward0>),)
        >>> loss.backward()
        >>> kept.parents
        ()
    """
    if record.op is None or not record.flows:
        return
    if record.stamp is not None and record.stamp.frees:
        _forget(detached)
    else:
        extra = record.add_extra()
        extra.copies = [*(each for each in extra.copies if each() is not None), ref(detached)]


def cut(record: Record, reached: Container[int]) -> None:
    """Let the detached copies of a record that is consumed forget where they come from.

    Args:
        record: What they were detached from.
        reached: Ids of the records that belong to the consumed graph themselves, and stay as they are.
    """
    extra = record.add_extra()
    for each in extra.copies:
        detached = each()
        if (
            detached is not None
            and id(detached) not in reached
            and detached.parents
            and detached.parents[0] is record
        ):
            _forget(detached)
    extra.copies = []


def _forget(detached: Record) -> None:
    detached.op = None
    detached.parents = ()
