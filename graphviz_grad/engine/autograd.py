"""The backward pass: topological order, and `sweep`. Nothing here recurses; a chain of any length works."""

from __future__ import annotations

import threading
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.broadcast import pull_arrays
from graphviz_grad.engine.detached import cut
from graphviz_grad.engine.record import Pass, Record, settle
from graphviz_grad.engine.rules import qualified

if TYPE_CHECKING:
    from collections.abc import Iterable

_by_order = attrgetter("order")


def toposort(roots: Iterable[Record], *, only_flowing: bool = False) -> list[Record]:
    """Return every record that ``roots`` depend on, themselves included, parents before children.

    Creation order is a topological order, so sorting what is reachable is enough.

    Args:
        roots: Where to start.
        only_flowing: Whether to leave out what no gradient flows to, and what only that depends on.
    """
    stack = list(roots)
    seen = set(map(id, stack))
    found = []
    while stack:
        record = stack.pop()
        found.append(record)
        for parent in record.parents:
            if parent.order > record.order:
                parent = settle(record, parent)  # noqa: PLW2901 - the record that the operand was
            if (parent.flows if only_flowing else parent.order >= 0) and id(parent) not in seen:
                seen.add(id(parent))
                stack.append(parent)
    found = list({id(record): record for record in found}.values())
    found.sort(key=_by_order)
    return found


class NotPlain(RuntimeError):  # noqa: N818 - nothing is wrong
    """A visited record has hooks, or an op of the user's own: not for `sweep`. Nothing has changed."""


_SECOND_BACKWARD: Final = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have "
    "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
    "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or "
    "if you need to access saved tensors after calling backward."
)
lock = threading.RLock()


def backward(root: Record, seed: Any, *, retain_graph: bool | None = False) -> None:
    """Make one pass and add its gradients to what is stored; see `sweep`.

    Both under one lock, so that the pass of another thread over the same leaf comes before or after.
    """
    with lock:
        accumulate(sweep(root, seed, retain_graph=retain_graph))


def cut_copies(roots: Iterable[Record], consumed: Iterable[Record]) -> None:
    """Let copies that were detached from what is consumed forget it, but for those below ``roots``."""
    tied = [record for record in consumed if record.extra is not None and record.extra.copies]
    if tied:
        reached = {id(record) for record in toposort(roots)}
        for record in tied:
            cut(record, reached)


def check_pass(ops: Iterable[Record]) -> None:
    """Raise torch's error if an earlier pass has freed what an op saved, or it was changed in place since."""
    for record in ops:
        if record.is_consumed:
            raise RuntimeError(_SECOND_BACKWARD)
        _check_saved(record, record.op)


def sweep(root: Record, seed: Any, *, retain_graph: bool | None = False) -> list[Record]:
    """Write the gradient of ``root`` into every record that it depends on and that requires one.

    Gradients of one pass live in that pass: each visited record is stamped with it, and nothing is added to
    what is stored. A record's gradient is complete before it is passed on, because children are visited
    first.

    Args:
        root: The record to differentiate; requires grad.
        seed: Its own gradient, of its shape.
        retain_graph: Keep what the ops saved, so that another pass can follow.

    Returns:
        The visited records that store a gradient: leaves, and those that retain it.

    Raises:
        RuntimeError: If a visited op was consumed, or a value that it saved was changed in place. Nothing has
            changed then.
        NotPlain: If a visited record needs a pass by `graphviz_grad.engine.passes`. As before.
    """
    with lock:
        stamp = Pass(root, frees=not retain_graph)
        ops, storing = _visit(root, stamp)
        ops.sort(key=_by_order, reverse=True)
        root.pass_grad = seed
        for record in ops:
            rule: Any = record.op
            if record.value.__class__ is float:  # then so is its gradient
                pull = rule.pull  # in two steps: CPython 3.11 calls a local faster than an attribute
                pull(record)
            else:
                pull_arrays(record)
        return storing


