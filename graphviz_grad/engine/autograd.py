"""The backward pass: records, their topological order, and `sweep`.

A `Record` is what remains of an operation: its value, its op, its parents. It refers to its parents and never to
its children or to a tensor, so a graph that nobody holds is freed by reference counting alone. Nothing here
recurses; a chain of any length works.
"""

from __future__ import annotations

import threading
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphviz_grad.engine.rules import Rule

next_order = count().__next__
_next_pass = count(1).__next__
_by_order = attrgetter("order")


class Record:
    """One node of the graph behind the tensors.

    Args:
        value: The payload: a Python number for a scalar, else an array.
        op: The rule that made it; None for a leaf.
        parents: Every operand in order, Python numbers included (as literals).
        requires_grad: Whether gradients flow here.

    Attributes:
        order: Creation number: unique, and larger than that of every parent; -1 for a literal.
        stamp: The latest pass that visited this record, or None.
        grad: The gradient of that pass; unset while there was none.
        stored: The attribute ``.grad`` of the tensor: a payload, or the tensor that was handed out for it.
        extra: What few records have, or None.
    """

    __slots__ = (
        "extra",
        "grad",
        "op",
        "order",
        "parents",
        "requires_grad",
        "stamp",
        "stored",
        "value",
    )
    value: Any
    op: Rule | None
    parents: tuple[Record, ...]
    requires_grad: bool
    order: int
    grad: Any
    stamp: Pass | None
    stored: Any
    extra: Extra | None

    def __init__(
        self, value: Any, op: Rule | None, parents: tuple[Record, ...], requires_grad: bool  # noqa: FBT001
    ) -> None:
        self.value = value
        self.op = op
        self.parents = parents
        self.requires_grad = requires_grad
        self.order = next_order()
        self.stamp = self.stored = self.extra = None

    def __repr__(self) -> str:
        return f"Record({self.value!r}, {self.op!r}, order={self.order})"

    @property
    def is_literal(self) -> bool:
        """Whether this is a Python number among the operands of an op."""
        return self.order < 0

    @property
    def is_leaf(self) -> bool:
        """Whether torch calls this a leaf: no op, or no gradient flows through it."""
        return self.op is None or not self.requires_grad

    @property
    def is_consumed(self) -> bool:
        """Whether a backward pass has freed what the op saved; its value and parents stay."""
        return self.stamp is not None and self.stamp.frees and self.op is not None and self.op.saves

    @property
    def name(self) -> str | None:
        """What the user called it."""
        return self.extra.name if self.extra else None

    @property
    def retains_grad(self) -> bool:
        """Whether the attribute ``.grad`` is stored here."""
        return self.requires_grad and (self.op is None or bool(self.extra and self.extra.retains_grad))

    @property
    def stored_payload(self) -> Any:
        """The attribute ``.grad`` as a payload, or None."""
        handle = getattr(self.stored, "record", None)
        return self.stored if handle is None else handle.value

    def add_extra(self) -> Extra:
        """Return ``extra``, made if there was none."""
        if self.extra is None:
            self.extra = Extra()
        return self.extra

    def change(self, value: Any, order: int | None = None) -> None:
        """Put another value in place, and remember the one that consumers made so far have seen.

        Args:
            value: The new payload.
            order: Of the op that changes it in place, if that op is itself recorded as a consumer.
        """
        extra = self.add_extra()
        extra.changes.append(next_order() if order is None else order)
        extra.past.append(self.value)
        del extra.past[:-_PAST_KEPT]
        self.value = value

    def version(self, order: int | None = None) -> int:
        """Return how often the value was changed in place, in all or before a consumer of ``order`` was made."""
        changes = self.extra.changes if self.extra else []
        return len(changes) if order is None else sum(change <= order for change in changes)

    def changed_since(self, order: int) -> bool:
        """Whether the value was changed in place after a consumer of ``order`` was made."""
        return self.version() > self.version(order)

    def value_at(self, order: int) -> Any:
        """Return the value that a consumer of ``order`` has seen (the oldest one kept, if it is long gone)."""
        changes_since = self.version() - self.version(order)
        if not changes_since or self.extra is None:
            return self.value
        return self.extra.past[max(-changes_since, -len(self.extra.past))]


