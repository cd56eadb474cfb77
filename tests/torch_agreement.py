"""Random graphs, computed by graphviz_grad and by PyTorch: do all values and all gradients agree?

    python tests/torch_agreement.py 100000

prints how many do; `test_engine_torch.py` runs a slice. A graph has up to 40 nodes, every op, repeated
operands, Python numbers on either side, masks, detached and frozen parts; two of a hundred ops may give an
inf or a nan.

Two gradients agree if both are nan or the same infinity, or if they differ by at most 1e-12 of the sum of
the absolute contributions that were added at that node; values alike, by their terms. Graphs that are too
sensitive for that are counted apart: those whose results move more than this in torch itself when its leaves
are moved by one unit in the last place. (A saturated tanh does not feel its leaf; before a graph counts as
different, the results of torch's ops are moved, too.)
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from strategies import BINARY, COMPARISONS, CUT, OPERATORS, UNARY, Recipe, Ref

from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NODES = 40
TOLERANCE = 1e-12
UNDERFLOW = sys.float_info.min  # below this, floats have no 1e-12 to lose
ULP = sys.float_info.epsilon
APART_AT_MOST = 0.02
NUDGES = 40  # of a graph that does not agree; a sum that cancels to 0 often stays 0

LEAVES = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0, -2.0, 20.0)
NUMBERS = (0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, 2.0, 10.0, 0.0)
SPECIAL = (math.inf, -math.inf, math.nan, 1e308, 5e-324, 710.0)


class Torch:
    """PyTorch under the names of this package."""

    def __init__(self, torch: ModuleType) -> None:
        self._torch = torch
        self.softplus = torch.nn.functional.softplus

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch, name)


# --- drawing a graph ------------------------------------------------------------------------------


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
        if op == "div" and not isinstance(operands[0], Ref) and 0 < abs(floats[1]) < UNDERFLOW:
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


# --- computing it, twice --------------------------------------------------------------------------


class Node(NamedTuple):
    """What is compared of one tensor; the scales are 1 in torch's."""

    value: float
    grad: float | None
    value_scale: float = 1.0
    grad_scale: float = 1.0


def compute_in_torch(
    recipe: Recipe, api: Torch, nudge: random.Random | None = None, *, results_too: bool = False
) -> list[Node]:
    """Compute in torch; with ``nudge``, leaves are moved by one unit in the last place, or results too."""
    if nudge is None:
        tensors = recipe.build(api=api)
    else:
        tensors = _build_nudged(recipe, api, nudge, results_too=results_too)
    root = _root(tensors)
    if root is not None:
        for tensor in tensors:
            if tensor.requires_grad and not tensor.is_leaf:
                tensor.retain_grad()
        root.backward()
    return [
        Node(
            float(tensor.item()),
            tensor.grad.item() if tensor.requires_grad and tensor.grad is not None else None,
        )
        for tensor in tensors
    ]


def _build_nudged(recipe: Recipe, api: Torch, nudge: random.Random, *, results_too: bool) -> list[Any]:
    """Build the graph with numbers moved by one unit in the last place, up or down; 0, inf and nan stay."""
    tensors = []
    for position, value in enumerate(recipe.values):
        moved = value * (1 + nudge.choice((-ULP, ULP)))
        tensors.append(api.tensor(moved, requires_grad=position not in recipe.frozen))
    for op, operands in recipe.steps:
        args = [tensors[arg.position] if isinstance(arg, Ref) else arg for arg in operands]
        result = OPERATORS[op](*args) if op in OPERATORS else getattr(api, op)(*args)
        if results_too and result.is_floating_point():
            result.data.mul_(1 + nudge.choice((-ULP, ULP)))  # saved for backward too, and unnoticed
        tensors.append(result)
    return tensors


def compute_in_ours(recipe: Recipe) -> list[Node]:
    tensors = recipe.build()
    root = _root(tensors)
    added: Counter[int] = Counter()
    if root is not None:
        for tensor in tensors:
            if not tensor.is_leaf and tensor.order % 2:  # the others are read from the pass
                tensor.retain_grad()
        root.backward()
        for tensor in tensors:
            if tensor.stamp is not None and tensor.op is not None:
                given = [parent.value for parent in tensor.parents]
                pulled = tensor.op.backward(tensor.pass_grad, *given, tensor.value)
                for parent, contribution in zip(tensor.parents, pulled, strict=True):
                    added[id(parent)] += abs(contribution)
    return [_node(tensor, added[id(tensor)] + (tensor is root)) for tensor in tensors]


