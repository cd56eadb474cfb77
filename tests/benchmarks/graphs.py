"""The graphs that are timed, in code that runs on any library with torch's operators and methods.

What is called ``leaf`` makes a leaf of a float. Every graph is built from nothing, its leaves included. A
number that stands in an expression (the 1 of ``e + 1``) is not counted as a node; every library wraps it
its own way.
"""

from __future__ import annotations

import operator
import random
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    Leaf = Callable[[float], Any]

_INPUTS = (0.5, -1.0, 2.0)
_PARAMETERS = tuple(random.Random(3441).uniform(-1, 1) for _ in range(41))  # noqa: S311 - reproducible


def neuron(leaf: Leaf) -> Any:
    """Return the lecture's neuron, with the sigmoid opened: 5 leaves, 4 ops, and 4 of the sigmoid."""
    x1, x2, w1, w2, b = leaf(2.0), leaf(0.5), leaf(-3.0), leaf(1.0), leaf(6.75)
    n = x1 * w1 + x2 * w2 + b
    return ((-n).exp() + 1) ** -1


def neuron_keeping(leaf: Leaf, *, keep: Callable[[Any], Any]) -> Any:
    """Return `neuron` with every result passed through ``keep``."""
    x1, x2, w1, w2, b = leaf(2.0), leaf(0.5), leaf(-3.0), leaf(1.0), leaf(6.75)
    n = keep(keep(keep(x1 * w1) + keep(x2 * w2)) + b)
    return keep(keep(keep(keep(-n).exp()) + 1) ** -1)


def mlp(leaf: Leaf, *widths: int) -> Any:
    """Return the output of a tanh perceptron; of 3-4-4-1 it has 3 inputs, 41 parameters and 73 ops.

    Args:
        leaf: Makes a leaf of a float.
        widths: Neurons of each layer: at most 4, 4, 1.
    """
    parameters = iter(_PARAMETERS)
    signals = [leaf(value) for value in _INPUTS]
    for width in widths:
        layer = []
        for _ in range(width):
            weights = [leaf(next(parameters)) for _ in signals]
            bias = leaf(next(parameters))
            layer.append(sum((w * x for w, x in zip(weights, signals, strict=True)), bias).tanh())
        signals = layer
    return signals[0]


def mlp_keeping(leaf: Leaf, *widths: int, keep: Callable[[Any], Any]) -> Any:
    """Return `mlp` with every result passed through ``keep``."""
    parameters = iter(_PARAMETERS)
    signals = [leaf(value) for value in _INPUTS]
    for width in widths:
        layer = []
        for _ in range(width):
            weights = [leaf(next(parameters)) for _ in signals]
            total = leaf(next(parameters))
            for w, x in zip(weights, signals, strict=True):
                total = keep(total + keep(w * x))
            layer.append(keep(total.tanh()))
        signals = layer
    return signals[0]


class Plan(NamedTuple):
    """A random graph, decided beforehand: running it draws no random number and looks nothing up by name.

    Attributes:
        numbers: The Python numbers among the operands; the first positions.
        leaves: The leaves' values; the positions after them.
        steps: Per op a function and the positions of its operands; None as the second of a unary one.
    """

    numbers: list[float]
    leaves: list[float]
    steps: list[tuple[Callable[..., Any], int, int | None]]

    @property
    def size(self) -> int:
        """How many nodes the graph has."""
        return len(self.leaves) + len(self.steps)


_BINARY = (operator.add, operator.mul)  # micrograd's other operators make two nodes of one


def draw_plan(size: int, tanh: Callable[[Any], Any], relu: Callable[[Any], Any], *, seed: int = 0) -> Plan:
    """Return the plan of a random graph of ``size`` nodes, all of which the last one depends on.

    A fifth are leaves. Of the ops a quarter joins two nodes that nothing has used yet, so that everything is
    used in the end; the rest are sums and products with any older node (45 %) or with a Python number (25 %),
    tanh (20 %) and relu (10 %).
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible
    numbers = [round(rng.uniform(-1, 1), 2) for _ in range(8)]  # as people write them
    leaves = [rng.uniform(-1, 1) for _ in range(max(2, size // 5))]
    joins = len(leaves) - 1
    others = rng.choices(("used", "number", tanh, relu), (45, 25, 20, 10), k=size - len(leaves) - joins)
    kinds = ["unused"] * joins + others
    rng.shuffle(kinds)
    first = len(numbers)
    unused = list(range(first, first + len(leaves)))
    steps: list[tuple[Callable[..., Any], int, int | None]] = []
    for position, kind in enumerate(kinds, start=first + len(leaves)):
        left = unused.pop(rng.randrange(len(unused)))
        if kind == "unused":
            steps.append((rng.choice(_BINARY), left, unused.pop(rng.randrange(len(unused)))))
        elif kind == "used":
            steps.append((rng.choice(_BINARY), left, rng.randrange(first, position)))
        elif kind == "number":
            steps.append((rng.choice(_BINARY), left, rng.randrange(first)))
        else:
            steps.append((kind, left, None))
        unused.append(position)
    return Plan(numbers, leaves, steps)


def run_plan(plan: Plan, leaf: Leaf) -> list[Any]:
    """Return the numbers, the leaves and every result; the last one depends on all."""
    numbers, leaves, steps = plan
    nodes = [*numbers, *map(leaf, leaves)]
    append = nodes.append
    for function, left, right in steps:
        if right is None:
            append(function(nodes[left]))
        else:
            append(function(nodes[left], nodes[right]))
    return nodes


def run_plan_keeping(plan: Plan, leaf: Leaf, *, keep: Callable[[Any], Any]) -> list[Any]:
    """Return what `run_plan` does, every result passed through ``keep``."""
    nodes = run_plan(plan, leaf)
    for node in nodes[-len(plan.steps) :]:
        keep(node)
    return nodes