_PAST_KEPT = 8  # past values of a record: enough for a drawing after an optimiser's step, bounded in a long loop


class Extra:
    """What few records have: a name, a retained gradient, a history of in-place changes."""

    __slots__ = ("changes", "name", "past", "retains_grad")

    def __init__(self) -> None:
        self.name: str | None = None
        self.retains_grad = False
        self.changes: list[int] = []
        self.past: list[Any] = []


class Pass:
    """One backward pass: what it started from, by number and name, so that nothing is kept alive by it.

    Args:
        root: The record to differentiate.
        frees: Whether the pass frees what the ops saved.
    """

    __slots__ = ("frees", "number", "root_name", "root_order")

    def __init__(self, root: Record, *, frees: bool) -> None:
        self.frees = frees
        self.number = _next_pass()
        self.root_order = root.order
        self.root_name = root.extra.name if root.extra is not None else None


def literal(value: Any) -> Record:
    """Return the record of a Python number that is an operand of an op; it is not a node of the graph."""
    record = Record(value, None, (), requires_grad=False)
    record.order = -1
    return record


# --- grad mode ------------------------------------------------------------------------------------

off: Final[set[int]] = set()  # the threads in which nothing is recorded; usually empty, which costs next to nothing


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


def apply(rule: Rule, *parents: Record) -> Record:
    """Return the record of what ``rule`` makes of ``parents``, under this thread's grad mode."""
    value = rule.forward(*[parent.value for parent in parents])
    requires_grad = rule.is_differentiable and any(parent.requires_grad for parent in parents)
    record = Record(value, rule, parents, requires_grad)
    if off:
        forget(record)
    return record


def forget(record: Record) -> None:
    """Make a new record a leaf that requires no grad, if operations of this thread are not recorded."""
    if not is_grad_enabled():
        record.op = None
        record.parents = ()
        record.requires_grad = False


# --- the graph ------------------------------------------------------------------------------------


def toposort(roots: Iterable[Record]) -> list[Record]:
    """Return every record that ``roots`` depend on, themselves included, parents before children.

    Creation order is a topological order, so sorting what is reachable is enough.
    """
    stack = list(roots)
    seen = set(map(id, stack))
    found = []
    while stack:
        record = stack.pop()
        found.append(record)
        for parent in record.parents:
            if parent.order >= 0 and id(parent) not in seen:
                seen.add(id(parent))
                stack.append(parent)
    found = list({id(record): record for record in found}.values())
    found.sort(key=_by_order)
    return found


_SECOND_BACKWARD = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
    "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
    "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
    "saved tensors after calling backward."
)
_lock = threading.RLock()


def sweep(root: Record, seed: Any, *, retain_graph: bool = False) -> list[Record]:
    """Write the gradient of ``root`` into every record that it depends on and that requires one.

    Gradients of one pass live in that pass: each visited record is stamped with it, and nothing is added to what
    is stored. A record's gradient is complete before it is passed on, because children are visited first.

    Args:
        root: The record to differentiate; requires grad.
        seed: Its own gradient, of its shape.
        retain_graph: Keep what the ops saved, so that another pass can follow.

    Returns:
        The visited records that store a gradient: leaves, and those that retain it.

    Raises:
        RuntimeError: If a visited op was consumed, or a value that it saved was changed in place. Nothing has
            changed then.
    """
    with _lock:
        stamp = Pass(root, frees=not retain_graph)
        visited = _visit(root, stamp)
        visited.sort(key=_by_order, reverse=True)
        root.grad = seed
        storing = []
        for record in visited:
            rule = record.op
            if rule is None:
                storing.append(record)
            else:
                if record.grad.__class__ is float is record.value.__class__:
                    rule.pull(record)
                else:
                    _pull_arrays(rule, record)
                if record.extra is not None and record.extra.retains_grad:
                    storing.append(record)
        return storing


