"""The page's JavaScript, run in node, says what Python says: numbers, cards, edges."""

from __future__ import annotations

import base64
import json
import math
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needed import node_path
from strategies import BINARY, COMPARISONS, CUT, UNARY, moved_recipes

import graphviz_grad as gg
from graphviz_grad.engine.autograd import toposort
from graphviz_grad.graph import trace
from graphviz_grad.live.view import View
from graphviz_grad.picture import style
from graphviz_grad.picture.array_text import all_lines, in_full, one_line
from graphviz_grad.picture.caption import captions
from graphviz_grad.picture.card import cards
from graphviz_grad.picture.heat import heat_of
from graphviz_grad.picture.page.module import module
from graphviz_grad.picture.page.structure import describe
from graphviz_grad.picture.svg_array import shades
from graphviz_grad.program import Program
from graphviz_grad.text import format_ascii, format_number, format_short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphviz_grad.graph import Graph

LOOP = """
import * as page from "./page.mjs";
import { createInterface } from "node:readline";
const numbersFrom = (text) => {
  const bytes = Buffer.from(text, "base64");
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const jobs = {
  heat: (text, shape) => {
    const levels = page.levelsOf({ numbers: numbersFrom(text), shape, kind: "float" });
    return [levels, [...page.shadesOf(levels)]];
  },
  array: (text, shape, kind) => {
    const elements = { numbers: numbersFrom(text), shape, kind };
    return [page.oneLine(elements), page.allLines(elements, 20), page.inFull(elements)];
  },
  format: (text) => [...numbersFrom(text)].map((number) =>
    [page.formatAscii, page.formatNumber, page.formatShort, page.formatFull].map((format) => format(number))),
  read: (said, text) => {
    const numbers = numbersFrom(text);
    const structure = page.readStructure(said);
    return {
      cards: structure.nodes.map((_, place) => page.readCard(structure, numbers, place)),
      edges: structure.edges.map((_, place) => page.readEdge(structure, numbers, place)),
      announcement: page.announce(structure, numbers),
    };
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const [job, ...args] = JSON.parse(line);
  console.log(JSON.stringify(jobs[job](...args)));
}
"""


