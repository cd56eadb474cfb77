"""A slider's way to changed pixels, in JupyterLab and in an exported page, against `interact` and `graphviz`.

All stand in one browser and take turns. What is measured, in milliseconds:

- *script* is what runs before the picture has changed: from the event on the slider (an arrow key on
  ipywidgets' handle, the ``input`` of a native range), through everybody's handlers and observers, to the
  last change of the document. It is taken at each of 240 moves, one in a frame, as in a drag.
- *updates a second* are the frames of that drag in which the picture had changed.
- *pixels* is from the event of a single move to the end of the frame that paints it, the wait for that frame
  included (8 ms on average, 16 at most, at 60 Hz).
- *vs interact* is how many times as long a single move takes there until the picture has changed.
- *in a frame* is the processor time of the page's main thread, as the browser's own tracing attributes it:
  script (of everybody, the plots of the tangents and JupyterLab's messages among it), layout with styles,
  painting. A frame has 16.7 ms.
- *heap* is the page's after 10,000 moves, collected, less what it was before; *kernel* the growth of a
  process that has made as many.

It needs Chromium, and `dot` for the peer (without one the bundled Graphviz, which is faster, draws for it).
"""

from __future__ import annotations

import collections
import gc
import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.settings import ROOT
from tests.benchmarks.table import Row, times
from tests.benchmarks.timing import ratios

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab import Lab
    from playwright.sync_api import Browser, Locator, Page

    from tests.benchmarks.settings import Settings

TARGET: Final = 25
TARGET_SCRIPT: Final = (2.0, 4.0)  # median and 95th percentile, ms
TARGET_RATE: Final = 57  # of 60 frames a second; a loaded machine misses some with any script
TARGET_HEAP: Final = 2.0  # MB
TARGET_KERNEL: Final = 5.0
SIZES: Final = (10, 100, 1000)
COMPARED: Final = (10, 100)  # with 1,000 nodes a redraw takes seconds
MOVES: Final = 8  # in a round
DRAGGED: Final = 240
TRACED: Final = 60
MANY: Final = 10_000
CYCLES: Final = 200
_SCRIPT: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

SETUP: Final = """
import graphviz, ipywidgets
import graphviz_grad as gg

def f(x, z, nodes):
    "Every value and every gradient moves with x."
    y = gg.sigmoid(x * z)
    for _ in range((nodes - 6) // 2):
        y = -(1.001 * y)
    return gg.sigmoid(y) + x

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
OURS: Final = """
e = gg.explore(lambda x, z: f(x, z, {nodes}), x=(-3.0, 3.0, 0.05, 0.5), z=(-3.0, 3.0, 0.05, 0.5))
e.save("{path}")
e
"""
THEIRS: Final = """
def show(x=0.5, z=0.5):
    x, z = gg.tensor(x, requires_grad=True), gg.tensor(z, requires_grad=True)
    return redraw(f(x, z, {nodes}))
ipywidgets.interact(show, x=(-3.0, 3.0, 0.05), z=(-3.0, 3.0, 0.05));
"""
BARE: Final = """
box = [ipywidgets.HTML("<p class=bare>x</p>"), ipywidgets.Box([ipywidgets.FloatSlider() for _ in "xz"])]
ipywidgets.VBox(box)
"""
_SCRIPTING: Final = ("Function", "Event", "Fire", "RunMicrotasks", "Timer", "V8", "MinorGC", "MajorGC")
_LAYOUT: Final = ("UpdateLayoutTree", "Layout")
_PAINTING: Final = ("PrePaint", "Paint", "Layerize", "Commit")


@dataclass
class Way:
    """One way from a slider to a picture, and what was measured of it."""

    name: str
    page: Page
    area: Locator
    changes: list[list[float]] = field(default_factory=list)
    pixels: list[float] = field(default_factory=list)
    scripts: list[float] = field(default_factory=list)
    rate: float = 0.0

    def run(self, what: str, amount: int) -> Any:
        """Let the page do something so many times."""
        self.page.bring_to_front()
        return self.area.evaluate(f"(area, amount) => window.bench.{what}(area, amount)", amount)

    def move(self) -> None:
        """Measure a round of single moves."""
        found = self.run("move", MOVES)
        self.changes.append(found["changes"])
        self.pixels += found["pixels"]

    def drag(self) -> None:
        """Measure a drag."""
        found = self.run("drag", DRAGGED)
        self.scripts, self.rate = found["scripts"], found["rate"]

    @property
    def medians(self) -> list[float]:
        """Of the times to the changed picture, by round."""
        return [statistics.median(block) for block in self.changes]


def rows(settings: Settings) -> Iterator[Row]:
    """Yield rows for each size; one that says why where nothing can be measured."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        yield Row("slider to changed picture", "not measured: no Chromium", f">= {TARGET}x")
        return
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    from lab import Lab  # noqa: PLC0415 - needs playwright and JupyterLab
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    lab = Lab(Path(tempfile.mkdtemp()))
    lab.start()
    try:
        with sync_playwright() as playwright:
            options = ["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"]
            browser = playwright.chromium.launch(executable_path=chromium, args=options)
            for nodes in SIZES[: 1 if settings.is_small else None]:
                yield from _of_size(lab, browser, nodes, settings)
            if not settings.is_small:
                yield _listeners(lab, browser)
            browser.close()
    finally:
        lab.stop()
    if not settings.is_small:
        growth = _kernel_growth()
        target = f"<= {TARGET_KERNEL:g} MB"
        yield Row(f"kernel after {MANY:,} moves", f"{growth:+.2f} MB", target, growth <= TARGET_KERNEL)


