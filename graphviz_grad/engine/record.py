"""`Record`: what remains of an operation: its value, its op, its parents.

A record refers to its parents and never to its children, so a graph that nobody holds is freed by reference
counting alone.

A tensor is its own record, which saves a third of the cost of an operation. They part when a computed tensor
is changed in place: the tensor becomes the record of the change, and what it was moves to a record of its own
(`part`). Consumers made before that still name the tensor as their parent; the order numbers tell (a parent
is older than its child), and `settle` puts the past record in its place when the graph is next walked.
"""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

if TYPE_CHECKING:
    from weakref import ref

    from graphviz_grad.engine.hooks import Hooks
    from graphviz_grad.engine.rules import Rule
    from graphviz_grad.engine.storage import Alias

R = TypeVar("R", bound="Record")

orders = count()  # the creation numbers to come
_next_pass = count(1).__next__
# Past values kept of a record: enough for a drawing after an optimiser's step, bounded in a long loop.
_PAST_KEPT: Final = 8


class Record:
    """One node of the graph behind the tensors.

    Has no ``__init__``, which would double what an op costs: who makes one fills in its slots (`leaf`,
    `recorder.compile_op`).

    Attributes:
        value: The payload: a Python number for a scalar, else an array.
        op: The rule that made it; None for a leaf.
        parents: Every operand in order, Python numbers included (as literals).
        flows: Whether gradients flow here (torch's ``requires_grad``).
        order: Creation number: unique, and larger than that of every parent; -1 for a literal.
        stamp: The latest pass that visited this record, or None.
        pass_grad: The gradient of that pass; unset while there was none.
        stored: The attribute ``.grad`` of the tensor: a payload, or the tensor that was handed out for it.
        extra: What few records have, or None.
        kind: The class of what is made of it: results, its gradient. Those of a parameter are no parameters.
    """

    __slots__ = (
        "extra",
        "flows",
        "op",
        "order",
        "parents",
        "pass_grad",
        "stamp",
        "stored",
        "value",
    )
    value: Any
    op: Rule | None
    parents: tuple[Record, ...]
    flows: bool
    order: int
    pass_grad: Any
    stamp: Pass | None
    stored: Any
    extra: Extra | None
    kind: ClassVar[type[Any]]

    def __repr__(self) -> str:
        return f"Record({self.value!r}, {self.op!r}, order={self.order})"

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow here."""
        return self.flows

    @property
    def is_literal(self) -> bool:
        """Whether this is a Python number among the operands of an op."""
        return self.order < 0

    @property
    def is_leaf(self) -> bool:
        """Whether torch calls this a leaf: no op, or no gradient flows through it."""
        return self.op is None or not self.flows

    @property
    def is_consumed(self) -> bool:
        """Whether a backward pass has freed what the op saved; its value and parents stay."""
        return self.stamp is not None and self.stamp.frees and self.op is not None and self.op.saves

    @property
    def name(self) -> str | None:
        """What the picture calls it; None leaves the choice to the naming rule."""
        return self.extra.name if self.extra else None

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name: {name!r} (must be a str or None)")
        self.add_extra().name = name

    @property
    def stores_grad(self) -> bool:
        """Whether the attribute ``.grad`` is stored here."""
        return self.flows and (self.op is None or bool(self.extra and self.extra.retains_grad))

    @property
    def stored_payload(self) -> Any:
        """The attribute ``.grad`` as a payload, or None."""
        return self.stored.value if isinstance(self.stored, Record) else self.stored

    def add_extra(self) -> Extra:
        """Return ``extra``, made if there was none."""
        if self.extra is None:
            self.extra = Extra()
        return self.extra

    def change(self, value: Any, order: int | None = None, *, is_hidden: bool = False) -> None:
        """Put another value in place, and remember the one that consumers made so far have seen.

        Args:
            value: The new payload.
            order: Of the op that changes it in place, if that op is itself recorded as a consumer.
            is_hidden: Whether autograd is not to mind, as torch's does not mind changes through ``.data``.
        """
        extra = self.add_extra()
        order = next(orders) if order is None else order
        extra.changes.append(order)
        extra.past.append(self.value)
        if is_hidden:
            extra.hidden = (*extra.hidden[1 - _PAST_KEPT :], order)
        if len(extra.changes) > _PAST_KEPT:  # as an optimiser makes them, by the million
            del extra.changes[0], extra.past[0]
            extra.forgotten += 1
        self.value = value

    def version(self, order: int | None = None) -> int:
        """Return how often the value was changed in place: in all, or up to the creation number ``order``."""
        extra = self.extra
        if extra is None:
            return 0
        return extra.forgotten + (len(extra.changes) if order is None else bisect_right(extra.changes, order))

    def changed_since(self, order: int) -> bool:
        """Whether the value was changed in place, openly, after a consumer of ``order`` was made."""
        extra = self.extra
        if extra is None:
            return False
        return any(change > order and change not in extra.hidden for change in extra.changes)

    def value_at(self, order: int) -> Any:
        """Return the value that a consumer of ``order`` has seen; the oldest one kept, if that is gone."""
        changes_since = self.version() - self.version(order)
        if not changes_since or self.extra is None:
            return self.value
        return self.extra.past[max(-changes_since, -len(self.extra.past))]


Record.kind = Record


class Extra:
    """What few records have: a name, a retained gradient, a history of in-place changes, shared numbers."""

    __slots__ = (
        "alias",
        "before",
        "changed_by",
        "changes",
        "copies",
        "forgotten",
        "hidden",
        "hooks",
        "is_own",
        "name",
        "past",
        "post_hooks",
        "retains_grad",
    )

    def __init__(self) -> None:
        self.name: str | None = None
        self.retains_grad = False
        self.is_own = False  # whether the op is the user's own
        self.hooks: Hooks | None = None  # on the gradient, once it is complete
        self.post_hooks: Hooks | None = None  # on the leaf, once its gradient is stored
        self.copies: list[ref[Record]] = []  # detached from it, see `graphviz_grad.engine.detached`
        self.changes: list[int] = []
        self.past: list[Any] = []
        self.forgotten = 0  # changes that are only counted
        self.hidden: tuple[int, ...] = ()  # the latest of ``changes`` that autograd does not mind
        self.alias: Alias | None = None  # how it looks at numbers that others look at, too
        self.before: Record | None = None  # what it was before the latest op in place
        self.changed_by: Rule | None = None  # the op in place that a record of the past gave way to

    @property
    def is_special(self) -> bool:
        """Whether a backward pass must do more here than to add numbers."""
        return bool(self.hooks or self.post_hooks or self.is_own)


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

    @property
    def kept(self) -> Pass:
        """The same pass, as the stamp of a record whose op it has not run."""
        kept = copy(self)
        kept.frees = False
        return kept


def leaf(kind: type[R], value: Any, requires_grad: bool) -> R:  # noqa: FBT001 - keywords are slow
    """Return a record of class ``kind`` that nothing was computed from.

    Args:
        kind: `Tensor`.
        value: The payload: a Python number, or an array.
        requires_grad: Whether gradients are computed for it.
    """
    made = kind()
    made.value = value
    made.op = made.stamp = made.stored = made.extra = None
    made.parents = ()
    made.flows = requires_grad
    made.order = next(orders)
    return made


def literal(kind: type[R], value: Any) -> R:
    """Return a Python number as an operand of an op; it is not a node of the graph."""
    made = kind()
    made.value = value
    made.op = made.stamp = made.stored = made.extra = None
    made.parents = ()
    made.flows = False
    made.order = -1
    return made


def part(tensor: Record, changed: Record, order: int) -> None:
    """Make ``tensor`` the record of an op; what it was is a record of its own from now on.

    Where that is among the ancestors of ``tensor``, `settle_all` has to follow.

    Args:
        tensor: The tensor that is changed.
        changed: The record of what it becomes.
        order: Of the change, as `Record.change` has it.
    """
    past = Record()
    for slot in Record.__slots__:
        if hasattr(tensor, slot):
            setattr(past, slot, getattr(tensor, slot))
    past.extra = Extra()
    past.extra.changes = [*(tensor.extra.changes if tensor.extra else ()), order]
    past.extra.forgotten = tensor.extra.forgotten if tensor.extra else 0
    past.extra.before = tensor.extra.before if tensor.extra else None
    past.extra.changed_by = changed.op
    past.extra.past = [tensor.value] * len(past.extra.changes)
    if tensor.extra is not None:  # a hook stays with the value that it was registered on
        past.extra.hooks, tensor.extra.hooks = tensor.extra.hooks, None
    for slot in ("value", "op", "flows", "order"):
        setattr(tensor, slot, getattr(changed, slot))
    tensor.parents = tuple(past if parent is tensor else parent for parent in changed.parents)
    tensor.stamp = tensor.stored = None
    tensor.add_extra().before = past
    tensor.add_extra().forgotten += 1  # the change is one of its versions


def settle_all(tensor: Record) -> None:
    """Settle what ``tensor`` was just changed by, as far as that was computed from it (``a += sin(a)``).

    Else ``tensor`` would be among its own ancestors, and be freed by the garbage collector only. What was
    made before it was changed last cannot have been computed from it.
    """
    past: Any = tensor.extra and tensor.extra.before
    stack = [parent for parent in tensor.parents if parent is not past]
    seen = set()
    while stack:
        record = stack.pop()
        if record.order > past.order and id(record) not in seen:
            seen.add(id(record))
            stack += [
                settle(record, parent) if parent.order > record.order else parent for parent in record.parents
            ]


def settle(record: Record, parent: Record) -> Record:
    """Return what ``parent`` was when ``record`` was made, and put it in its place among the parents."""
    past: Any = parent
    while past.order > record.order:
        past = past.extra.before
    record.parents = tuple(past if operand is parent else operand for operand in record.parents)
    return past  # type: ignore[no-any-return]
