"""The benchmarks run, and compare like with like. What they measure is no test."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest
from needed import missing

from tests.benchmarks import __main__ as command
from tests.benchmarks import chain, drawing, graphs, memory, page, passes, peers, replay
from tests.benchmarks.settings import SMALL
from tests.benchmarks.table import Row, lines
from tests.benchmarks.timing import ratios, take_turns


def results(library, job):
    """Return the value of a graph, and the gradients of its leaves."""
    leaves = []

    def leaf(value):
        leaves.append(library.leaf(value))
        return leaves[-1]

    root = job(replace(library, leaf=leaf))()
    numbers = [root.data, *[leaf.grad for leaf in leaves]]
    return [float(number) for number in numbers]


@pytest.mark.parametrize("job", [job for _, _, job in passes.GRAPHS[:3]])
def test_the_libraries_compute_the_same(job):
    ours = results(peers.OURS, job)
    libraries = [peers.micrograd(), peers.torch()]
    for library in filter(None, libraries):  # those that are installed
        assert results(library, job) == pytest.approx(ours)
    if None in libraries:
        missing("no micrograd or no torch (pip install micrograd torch)")


@pytest.mark.parametrize(("nodes", "job"), [(nodes, job) for _, nodes, job in passes.GRAPHS])
def test_every_node_is_there_and_reached(nodes, job):
    root = job(peers.OURS)()
    found = {id(root): root}
    waiting = [root]
    while waiting:
        new = {
            id(each): each for each in waiting.pop().parents if not each.is_literal and id(each) not in found
        }
        found |= new
        waiting += new.values()
    assert len(found) == nodes
    assert all(each.stamp is root.stamp for each in found.values())


def test_torch_is_told_of_every_result():
    told = []
    library = peers.Library(
        "", peers.OURS.leaf, peers.OURS.tanh, peers.OURS.relu, lambda y: told.append(y) or y
    )
    for job, results in ((library.neuron(), 8), (library.mlp(4, 4, 1), 73), (library.random(100), 80)):
        told.clear()
        job()
        assert len(told) == results


def test_the_two_ways_to_write_a_graph_make_the_same():
    leaf = peers.OURS.leaf
    assert graphs.neuron(leaf).item() == graphs.neuron_keeping(leaf, keep=lambda y: y).item()
    assert graphs.mlp(leaf, 4, 4, 1).item() == graphs.mlp_keeping(leaf, 4, 4, 1, keep=lambda y: y).item()


@pytest.fixture
def frozen_heap():
    """What is there already, torch with it, is not walked through before every block."""
    peers.torch_module()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("rows", [passes.rows, replay.rows, memory.rows, chain.rows, drawing.rows])
@pytest.mark.usefixtures("frozen_heap")
def test_figures_are_measured(rows):
    table = list(rows(SMALL))
    assert table
    assert all(row.measured for row in table)
    for row in table:
        if row.measured.startswith("not measured"):
            missing(f"{row.figure}: {row.measured}")


def test_a_missing_peer_is_said(monkeypatch):
    monkeypatch.setattr(peers, "_installed", lambda _: None)
    row = next(iter(passes.rows(SMALL)))
    assert row.is_met is None
    assert row.measured == "not measured: pip install micrograd"


def test_the_command_prints_a_table_and_tells_what_is_missed(capsys, monkeypatch):
    monkeypatch.setitem(command.FIGURES, "chain", lambda _: [Row("a", "2 s", "<= 1 s", is_met=False)])
    assert command.main(["chain", "--small"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].split() == ["a", "2", "s", "<=", "1", "s", "NO"]
    assert command.main(["import", "--small", "--verbose"]) in {0, 1}
    assert "graphviz_grad.engine" in capsys.readouterr().out


def test_jobs_take_turns():
    order = []
    found = take_turns({name: lambda name=name: order.append(name) for name in "ab"}, rounds=2, calls=1)
    assert order == ["a", "b", "a", "b", "b", "a"]
    assert {name: len(samples) for name, samples in found.items()} == {"a": 2, "b": 2}


def test_ratios_are_taken_round_by_round():
    assert ratios([2.0, 30.0, 8.0], [1.0, 10.0, 2.0]).median == 3.0


def test_table_aligns():
    assert len({line.rindex(" ") for line in lines([Row("a", "b", "c", is_met=True)])}) == 1


def test_drawing_is_measured_in_ms():
    total, own, again = drawing.measure(drawing.small_graph, 2)
    assert 0.1 < own.median < total.median < 10_000
    assert again == 0


def test_time_in_a_frame_is_counted_once():
    event = {"ph": "X", "pid": 1, "tid": 2}
    events = [
        event | {"name": "FunctionCall", "ts": 0, "dur": 10_000, "tdur": 9_000},
        event | {"name": "Layout", "ts": 2_000, "dur": 3_000, "tdur": 2_500},
        event | {"name": "Layout", "ts": 10_000, "dur": 1_000, "tdur": 1_000},
        event | {"name": "FunctionCall", "ts": 0, "dur": 500, "tdur": 500, "tid": 3},
    ]
    events.append(events[0] | {"ts": 20_000, "tdur": 1_000})
    assert page.own_times(events) == {"FunctionCall": 7.5, "Layout": 3.5}


@pytest.mark.parametrize("build", [build for *_, build in replay.GRAPHS[:4]])
def test_every_way_to_replay_computes_the_same(build):
    program = replay.program_of(build)
    values, grads = replay.our_jobs(program)["compiled"]()
    run = program.run({})
    assert (values, grads) == (run.values, run.grads)
    torch = peers.torch_module()
    if torch is None:
        missing("no torch (pip install torch)")
    for job in replay.torch_jobs(program, torch).values():
        found = job()
        assert found[0] == pytest.approx(values, rel=1e-12)
        assert found[1] == pytest.approx(grads, rel=1e-12)


@pytest.mark.parametrize("build", [build for *_, target, build in replay.GRAPHS if target])
def test_both_sweeps_compute_the_same(build):
    torch = peers.torch_module()
    if torch is None:
        missing("no torch (pip install torch)")
    program = replay.program_of(build)
    points = np.linspace(-1, 1, 7)
    for job in replay.torch_sweeps(program, points, torch).values():
        for seen, expected in zip(job(), program.sweep("n0", points), strict=True):
            assert seen == pytest.approx(expected, rel=1e-12)