def _of_size(lab: Lab, browser: Browser, nodes: int, settings: Settings) -> Iterator[Row]:
    """Open one graph everywhere, and yield its rows."""
    path = lab.home / f"page-{nodes}.html"
    cells = [SETUP, OURS.format(nodes=nodes, path=path)]
    if nodes in COMPARED:
        cells.append(THEIRS.format(nodes=nodes))
    notebook = lab.open(browser, lab.write("slider.ipynb", *cells))
    notebook.run_all()
    exported = browser.new_page(viewport={"width": 1400, "height": 1000})
    exported.goto(path.as_uri())
    for page in (notebook.page, exported):
        page.evaluate(_SCRIPT)
        page.locator(".gg-figure > svg .gg-node").first.wait_for()
    ways = [
        Way("JupyterLab", notebook.page, notebook.output(1)),
        Way("exported page", exported, exported.locator("body")),
    ]
    if nodes in COMPARED:
        ways.append(Way("interact", notebook.page, notebook.output(2)))
    for way in ways:
        way.run("move", 4)  # first moves compile, and warm the caches
    rounds = 1 if settings.is_small else max(2, settings.rounds // 3)
    for number in range(rounds):
        for way in ways if number % 2 else reversed(ways):
            way.move()
    for way in ways:
        way.drag()
    yield from _times(nodes, ways)
    if nodes == SIZES[0] and not settings.is_small:
        yield from _heap(ways[:2])
    exported.close()
    notebook.close()
    lab.end_sessions()


def _times(nodes: int, ways: list[Way]) -> Iterator[Row]:
    """Yield the rows of what was measured of one graph."""
    for way in ways[:2]:
        figure = f"{nodes} nodes, {way.name}"
        middle, late = statistics.median(way.scripts), _p95(way.scripts)
        is_fast = middle <= TARGET_SCRIPT[0] and late <= TARGET_SCRIPT[1]
        target = "<= {:g}/{:g} ms".format(*TARGET_SCRIPT)
        yield Row(f"{figure}, script", f"{middle:.1f}/{late:.1f} ms (median/p95)", target, is_fast)
        yield Row(
            f"{figure}, drag",
            f"{way.rate:.1f} updates/s over {DRAGGED} moves",
            f">= {TARGET_RATE}/s",
            way.rate >= TARGET_RATE,
        )
        pixels = f"{statistics.median(way.pixels):.1f}/{_p95(way.pixels):.1f} ms"
        yield Row(f"{figure}, pixels and a frame", f"{pixels}; {_frame(way)}")
    for theirs in ways[2:]:
        for way in ways[:2]:
            ratio = ratios(theirs.medians, way.medians)
            told = f"{times(ratio)}; {statistics.median(theirs.medians):.0f} ms, {theirs.rate:.0f} updates/s"
            met = ratio.median >= TARGET
            yield Row(f"{nodes} nodes, {way.name} vs interact", told, f">= {TARGET}x", met)


def _p95(samples: Iterable[float]) -> float:
    ordered = sorted(samples)
    return ordered[int(0.95 * (len(ordered) - 1))]


def _frame(way: Way) -> str:
    """Where the main thread's time goes in a frame of a drag."""
    browser = way.page.context.browser
    assert browser is not None
    browser.start_tracing(page=way.page, categories=["devtools.timeline", "v8.execute"])
    way.run("drag", TRACED)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    spent = dict.fromkeys(("script", "layout", "painting"), 0.0)
    for name, time in own_times(events).items():
        if name.startswith(_SCRIPTING):
            spent["script"] += time
        elif name in _LAYOUT:
            spent["layout"] += time
        elif name in _PAINTING:
            spent["painting"] += time
    return "frame " + " + ".join(f"{kind} {time / TRACED:.1f}" for kind, time in spent.items()) + " ms"


def own_times(events: list[dict[str, Any]]) -> dict[str, float]:
    """Milliseconds of processor time by kind of event on the thread of scripts, without what is within."""
    calls = collections.Counter((e["pid"], e["tid"]) for e in events if e["name"] == "FunctionCall")
    [(thread, _)] = calls.most_common(1)
    ours = [e for e in events if e["ph"] == "X" and (e["pid"], e["tid"]) == thread]
    spent: dict[str, float] = collections.defaultdict(float)
    stack: list[dict[str, Any]] = []
    for event in sorted(ours, key=lambda e: (e["ts"], -e.get("dur", 0))):
        while stack and stack[-1]["ts"] + stack[-1].get("dur", 0) <= event["ts"]:
            stack.pop()
        time = event.get("tdur", 0) / 1000
        spent[event["name"]] += time
        if stack:
            spent[stack[-1]["name"]] -= time
        stack.append(event)
    return spent


def _heap(ways: list[Way]) -> Iterator[Row]:
    """Yield what the pages' heaps have grown by after many moves."""
    for way in ways:
        way.run("many", MANY // 10)
        before = _used(way.page)
        way.run("many", MANY)
        growth = (_used(way.page) - before) / 1e6
        target = f"<= {TARGET_HEAP:g} MB"
        yield Row(
            f"heap after {MANY:,} moves, {way.name}", f"{growth:+.2f} MB", target, growth <= TARGET_HEAP
        )


def _used(page: Page) -> float:
    """Bytes of a page's heap that are in use."""
    session = page.context.new_cdp_session(page)
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def _listeners(lab: Lab, browser: Browser) -> Row:
    """Return what is left of views that were shown and closed, beside what ipywidgets leaves of its own."""
    cells = (SETUP, OURS.format(nodes=SIZES[0], path=lab.home / "page.html"), BARE)
    notebook = lab.open(browser, lab.write("closed.ipynb", *cells))
    notebook.run_all()
    page = notebook.page
    page.evaluate(_SCRIPT)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def counted() -> dict[str, float]:
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    left = []
    for cell, shown in ((1, ".gg-live .gg-figure > svg"), (2, ".bare")):
        page.locator(shown).first.wait_for()
        call = f"(cycles) => window.bench.reopen({cell}, {shown!r}, cycles)"
        page.evaluate(call, CYCLES // 10)
        before = counted()
        page.evaluate(call, CYCLES)
        after = counted()
        left.append({name: after[name] - before[name] for name in ("JSEventListeners", "Nodes")})
    notebook.close()
    lab.end_sessions()
    ours, bare = left
    told = "{JSEventListeners:+.0f} listeners, {Nodes:+.0f} DOM nodes"
    # One that is left by each would be CYCLES; JupyterLab itself makes a hundred now and then.
    is_met = ours["JSEventListeners"] - bare["JSEventListeners"] < CYCLES
    figure = f"{CYCLES} times shown and closed, JupyterLab"
    return Row(figure, f"{told.format(**ours)}; sliders alone {told.format(**bare)}", "no more", is_met)


def _kernel_growth() -> float:
    """MB that a process grows by when a slider has moved many times."""
    import graphviz_grad as gg  # noqa: PLC0415 - only here

    e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=(-3.0, 3.0, 0.05, 0.5), z=1.0)

    def used() -> float:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6

    for moves in (MANY // 10, MANY):
        before = used()
        for move in range(moves):
            e.sliders["x"].value = move % 100 / 20 - 2.5
    grown = used() - before
    e.close()
    return grown