class Page:
    """A node process that answers line by line."""

    def __init__(self, folder: Path) -> None:
        (folder / "page.mjs").write_text(module(), encoding="utf-8")
        (folder / "loop.mjs").write_text(LOOP, encoding="utf-8")
        self.process = subprocess.Popen(
            [node_path(), "loop.mjs"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, job: str, *args: Any) -> Any:
        self.process.stdin.write(json.dumps([job, *args]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Iterator[Page]:
    page = Page(tmp_path_factory.mktemp("page"))
    yield page
    page.close()


def pack(numbers: list[float]) -> str:
    return base64.b64encode(np.array(numbers, "<f8").tobytes()).decode()


def check_formats(page: Page, numbers: list[float]) -> None:
    expected = [[format_ascii(v), format_number(v), format_short(v), repr(v)] for v in numbers]
    assert page.ask("format", pack(numbers)) == expected


def test_the_shared_vectors(page, root):
    vectors = json.loads((root / "tests" / "number_vectors.json").read_text(encoding="utf-8"))
    assert len(vectors) > 20
    answer = page.ask("format", pack([float(vector["number"]) for vector in vectors]))
    expected = [[vector["ascii"], vector["screen"], vector["short"], vector["number"]] for vector in vectors]
    assert [texts[:3] for texts in answer] == [texts[:3] for texts in expected]
    assert [float(texts[3]) for texts in answer] == pytest.approx(
        [float(texts[3]) for texts in expected], rel=0, nan_ok=True
    )


@given(st.lists(st.floats(), min_size=1, max_size=200))
@settings(max_examples=60)
def test_any_number(page, numbers):
    check_formats(page, numbers)


@given(st.lists(st.tuples(st.integers(-(10**7), 10**7), st.integers(-12, 20)), min_size=1, max_size=200))
@settings(max_examples=60)
def test_ties(page, parts):
    """Python rounds them to even, JavaScript up."""
    check_formats(page, [mantissa * 2.0**exponent for mantissa, exponent in parts])
    check_formats(page, [(mantissa + 0.5) * 10.0**exponent for mantissa, exponent in parts])


# --- cards and edges


def say(graph: Graph) -> dict[str, Any]:
    """What Python's cards and captions say, as the page would."""
    edges = captions(graph).values()
    return {
        "cards": [
            {
                "state": card.state,
                "tag": card.tag,
                "value": card.value,
                "grad": card.grad,
                "bar": dict(zip(("x", "width"), style.bar(card.gradient), strict=True)),
                "fork": card.fork,
                "spoken": card.spoken,
                "tooltip": card.tooltip,
            }
            for card in cards(graph).values()
        ],
        "edges": [
            {
                "state": edge.state,
                "width": edge.width,
                "head": style.head_scale(edge.width),
                "contribution": edge.contribution,
                "product": edge.product,
                "tooltip": edge.tooltip,
            }
            if edge.has_backward
            else None
            for edge in edges
        ],
    }


def assert_close(seen: Any, expected: Any) -> None:
    """The same, but for the last digit of a length in pixels: tanh differs by an ulp."""
    if isinstance(expected, dict):
        assert seen.keys() == expected.keys()
        for key in expected:
            assert_close(seen[key], expected[key])
    elif isinstance(expected, float):
        assert seen == pytest.approx(expected, abs=0.011)
    else:
        assert seen == expected


def check_page(page: Page, structure: dict[str, Any], graph: Graph) -> None:
    seen = page.ask("read", structure, base64.b64encode(graph.numbers()).decode())
    expected = say(graph)
    for kind in ("cards", "edges"):
        for one, other in zip(seen[kind], expected[kind], strict=True):
            if kind == "cards":
                del one["values"], one["slopes"]  # the numbers of arrays, for their grids
            elif one is not None and one["product"] is None:
                one["product"] = other["product"]
            if kind == "cards" and one["fork"] is None:
                # No such line, or one that stays: empty, or the number of arrays that are summed.
                assert other["fork"] in {None, "", "= sum of 2"}
                other["fork"] = None
            if kind == "edges" and one is not None and one["product"] is None:
                other["product"] = None  # what was painted stays
            assert_close(one, other)


@given(moved_recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
@settings(max_examples=300)
def test_a_moved_picture_says_what_a_fresh_one_says(page, case):
    recipe, values = case
    tensors = recipe.build()
    graph = trace([tensors[-1]])
    program = Program.from_graph(graph)
    structure = describe(program.replay({}))
    leaves = {tensor.record.order: value for tensor, value in zip(tensors, values, strict=False)}
    ids = {order: node.id for order, node in zip(orders(tensors[-1]), graph.nodes, strict=True)}
    moved = program.replay({ids[order]: value for order, value in leaves.items() if order in ids})
    check_page(page, structure, moved)


def array_graph(values: np.ndarray, gradient: np.ndarray) -> Graph:
    w, b = gg.tensor(values, requires_grad=True), gg.tensor([1.0], requires_grad=True)
    h = gg.relu(w * b)
    y = h / 2 + w
    y.backward(gg.tensor(gradient))
    return trace([y, w > 0], names={"w": w, "b": b, "h": h})


SPECIAL = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e300, 5e-324, math.inf, -math.inf, math.nan])
SHAPES = st.sampled_from(
    [(1,), (3,), (8,), (9,), (2, 2), (4, 4), (1, 7), (5, 2), (70,), (40, 3), (2, 3, 4), (0,), (2, *[1] * 8)]
)


@given(st.data(), SHAPES)
@settings(max_examples=60)
def test_a_moved_picture_of_arrays(page, data, shape):
    draw_array = st.lists(
        st.floats() | SPECIAL | st.floats(-2, 2), min_size=math.prod(shape), max_size=math.prod(shape)
    ).map(lambda numbers: np.array(numbers, float).reshape(shape))
    first = array_graph(np.ones(shape), np.ones(shape))
    moved = array_graph(data.draw(draw_array), data.draw(draw_array))
    structure = describe(first)
    assert len(moved.numbers()) == 8 * structure.get("size", 2 * (len(moved.nodes) + len(moved.edges)))
    check_page(page, structure, moved)


@given(st.data(), SHAPES, st.sampled_from(["float", "int", "bool"]))
@settings(max_examples=100)
def test_arrays_are_written_alike(page, data, shape, kind):
    numbers = {"float": st.floats() | SPECIAL, "int": st.integers(-(10**12), 10**12), "bool": st.booleans()}
    found = data.draw(st.lists(numbers[kind], min_size=math.prod(shape), max_size=math.prod(shape)))
    array = np.array(found, kind).reshape(shape)
    asked = page.ask("array", pack(array.ravel().tolist()), list(shape), kind)
    assert asked == [one_line(array), all_lines(array, 20), in_full(array)]
    if array.size:
        heat = heat_of(array)
        levels, lines = page.ask("heat", pack(array.ravel().tolist()), list(shape))
        assert (levels, dict(lines)) == ([list(row) for row in heat.levels], shades(heat))


def orders(tensor: gg.Tensor) -> list[int]:
    return [record.order for record in toposort([tensor.record])]


def test_what_is_read_aloud(page):
    e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3, 3, 0.05, -0.25))
    numbers = base64.b64encode(e.graph.numbers()).decode()
    answer = page.ask("read", describe(e.graph), numbers)
    assert answer["announcement"] == "y 2.3775; gradient of x 0.9412, of z 0.4700"
    e.close()


def test_the_module_is_one_small_text():
    assert isinstance(View._esm, str)
    assert len(View._esm.encode()) < 70_000
    assert "import " not in View._esm
    assert "eval(" not in View._esm
    assert "http" not in View._esm.replace("http://www.w3.org", "")


def test_not_finite_numbers_are_said(page):
    assert page.ask("format", pack([math.nan, math.inf, -math.inf]))[2][1] == "−inf"
