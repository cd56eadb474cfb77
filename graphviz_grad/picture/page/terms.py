"""Structural ops for the page: each element of a result as a sum of products of the operands' elements.

A sum, a matrix product, a reshape or an index has no JavaScript of its own. Its row is run once here, in
Python, on symbols instead of numbers; what comes out, a polynomial for each element, is all that the page
needs for both passes. A row that does anything but add and multiply (a maximum, a softmax) has no such form.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from graphviz_grad.engine.rules import find_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphviz_grad.payload import Payload
    from graphviz_grad.program import Program
    from graphviz_grad.replay.lowering import Step

LIMIT: Final = 4_000
"""Terms of an op; with more of them a page would be large and slow."""
DEGREE: Final = 3


class Terms:
    """A sum of products of elements, which adds and multiplies as a number does.

    Args:
        terms: Of each its coefficient, and its factors as places among all elements of all operands.
        budget: How many products may still be made, shared by all that one row makes.
    """

    __slots__ = ("budget", "terms")

    def __init__(self, terms: Iterable[tuple[float, tuple[int, ...]]], budget: list[int]) -> None:
        self.terms = tuple(terms)
        self.budget = budget

    def __add__(self, other: object) -> Terms:
        if isinstance(other, Terms):
            return Terms(self.terms + other.terms, self.budget)
        if isinstance(other, (int, float)) and other == 0:  # what a sum starts from
            return self
        raise TypeError("a constant")

    __radd__ = __add__

    def __mul__(self, other: object) -> Terms:
        if not isinstance(other, Terms):
            return Terms(((a * _number(other), i) for a, i in self.terms), self.budget)
        self.budget[0] -= len(self.terms) * len(other.terms)
        if self.budget[0] < 0:
            raise OverflowError("too many terms")
        return Terms(((a * b, i + j) for a, i in self.terms for b, j in other.terms), self.budget)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Terms:
        return Terms(((a / _number(other), i) for a, i in self.terms), self.budget)

    def __neg__(self) -> Terms:
        return self * -1

    def __sub__(self, other: Terms) -> Terms:
        return self + -other


def program_text(program: Program) -> str:
    """Return a program as the page gets it: as JSON, with the terms of its structural ops.

    Args:
        program: One without `missing_terms`.
    """
    found = dict(_all_terms(program))
    text = program.to_json()
    return f'{text[:-1]},"terms":{json.dumps(found, separators=(",", ":"))}}}' if found else text


def missing_terms(program: Program) -> set[str]:
    """Return the structural ops of a program that the page cannot compute.

    Example:
        >>> from graphviz_grad import tensor
        >>> from graphviz_grad.graph import trace
        >>> from graphviz_grad.program import Program
        >>> w = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        >>> missing_terms(Program.from_graph(trace([(w @ w).sum()])))
        set()
        >>> missing_terms(Program.from_graph(trace([w.amax()])))
        {'amax'}
    """
    return {program.steps[number].op for number, terms in _all_terms(program) if terms is None}


def _all_terms(program: Program) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the place of each structural step with its terms, or None where it has none."""
    nodes = program.graph.nodes
    values = [*(node.value for node in nodes), *program.constants]
    still = {slot for slot, node in enumerate(nodes) if node.op is None and not _is_float(node.value)}
    for number, step in enumerate(program.steps):
        if find_rule(step.op).op.is_structural:
            yield number, _terms_of(step, [_Operand(values[slot], slot in still) for slot in step.inputs])


class _Operand(NamedTuple):
    value: Payload
    is_still: bool  # an index, which no slider moves


def _terms_of(step: Step, given: Sequence[_Operand]) -> dict[str, Any] | None:
    """Run a row on symbols.

    Returns:
        ``out``, for each term the place of its element in the result; ``by``, its coefficient, or one for
        all; ``of``, for each factor its place among all elements of all operands.
    """
    sizes = [np.size(value) for value, _ in given]
    if sum(sizes) > LIMIT:
        return None
    budget = [4 * LIMIT]
    operands: list[Any] = []
    for place, (value, is_still) in enumerate(given):
        start = sum(sizes[:place])
        symbols = np.empty(sizes[place], object)
        symbols[:] = [Terms([(1.0, (start + k,))], budget) for k in range(sizes[place])]
        shape = np.shape(value)
        operands.append(value if is_still else symbols.reshape(shape) if shape else symbols[0])
    try:
        result = find_rule(step.op).op.forward(*operands, **dict(step.params))
        elements = [element.terms for element in np.asarray(result, object).ravel()]
    except (AttributeError, TypeError, ValueError, ArithmeticError, IndexError):
        return None  # it does something else than adding and multiplying, or takes a symbol for an index
    terms = [(place, *term) for place, found in enumerate(elements) for term in found]
    degrees = {len(factors) for _, _, factors in terms}
    if not terms or len(terms) > LIMIT or len(degrees) > 1 or max(degrees) > DEGREE:
        return None
    out, by, of = zip(*terms, strict=True)
    return {
        "out": out,
        "by": by[0] if len(set(by)) == 1 else by,
        "of": [list(factor) for factor in zip(*of, strict=True)],
    }


def _is_float(value: Payload) -> bool:
    return np.asarray(value).dtype.kind == "f"


def _number(value: object) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    raise TypeError(f"{value!r} (must be a number)")
