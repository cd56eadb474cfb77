"""How a row of the op table is computed line by line: the common ground of tape and generated source.

A line is an expression as `printers` writes it, with ``{0}``, ``{1}``, ... for what it reads. The tape and
the source both put their own names there and change nothing else, which is why they give the same bits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from graphviz_grad.engine.expr import Expr
from graphviz_grad.engine.ops import OPS
from graphviz_grad.engine.printers import PYTHON, print_expr, statements
from graphviz_grad.engine.scalar import record_contributions, record_forward, record_partials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphviz_grad.engine.printers import Notation

    Writer: TypeAlias = Callable[[Sequence[Expr], Notation], tuple[list[str], list[str]]]

_WORD: Final = re.compile(r"\b[A-Za-z_]\w*")


class Line(NamedTuple):
    """One line of a recipe.

    Attributes:
        text: An expression with ``{0}``, ``{1}``, ... for what it reads.
        operands: Places of what it reads: what the recipe was given comes first, then the lines' results.
    """

    text: str
    operands: tuple[int, ...]


class Recipe(NamedTuple):
    """What computes some expressions of a rule.

    Attributes:
        lines: In order.
        results: For each expression the place where it is then found (see `Line`), or a number that it is.
    """

    lines: tuple[Line, ...]
    results: tuple[int | float, ...]


class Wanted(NamedTuple):
    """What of an op's derivatives is to be computed.

    Attributes:
        partials: Whether its partials are.
        contributions: Whether its contributions are.
        of_one: Whether the gradient that comes is 1, as it is near the root.
    """

    partials: bool
    contributions: bool
    of_one: bool


class Cookbook:
    """The recipes of all rows in one notation, each written when it is first asked for.

    Args:
        notation: One whose expressions are Python.
        write: How to write trees: as expressions within expressions, or an operation a line (`flatten`).

    Example:
        >>> FLOATS.forward("tan")
        Recipe(lines=(Line(text='(tan({0}) if -inf < {0} < inf else nan)', operands=(0,)),), results=(1,))
        >>> FLOATS.backward("mul", (0,), Wanted(True, True, False))  # given a, b, out, g
        Recipe(lines=(Line(text='{0} * {1}', operands=(3, 1)),), results=(1, 4))
    """

    def __init__(self, notation: Notation, write: Writer = statements) -> None:
        self._notation = notation
        self._statements = write
        self._forward: dict[str, Recipe] = {}
        self._backward: dict[tuple[str, tuple[int, ...], Wanted], Recipe] = {}

    def forward(self, op: str) -> Recipe:
        """Return the recipe of the result, given the operands; its last line makes it."""
        if op not in self._forward:
            row = OPS[op]
            recipe = self._write([record_forward(row)], row.operands)
            if not recipe.lines:  # clone: the result is the operand
                recipe = Recipe((Line("{0}", (0,)),), (len(row.operands),))
            self._forward[op] = recipe
        return self._forward[op]

    def backward(self, op: str, flowing: tuple[int, ...], wanted: Wanted) -> Recipe:
        """Return the recipe of derivatives, given the operands, the result and the gradient of the result.

        Args:
            op: A row with derivatives.
            flowing: The operands to which a gradient can flow.
            wanted: What to compute for each of them.

        Returns:
            A recipe of what is wanted of one of these operands after the other.
        """
        key = op, flowing, wanted
        if key not in self._backward:
            row = OPS[op]
            partials = [_without_ones(partial) for partial in record_partials(row)]
            contributions = partials if wanted.of_one else record_contributions(row)
            found = [partials] * wanted.partials + [contributions] * wanted.contributions
            exprs = [trees[operand] for operand in flowing for trees in found]
            self._backward[key] = self._write(exprs, (*row.operands, "out", "g"))
        return self._backward[key]

    def _write(self, exprs: Sequence[Expr], given: Sequence[str]) -> Recipe:
        """Write trees; what they have in common is computed once."""
        places = {name: place for place, name in enumerate(given)}
        lines: list[Line] = []

        def add(name: str, text: str) -> int:
            lines.append(_line(text, places))
            return places.setdefault(name, len(places))

        assignments, texts = self._statements(exprs, self._notation)
        for assignment in assignments:
            name, _, text = assignment.partition(" = ")
            add(name, text)
        results: list[int | float] = []
        for text in texts:
            if text in places:
                results.append(places[text])
            else:
                number = _read_number(text)
                results.append(add(text, text) if number is None else number)
        return Recipe(tuple(lines), tuple(results))


def flatten(exprs: Sequence[Expr], notation: Notation) -> tuple[list[str], list[str]]:
    """Return what `statements` does with an assignment for every operation.

    Example:
        >>> from graphviz_grad.engine.expr import variable
        >>> flatten([1 - variable("a") * variable("a")], PYTHON)
        (['t1 = a * a', 't2 = 1.0 - t1'], ['t2'])
    """
    names: dict[str, str] = {}
    lines: list[str] = []

    def name(expr: Expr) -> str:
        text = expr.text()
        if not expr.is_atom and text not in names:
            operands = {arg.text(): name(arg) for arg in expr.args}
            line = print_expr(expr, notation, operands)
            names[text] = f"t{len(lines) + 1}"
            lines.append(notation.assign.format(names[text], line))
        return names.get(text) or print_expr(expr, notation)

    return lines, [name(expr) for expr in exprs]


def _without_ones(expr: Expr) -> Expr:
    """Return the tree without factors of 1, which change no float."""
    if expr.is_atom:
        return expr
    args = tuple([_without_ones(arg) for arg in expr.args])
    if expr.head == "multiply" and args[0].head == "constant" and args[0].args[0] == 1:
        return args[1]
    return Expr(expr.head, args)


def _line(text: str, places: dict[str, int]) -> Line:
    operands: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match[0]
        return f"{{{operands.setdefault(name, len(operands))}}}" if name in places else name

    text = _WORD.sub(number, text)
    return Line(text, tuple(places[name] for name in operands))


def _read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


#: How Python computes with floats.
FLOATS: Final = Cookbook(PYTHON)
