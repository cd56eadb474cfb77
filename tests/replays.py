"""Recipes as graphs, and what the tests of replaying in Python and in JavaScript share."""

from __future__ import annotations

import base64
import itertools
import json
import math
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from needed import node_path
from op_cells import ELEMENTWISE
from strategies import SPECIAL, Recipe, Ref

import graphviz_grad as gg
from graphviz_grad.chain import apply_chain_rule
from graphviz_grad.engine.rules import RULES
from graphviz_grad.graph import trace
from graphviz_grad.picture.page.optable import op_table
from graphviz_grad.picture.page.terms import program_text
from graphviz_grad.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DataObject

    from graphviz_grad.graph import Graph

STATIC = Path(gg.__file__).parent / "picture" / "page" / "static"

LOOP = """
import { bindArrays } from "./arrays.js";
import { readSource } from "./program.js";
import { Program } from "./replay.js";
import { createInterface } from "node:readline";
const pack = ({ buffer, byteOffset, byteLength }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");
const read = (text) => {
  const bytes = Buffer.from(text, "base64");
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const leavesOf = (slots, values) => new Map(slots.map((slot, place) => [slot, values[place]]));
let program = null;
const jobs = {
  load: (source) => { program = new Program(JSON.parse(source)); },
  run: (slots, values) => pack(program.run(leavesOf(slots, read(values)))),
  sweep: (slot, points, slots, values) => {
    const { values: found, slopes } = program.sweep(slot, read(points), leavesOf(slots, read(values)));
    return [pack(found), pack(slopes)];
  },
  state: () => pack(program.numbers),
  move: (pairs) => pack(program.run(new Map(pairs))),
  elements: (source) => {  // also of a program whose root is an array: its gradient is 1 everywhere
    const layout = readSource(JSON.parse(source));
    const tape = bindArrays(layout, layout.start.slice());
    tape.run();
    return Array.from({ length: layout.nodes }, (_, slot) => tape.elements(slot))
      .map(({ value, grad }) => [pack(value), pack(grad)]);
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const [job, ...args] = JSON.parse(line);
  let answer;
  try { answer = { found: jobs[job](...args) }; } catch (error) { answer = { fault: String(error) }; }
  console.log(JSON.stringify(answer));
}
"""


