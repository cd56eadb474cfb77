"""Changes in place: what they do to the tensor, to those who look at the same numbers, and to the graph.

An op in place is computed like any other; `become` then makes the tensor its result. What was computed from
the old value keeps it. A change of a view is recorded as one of its base: the base becomes what it was with
the view's new numbers put in, and each of its views is made of it once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from graphviz_grad.engine.grad_mode import is_grad_enabled
from graphviz_grad.engine.record import Record, leaf, orders, part, settle_all
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.storage import Alias, alias_of, follow, locate, share_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.rules import Rule

R = TypeVar("R", bound=Record)

_PUT: Final = RULES["index_put"].named("CopySlices")
_AGAIN: Final = "AsStridedBackward0"  # what torch calls the node of a view whose base was changed
_LEAF: Final = " leaf Variable that requires grad is being used in an in-place operation."
_UNRECORDED: Final = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
)
_WHY: Final = {
    "unrecorded": (
        "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
        "code by "
        "moving both the view and the inplace either both inside the no_grad block (if you don't want the "
        "inplace to be tracked) or both outside (if you want the inplace to be tracked)."
    ),
    "many": (
        "This view is the output of a function that returns multiple views. Such functions do not allow the "
        "output views to be modified inplace. You should replace the inplace operation by an "
        "out-of-place one."
    ),
}
_ONE_PLACE: Final = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory "
    "location. Please clone() the tensor before performing the operation."
)
_OVERLAP: Final = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
    "memory location. Please clone() the tensor before performing the operation."
)


def view(rule: Rule, tensor: R, *, number: int | None = None) -> R:
    """Compute an op whose result looks at the numbers of its operand.

    Args:
        rule: An op that moves numbers and does nothing else to them.
        tensor: Its operand.
        number: Which of several views it is that an op makes at once, if it does.
    """
    made = apply(rule, tensor)
    refusal = "" if number is None else "many"
    if made.op is None:  # nothing is recorded
        made.flows = tensor.flows  # all the same, as in torch
        refusal = "unrecorded"
    share_part(tensor, made, rule, refusal, number or 0)
    return made


def become(tensor: R, changed: Record, other: Record | None = None) -> R:
    """Make ``tensor`` the result of an op in place on it, and give those who look at its numbers theirs.

    Args:
        tensor: What is changed.
        changed: What it becomes.
        other: The op's other operand, where torch minds if it looks at the same numbers elsewhere.

    Raises:
        RuntimeError: If that must not be recorded, in torch's words.
    """
    _check_change(tensor, (), changed)
    if other is not None:
        _check_apart(tensor, (), other)
    _write(tensor, (), changed, changed.order)
    return tensor


def put(tensor: Record, rule: Rule, value: Record) -> None:
    """Put ``value`` where a view of ``tensor`` by ``rule`` would look, without making that view.

    Raises:
        RuntimeError: If that must not be recorded, in torch's words.
    """
    _check_change(tensor, (rule,), value)
    _check_apart(tensor, (rule,), value)
    _write(tensor, (rule,), value, None)


def touch(view: Record) -> None:
    """Count one more change in place of numbers that stay what they are.

    That is how torch sees ``x[0] += 1``: the view is changed, and then put where it already is.
    """
    alias = alias_of(view)
    order = next(orders)
    for looker in alias.storage.lookers():
        looker.change(looker.value, order, is_hidden=alias_of(looker).counter is not alias.counter)


def _check_apart(tensor: Record, path: tuple[Rule, ...], other: Record) -> None:
    """Raise torch's error if a part of ``tensor`` is to be written over what ``other`` looks at elsewhere."""
    alias, source = _alias(tensor), _alias(other)
    if alias is None or source is None or alias.storage is not source.storage:
        return
    if not all(map(_is_dense, (follow(tensor.value, path), other.value))):
        return  # too hard to tell, says torch
    shape = np.shape(alias.storage.value)
    places = np.arange(int(np.prod(shape))).reshape(shape)
    written, read = (np.asarray(follow(places, p)) for p in ((*alias.path, *path), source.path))
    if np.array_equal(written, read):
        return
    if written.size and read.size and np.isin(written, read).any():
        raise RuntimeError(_OVERLAP)


def base_of(tensor: Record) -> Record:
    """Return what a tensor is a view of, to autograd, or the tensor itself."""
    alias = _alias(tensor)
    if alias is None or alias.base is None:
        return tensor
    its = _alias(alias.base)  # which may have been given other numbers since, by ``x.data = ...``
    return alias.base if its is not None and its.storage is alias.storage else tensor


def forget(tensor: Record) -> None:
    """Make a computed tensor a leaf; what was computed from it before keeps the history."""
    made = leaf(tensor.kind, tensor.value, requires_grad=False)
    part(tensor, made, made.order)
    if tensor.extra is not None and tensor.extra.before is not None:
        tensor.extra.before.add_extra().hidden = (made.order,)  # no number has changed