def _visit(root: Record, stamp: Pass) -> list[Record]:
    """Stamp every record that ``root`` depends on and that requires grad; give it a gradient of -0.0.

    That is the number that adds nothing to any float, signed zeros included. If the pass cannot be made, the
    records get back the stamps and gradients that they had.
    """
    found = [root]
    undo: list[tuple[Record, Pass, Any]] = []
    append = found.append
    try:
        _enter(root, stamp, undo)
        for record in found:  # grows while it is read
            for parent in record.parents:
                extra = parent.extra
                if extra is not None and extra.changes:
                    _check_saved(record)
                if parent.requires_grad:
                    before = parent.stamp
                    if before is None and extra is None:
                        parent.stamp = stamp
                        parent.grad = -0.0
                        append(parent)
                    elif before is not stamp:
                        _enter(parent, stamp, undo)
                        append(parent)
    except RuntimeError:
        for record in found:
            record.stamp = None
        for record, before, grad in undo:
            record.stamp, record.grad = before, grad
        raise
    return found


def _enter(record: Record, stamp: Pass, undo: list[tuple[Record, Pass, Any]]) -> None:
    """Stamp a record that may have been visited by an earlier pass, or changed in place."""
    before = record.stamp
    if before is not None:
        if before.frees and record.op is not None and record.op.saves:
            raise RuntimeError(_SECOND_BACKWARD)
        undo.append((record, before, record.grad))
    if record.extra is not None and record.extra.changes:
        _check_saved(record)
    record.stamp = stamp
    record.grad = -0.0


def _check_saved(record: Record) -> None:
    """Raise torch's version error if a value that ``record`` saved was changed in place."""
    rule = record.op
    if rule is None:
        return
    operands = dict(zip(rule.op.operands, record.parents, strict=True))
    named = {**operands, "out": record}
    for name in {name for operand in operands if operands[operand].requires_grad for name in rule.reads[operand]}:
        value = named[name]
        if value.changed_since(record.order):
            made_by = f", which is output 0 of {value.op.grad_fn}," if value.op else ""
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an inplace operation: "
                f"[torch.DoubleTensor {list(np.shape(value.value))}]{made_by} is at version {value.version()}; "
                f"expected version {value.version(record.order)} instead."
            )


def _pull_arrays(rule: Rule, record: Record) -> None:
    """Add the contributions of ``record`` to its parents, whatever the payloads; broadcasting is summed out."""
    parents = record.parents
    contributions = rule.backward(record.grad, *[parent.value for parent in parents], record.value)
    for parent, contribution in zip(parents, contributions, strict=True):
        if parent.requires_grad:
            parent.grad = parent.grad + unbroadcast(contribution, np.shape(parent.value))


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``gradient`` over the axes along which an operand of ``shape`` was broadcast.

    Args:
        gradient: Payload of the broadcast shape.
        shape: Shape of the operand.

    Returns:
        Payload of ``shape``.

    Example:
        >>> unbroadcast(np.ones((3,)), ())
        3.0
    """
    if np.shape(gradient) == shape:
        return gradient
    array = np.broadcast_to(gradient, np.broadcast_shapes(np.shape(gradient), shape))
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and array.shape[axis] != 1)
    array = array.sum(axis=axes, keepdims=True)
    return array.item() if array.ndim == 0 else array


def accumulate(records: Iterable[Record]) -> None:
    """Add the gradient of the latest pass to what is stored in each of ``records``."""
    for record in records:
        stored = record.stored
        if stored is None:
            record.stored = record.grad
        elif stored.__class__ is float:
            record.stored = stored + record.grad
        elif hasattr(stored, "record"):  # the tensor that was handed out as .grad
            stored.record.change(stored.record.value + record.grad)
        else:
            record.stored = stored + record.grad
