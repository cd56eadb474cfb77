"""`Handle`: what a tensor is, apart from what it can be computed with: its names, its gradient, its numbers.

A handle is the `Record` of its present value, with torch's ways of looking at it (see `autograd` for how the
two part when a tensor is changed in place).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import numpy as np

from graphviz_grad.engine import autograd
from graphviz_grad.engine.check import check_differentiable, check_grad, seed_of
from graphviz_grad.engine.dtype import DType, Size, dtype_of
from graphviz_grad.engine.hooks import Hooks
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.passes import run
from graphviz_grad.engine.printing import print_tensor
from graphviz_grad.engine.record import Record, leaf, settle
from graphviz_grad.engine.request import make_request
from graphviz_grad.engine.rules import qualified

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphviz_grad.engine.hooks import RemovableHandle

Number: TypeAlias = "float | int | bool"

_INNER_GRAD: Final = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't "
    "be populated during autograd.backward(). If you indeed want the .grad field to be populated for a "
    "non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by "
    "mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for "
    "more informations."
)


class GradFn:
    """What ``tensor.grad_fn`` shows: a backward node, by name, and those that it passes gradients on to."""

    __slots__ = ("_name", "_record")

    def __init__(self, name: str, record: Record) -> None:
        self._name = name
        self._record = record

    @property
    def next_functions(self) -> tuple[tuple[GradFn | None, int], ...]:
        """For each operand its backward node, of a leaf `AccumulateGrad`, None where nothing flows; and 0.

        Example:
            >>> from graphviz_grad import tensor
            >>> y = tensor(2.0, requires_grad=True).exp() * 3
            >>> [node and node.name() for node, _ in y.grad_fn.next_functions]
            ['ExpBackward0', None]
        """
        record = self._record
        parents = (settle(record, each) if each.order > record.order else each for each in record.parents)
        return tuple((_backward_node(parent), 0) for parent in parents)

    def name(self) -> str:
        """Return torch's name of the backward node."""
        return qualified(self._name)

    def __repr__(self) -> str:
        return f"<{self._name} object at {hex(id(self))}>"


def _backward_node(record: Record) -> GradFn | None:
    if not record.flows:
        return None
    return GradFn("AccumulateGrad" if record.op is None else record.op.grad_fn, record)