def _alias(tensor: Record) -> Alias | None:
    return tensor.extra.alias if tensor.extra is not None else None


def _check_change(tensor: Record, path: Sequence[Rule], changed: Record) -> None:
    """Raise torch's error if a change of the part of ``tensor`` to which ``path`` leads must not be."""
    check_recorded(tensor, path, changed)
    if _has_one_place(follow(tensor.value, path)):
        raise RuntimeError(_ONE_PLACE)


def check_recorded(tensor: Record, path: Sequence[Rule], other: Record) -> None:
    """Raise torch's error if a change by ``other`` must not be recorded: of a leaf, or of a view of one."""
    alias = _alias(tensor)
    base = base_of(tensor)
    if (tensor.flows or other.flows or base.flows) and is_grad_enabled():
        if alias is not None and alias.refusal:
            raise RuntimeError(_refuse(tensor, path, alias))
        if base.flows and base.op is None:
            raise RuntimeError(("a view of a" if path or base is not tensor else "a") + _LEAF)
        if tensor.flows and tensor.op is None:
            raise RuntimeError("a view of a" + _LEAF)


def _refuse(tensor: Record, path: Sequence[Rule], alias: Alias) -> str:
    """Return why a view must not be changed in place."""
    rule, number = (path[-1], 0) if path else (tensor.op, alias.number)
    what = _UNRECORDED
    if tensor.flows and tensor.op is not None and rule is not None:
        name = rule.grad_fn.partition("Backward")[0]
        what = f"Output {number} of {name} is a view and is being modified inplace. "
    return what + _WHY[alias.refusal]


def _is_dense(value: Any) -> bool:
    return not isinstance(value, np.ndarray) or value.flags.c_contiguous or value.flags.f_contiguous


def _has_one_place(value: Any) -> bool:
    """Return whether several elements of a payload are one number in memory, as `expand` makes them."""
    if not isinstance(value, np.ndarray) or not value.size:
        return False
    return any(not stride and size > 1 for stride, size in zip(value.strides, value.shape, strict=True))


def _write(tensor: Record, path: tuple[Rule, ...], value: Record, order: int | None) -> None:
    """Make ``value`` the part of ``tensor`` to which ``path`` leads, and of its base.

    Args:
        tensor: What is changed.
        path: Rules from there.
        value: What is put there.
        order: Of the op in place that has made the value; None, if it is only put there.
    """
    alias = _alias(tensor)
    base = base_of(tensor)
    if alias is not None and base is not tensor:
        path = (*_path_from(base, alias), *path)
    changed = value
    if path and not np.shape(base.value) and not np.size(follow(base.value, path)):
        return  # nothing of one number
    if path:
        changed = apply(_PUT.bind(index=locate(np.shape(base.value), path)), base, value)
    order = changed.order if order is None else order
    if changed.flows:
        part(base, changed, order)
    else:
        base.change(changed.value, order)
    if alias is not None:
        _tell(base, alias, path, value.value, order)
    if changed.flows:
        settle_all(base)


def _tell(base: Record, alias: Alias, path: tuple[Rule, ...], value: Any, order: int) -> None:
    """Give all who look at the numbers of ``base`` the new ones; its views, a new op.

    Args:
        base: What has changed already.
        alias: Of the tensor through which it was changed.
        path: From the base to what was written.
        value: What was written there.
        order: Of the change.
    """
    storage = alias.storage
    own = alias_of(base).path
    if own:
        rule = RULES["index_put"].bind(index=locate(np.shape(storage.value), (*own, *path)))
        storage.value = rule.forward(storage.value, value)
        base.value = follow(storage.value, own)
    else:
        storage.value = base.value
    for looker in storage.lookers():
        its = alias_of(looker)
        if looker is base:
            continue
        if its.base is base and is_grad_enabled() and base.flows and (looker.op or not looker.flows):
            part(looker, _view_again(base, its), order)
            continue
        is_hidden = its.counter is not alias.counter
        looker.change(follow(storage.value, its.path), order, is_hidden=is_hidden)
        if looker.op is not None and its.base is not None and looker.flows and not is_hidden:
            looker.op = looker.op.named(_AGAIN)  # torch makes the node anew when it is next looked at


def _path_from(base: Record, alias: Alias) -> tuple[Rule, ...]:
    return alias.path[len(alias_of(base).path) :]


def _view_again(base: Record, alias: Alias) -> Record:
    """Return the record of a view of what its base has become."""
    *rules, last = _path_from(base, alias)
    for rule in rules:
        base = apply(rule, base)
    return apply(last.named(_AGAIN), base)
