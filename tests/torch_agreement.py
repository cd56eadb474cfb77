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

from random_graphs import random_recipe
from strategies import OPERATORS, Recipe, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

TOLERANCE = 1e-12
UNDERFLOW = sys.float_info.min  # below this, floats have no 1e-12 to lose
ULP = sys.float_info.epsilon
APART_AT_MOST = 0.02
NUDGES = 40  # of a graph that does not agree; a sum that cancels to 0 often stays 0


class Torch:
    """PyTorch under the names of this package."""

    def __init__(self, torch: ModuleType) -> None:
        self._torch = torch
        self._functional = torch.nn.functional

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch if hasattr(self._torch, name) else self._functional, name)


def apply(name: str, api: Any, *operands: Any) -> Any:
    """Compute an op by its name: an operator, or a function of ``api``."""
    return OPERATORS[name](*operands) if name in OPERATORS else getattr(api, name)(*operands)


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
        result = apply(op, api, *args)
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
