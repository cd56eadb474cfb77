"""Random graphs, as recipes that any library with torch's names can cook.

A `Recipe` is plain data: leaves and steps. It can be built again with other leaf values, in this package or
in torch, which is what the tests compare.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any, NamedTuple

from hypothesis import strategies as st

import graphviz_grad as gg

UNARY = ("neg", "exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sigmoid", "relu", "softplus", "abs")
BINARY = ("add", "sub", "mul", "div", "pow", "maximum", "minimum")
CUT = ("clone", "detach")
COMPARISONS = ("gt", "ge", "lt", "le", "eq", "ne")
OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
} | {name: getattr(operator, name) for name in COMPARISONS}

#: Where IEEE 754 and Python disagree, and the kinks.
SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, float("inf"), float("-inf"), float("nan"), 1e308, 5e-324, 710.0, -745.2)


class Ref(NamedTuple):
    """The tensor at this position: leaves first, then the result of each step."""

    position: int


@dataclass(frozen=True)
class Recipe:
    """A graph that can be built again: values and flags of the leaves, then ops and their operands."""

    values: tuple[float, ...]
    frozen: frozenset[int]
    steps: tuple[tuple[str, tuple[Ref | float, ...]], ...]

    def build(self, values: tuple[float, ...] | None = None, api: Any = gg) -> list[Any]:
        """Return every tensor: the leaves, then the result of each step."""
        made = [
            api.tensor(value, requires_grad=position not in self.frozen)
            for position, value in enumerate(self.values if values is None else values)
        ]
        for op, operands in self.steps:
            args = [made[arg.position] if isinstance(arg, Ref) else arg for arg in operands]
            made.append(OPERATORS[op](*args) if op in OPERATORS else getattr(api, op)(*args))
        return made


def floats(*, special: bool = False) -> st.SearchStrategy[float]:
    """Numbers of everyday size; with ``special`` also zeros, infinities, nan and the ends of the range."""
    usual = st.floats(-4, 4, allow_nan=False).map(lambda value: round(value, 3))
    return st.one_of(usual, st.sampled_from(SPECIAL)) if special else usual


@st.composite
def recipes(
    draw: st.DrawFn,
    *,
    max_steps: int = 12,
    special: bool = False,
    ops: tuple[str, ...] = UNARY + BINARY + CUT,
) -> Recipe:
    """Random graphs: repeated operands, shared and frozen leaves, Python numbers on either side."""
    values = draw(st.lists(floats(special=special), min_size=1, max_size=4))
    frozen = draw(st.frozensets(st.integers(0, len(values) - 1), max_size=len(values) - 1))
    steps: list[tuple[str, tuple[Ref | float, ...]]] = []
    real = [Ref(position) for position in range(len(values))]
    truth: list[Ref] = []  # results of comparisons: masks, fit to be multiplied by
    for _ in range(draw(st.integers(1, max_steps))):
        # The latest results are drawn more often, so that chains grow deep and little is left hanging.
        refs = st.one_of(st.sampled_from(real[-2:]), st.sampled_from(real))
        op = draw(st.sampled_from(ops))
        if op == "mul" and truth:
            steps.append((op, (draw(refs), draw(st.sampled_from(truth)))))
        elif op in UNARY or op in CUT:
            steps.append((op, (draw(refs),)))
        elif op in OPERATORS:
            numbers = st.one_of(floats(), st.integers(-3, 3))
            pairs = st.one_of(st.tuples(refs, refs), st.tuples(refs, numbers), st.tuples(numbers, refs))
            steps.append((op, draw(pairs)))
        else:
            steps.append((op, (draw(refs), draw(refs))))
        (truth if op in COMPARISONS else real).append(Ref(len(values) + len(steps) - 1))
    return Recipe(tuple(values), frozen, tuple(steps))


def pairs_of_values(recipe: Recipe, *, special: bool = False) -> st.SearchStrategy[tuple[float, ...]]:
    """Other values for the leaves of ``recipe``."""
    return st.tuples(*[floats(special=special)] * len(recipe.values))


@st.composite
def moved_recipes(draw: st.DrawFn, **options: Any) -> tuple[Recipe, tuple[float, ...]]:
    """A recipe and other values for its leaves."""
    recipe = draw(recipes(**options))
    return recipe, draw(pairs_of_values(recipe, special=options.get("special", False)))


#: Names that somebody will give a tensor one day.
hostile_names = st.one_of(
    st.text(min_size=1, max_size=30),
    st.sampled_from(
        [
            'a"b',
            "it's",
            "<script>alert(1)</script>",
            "]]>",
            "a\nb",
            "\x00\x1b[31m",
            "\u202eevil",
            "\ud800",
            "👩‍👩‍👧‍👦",
            "עברית",
            "e\u0301",
            "{x}",
            "%s",
            "\\N",
            "n0",
            "y",
            "v1",
            " ",
        ]
    ),
)
