"""Rows of the op table that can run.

A `Rule` is a row with its static arguments bound. `Elementwise` ones run on Python floats as scalar code (see
`graphviz_grad.engine.scalar`), and on anything else as the row itself with numpy; `Structural` ones always
run as the row itself.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from graphviz_grad.engine.broadcast import pull_arrays
from graphviz_grad.engine.ops import OPS, Op
from graphviz_grad.engine.promotion import promote, refuse
from graphviz_grad.engine.scalar import (
    compile_pull,
    compile_value,
    record_contributions,
    record_forward,
    record_partials,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


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
        >>> mul, total = RULES["mul"], RULES["sum"].bind(dim=0)
        >>> mul.forward(2.0, 3.0), mul.backward(1.0, 2.0, 3.0, 6.0), mul.write("x", "z")
        (6.0, (3.0, 2.0), 'x · z')
        >>> total.forward(np.ones((3, 2))), total.write("x")
        (array([3., 3.]), 'sum(x, dim=0)')
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
        rule = self._copied()
        rule.params = full
        return rule

    def _copied(self) -> Self:
        rule = object.__new__(type(self))  # copy.copy takes four times as long
        for slot in _slots_of(self.__class__):  # type: ignore[arg-type]  # a class is a key
            if hasattr(self, slot):
                setattr(rule, slot, getattr(self, slot))
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


@lru_cache
def _slots_of(kind: type[Rule]) -> tuple[str, ...]:
    return tuple(slot for each in kind.__mro__[:-1] for slot in each.__dict__["__slots__"])


@lru_cache(maxsize=4096)
def _bind(rule: Rule, params: tuple[tuple[str, Any], ...], text: str) -> Rule:  # noqa: ARG001 - part of the key
    return rule._bound(dict(params))  # noqa: SLF001 - its other half


@lru_cache(maxsize=256)  # a picture that is traced again and again is to find the same rules
def _name(rule: Rule, grad_fn: str) -> Rule:
    rule = rule._copied()  # noqa: SLF001 - its other half
    rule.grad_fn = grad_fn
    return rule


class Elementwise(Rule):
    """A rule of numbers.

    Attributes:
        tree: The recorded forward function.
        forward_scalar: The result, of Python floats.
        backward_scalar: The contributions as a tuple, of ``g``, Python floats and ``out``.
        partials_scalar: The local derivatives as a tuple, of Python floats and ``out``.
    """

    __slots__ = ("backward_scalar", "forward_scalar", "partials_scalar", "tree")

    def __init__(self, op: Op) -> None:
        contributions = record_contributions(op)
        operands = op.operands
        super().__init__(op, [frozenset(expr.variables()) - {"g"} for expr in contributions])
        self.tree = record_forward(op)
        self.forward_scalar = compile_value(f"{op.name}_forward", operands, [self.tree], single=True)
        self.backward_scalar: Callable[..., tuple[float, ...]]
        if contributions:
            given = (*operands, "out")
            self.backward_scalar = compile_value(  # type: ignore[assignment]
                f"{op.name}_backward", ("g", *given), contributions, single=False
            )
            self.partials_scalar = compile_value(
                f"{op.name}_partials", given, record_partials(op), single=False
            )
            self.pull = compile_pull(op, contributions)

    def forward(self, *args: Any) -> Any:
        """Return the result, for payloads of any kind: Python numbers or arrays."""
        if all(arg.__class__ is float for arg in args):
            return self.forward_scalar(*args)
        operands = promote(self.tree, args)
        try:
            with np.errstate(all="ignore"):
                return _payload(self.op.forward(*operands))
        except ValueError as error:
            raise refuse(error, operands) from None

    def backward(self, g: Any, *args: Any, places: Sequence[int] | None = None) -> tuple[Any, ...]:
        """Return the contribution to each operand; see `Rule.backward`."""
        if g.__class__ is float and all(arg.__class__ is float for arg in args):
            found = self.backward_scalar(g, *args)
            return found if places is None else tuple([found[place] for place in places])
        g = np.asarray(g)
        arrays = [np.asarray(arg, np.float64) for arg in args]
        wanted = range(len(args) - 1) if places is None else places
        with np.errstate(all="ignore"):
            return tuple(map(_payload, self.contributions(wanted, g, *arrays)))

    def contributions(self, places: Sequence[int], g: Any, *args: Any) -> Sequence[Any]:
        """Return the contributions to some operands; see `Rule.contributions`."""
        if self.op.vjps:
            vjps: Any = self.op.vjps
            return [vjps[place](g, *args) for place in places]
        return [self._times_partial(place, g, *args) for place in places]

    def _times_partial(self, place: int, g: Any, *args: Any) -> Any:
        partial = self.op.partials[place](*args)
        if partial.__class__ is int and abs(partial) == 1:
            return g if partial == 1 else -g
        return g * partial

    def partials(self, *args: Any) -> tuple[Any, ...]:
        """Return the local derivative for each operand; see `Rule.partials`."""
        if all(arg.__class__ is float for arg in args):
            return self.partials_scalar(*args)  # type: ignore[return-value]
        return self.backward(np.ones(np.shape(args[-1])), *args)


class Structural(Rule):
    """A rule of whole arrays."""

    __slots__ = ()

    def __init__(self, op: Op) -> None:
        super().__init__(op, [read.split() for read in op.reads or [""] * len(op.vjps)])
        self.pull = pull_arrays

    def template(self, count: int) -> str:
        """Return the right-hand side of the card's title, static arguments written out."""
        formula = self.op.formula
        operands = ["{}"] * count
        if not isinstance(formula, str):
            return formula(*operands, **self.params)
        if self.op.is_variadic:
            operands = [", ".join(operands)]
        text = formula.format(*operands, **{name: _quote(value) for name, value in self.params.items()})
        rest = "".join(
            f", {name}={_quote(value)}"
            for name, value in self.params.items()
            if f"{{{name}}}" not in formula and not _is_equal(value, self._defaults[name])
        )
        return f"{text[:-1]}{rest}{text[-1]}" if rest else text

    def forward(self, *args: Any) -> Any:
        """Return the result, for payloads of any kind: Python numbers or arrays."""
        with np.errstate(all="ignore"):
            return _payload(self.op.forward(*map(np.asarray, args), **self.params))

    def backward(self, g: Any, *args: Any, places: Sequence[int] | None = None) -> tuple[Any, ...]:
        """Return the contribution to each operand; see `Rule.backward`."""
        g = np.asarray(g)
        arrays = [*map(np.asarray, args)]
        wanted = range(len(args) - 1) if places is None else places
        with np.errstate(all="ignore"):
            return tuple(map(_payload, self.contributions(wanted, g, *arrays)))

    def contributions(self, places: Sequence[int], g: Any, *args: Any) -> Sequence[Any]:
        """Return the contributions to some operands; see `Rule.contributions`."""
        return [self._pull_back(place, g, *args) for place in places]

    def _pull_back(self, place: int, g: Any, *args: Any) -> Any:
        if self.op.is_variadic:
            [vjp] = self.op.vjps
            return vjp and vjp(g, *args[:-1], out=args[-1], place=place, **self.params)
        vjp = self.op.vjps[place]
        return vjp and vjp(g, *args, **self.params)

    def partials(self, *args: Any) -> tuple[Any, ...]:  # noqa: ARG002 - of no operands, there are none
        """Return nothing: a structural op has no partials."""
        return ()


