"""A program as JSON: all that a page needs to run both passes, and all that Python needs to have it back.

Nodes have the slots of their ids (``n3`` has slot 3); behind them come the constants. What JSON has no number
for is a string: ``"nan"``, ``"inf"``, ``"-inf"``. The keys are:

- ``version``; ``root``: slot of what is differentiated, or null; ``outputs``: slots;
- ``leaves``: objects of ``id``, ``name`` and ``value``, for an array flat and with its ``shape``;
- ``results``: what the nodes are called that the steps compute; ``constants``: numbers;
- ``steps``: op, slots of the operands, slot of the result, for each operand the number of its edge (-1 where
  no gradient flows), and, where the op has static arguments, an object of them.

Where there is something to say also: ``shapes``, by slot, and lists of slots: ``bools``, whose value is a
truth value; ``frozen``, which require no gradient; ``unnamed``; ``retained``, which store their gradient,
unless those are the leaves that are not frozen. The text is ASCII without ``<``, fit for a ``<script>``.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.param_json import write_params

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.node import Node
    from graphviz_grad.payload import Number, Payload
    from graphviz_grad.replay.lowering import Step
    from graphviz_grad.snapshot import Graph

VERSION: Final = 1
NOT_FINITE: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def write_program(graph: Graph, steps: Sequence[Step], constants: Sequence[Number], root: int | None) -> str:
    """Return the JSON of a program; the same program gives the same text."""
    nodes = graph.nodes
    slots = {node.id: slot for slot, node in enumerate(nodes)}
    leaves = [node for node in nodes if node.op is None]
    program: dict[str, Any] = {
        "version": VERSION,
        "root": root,
        "outputs": [slots[output] for output in graph.outputs],
        "leaves": [{"id": leaf.id, "name": leaf.name, **_write_value(leaf.value)} for leaf in leaves],
        "results": [node.name for node in nodes if node.op is not None],
        "constants": [_write_number(constant) for constant in constants],
        "steps": [[*step[:-1], write_params(step.params)] if step.params else step[:-1] for step in steps],
    }
    program |= describe(nodes)
    retained = [slot for slot, node in enumerate(nodes) if node.retains_grad]
    if retained != [slot for slot, node in enumerate(nodes) if node.op is None and node.requires_grad]:
        program["retained"] = retained
    return json.dumps(program, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def describe(nodes: Sequence[Node]) -> dict[str, Any]:
    """Return what there is to say of some nodes, by key."""
    slots = list(enumerate(nodes))
    said = {
        "shapes": {str(slot): list(np.shape(node.value)) for slot, node in slots if np.ndim(node.value)},
        "bools": [slot for slot, node in slots if isinstance(node.value, bool)],
        "frozen": [slot for slot, node in slots if not node.requires_grad],
        "unnamed": [slot for slot, node in slots if not node.is_named],
    }
    return {key: found for key, found in said.items() if found}


def _write_value(value: Payload) -> dict[str, Any]:
    if isinstance(value, np.ndarray):
        return {"value": [_write_number(v) for v in value.ravel().tolist()], "shape": list(value.shape)}
    return {"value": _write_number(value)}


def _write_number(number: Number) -> Number | str:
    return repr(number) if isinstance(number, float) and not math.isfinite(number) else number
