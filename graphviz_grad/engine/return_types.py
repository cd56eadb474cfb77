"""What functions with two results return, printed as torch prints it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Pair(NamedTuple):
    """Elements of a tensor, and where they were found.

    Attributes:
        values: The elements.
        indices: Where along the dimension each is; of several alike the first.
    """

    values: Any
    indices: Any


class Largest(Pair):
    """Of `max` along a dimension.

    Example:
        >>> from graphviz_grad import tensor
        >>> tensor([[1.0, 2.0], [4.0, 3.0]]).max(dim=1)
        torch.return_types.max(
        values=tensor([2., 4.]),
        indices=tensor([1, 0]))
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return _print("max", self)


class Smallest(Pair):
    """Of `min` along a dimension."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _print("min", self)


class Sorted(Pair):
    """Of `sort`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _print("sort", self)


class TopK(Pair):
    """Of `topk`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _print("topk", self)


def _print(function: str, pair: Pair) -> str:
    return f"torch.return_types.{function}(\nvalues={pair.values!r},\nindices={pair.indices!r})"