def _node(tensor: Any, grad_scale: float) -> Node:
    visited = tensor.stamp is not None
    grad = tensor.grad.item() if tensor.stores_grad and visited else tensor.pass_grad if visited else None
    terms = [tensor.value]
    if tensor.op is not None and tensor.op.name in {"add", "sub"}:
        terms = [parent.value for parent in tensor.parents]
    return Node(float(tensor.item()), grad, sum(map(abs, terms)), grad_scale)


def _root(tensors: list[Any]) -> Any:
    return next((tensor for tensor in reversed(tensors) if tensor.requires_grad), None)


# --- comparing ------------------------------------------------------------------------------------


def is_close(first: float | None, second: float | None, scale: float) -> bool:
    """Whether two numbers are the same nan or infinity, or differ by at most 1e-12 of ``scale``."""
    if first is None or second is None:
        return first is second
    if first == second or (math.isnan(first) and math.isnan(second)):
        return True
    if not (math.isfinite(first) and math.isfinite(second)):
        return False
    return abs(first - second) <= TOLERANCE * scale + UNDERFLOW


def differences(first: list[Node], second: list[Node], scales: list[Node]) -> Iterator[int]:
    """Yield the positions at which value or gradient do not agree."""
    for position, (one, other, scale) in enumerate(zip(first, second, scales, strict=True)):
        if not (
            is_close(one.value, other.value, scale.value_scale)
            and is_close(one.grad, other.grad, scale.grad_scale)
        ):
            yield position


def judge(recipe: Recipe, api: Torch, seed: int = 0) -> tuple[list[Node], bool, bool]:
    """Return what we compute, whether torch agrees, and whether the graph is too sensitive to tell."""
    ours, theirs = compute_in_ours(recipe), compute_in_torch(recipe, api)
    is_agreed = next(differences(ours, theirs, ours), None) is None
    nudge = random.Random(seed)  # noqa: S311 - nothing secret
    nudges = [False, False] if is_agreed else [False, False, *[True] * NUDGES]
    moved = (compute_in_torch(recipe, api, nudge, results_too=results_too) for results_too in nudges)
    is_apart = any(next(differences(other, theirs, ours), None) is not None for other in moved)
    return ours, is_agreed, is_apart


@dataclass
class Tally:
    """What came out."""

    agree: int = 0
    apart: int = 0
    apart_yet_agree: int = 0
    differ: list[int] = field(default_factory=list)
    numbers: int = 0
    broken: int = 0
    ops: Counter[str] = field(default_factory=Counter)

    @property
    def graphs(self) -> int:
        return self.agree + self.apart + len(self.differ)

    def add(self, seed: int, api: Torch) -> None:
        recipe = random_recipe(seed)
        ours, is_agreed, is_apart = judge(recipe, api, seed)
        self.ops.update(op for op, _ in recipe.steps)
        self.numbers += sum(1 + (node.grad is not None) for node in ours)
        self.broken += any(not math.isfinite(node.value) for node in ours)
        if is_apart:
            self.apart += 1
            self.apart_yet_agree += is_agreed
        elif is_agreed:
            self.agree += 1
        else:
            self.differ.append(seed)

    def is_good(self) -> bool:
        return not self.differ and self.apart <= APART_AT_MOST * self.graphs

    def text(self) -> str:
        return (
            f"{self.graphs} graphs, {self.numbers} values and gradients, {sum(self.ops.values())} ops "
            f"({len(self.ops)} different), {self.broken} graphs with nan or inf: "
            f"{self.agree} agree, {len(self.differ)} differ {self.differ[:10]}, {self.apart} apart "
            f"({self.apart / max(1, self.graphs):.2%}; {self.apart_yet_agree} of them agree all the same)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("graphs", type=int, nargs="?", default=2_000)
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="seed of the first graph")
    arguments = parser.parse_args()

    import torch  # noqa: PLC0415 - the rest of this file is of use without it

    torch.set_default_dtype(torch.float64)
    api, tally, start = Torch(torch), Tally(), time.perf_counter()
    for seed in range(arguments.first, arguments.first + arguments.graphs):
        tally.add(seed, api)
        if (seed + 1) % 10_000 == 0:
            sys.stderr.write(f"{tally.text()}\n")
    sys.stdout.write(f"{tally.text()}; torch {torch.__version__}, {time.perf_counter() - start:.0f} s\n")
    sys.exit(not tally.is_good())


if __name__ == "__main__":
    main()
