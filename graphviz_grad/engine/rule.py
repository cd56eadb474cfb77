"""`Rule`: a row of the op table with its static arguments bound, as far as every kind of row is alike."""

from __future__ import annotations

import inspect
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from graphviz_grad.engine.ops import Op

R = TypeVar("R", bound="Rule")


class Rule:
    """A row of the table that can run.

    Args:
        op: The row.

    Attributes:
        name: The row's name.
        symbol: The glyph on the badge.
        grad_fn: What torch calls the row's backward node.
        params: Static arguments (such as ``dim``), by name.
        is_differentiable: Whether the row has derivatives.
        saves: Whether any derivative reads anything, so that torch frees it after a backward pass.
        pull: One step of a backward pass over a record (see `graphviz_grad.engine.autograd`).

    Example:
        >>> from graphviz_grad.engine.rules import RULES
        >>> mul, total = RULES["mul"], RULES["sum"].bind(dim=0)
        >>> mul.forward(2.0, 3.0), mul.backward(1.0, 2.0, 3.0, 6.0), mul.write("x", "z")
        (6.0, (3.0, 2.0), 'x · z')
        >>> total.forward([[1.0, 2.0], [3.0, 4.0]]), total.write("x")
        (array([4., 6.]), 'sum(x, dim=0)')
    """

    __slots__ = (
        "_defaults",
        "_is_variadic",
        "_reads",
        "grad_fn",
        "is_differentiable",
        "name",
        "op",
        "params",
        "pull",
        "saves",
        "symbol",
    )
    pull: Callable[[Any], None]

    def __init__(self, op: Op, reads: Sequence[Collection[str]]) -> None:
        self.op = op
        self.name = op.name
        self.symbol = op.symbol
        self.grad_fn = op.grad_fn or f"{op.name.capitalize()}Backward0"
        self.params: Mapping[str, Any] = {}
        self._defaults = op.params
        self._is_variadic = op.is_variadic
        self.is_differentiable = bool(op.partials or op.vjps)
        names = *op.operands, "out", "others"
        self._reads = [frozenset(map(names.index, read)) for read in reads]
        self.saves = any(reads)

    def __repr__(self) -> str:
        params = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Rule({self.name!r}{params})"

    def bind(self, **params: Any) -> Rule:
        """Return this rule with static arguments; those left out are at their defaults.

        Raises:
            TypeError: If the row has no such argument, or needs one that is not given.
        """
        if not params and (self.params or not self._defaults):
            return self
        items = tuple(params.items())
        try:
            hash(items)
        except TypeError:  # an index may be an array
            return self._bound(params)
        return _bind(self, items, repr(params))  # 1 and True are one key, but two texts

    def _bound(self, params: Mapping[str, Any]) -> Self:
        known = self._defaults
        full = {**known, **self.params, **params}
        if len(full) > len(known) or any(value is inspect.Parameter.empty for value in full.values()):
            raise TypeError(f"op {self.name!r}: static arguments {[*params]} (must be {[*known]})")
        rule = _copy(self)
        rule.params = full
        return rule

    def named(self, grad_fn: str) -> Self:
        """Return this rule under another of torch's names for its backward node."""
        return _name(self, grad_fn)  # type: ignore[return-value]

    def template(self, count: int) -> str:
        """Return the right-hand side of the card's title, with ``{}`` for each of ``count`` operands."""
        return self.op.formula if isinstance(self.op.formula, str) else self.op.formula(*["{}"] * count)

    def write(self, *operands: str) -> str:
        """Return the right-hand side of the card's title, for operands so called."""
        return self.template(len(operands)).format(*operands)

    def saved(self, flowing: Sequence[int], count: int) -> set[int]:
        """Return the places, among ``count`` operands and then the result, of what derivatives read.

        Args:
            flowing: Places of the operands whose derivatives count.
            count: How many operands there are.
        """
        reads = self._reads
        if self._is_variadic:  # one vjp for all, which reads all operands, the result, or the other operands
            every = {*range(count)}
            return {
                p for mine in flowing for read in reads[0] for p in (every, {count}, every - {mine})[read]
            }
        return {place for operand in flowing for place in reads[operand]}

    def forward(self, *args: Any) -> Any:
        """Return the result, for payloads of any kind: Python numbers or arrays."""
        raise NotImplementedError

    def backward(self, g: Any, *args: Any, places: Sequence[int] | None = None) -> tuple[Any, ...]:
        """Return the contribution to each operand.

        Args:
            g: Upstream gradient, of the result's shape.
            args: The operands' payloads, then the result's.
            places: Of the operands whose contributions are wanted; by default all, and None for an operand
                that never has one.

        Returns:
            One payload per operand; where an operand was broadcast, still of the result's shape.
        """
        raise NotImplementedError

    def contributions(self, places: Sequence[int], g: Any, *args: Any) -> Sequence[Any]:
        """Return the contributions to some operands, None for one that never has any.

        These are the row's derivatives as they stand: what they are given may be anything that speaks numpy.

        Args:
            places: Of the operands.
            g: Upstream gradient.
            args: The operands, then the result.
        """
        raise NotImplementedError

    def partials(self, *args: Any) -> tuple[Any, ...]:
        """Return the local derivative for each operand, given the operands' payloads, then the result's.

        A structural rule has none: ().
        """
        raise NotImplementedError


def _copy(rule: R) -> R:
    """Return a copy of a rule: a quarter of `copy.copy`'s time, and its code is compiled no sooner for it."""
    made = object.__new__(rule.__class__)
    for slot in _slots_of(rule.__class__):  # type: ignore[arg-type]  # a class is a key
        with suppress(AttributeError):
            setattr(made, slot, object.__getattribute__(rule, slot))
    return made


@lru_cache
def _slots_of(kind: type) -> tuple[str, ...]:
    return tuple(slot for each in kind.__mro__[:-1] for slot in each.__dict__["__slots__"])


@lru_cache(maxsize=4096)
def _bind(rule: Rule, params: tuple[tuple[str, Any], ...], text: str) -> Rule:  # noqa: ARG001 - part of the key
    return rule._bound(dict(params))  # noqa: SLF001 - its other half


@lru_cache(maxsize=256)  # a picture that is traced again and again is to find the same rules
def _name(rule: Rule, grad_fn: str) -> Rule:
    rule = _copy(rule)
    rule.grad_fn = grad_fn
    return rule
