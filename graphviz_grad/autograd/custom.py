"""The rule of a `Function`: a row of the op table whose forward and backward are the user's."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.autograd.context import Context
from graphviz_grad.engine.broadcast import unbroadcast
from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.dtype import dtype_of, plain
from graphviz_grad.engine.grad_mode import set_grad_enabled
from graphviz_grad.engine.higher import Recording
from graphviz_grad.engine.ops import Op
from graphviz_grad.engine.record import Record, leaf
from graphviz_grad.engine.rules import Structural
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

_TENSOR: Final = ...  # stands for the next tensor among the arguments


class Custom(Structural):
    """The rule of a `Function`.

    Args:
        function: The class.
        name: What the op is called.
        is_split: Whether the context is set up by ``setup_context``.

    Attributes:
        function: The class.
        is_split: As above.
        context: Of the call that made a record; None where the op is replayed, and computed once more.
        output: What that call has made, until the record has it.
        kept: Places of what it has saved, among its tensors and then its result.
    """

    __slots__ = ("context", "function", "is_split", "kept", "output")

    def __init__(self, function: Any, name: str, *, is_split: bool) -> None:
        super().__init__(
            Op(
                name=name,
                symbol="ƒ",
                formula=lambda *names, args: f"{function.__name__}({_write_arguments(names, args)})",
                forward=lambda *arrays, args: None,  # noqa: ARG005 - `forward` below
                vjps=(lambda g, *arrays, out, place, args: None,),  # noqa: ARG005 - `contributions` below
                words=("its own backward",),
                is_structural=True,
                grad_fn=f"{function.__name__}Backward",
            )
        )
        self.function = function
        self.is_split = is_split
        self.context: Context | None = None
        self.output: Tensor | None = None
        self.kept: frozenset[int] = frozenset()

    def __eq__(self, other: object) -> bool:
        """Whether a graph with one of them has the wiring of a graph with the other."""
        return isinstance(other, Custom) and (self.function, self.params) == (other.function, other.params)

    def __hash__(self) -> int:
        return hash(self.function)

    def called(self, args: Sequence[Any], tensors: Sequence[Tensor]) -> Custom:
        """Return the rule of one call, which has been made.

        Args:
            args: Of the call.
            tensors: Those among them.
        """
        bound: Any = self.bind(args=tuple(_TENSOR if isinstance(arg, Tensor) else arg for arg in args))
        rule: Custom = copy.copy(bound)
        rule.context, rule.output = context, output = rule.call(tensors)
        given = enumerate([*tensors, output])
        rule.kept = frozenset(place for place, each in given if context.has_saved(each))
        rule.saves = bool(rule.kept)
        rule.is_differentiable = dtype_of(output.value).is_floating_point and not context.is_constant(output)
        return rule

    def call(self, tensors: Sequence[Tensor]) -> tuple[Context, Tensor]:
        """Call ``forward``, unrecorded; return its context and its result.

        Raises:
            TypeError: If it returns something else than one tensor.
        """
        context = Context()
        rest = iter(tensors)
        args = tuple(next(rest) if arg is _TENSOR else arg for arg in self.params["args"])
        context.needs_input_grad = tuple(isinstance(arg, Tensor) and arg.flows for arg in args)
        function = self.function
        with set_grad_enabled(mode=False):
            output = function.forward(*args) if self.is_split else function.forward(context, *args)
            if self.is_split:
                function.setup_context(context, args, output)
        if not isinstance(output, Tensor):
            raise TypeError(
                f"{function.__name__}.forward: expected Tensor but got {type_name(output)}: {output!r} "
                "(must be one Tensor)"
            )
        context.close(output)
        return context, output

    def saved(self, flowing: Sequence[int], count: int) -> set[int]:
        """Return the places of what was saved; see `Rule.saved`."""
        return {place for place in self.kept if flowing and place <= count}

    def forward(self, *args: Any) -> Any:
        """Return the result that there is; or compute it again, for other operands."""
        output, self.output = self.output, None
        if output is None:
            _, output = self.call([leaf(Tensor, arg, requires_grad=True) for arg in args])
        return output.value

    def contributions(self, places: Sequence[int], g: Any, *args: Any) -> Sequence[Any]:
        """Return what ``backward`` says; see `Rule.contributions`."""
        is_recorded = any(isinstance(arg, Recording) for arg in args)
        *operands, out = [_as_tensor(arg) for arg in args]
        context = self.context
        if context is None:
            context, _ = self.call([leaf(Tensor, each.value, requires_grad=True) for each in operands])
        with context.resume(out if is_recorded else None), set_grad_enabled(is_recorded):
            found = self.function.backward(context, _as_tensor(g))
        grads = self._check(found, operands)
        if not is_recorded:
            return [None if grads[place] is None else np.asarray(grads[place].value) for place in places]
        tape = next(arg.tape for arg in args if isinstance(arg, Recording))
        return [None if grads[place] is None else Recording(grads[place], tape) for place in places]

    def _check(self, found: Any, operands: Sequence[Tensor]) -> list[Any]:
        """Return the gradients of the tensors among the arguments.

        Raises:
            RuntimeError: If there are too few or too many, or one is no tensor, or cannot be summed to its
                operand's shape.
        """
        grads = list(found) if isinstance(found, tuple) else [found]
        args = self.params["args"]
        while len(grads) > len(args) and grads[-1] is None:
            grads.pop()
        if len(grads) != len(args):
            raise RuntimeError(
                f"function {self.grad_fn} returned an incorrect number of gradients (expected {len(args)}, "
                f"got {len(grads)})"
            )
        chosen = [
            (position, grad)
            for position, (arg, grad) in enumerate(zip(args, grads, strict=True))
            if arg is _TENSOR
        ]
        for (position, grad), operand in zip(chosen, operands, strict=True):
            if grad is None:
                continue
            if not isinstance(grad, Tensor):
                raise RuntimeError(  # noqa: TRY004 - torch's
                    f"expected Variable or None (got {type_name(grad)}): {grad!r} (must be a Tensor)"
                )
            if grad.shape != operand.shape:
                _check_shape(self.grad_fn, position, grad, operand)
        return [grad for _, grad in chosen]


def _check_shape(name: str, position: int, grad: Tensor, operand: Tensor) -> None:
    try:
        unbroadcast(np.zeros(grad.shape), tuple(operand.shape))
        is_wide = grad.ndim >= operand.ndim
    except ValueError:
        is_wide = False
    if not is_wide:
        raise RuntimeError(
            f"Function {name} returned an invalid gradient at index {position} - got {list(grad.shape)} but "
            f"expected shape compatible with {list(operand.shape)}"
        )


def _as_tensor(value: Any) -> Tensor:
    if isinstance(value, Recording):
        value = value.record
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Record):  # what a tensor was before a change in place
        return leaf(Tensor, value.value, requires_grad=False)
    return leaf(Tensor, plain(value), requires_grad=False)


def _write_arguments(names: Sequence[str], args: Sequence[Any]) -> str:
    rest = iter(names)
    return ", ".join(next(rest) if arg is _TENSOR else repr(arg) for arg in args)
