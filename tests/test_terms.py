"""Structural ops in the page: run on symbols in Python, and then as sums of products in JavaScript."""

from __future__ import annotations

import json

import numpy as np
import pytest
from replays import Node, differences, unpack
from test_structural import each_case, tensors, weighted

import graphviz_grad as gg
from graphviz_grad.engine.rules import RULES
from graphviz_grad.graph import trace
from graphviz_grad.picture.page.terms import LIMIT, missing_terms, program_text
from graphviz_grad.program import Program


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("terms"))
    yield node
    node.close()


def in_python(program):
    return np.frombuffer(program.run({}).pack()).tolist()


@each_case
def test_the_page_computes_what_python_computes(node, op, sample):
    """Whatever has a form for the page gives the same values, gradients and contributions there."""
    operands = tensors(op, sample)
    program = Program.from_graph(trace([weighted(RULES[op.name], sample.params)(*operands)]))
    assert missing_terms(program) <= {op.name}
    if not missing_terms(program):
        node.load(program)
        assert differences(node.run({}), in_python(program)) == []


def layer(w, x, b):
    return (gg.tanh(x @ w + b) * 2).mean()


def test_the_usual_rows_have_a_form():
    w, v = gg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True), gg.tensor([1.0, 2.0], requires_grad=True)
    outputs = [
        *(w.sum(), w.mean(dim=0)[1], (w @ v).sum(), v @ v, w.T[0, 1], w.reshape(4)[2], w[:, 1].sum()),
        *(gg.stack([v, v]).sum(), gg.cat([v, v]).sum(), v.expand(3, 2).sum(), v.var(), gg.outer(v, v).sum()),
    ]
    for output in outputs:
        assert missing_terms(Program.from_graph(trace([output]))) == set()


def test_what_selects_or_bends_has_none():
    v = gg.tensor([1.0, 2.0], requires_grad=True)
    for output in (v.amax(), v.logsumexp(0), v.softmax(0).sum(), v.norm()):
        assert len(missing_terms(Program.from_graph(trace([output])))) == 1


def test_large_ones_stay_in_python():
    big = gg.tensor(np.ones(LIMIT + 1), requires_grad=True)
    assert missing_terms(Program.from_graph(trace([big.sum()]))) == {"sum"}
    square = gg.tensor(np.ones((25, 25)), requires_grad=True)
    assert missing_terms(Program.from_graph(trace([(square @ square).sum()]))) == {"matmul"}


def test_an_element_moves(node):
    w = gg.tensor([[1.0, 2.0], [-3.0, 0.5]], requires_grad=True)
    program = Program.from_graph(trace([layer(w, gg.tensor([[1.0, -0.5]]), gg.tensor([0.1, 0.2]))]))
    node.load(program)
    (leaf,) = (n.id for n in program.graph.nodes if n.op is None and n.requires_grad)
    seen = unpack(node.ask("move", [[f"{leaf[1:]},2", 0.75]]))
    moved = program.run({leaf: np.array([[1.0, 2.0], [0.75, 0.5]])})
    assert differences(seen, np.frombuffer(moved.pack()).tolist()) == []
    for wrong in (f"{leaf[1:]},4", f"{leaf[1:]},-1", "0,x", int(leaf[1:])):
        with pytest.raises(ValueError, match="leaf"):
            node.ask("move", [[wrong, 0.75]])
    assert differences(unpack(node.ask("state")), seen) == []


@pytest.mark.parametrize(
    "change",
    [
        {"out": [0]},
        {"out": [9, 0, 0, 0]},
        {"of": [[0, 1, 2, 4]]},
        {"of": [[0, 1, 2]]},
        {"of": 3},
        {"by": "1"},
        {"by": [1, 2]},
        {"out": None},
    ],
)
def test_wrong_terms_are_refused(node, change):
    w = gg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    source = json.loads(program_text(Program.from_graph(trace([w.sum()]))))
    source["terms"]["0"] |= change
    with pytest.raises(ValueError, match="terms"):
        node.ask("load", json.dumps(source))