def _visit(  # noqa: C901 - faster than parts
    root: Record, stamp: Pass
) -> tuple[list[Record], list[Record]]:
    """Stamp every record that ``root`` depends on and that requires grad; give it a gradient of -0.0.

    That is the number that adds nothing to any float, signed zeros included. If the pass cannot be made, the
    records get back the stamps and gradients that they had.

    Returns:
        The ops, in no order, and the records that store a gradient: leaves, and ops that retain it.
    """
    ops: list[Record] = []
    storing: list[Record] = []
    undo: list[tuple[Record, Pass, Any]] = []
    special = [root] if root.extra is not None else []
    try:
        _enter(root, stamp, undo)
        (storing if root.op is None else ops).append(root)
        for record in ops:  # grows while it is read
            for parent in record.parents:
                if parent.extra is not None:
                    if parent.order > record.order:
                        parent = settle(record, parent)  # noqa: PLW2901 - the record that the operand was
                    special.append(parent)
                if parent.flows and parent.stamp is not stamp:
                    if parent.stamp is None:
                        parent.stamp = stamp
                        parent.pass_grad = -0.0
                    else:
                        _enter(parent, stamp, undo)
                    (storing if parent.op is None else ops).append(parent)
        if special:
            storing += _look_closer(ops, special)
            if stamp.frees:
                cut_copies([root], special)
    except RuntimeError:
        for record in (*ops, *storing):
            record.stamp = None
        for record, before, grad in undo:
            record.stamp, record.pass_grad = before, grad
        raise
    return ops, storing


def _enter(record: Record, stamp: Pass, undo: list[tuple[Record, Pass, Any]]) -> None:
    """Stamp a record that an earlier pass may have visited."""
    before = record.stamp
    if before is not None:
        if record.is_consumed:
            raise RuntimeError(_SECOND_BACKWARD)
        undo.append((record, before, record.pass_grad))
    record.stamp = stamp
    record.pass_grad = -0.0


def _look_closer(ops: list[Record], special: list[Record]) -> list[Record]:
    """Check what the ops saved, if any record was changed in place; return the ops that retain grad.

    Raises:
        NotPlain: If a record needs another kind of pass.
        RuntimeError: If a saved value was changed.
    """
    if any(record.extra.is_special for record in special if record.extra is not None):
        raise NotPlain
    if any(record.version() for record in special):
        for record in ops:
            _check_saved(record, record.op)
    return [record for record in ops if record.extra is not None and record.extra.retains_grad]


def _check_saved(record: Record, rule: Any) -> None:
    """Raise torch's version error if a value that ``rule`` saved for ``record`` was changed in place."""
    given = (*record.parents, record)
    flowing = [place for place, parent in enumerate(record.parents) if parent.flows]
    for place in rule.saved(flowing, len(record.parents)):
        value = given[place]
        # An op in place saves a copy of what it changes, but not of its other operand: x *= x raises.
        saved_at = record.order - (place != 0)
        if value.changed_since(saved_at):
            maker = (
                (value.op if value is record else value.extra.changed_by or value.op) if value.flows else None
            )
            made_by = f", which is output 0 of {_stem(maker.grad_fn)}," if maker else ""
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an inplace "
                f"operation: [torch.DoubleTensor {list(np.shape(value.value))}]{made_by} is at version "
                f"{value.version()}; expected version {value.version(saved_at)} instead."
            )


def _stem(grad_fn: str) -> str:
    """Return how torch's message calls a backward node: ``Mul``, ``torch::autograd::CopySlices``."""
    return qualified(grad_fn.partition("Backward")[0])


def accumulate(records: Iterable[Record]) -> None:
    """Add the gradient of the latest pass to what is stored in each of ``records``."""
    for record in records:
        stored = record.stored
        if stored is None:
            record.stored = record.pass_grad
        elif stored.__class__ is float:
            record.stored = stored + record.pass_grad
        elif isinstance(stored, Record):  # the tensor that was handed out as .grad
            stored.change(stored.value + record.pass_grad)
        else:
            record.stored = stored + record.pass_grad
