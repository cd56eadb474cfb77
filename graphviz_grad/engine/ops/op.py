"""`Op`: one row of the op table."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """A primitive: one row of the table.

    An elementwise row is recorded once and printed (scalar Python, JavaScript, mathematics). A structural row
    moves, sums or multiplies whole arrays: it runs as it stands, in numpy, and is never printed. It may have
    static arguments (``dim``, ``keepdim``): keyword-only parameters, the same in all its functions, with
    their defaults in ``forward``. It may take any number of operands: ``forward(*arrays)``, and then one vjp
    for all of them, ``vjp(g, *arrays, out, place)``, which is told the place of the operand.

    Attributes:
        name: The name of the torch function.
        symbol: The glyph on the card's badge; unique in the table.
        formula: The right-hand side on the card, with ``{}`` for each operand, and of a structural row with
            ``{dim}`` for a static argument; those that it does not name follow the operands where they are
            not at their defaults. Or a function of the operands' texts and the static arguments.
        forward: ``forward(a, b, ...)`` gives the result.
        partials: One function per operand, ``partial(a, b, ..., out)``, the local derivative.
        vjps: One function per operand, ``vjp(g, a, b, ..., out)``, the contribution itself; None for an
            operand that never has a gradient (an index).
        is_structural: Whether this is more than a function of numbers.
        reads: Of a structural row, for each operand, the names of those whose numbers its vjp reads,
            ``"b out"``; shapes do not count. Of any number of operands ``"others"`` are all but this one.
            Nothing, if left out.
        words: Of a structural row, for each operand, what its vjp does, in a few words for the edge.
        grad_fn: What torch calls the backward node, if it is not the name and ``Backward0``.
        second_grad_fn: What torch calls the backward node of the gradient, where that is one op to torch.
        operands: Names of the operands in the rules: ``a``, ``b``, ``c``; as the next, from ``forward``.
        params: The static arguments and their defaults; `inspect.Parameter.empty` where one must be given.
        is_variadic: Whether the row takes any number of operands.

    A row with neither ``partials`` nor ``vjps`` has no gradient (a comparison, a detach).

    Example:
        >>> from graphviz_grad.engine.ops import OPS
        >>> OPS["sub"].operands, OPS["sub"].params, OPS["sum"].operands, OPS["sum"].params
        (('a', 'b'), {}, ('a',), {'dim': None, 'keepdim': False})
    """

    name: str
    symbol: str
    formula: str | Callable[..., str]
    forward: Callable[..., Any]
    partials: tuple[Callable[..., Any], ...] = ()
    vjps: tuple[Callable[..., Any] | None, ...] = ()
    is_structural: bool = False
    reads: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    grad_fn: str = ""
    second_grad_fn: str = ""
    operands: tuple[str, ...] = field(init=False, repr=False, compare=False)
    params: Mapping[str, Any] = field(init=False, repr=False, compare=False)
    is_variadic: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = inspect.signature(self.forward).parameters
        found = {
            "operands": tuple(name for name, each in given.items() if each.kind is not each.KEYWORD_ONLY),
            "params": {name: each.default for name, each in given.items() if each.kind is each.KEYWORD_ONLY},
            "is_variadic": any(each.kind is each.VAR_POSITIONAL for each in given.values()),
        }
        for name, value in found.items():  # a frozen dataclass has no other way to fill in its fields
            object.__setattr__(self, name, value)
        if self.partials and self.vjps:
            raise ValueError(f"op {self.name!r}: partials and vjps (must be one of them)")
        derivatives = self.partials or self.vjps
        if derivatives and len(derivatives) != self.arity:
            raise ValueError(f"op {self.name!r}: {len(derivatives)} derivatives (must be {self.arity})")
        if self.is_structural:
            self._check_structural()
        elif self.params or self.is_variadic or self.reads or self.words or None in self.vjps:
            raise ValueError(f"op {self.name!r}: an elementwise row (must be numbers to a number, no more)")

    def _check_structural(self) -> None:
        if self.partials:
            raise ValueError(f"op {self.name!r}: partials (a structural row must give vjps)")
        for what, found in ("reads", self.reads), ("words", self.words):
            if found and len(found) != len(self.vjps):
                raise ValueError(f"op {self.name!r}: {len(found)} {what} (must be {len(self.vjps)})")
        for read in " ".join(self.reads).split():
            if read not in {*self.operands, "out", *(["others"] if self.is_variadic else [])}:
                raise ValueError(f"op {self.name!r}: reads {read!r} (must be an operand or out)")
        for vjp in self.vjps:
            if vjp is None:
                continue
            given = inspect.signature(vjp).parameters.values()
            keywords = {each.name for each in given if each.kind is each.KEYWORD_ONLY}
            if keywords - {"out", "place"} != {*self.params}:
                raise ValueError(f"op {self.name!r}: a vjp without the static arguments {[*self.params]}")

    @property
    def arity(self) -> int:
        """Number of operands; 1 for a row that takes any number."""
        return len(self.operands)

    def takes(self, count: int) -> bool:
        """Whether the row takes so many operands."""
        return count >= 1 if self.is_variadic else count == self.arity