class Node:
    """A node process with the page's interpreter, that answers line by line."""

    def __init__(self, folder: Path) -> None:
        node = node_path()
        for name, text in modules().items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        (folder / "loop.js").write_text(LOOP, encoding="utf-8")
        self.process = subprocess.Popen(
            [node, "loop.js"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, job: str, *args: Any) -> Any:
        """Ask for a job; what it throws is raised."""
        self.process.stdin.write(json.dumps([job, *args]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "fault" in answer:
            raise ValueError(answer["fault"])
        return answer.get("found")

    def load(self, program: Program) -> None:
        self.ask("load", program_text(program))

    def run(self, leaves: Mapping[str, float]) -> list[float]:
        return unpack(self.ask("run", *leaves_in_js(leaves)))

    def sweep(self, leaf: str, points: list[float], leaves: Mapping[str, float]) -> list[list[float]]:
        answer = self.ask("sweep", int(leaf[1:]), encode(points), *leaves_in_js(leaves))
        return [unpack(text) for text in answer]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


def modules() -> dict[str, str]:
    """The page's interpreter as the files that it is written in."""
    names = ("program.js", "arrays.js", "replay.js")
    return {name: (STATIC / name).read_text(encoding="utf-8") for name in names} | {"ops.js": op_table()}


def encode(numbers: list[float]) -> str:
    return base64.b64encode(np.array(numbers, "<f8").tobytes()).decode()


def unpack(text: str) -> list[float]:
    return np.frombuffer(base64.b64decode(text), "<f8").tolist()


def leaves_in_js(leaves: Mapping[str, float]) -> tuple[list[int], str]:
    """Slots, and values as bytes: nan and infinities travel, and so does -0."""
    return [int(leaf[1:]) for leaf in leaves], encode([*leaves.values()])


# --- recipes


def traced(recipe: Recipe, values: tuple[float, ...] | None = None, *, backward: bool = True) -> Graph:
    *_, root = recipe.build(values)
    if backward and root.requires_grad:
        root.backward()
    return trace([root], max_nodes=100_000)


def leaves_of(recipe: Recipe, graph: Graph, values: tuple[float, ...]) -> dict[str, float]:
    """The leaves that the root depends on, by id; ids follow the order in which leaves were made."""
    used = [node.id for node in graph.nodes if node.op is None]
    reachable, stack = set(), [len(recipe.values) + len(recipe.steps) - 1]
    while stack:
        position = stack.pop()
        if position not in reachable:
            reachable.add(position)
            if position >= len(recipe.values):
                operands = recipe.steps[position - len(recipe.values)][1]
                stack += [arg.position for arg in operands if isinstance(arg, Ref)]
    positions = sorted(position for position in reachable if position < len(recipe.values))
    return {name: values[position] for name, position in zip(used, positions, strict=True)}


# --- the same numbers


def is_close(seen: float, expected: float) -> bool:
    """The same number but for the last digits; nan, infinities and the sign of a zero exactly."""
    if seen == expected:
        return math.copysign(1, seen) == math.copysign(1, expected)
    if math.isnan(expected):
        return math.isnan(seen)
    return math.isfinite(seen) and abs(seen - expected) <= 1e-12 * abs(expected) + 1e-300


def differences(seen: list[float], expected: list[float]) -> list[tuple[int, float, float]]:
    """Where two lists of numbers differ."""
    pairs = enumerate(zip(seen, expected, strict=True))
    return [(place, a, b) for place, (a, b) in pairs if not is_close(a, b)]


def magnifies(program: Program, leaves: Mapping[str, float]) -> bool:
    """Whether a change in the last digits of the leaves shows in more than the last digits of the state."""
    expected = np.frombuffer(program.run(leaves).pack()).tolist()
    for nudge in (-1e-15, 1e-15):
        moved = {leaf: value + nudge * max(1.0, abs(value)) for leaf, value in leaves.items()}
        if differences(np.frombuffer(program.run(moved).pack()).tolist(), expected):
            return True
    return False


def step_by_step(program: Program, seen: list[float], is_number: list[bool]) -> list[float]:
    """What Python makes, at every step, of the numbers that were seen there.

    So a difference in a last digit does not grow on its way through a graph that magnifies it.

    Args:
        program: What was run, in the state that was meant; without arrays.
        seen: What came out, in the order of `Graph.numbers`.
        is_number: Where Python has numbers and not None.
    """
    nodes = program.graph.nodes
    values = [type(node.value)(number) for node, number in zip(nodes, seen[::2], strict=False)]
    values += program.constants
    expected = [math.nan] * len(seen)
    for slot, node in enumerate(nodes):
        expected[2 * slot] = float(node.value)  # of a leaf; that of a result is found below
        if is_number[2 * slot + 1]:
            expected[2 * slot + 1] = 1.0 if slot == program.root else -0.0
    for step in reversed(program.steps):
        rule, operands = RULES[step.op], [values[slot] for slot in step.inputs]
        expected[2 * step.out] = float(rule.forward(*operands))
        if max(step.edges) < 0:
            continue
        upstream = seen[2 * step.out + 1] if is_number[2 * step.out + 1] else None
        partials, contributions = apply_chain_rule(rule, upstream, [*operands, values[step.out]])
        for slot, edge, *numbers in zip(step.inputs, step.edges, partials, contributions, strict=True):
            if edge >= 0:
                place = 2 * (len(nodes) + edge)
                expected[place : place + 2] = [math.nan if number is None else number for number in numbers]
                if upstream is not None:
                    expected[2 * slot + 1] += seen[place + 1]
    return expected


# --- every op with every special operand


def rows() -> list[tuple[Program, list[dict[str, float]]]]:
    """For each row of the op table a program, ``op(n0, n1) * -2.5``, and the leaves to try."""
    numbers = (*SPECIAL, 0.5, -2.5, 3.0, 20.0, 21.0)
    found = []
    for op in ELEMENTWISE.values():
        leaves = [f"n{place}" for place in range(op.arity)]
        flows = RULES[op.name].is_differentiable
        is_bool = isinstance(RULES[op.name].forward(*[1.0] * op.arity), bool)
        slot = op.arity
        source = {
            "version": 1,
            "root": slot + 1 if flows else None,
            "outputs": [slot + 1],
            "leaves": [{"id": leaf, "name": leaf, "value": 1.0} for leaf in leaves],
            "results": ["a", "y"],
            "constants": [-2.5],
            "steps": [
                [op.name, [*range(slot)], slot, [*range(slot)] if flows else [-1] * slot],
                ["mul", [slot, slot + 2], slot + 1, [slot if flows else -1, -1]],
            ],
            **({"bools": [slot]} if is_bool else {}),
            **({} if flows else {"frozen": [slot, slot + 1]}),
        }
        moves = [
            dict(zip(leaves, values, strict=True)) for values in itertools.product(numbers, repeat=op.arity)
        ]
        found.append((Program.from_json(json.dumps(source)), moves))
    return found


# --- damaged programs

OTHERS = (None, True, -1, 0, 1, 3, 99, 1.5, 2**70, "x", "n0", "nan", [], [0], {}, {"id": "n0"})


def damage(data: DataObject, source: Any) -> Any:
    """Replace or leave out something somewhere in plain data."""
    parent, key, found = None, None, source
    while isinstance(found, (dict, list)) and found and (parent is None or data.draw(st.integers(0, 3))):
        keys = [*found] if isinstance(found, dict) else range(len(found))
        parent, key = found, data.draw(st.sampled_from(keys))
        found = parent[key]
    if data.draw(st.booleans()):
        parent[key] = data.draw(st.sampled_from(OTHERS))
    else:
        del parent[key]
    return source