def _payload(value: Any) -> Any:
    """Return a 0-d result as a Python number, an array as it is."""
    return value.item() if value is not None and np.ndim(value) == 0 else value


def _is_equal(value: Any, default: Any) -> bool:
    return value is default or (value.__class__ is default.__class__ and bool(np.all(value == default)))


def _quote(value: Any) -> str:
    """Return a static argument as a formula shows it, braces kept from `str.format`."""
    return (str(value)).replace("{", "{{").replace("}", "}}")


def qualified(grad_fn: str) -> str:
    """Return the full name of a backward node; those that torch has written by hand live in a namespace.

    Example:
        >>> qualified("MulBackward0"), qualified("CopySlices")
        ('MulBackward0', 'torch::autograd::CopySlices')
    """
    return f"torch::autograd::{grad_fn}" if grad_fn in {"CopySlices", "CopyBackwards"} else grad_fn


def make_rule(op: Op) -> Rule:
    """Return the rule of a row."""
    return Structural(op) if op.is_structural else Elementwise(op)


#: Every row of the table, ready to run, by name.
RULES: Final = {name: make_rule(op) for name, op in OPS.items()}

#: Ops of the user's own, by name: the latest of each name (see `graphviz_grad.autograd.Function`).
OWN: Final[dict[str, Rule]] = {}


def find_rule(name: str) -> Rule:
    """Return the rule of an op, of the table's or of the user's own.

    Raises:
        ValueError: If there is none.
    """
    rule = RULES.get(name) or OWN.get(name)
    if rule is None:
        raise ValueError(f"op: {name!r} (must be one of {', '.join(RULES)})")
    return rule