class Handle(Record):
    """A record as torch shows it."""

    __slots__ = ("__weakref__",)
    __array_ufunc__ = None  # numpy's operators leave the operation to ours

    @property
    def record(self) -> Record:
        """The record of the present value."""
        return self

    # --- what it is
    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return dtype_of(self.value)

    @property
    def shape(self) -> Size:
        """The size of each dimension."""
        return Size(np.shape(self.value))

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return np.ndim(self.value)

    def numel(self) -> int:
        """Return the number of elements."""
        return self.shape.numel()

    # --- what it is to autograd
    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for this tensor."""
        return self.flows

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        if not isinstance(requires_grad, bool):
            raise RuntimeError(f"requires_grad must be a bool: {requires_grad!r}")  # noqa: TRY004 - torch's
        if requires_grad:
            check_differentiable(
                self.value, "only Tensors of floating point and complex dtype can require gradients"
            )
        self.requires_grad_(requires_grad)

    def requires_grad_(self, requires_grad: bool = True) -> Self:  # noqa: FBT001, FBT002 - torch's signature
        """Set whether gradients are computed for this tensor, in place.

        Raises:
            RuntimeError: For a computed tensor, or an integer one.
        """
        if not self.is_leaf and not requires_grad:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed "
                "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if requires_grad and not self.flows:
            check_differentiable(self.value, "only Tensors of floating point dtype can require gradients")
            self.op, self.parents = None, ()  # a frozen result is a leaf: what it was computed from is past
        if self.flows and not requires_grad:  # graphs made before still pull into it, unseen
            self.stamp, self.pass_grad = None, -0.0
        self.flows = bool(requires_grad)
        return self

    @property
    def _version(self) -> int:
        """How often the numbers were changed in place; torch's name, of use in lessons about that."""
        return self.version()

    @property
    def grad_fn(self) -> GradFn | None:
        """The backward node; None for a leaf."""
        return None if self.op is None or self.is_leaf else GradFn(self.op.grad_fn, self)

    @property
    def grad(self) -> Self | None:
        """The stored gradient: of a leaf, or after `retain_grad`; None before any backward pass."""
        if self.stored is None and self.flows and not self.stores_grad:
            warn(_INNER_GRAD)
        if self.stored is not None and not isinstance(self.stored, Handle):
            self.stored = leaf(self.kind, self.stored, requires_grad=False)
        return self.stored  # type: ignore[return-value]

    @grad.setter
    def grad(self, grad: Self | None) -> None:
        if grad is not None:
            check_grad(self, grad)
        self.stored = grad

    def retain_grad(self) -> None:
        """Store the gradient of this computed tensor, too.

        Raises:
            RuntimeError: If it does not require grad.
        """
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if not self.is_leaf:
            self.add_extra().retains_grad = True

    @property
    def retains_grad(self) -> bool:
        """Whether this computed tensor stores its gradient."""
        return self.stores_grad and not self.is_leaf

    def backward(
        self,
        gradient: Self | None = None,
        retain_graph: bool | None = None,  # noqa: FBT001 - torch's signature
        create_graph: bool = False,  # noqa: FBT001, FBT002 - torch's signature
        inputs: Self | Sequence[Self] | None = None,
    ) -> None:
        """Add d(self)/d(leaf) to ``grad`` of every leaf that this tensor depends on.

        Walks the graph once in reverse topological order, so a node's gradient is complete before it is
        passed on. A tensor used twice receives the sum of both contributions.

        Args:
            gradient: Upstream gradient of this tensor, of its shape. Defaults to 1, for a scalar.
            retain_graph: Keep what the ops saved, so that `backward` can be called again. Defaults to
                ``create_graph``.
            create_graph: Record the pass, so that gradients can be differentiated.
            inputs: The only tensors to whose ``grad`` something is added, instead of all leaves.

        Raises:
            RuntimeError: If nothing requires grad, this is no scalar and ``gradient`` is omitted, the graph
                was consumed by an earlier pass, or a saved value was changed in place.

        Example:
            >>> from graphviz_grad import tensor
            >>> x, z = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
            >>> (x * z + x).backward()
            >>> x.grad, z.grad
            (tensor(4.), tensor(2.))
        """
        if self.flows and inputs is None and not create_graph:
            try:
                autograd.backward(self, seed_of(self.value, gradient), retain_graph=retain_graph)
            except autograd.NotPlain:
                pass
            else:
                return
        if isinstance(inputs, Record):
            inputs = (inputs,)
        run(
            make_request(
                (self,),
                (gradient,),
                inputs,
                stores=True,
                retain_graph=retain_graph,
                create_graph=create_graph,
                kind=self.kind,
            )
        )

    def register_hook(self, hook: Callable[[Self], Self | None]) -> RemovableHandle:
        """Call a function when the gradient of this tensor is complete, in every pass.

        Args:
            hook: Is given the gradient, and may return another one to go on with; it must not change it in
                place.

        Returns:
            A handle with a method ``remove()``.

        Raises:
            RuntimeError: If this tensor requires no grad.

        Example:
            >>> from graphviz_grad import tensor
            >>> x = tensor(2.0, requires_grad=True)
            >>> a = x * 3
            >>> handle = a.register_hook(lambda grad: grad * 10)
            >>> (a * a).backward()
            >>> x.grad
            tensor(360.)
        """
        if not self.flows:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        extra = self.add_extra()
        extra.hooks = extra.hooks or Hooks()
        return extra.hooks.add(hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Self], None]) -> RemovableHandle:
        """Call a function when something was added to ``grad`` of this leaf.

        Args:
            hook: Is given this tensor.

        Returns:
            A handle with a method ``remove()``.

        Raises:
            RuntimeError: If this is no leaf, or requires no grad.
        """
        if not self.flows:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        extra = self.add_extra()
        extra.post_hooks = extra.post_hooks or Hooks()
        return extra.post_hooks.add(hook)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at "
                "the moment. Use tensor.detach().clone()."
            )
        made = memo[id(self)] = leaf(self.__class__, copy.copy(self.value), self.flows)
        made.stored = copy.deepcopy(self.stored, memo)
        if self.name is not None:
            made.name = self.name
        return made

    def __repr__(self) -> str:
        suffixes = []
        if self.requires_grad:
            suffixes.append(f"grad_fn=<{self.op.grad_fn}>" if self.op is not None else "requires_grad=True")
        return print_tensor(self.value, suffixes)
