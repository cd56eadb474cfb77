"""Random graphs by seed: the same on every machine, and much faster than hypothesis draws them."""

from __future__ import annotations

import math
import random
import sys

from strategies import BINARY, COMPARISONS, CUT, OPERATORS, UNARY, Recipe, Ref

from graphviz_grad.engine.rules import RULES

NODES = 40
LEAVES = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0, -2.0, 20.0)
NUMBERS = (0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, 2.0, 10.0, 0.0)
SPECIAL = (math.inf, -math.inf, math.nan, 1e308, 5e-324, 710.0)


def random_recipe(seed: int) -> Recipe:
    """A graph for this seed; the same on every machine."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    count = rng.randint(1, 6)
    values = [_leaf(rng) for _ in range(count)]
    frozen = frozenset(position for position in range(1, count) if rng.random() < 0.2)
    known: list[float | None] = list(values)  # None where a truth value stands
    masks: list[int] = []
    steps: list[tuple[str, tuple[Ref | float, ...]]] = []
    for _ in range(rng.randint(1, NODES - count)):
        if rng.random() < 0.03:
            op = rng.choice(COMPARISONS)
            operands: tuple[Ref | float, ...] = (_pick(rng, known), rng.choice([_pick(rng, known), 0.0, 1]))
            masks.append(len(known))
            result = None
        elif masks and rng.random() < 0.1:
            op, operands = "mul", (_pick(rng, known), Ref(rng.choice(masks)))
            result = known[operands[0].position] * 1.0
        else:
            op, operands, result = _step(rng, known)
        steps.append((op, operands))
        known.append(result)
    return Recipe(tuple(values), frozen, tuple(steps))


def _leaf(rng: random.Random) -> float:
    kind = rng.random()
    if kind < 0.02:
        return rng.choice(SPECIAL)
    return rng.choice(LEAVES) if kind < 0.2 else round(rng.gauss(0, 2), rng.choice((1, 3, 15)))


def _pick(rng: random.Random, known: list[float | None]) -> Ref:
    """One of the numbers so far; the latest are likelier, so that graphs grow deep."""
    while True:
        position = (
            rng.randrange(max(0, len(known) - 4), len(known))
            if rng.random() < 0.6
            else rng.randrange(len(known))
        )
        if known[position] is not None:
            return Ref(position)


def _step(rng: random.Random, known: list[float | None]) -> tuple[str, tuple[Ref | float, ...], float]:
    """Draw an op; most that would give nan, inf or a giant are drawn again, or little else would be left."""
    while True:
        op = rng.choice(UNARY) if rng.random() < 0.45 else rng.choice(BINARY + CUT)
        first = _pick(rng, known)
        operands: tuple[Ref | float, ...] = (first,)
        if op in BINARY:
            second = first if rng.random() < 0.1 else _pick(rng, known)
            operands = (first, second)
            if op in OPERATORS and rng.random() < 0.35:
                number = rng.choice(NUMBERS)
                operands = rng.choice([(first, number), (number, first)])
        floats = [float(known[each.position] if isinstance(each, Ref) else each) for each in operands]
        if op == "pow" and isinstance(operands[1], Ref) and is_root(*floats):
            continue
        if op == "div" and not isinstance(operands[0], Ref) and 0 < abs(floats[1]) < sys.float_info.min:
            continue  # torch multiplies the number by 1/x, which is infinite
        result = RULES[op].forward_scalar(*floats)
        is_tame = result == 0 or 1e-3 < abs(result) < 6
        if (is_tame and not _is_edge(op, floats, operands)) or rng.random() < 0.03:
            return op, operands, result


def _is_edge(op: str, floats: list[float], operands: tuple[Ref | float, ...]) -> bool:
    """Whether result or slope falls off if an operand moves a little: a negative base, a logarithm's zero."""
    if op == "pow":
        return isinstance(operands[1], Ref) and (floats[0] < 0 or floats[0] == 1)
    return op == "log" and floats[0] == 1


def is_root(base: float, exponent: float) -> bool:
    """Where torch has two answers: ``x**0.5`` is a square root to it, ``x**tensor(0.5)`` is C's pow.

    They differ at −0 and −inf, also by the exponent 1.5, whose slope is a power of 0.5. Here both are roots,
    and only the first is compared.
    """
    return exponent in {0.5, -0.5, 1.5} and base in {0.0, -math.inf}
