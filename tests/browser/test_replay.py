"""The page's own passes in Chromium, in the module as it is shipped, under a policy that forbids `eval`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from op_cells import ELEMENTWISE
from replays import differences, encode, leaves_of, magnifies, rows, traced, unpack
from strategies import BINARY, COMPARISONS, CUT, UNARY, moved_recipes

from graphviz_grad.picture.page.module import module
from graphviz_grad.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from playwright.sync_api import Browser, Page

POLICY = "default-src 'none'; script-src 'nonce-7' blob:"
DOCUMENT = f"""<!doctype html>
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<script nonce="7">
  window.read = (text) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  window.pack = ({{ buffer, byteOffset, byteLength }}) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer, byteOffset, byteLength)));
  try {{ window.isLax = Boolean(new Function("")); }} catch {{ window.isLax = false; }}
  window.load = async (code) => {{
    const url = URL.createObjectURL(new Blob([code], {{ type: "text/javascript" }}));
    window.Program = (await import(url)).Program;
  }};
  window.replay = ([source, slots, moves]) => {{
    const program = new Program(JSON.parse(source));
    return moves.map((text) => {{
      const values = read(text);
      return pack(program.run(new Map(slots.map((slot, place) => [slot, values[place]]))));
    }});
  }};
</script>"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_content(DOCUMENT)
    page.evaluate("(code) => load(code)", module())
    yield page
    page.close()


def run(page: Page, program: Program, moves: Sequence[Mapping[str, float]]) -> list[list[float]]:
    slots = [int(leaf[1:]) for leaf in moves[0]]
    texts = [encode([*leaves.values()]) for leaves in moves]
    return [unpack(text) for text in page.evaluate("replay", [program.to_json(), slots, texts])]


def in_python(program: Program, leaves: Mapping[str, float]) -> list[float]:
    return np.frombuffer(program.run(leaves).pack()).tolist()


def test_the_policy_forbids_eval(page):
    assert page.evaluate("isLax") is False


@pytest.mark.parametrize(("program", "moves"), rows(), ids=ELEMENTWISE)
def test_every_op_with_every_special_operand(page, program, moves):
    for leaves, seen in zip(moves, run(page, program, moves), strict=True):
        assert differences(seen, in_python(program, leaves)) == [], leaves


@given(moved_recipes(special=True, ops=UNARY + BINARY + CUT + COMPARISONS))
@settings(max_examples=100)
def test_random_graphs(page, drawn):
    recipe, values = drawn
    graph = traced(recipe, backward=False)
    program = Program.from_graph(graph)
    leaves = leaves_of(recipe, graph, values)
    [seen] = run(page, program, [leaves])
    assert not differences(seen, in_python(program, leaves)) or magnifies(program, leaves)
