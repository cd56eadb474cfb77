"""A backward pass in general: from several roots, to chosen inputs, through hooks; recorded, if wanted.

Most passes start at one root, end at the leaves and meet no hook: `graphviz_grad.engine.autograd.sweep` is
made for them, and ten times as fast.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.autograd import accumulate, check_pass, cut_copies, lock, toposort
from graphviz_grad.engine.broadcast import contributions
from graphviz_grad.engine.grad_mode import set_grad_enabled
from graphviz_grad.engine.higher import add, record_contributions
from graphviz_grad.engine.hooks import run_hooks, run_post_hooks
from graphviz_grad.engine.record import Pass, Record, leaf, literal
from graphviz_grad.engine.recorder import apply_to
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphviz_grad.engine.request import Request

_COPY: Final = RULES["clone"].named("CopyBackwards")


def run(request: Request) -> Mapping[int, Any]:
    """Make a pass.

    Returns:
        Of each input that the pass has reached, by creation number, its gradient: a payload or a record.

    Raises:
        RuntimeError: If a visited op was consumed, or a value that it saved was changed in place. Nothing has
            changed then.
    """
    if not request.roots:
        return {}
    with lock, set_grad_enabled(request.create_graph), np.errstate(all="ignore"):
        return _Walk(request).run()


class _Walk:
    """One pass.

    A gradient is a payload; or a record, where the pass is recorded. It is complete when every consumer has
    been visited, which the order of creation sees to; a leaf's, as soon as the last of them has been.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        visited = [record for record in toposort(request.roots, only_flowing=True) if record.flows]
        targets = None if request.inputs is None else {record.order for record in request.inputs}
        self.targets = targets
        self.wanted, executed = _choose(visited, targets, stores=request.stores)
        check_pass(executed)
        if not request.retain_graph:
            cut_copies(request.roots, executed)
        self.inner = [record for record in reversed(visited) if record.op and record.order in self.wanted]
        self.executed = {record.order for record in executed}
        self.waiting = Counter(
            parent.order for record in executed for parent in record.parents if parent.op is None
        )
        self.stamp = Pass(request.roots[-1], frees=not request.retain_graph)
        self.grads: dict[int, Any] = {}
        self.found: dict[int, Any] = {}
        self.owned: set[int] = set()  # recorded gradients that nobody else has
        self.borrowed: set[int] = set()  # and those that are operands: 1 · z is z

    def run(self) -> Mapping[int, Any]:
        """Visit the ops, latest first."""
        roots = self.request.roots
        for root, seed in zip(roots, self.request.seeds, strict=True):
            self.receive(root, seed)
        for root in {root.order: root for root in roots if root.op is None}.values():
            if not self.waiting[root.order] and root.order in self.wanted:
                self.finish(root)
        for record in self.inner:
            self.finish(record)
        return self.found

    def finish(self, record: Record) -> None:
        """Pass on a gradient that is complete."""
        grad = self.settle(record, self.grads.pop(record.order, None))
        if record.op is None:
            return
        if record.order in self.executed:
            parents = record.parents
            places = [place for place, parent in enumerate(parents) if parent.order in self.wanted]
            if grad is not None:
                self.pull(record, grad, places)
            for place in places:
                parent = parents[place]
                if parent.op is None:
                    self.waiting[parent.order] -= 1
                    if not self.waiting[parent.order]:
                        self.finish(parent)

    def pull(self, record: Record, grad: Any, places: Sequence[int]) -> None:
        """Give operands their contributions."""
        if not self.request.create_graph:
            found = contributions(record, grad, places)
        else:
            found = record_contributions(record, grad, places, self.request.kind)
            made = Counter(each.order for each in found if isinstance(each, Record))
            latest = max(record.order, grad.order if isinstance(grad, Record) else -1)
            self.owned.update(order for order, uses in made.items() if uses == 1 and order > latest)
            self.borrowed.update(
                each.order
                for each in found
                if isinstance(each, Record) and each.order <= latest and each is not grad
            )
        for place, contribution in zip(places, found, strict=True):
            self.receive(record.parents[place], contribution)

    def receive(self, record: Record, contribution: Any) -> None:
        """Add a contribution to a gradient."""
        if contribution is None:
            return
        before = self.grads.get(record.order)
        if before is None:
            self.grads[record.order] = contribution
            return
        after = add(before, contribution, self.request.kind)
        self.grads[record.order] = after
        if isinstance(after, Record):
            self.owned.add(after.order)

    def settle(self, record: Record, grad: Any) -> Any:
        """Call the hooks of a complete gradient, write it down and store it; return what hooks made of it."""
        extra = record.extra
        is_target = self.targets is not None and record.order in self.targets
        is_handed_out = is_target or extra is not None or record.op is None
        if is_handed_out and isinstance(grad, Record) and grad.order in self.borrowed:
            one = literal(self.request.kind, 1.0)
            grad = apply_to(RULES["mul"], (one, grad), self.request.kind)
            self.owned.add(grad.order)
        before = grad
        if grad is not None and extra is not None and extra.hooks:
            tensor = run_hooks(extra.hooks, self.as_tensor(grad))
            self.owned.discard(tensor.order)  # somebody may have kept it
            grad = tensor if self.request.create_graph else tensor.value
        if grad is None:
            return None
        self.write(record, grad)
        if is_target:
            # torch takes the gradient of an op that is run before its hooks are called, any other after.
            self.found[record.order] = before if record.order in self.executed else grad
        if record.op is None:
            if self.request.stores:
                self.store(record, grad)
                if extra is not None and extra.post_hooks:
                    run_post_hooks(extra.post_hooks, record)
        elif extra is not None and extra.retains_grad:
            self.store(record, grad)
        return grad

    def write(self, record: Record, grad: Any) -> None:
        """Stamp a record, and write its gradient of this pass.

        One that is not executed is not consumed either; it was before, if it was.
        """
        is_freed = record.order in self.executed or record.is_consumed
        record.stamp = self.stamp if is_freed else self.stamp.kept
        record.pass_grad = grad.value if isinstance(grad, Record) else grad

    def store(self, record: Record, grad: Any) -> None:
        """Add a gradient to the attribute ``.grad``."""
        if not self.request.create_graph:
            accumulate([record])
        elif record.stored is None:
            record.stored = self.own(grad, is_leaf=record.op is None)
        else:
            stored = self.as_tensor(record.stored)
            record.stored = self.as_tensor(add(stored, grad, self.request.kind))

    def own(self, grad: Any, *, is_leaf: bool) -> Record:
        """Return a gradient as a tensor that nobody else has: a copy, where it is not that already."""
        tensor = self.as_tensor(grad)
        if not tensor.flows:
            return leaf(self.request.kind, tensor.value, requires_grad=False)
        if is_leaf and tensor.order in self.owned:
            tensor.op = tensor.op and tensor.op.named("CopyBackwards")
            return tensor
        return apply_to(_COPY if is_leaf else RULES["clone"], (tensor,), self.request.kind)

    def as_tensor(self, grad: Any) -> Record:
        """Return a gradient as a tensor."""
        if isinstance(grad, Record):
            return grad
        return leaf(self.request.kind, grad, requires_grad=False)


def _choose(
    visited: Sequence[Record], targets: set[int] | None, *, stores: bool
) -> tuple[set[int], list[Record]]:
    """Return which records need a gradient, by creation number, and the ops that pass one on.

    Args:
        visited: What the roots depend on, parents before children.
        targets: The only records whose gradients are wanted, or None.
        stores: Whether these are added to ``.grad``; torch then executes inner targets, too.
    """
    ops = [record for record in visited if record.op is not None]
    if targets is None:
        return {record.order for record in visited}, ops
    wanted = set()
    executed = []
    for record in visited:
        passes_on = any(parent.order in wanted for parent in record.parents)
        is_target = record.order in targets
        if passes_on or is_target:
            wanted.add(record.order)
        if record.op is not None and (passes_on or (is_target and stores)):
            executed.append(record)
    return wanted, executed
