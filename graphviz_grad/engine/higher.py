"""Derivatives that are recorded themselves: a row's derivatives, run on records instead of arrays.

The derivatives of a row are numpy lambdas. Called with a `Recording` for an operand, each numpy function and
each operator in them becomes an op of the table, applied to records: so the contributions are tensors with a
history, and can be differentiated again, to any order. What depends on no record stays a number or an array
and is computed at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from graphviz_grad.engine.broadcast import unbroadcast
from graphviz_grad.engine.numpy_ops import FUNCTIONS, UFUNCS
from graphviz_grad.engine.record import Record, leaf, literal
from graphviz_grad.engine.recorder import apply_to
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence


class Recording(NDArrayOperatorsMixin):
    """An operand that numpy functions may be called with: what they compute of it is recorded.

    Args:
        record: What the operand is.
        tape: Applies ops.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(3.0, requires_grad=True)
        >>> np.exp(-Recording(x, Tape(type(x)))).record
        tensor(0.0498, grad_fn=<ExpBackward0>)
    """

    __slots__ = ("record", "tape")

    def __init__(self, record: Record, tape: Tape) -> None:
        self.record = record
        self.tape = tape

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""
        return np.shape(self.record.value)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return np.ndim(self.record.value)

    @property
    def size(self) -> int:
        """The number of elements."""
        return np.size(self.record.value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise TypeError(f"np.{ufunc.__name__} with {method} {options} (must be a plain call)")
        return self._call(ufunc.__name__, UFUNCS, inputs, {})

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return self._call(func.__name__, FUNCTIONS, args, kwargs)

    def _call(
        self, name: str, known: Mapping[str, Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        if name not in known:
            raise TypeError(f"np.{name} (must be one of {', '.join(sorted({*UFUNCS, *FUNCTIONS}))})")
        found = known[name]
        if isinstance(found, str):
            return self.tape.apply(found, *args, **kwargs)
        return found(self.tape, *args, **kwargs)

    def __getitem__(self, index: Any) -> Any:
        index = index if isinstance(index, tuple) else (index,)
        index = tuple(np.asarray(item) if isinstance(item, Recording) else item for item in index)
        return self.tape.apply("index", self, index=index)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = np.asarray(self.record.value)
        if array.dtype.kind == "f":
            raise TypeError("a rule must not look at a value (use functions of numpy)")
        return array if dtype is None else array.astype(dtype)  # an index

    def __bool__(self) -> bool:
        raise TypeError("a rule must not branch on a value (use np.where)")


class Tape:
    """Applies ops to recordings, numbers and arrays; the same op on the same operands is applied once.

    Args:
        kind: The class of results: `Tensor`.
    """

    __slots__ = ("_known", "kind")

    def __init__(self, kind: type[Record]) -> None:
        self.kind = kind
        self._known: dict[Hashable, Record] = {}

    def wrap(self, value: Record | Any) -> Any:
        """Return a record as a recording; a Python number in a formula, or a payload, as numpy has it."""
        if isinstance(value, Record):
            if not value.is_literal:
                return Recording(value, self)
            value = value.value
        return np.float64(value) if isinstance(value, (int, float)) else value

    def apply(self, name: str, *operands: Any, **params: Any) -> Recording:
        """Apply an op of the table, at least one of whose operands is a recording."""
        if name == "mul" and (product := self._product(*operands)) is not None:
            return product
        records = [self._as_record(operand) for operand in operands]
        key = (
            name,
            repr(params),
            *(record.order if record.order >= 0 else repr(record.value) for record in records),
        )
        if key not in self._known:
            rule = RULES[name].bind(**params)
            self._known[key] = apply_to(rule, tuple(records), self.kind)
        return Recording(self._known[key], self)

    def simplify(self, condition: Any) -> Any:
        """Return x for the condition x != 0."""
        if isinstance(condition, Recording) and condition.record.op is RULES["ne"]:
            value, other = condition.record.parents
            if other.is_literal and other.value == 0:
                return Recording(value, self)
        return condition

    def _as_record(self, value: Any) -> Record:
        if isinstance(value, Recording):
            return value.record
        if np.ndim(value):
            return leaf(self.kind, np.asarray(value), requires_grad=False)
        return literal(self.kind, bool(value) if isinstance(value, (bool, np.bool_)) else float(value))

    def _product(self, a: Any, b: Any) -> Recording | None:
        """Return 1 · b, which is b: near the seed there would be many a card that says no more than that.

        It may be an operand, which is somebody else's; what this tape has made is now what torch calls it.
        """
        if isinstance(a, Recording):
            a, b = b, a
        if isinstance(a, Recording) or np.shape(a) not in {(), b.shape} or not np.all(np.equal(a, 1)):
            return None
        if b.record.op is not None and any(known is b.record for known in self._known.values()):
            b.record.op = b.record.op.named(RULES["mul"].grad_fn)
        return b  # type: ignore[no-any-return]


# --- the chain rule -------------------------------------------------------------------------------


def record_contributions(record: Record, g: Any, places: Sequence[int], kind: type[Record]) -> list[Any]:
    """Return what some operands of an op receive: a record, a payload, or None, for each.

    Args:
        record: The op's result.
        g: Its gradient: a record, or a payload.
        places: Of the operands.
        kind: The class of results.
    """
    rule: Any = record.op
    tape = Tape(kind)
    upstream = tape.wrap(g)
    given = [tape.wrap(each) for each in (*record.parents, record)]
    with np.errstate(all="ignore"):
        found = rule.contributions(places, upstream, *given)
        shapes = [np.shape(record.parents[place].value) for place in places]
        records = [
            None if each is None else _unwrap(unbroadcast(each, shape))
            for each, shape in zip(found, shapes, strict=True)
        ]
    if rule.op.second_grad_fn:
        for made in records:
            if isinstance(made, Record) and made.op is not None and made.order > record.order:
                made.op = made.op.named(rule.op.second_grad_fn)
    return records


def add(first: Any, second: Any, kind: type[Record]) -> Any:
    """Return the sum of two gradients, each a record or a payload."""
    if not isinstance(first, Record) and not isinstance(second, Record):
        return first + second
    tape = Tape(kind)
    return _unwrap(tape.wrap(first) + tape.wrap(second))


def _unwrap(value: Any) -> Any:
    if isinstance(value, Recording):
        return value.record
    array = np.asarray(value, np.float64)
    return array if array.ndim else array.item()
