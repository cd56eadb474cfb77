"""Methods that make other tensors of the same dtype."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from graphviz_grad.engine.arguments import read_number, read_shape
from graphviz_grad.engine.creation import as_payload, make
from graphviz_grad.engine.handle import Handle


class Making(Handle):
    """Leaves of this tensor's dtype; ``dtype`` asks for another."""

    __slots__ = ()

    def new_zeros(self, *sizes: Any, size: Any = None, **options: Any) -> Self:
        """Return zeros.

        Args:
            sizes: The shape, as ints or as one tuple.
            size: The shape, as a keyword.
            options: ``dtype``, ``device`` (the CPU), ``requires_grad``.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1, 2]).new_zeros(3)
            tensor([0, 0, 0])
        """
        return self._new("new_zeros", np.zeros(read_shape("new_zeros", sizes, size)), **options)

    def new_ones(self, *sizes: Any, size: Any = None, **options: Any) -> Self:
        """Return ones; the arguments are those of `new_zeros`."""
        return self._new("new_ones", np.ones(read_shape("new_ones", sizes, size)), **options)

    def new_empty(self, *sizes: Any, size: Any = None, **options: Any) -> Self:
        """Return a tensor to be filled; here it is zeros."""
        return self._new("new_empty", np.zeros(read_shape("new_empty", sizes, size)), **options)

    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Self:
        """Return a tensor of one number."""
        value = read_number("new_full", "fill_value", 2, fill_value)
        return self._new("new_full", np.full(read_shape("new_full", (size,)), value), **options)

    def new_tensor(self, data: Any, **options: Any) -> Self:
        """Return a tensor of ``data``."""
        return self._new("new_tensor", as_payload(data), **options)

    def _new(
        self,
        function: str,
        payload: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Self:
        kept = self.dtype if dtype is None else dtype
        made: Self = make(self.kind, function, payload, kept, device, requires_grad=requires_grad)
        return made
