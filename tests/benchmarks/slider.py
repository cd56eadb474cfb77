"""Slider to changed pixels in a real JupyterLab, against `interact` redrawing the same graph with `graphviz`.

Both stand in one notebook, in one browser, and take turns. A move is an arrow key on the slider's handle; its
time runs from the key to the first change of what the picture says. It needs Chromium, and `dot` for the peer
(without one the bundled Graphviz, which is faster, draws for it). `python tests/benchmarks/slider.py` prints
the table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "browser")]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

from tests.benchmarks.table import Row, lines, times  # noqa: E402 - the paths come first
from tests.benchmarks.timing import ratios, spread  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab import Notebook
    from playwright.sync_api import Locator

TARGET = 1.5
MOVES = 12  # of each way in a round
SIZES = (5, 98)

SETUP = """
import graphviz, ipywidgets
import graphviz_grad as gg

def f(x, z, pairs):
    y = gg.sigmoid(x * z)
    for _ in range(pairs):
        y = gg.tanh(y * z)
    return y + x

def redraw(y):
    "What people write today: a Digraph of records, laid out by dot at every move."
    y.backward()
    picture = graphviz.Digraph(graph_attr={"rankdir": "LR"}, node_attr={"shape": "record"})
    graph = gg.draw(y).graph
    for node in graph.nodes:
        picture.node(node.id, f"{node.name} | value {node.value:.4f} | grad {node.grad:.4f}")
    for edge in graph.edges:
        picture.edge(edge.parent, edge.child)
    return picture
"""
OURS = "gg.explore(lambda x, z: f(x, z, {pairs}), x=(-3.0, 3.0, 0.05, 0.5), z=(-3.0, 3.0, 0.05, 0.5))"
THEIRS = """
def show(x=0.5, z=0.5):
    x, z = gg.tensor(x, requires_grad=True), gg.tensor(z, requires_grad=True)
    return redraw(f(x, z, {pairs}))
ipywidgets.interact(show, x=(-3.0, 3.0, 0.05), z=(-3.0, 3.0, 0.05));
"""

# What the picture says now: our text, or whatever JupyterLab makes of theirs.
SAID = """() => area.querySelector(".gg-nodes")?.textContent
    ?? area.querySelector("img[src^=data]")?.src
    ?? area.querySelector(".jp-RenderedSVG svg")?.textContent ?? \"\""""

# Presses a key, waits for the picture to say something else, then for the kernel to be at rest.
MOVE = """async (area, moves) => {
  const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  const handle = area.querySelector("[role=slider]");
  const frame = () => new Promise(requestAnimationFrame);
  const said = SAID;
  const times = [];
  for (let move = 0; move < moves; move += 1) {
    const before = said();
    const key = move % 2 ? "ArrowLeft" : "ArrowRight";
    const keyCode = move % 2 ? 37 : 39;
    const changed = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        const now = said();
        if (now === "" || now === before) return;
        observer.disconnect();
        resolve(performance.now());
      });
      observer.observe(area, { childList: true, subtree: true, characterData: true, attributes: true });
    });
    const event = new KeyboardEvent("keydown", { key, keyCode, bubbles: true, cancelable: true });
    handle.dispatchEvent(event);
    times.push(await changed - event.timeStamp);
    do await frame(); while (kernel.status !== "idle");
    for (let rest = 0; rest < 4; rest += 1) await frame();
  }
  return times;
}"""

# A key at every frame, as when a handle is dragged at 60 Hz; how many times a second does the picture change?
DRAG = """async (area, seconds) => {
  const handle = area.querySelector("[role=slider]");
  const frame = () => new Promise(requestAnimationFrame);
  const said = SAID;
  let last = said(), updates = 0, step = 0;
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const isBack = Math.floor(step++ / 40) % 2 === 1;
    const [key, keyCode] = isBack ? ["ArrowLeft", 37] : ["ArrowRight", 39];
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode, bubbles: true, cancelable: true }));
    await frame();
    const now = said();
    if (now !== "" && now !== last) updates += 1;
    last = now || last;
  }
  return updates / seconds;
}"""


class Times(NamedTuple):
    """What was measured of one size: milliseconds a move by round, and updates a second while dragging."""

    ours: list[list[float]]
    theirs: list[list[float]]
    updates: tuple[float, float]


def rows(rounds: int) -> Iterator[Row]:
    """Yield a row per size; one that says why where nothing can be measured."""
    figure = "slider to changed pixels, {} nodes, vs interact"
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        yield Row(figure.format(SIZES[0]), "not measured: no Chromium", f">= {TARGET}x")
        return
    from lab import Lab  # noqa: PLC0415 - needs playwright and JupyterLab
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    lab = Lab(Path(tempfile.mkdtemp()))
    lab.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            for nodes in SIZES:
                pairs = (nodes - 4) // 2
                cells = SETUP, OURS.format(pairs=pairs), THEIRS.format(pairs=pairs)
                notebook = lab.open(browser, lab.write("slider.ipynb", *cells))
                notebook.run_all()
                yield _row(figure.format(5 if nodes == SIZES[0] else nodes), _measure(notebook, rounds))
                notebook.close()
                lab.end_sessions()
            browser.close()
    finally:
        lab.stop()


def _measure(notebook: Notebook, rounds: int) -> Times:
    ways = notebook.output(1), notebook.output(2)
    for way in ways:
        _run(way, MOVE, 4)  # first moves compile, and warm the caches
    found: tuple[list[list[float]], list[list[float]]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            found[which].append(_run(ways[which], MOVE, MOVES))
    updates = _run(ways[0], DRAG, 2), _run(ways[1], DRAG, 2)
    return Times(*found, updates)


def _run(way: Locator, script: str, amount: int) -> Any:
    return way.evaluate(script.replace("SAID", SAID), amount)


def _row(figure: str, found: Times) -> Row:
    medians = [[spread(block).median for block in blocks] for blocks in (found.ours, found.theirs)]
    ratio = ratios(medians[1], medians[0])
    ours, theirs = (_describe(blocks) for blocks in (found.ours, found.theirs))
    drag = f"{found.updates[0]:.0f} vs {found.updates[1]:.0f} updates/s"
    return Row(
        figure, f"{times(ratio)}; {ours} vs {theirs} ms; {drag}", f">= {TARGET}x", ratio.median >= TARGET
    )


def _describe(blocks: list[list[float]]) -> str:
    """Median and 95th percentile of all moves, in ms."""
    moves = sorted(time for block in blocks for time in block)
    return f"{spread(moves).median:.0f}/{moves[int(0.95 * (len(moves) - 1))]:.0f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="blocks of each way (default 10)")
    for line in lines(rows(parser.parse_args().rounds)):
        print(line, flush=True)  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
