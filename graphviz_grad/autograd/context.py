"""`Context`: what the two halves of a `Function` have in common."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator


class Context:
    """What `Function.forward` leaves to `Function.backward`; any attribute may be set.

    Attributes:
        needs_input_grad: For each argument, whether it is a tensor that requires grad.
    """

    needs_input_grad: tuple[bool, ...] = ()

    def __init__(self) -> None:
        self._saved: tuple[Tensor | None, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._made: Tensor | None = None  # what forward has returned
        self._result: Tensor | None = None  # the same with its history, while backward runs

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments, or the result, for `Function.backward`."""
        for position, each in enumerate(tensors):
            if each is not None and not isinstance(each, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {position} is of type "
                    f"{type_name(each)}: {each!r} (must be a Tensor or None)"
                )
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What was saved."""
        is_result = self._result is not None
        return tuple(self._result if is_result and each is self._made else each for each in self._saved)

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Let no gradient flow through the result."""
        self._constant = outputs

    # --- for the op's rule
    def close(self, output: Tensor) -> None:
        """Note what ``forward`` has returned."""
        self._made = output

    def has_saved(self, tensor: Tensor) -> bool:
        """Whether a tensor was kept for ``backward``."""
        return any(each is tensor for each in self._saved)

    def is_constant(self, tensor: Tensor) -> bool:
        """Whether no gradient is to flow through a result."""
        return any(each is tensor for each in self._constant)

    @contextmanager
    def resume(self, result: Tensor | None) -> Iterator[None]:
        """Let ``backward`` find, in the place of what ``forward`` has returned, the same with its history."""
        self._result = result
        try:
            yield
        finally:
            self._result = None
