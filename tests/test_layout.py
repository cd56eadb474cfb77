"""Where everything goes: what Graphviz is asked, that it is asked once, and what if it cannot answer."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from graphviz.backend import dot_command
from hypothesis import given, settings
from needed import missing
from strategies import recipes

import graphviz_grad as gg
from graphviz_grad.picture import layout, style
from graphviz_grad.picture.dot import layout_dot


@pytest.fixture(autouse=True)
def forgetful():
    """Nothing is remembered from one test to the next."""
    layout._solve.cache_clear()
    layout.bundled_binary.cache_clear()
    yield
    layout.bundled_binary.cache_clear()


@pytest.fixture(params=layout.ENGINES)
def engine(request):
    """Either Graphviz."""
    if request.param == "system" and shutil.which("dot") is None:
        missing("no `dot` on this machine (Debian: apt-get install graphviz)")
    return request.param


@pytest.fixture
def runs(monkeypatch):
    """Every process started, with an empty cache to begin with."""
    started = []
    run = subprocess.run

    def counting(command, **options):
        started.append(command)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", counting)
    return started


def neuron():
    x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(-0.25, requires_grad=True)
    y = gg.sigmoid(x * z) + x
    y.backward()
    return gg.draw(y).graph


def program(path, text):
    """An executable that stands in for Graphviz."""
    path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def assert_placed(graph, positions, direction="LR"):
    """Everything of a graph has its place, inside the picture, no card on another, parents first."""
    assert list(positions.boxes) == [node.id for node in graph.nodes]
    assert list(positions.splines) == list(positions.labels) == [edge.id for edge in graph.edges]
    boxes = list(positions.boxes.values())
    for box in boxes:
        assert box.width == style.CARD_WIDTH
        assert box.left >= layout.MARGIN - 0.5
        assert box.top >= layout.MARGIN - 0.5
        assert box.right <= positions.width - layout.MARGIN + 0.5
        assert box.bottom <= positions.height - layout.MARGIN + 0.5
    for number, one in enumerate(boxes):
        for two in boxes[:number]:
            assert (
                abs(one.x - two.x) >= (one.width + two.width) / 2
                or abs(one.y - two.y) >= (one.height + two.height) / 2
            )
    for edge in graph.edges:
        parent, child = positions.boxes[edge.parent], positions.boxes[edge.child]
        assert parent.right < child.left if direction == "LR" else parent.bottom < child.top
        points = positions.splines[edge.id].points
        assert len(points) % 3 == 1
        for point, box in ((points[0], parent), (points[-1], child)):  # each end touches its card
            assert abs(point[0] - box.x) <= box.width / 2 + 1
            assert abs(point[1] - box.y) <= box.height / 2 + 1
        assert (positions.labels[edge.id] is not None) == edge.requires_grad


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_everything_has_its_place(engine, direction):
    graph = neuron()
    assert_placed(graph, layout.layout(graph, direction=direction, engine=engine), direction)


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_both_engines_agree_within_a_point(direction):
    if shutil.which("dot") is None:
        missing("no `dot` on this machine (Debian: apt-get install graphviz)")
    one, two = (layout.layout(neuron(), direction=direction, engine=engine) for engine in layout.ENGINES)
    for key, box in one.boxes.items():
        assert abs(box.x - two.boxes[key].x) <= 1
        assert abs(box.y - two.boxes[key].y) <= 1


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_an_operand_used_twice_has_two_edges(engine, direction):
    x = gg.tensor(3.0, requires_grad=True)
    graph = gg.draw(x * x).graph
    positions = layout.layout(graph, direction=direction, engine=engine)
    assert_placed(graph, positions, direction)
    assert positions.splines["e0"] != positions.splines["e1"]
    (x0, y0), (x1, y1) = positions.labels["e0"], positions.labels["e1"]
    width, height = (112, 46) if direction == "LR" else (124, 34)
    assert abs(x0 - x1) >= width or abs(y0 - y1) >= height


def test_a_single_node(engine):
    graph = gg.draw(gg.tensor(1.0)).graph
    positions = layout.layout(graph, engine=engine)
    assert_placed(graph, positions)
    assert positions.width == pytest.approx(style.CARD_WIDTH + 2 * layout.MARGIN)
    assert positions.splines == {}


def test_outputs_that_have_nothing_in_common(engine):
    x, z = gg.tensor(1.0, requires_grad=True), gg.tensor(2.0, requires_grad=True)
    graph = gg.draw(gg.exp(x), gg.sin(z), gg.tensor(3.0)).graph
    assert_placed(graph, layout.layout(graph, engine=engine))


def test_no_gradient_no_label(engine):
    x = gg.tensor(1.0, requires_grad=True)
    frozen = gg.tensor(2.0, name="w")
    graph = gg.draw(x * frozen).graph
    positions = layout.layout(graph, engine=engine)
    assert_placed(graph, positions)
    assert positions.labels["e1"] is None


def test_labels_without_room_stand_beside_their_curve():
    y = x = gg.tensor(0.5, requires_grad=True)
    for _ in range(style.LABEL_NODES + 1):
        y = gg.sin(y)
    graph = gg.draw(y, x).graph
    for direction in ("LR", "TB"):
        positions = layout.layout(graph, direction=direction)
        assert_placed(graph, positions, direction)
        parent, child = positions.boxes["n0"], positions.boxes["n1"]
        gap = (child.left - parent.right) if direction == "LR" else (child.top - parent.bottom)
        assert gap < 70  # no empty rank for labels
        label = positions.labels["e0"]
        assert label[1] < parent.y if direction == "LR" else label[0] > parent.x  # as Graphviz would


def test_a_wide_picture_is_as_exact_as_a_small_one():
    """Graphviz prints ``pos`` with five digits; ends of edges would miss their cards by 10 px."""
    y = gg.tensor(0.5, requires_grad=True)
    for _ in range(500):
        y = gg.sin(y)
    graph = gg.draw(y).graph
    positions = layout.layout(graph)
    assert positions.width > 100_000
    assert_placed(graph, positions)


@settings(max_examples=25)
@given(recipes(max_steps=15))
def test_random_graphs_are_placed(recipe):
    graph = gg.draw(recipe.build()[-1]).graph
    assert_placed(graph, layout.layout(graph))


# --- one process per structure


def test_the_second_layout_of_a_structure_runs_no_process(runs):
    first = gg.draw(gg.tensor(1.0, requires_grad=True) * gg.tensor(2.0, requires_grad=True))
    first.svg()
    assert len(runs) == 1
    second = gg.draw(gg.tensor(-5.0, requires_grad=True) * gg.tensor(7.0, requires_grad=True))
    assert second.svg() != first.svg()
    second.svg()
    assert len(runs) == 1
    assert layout.layout(second.graph) is layout.layout(first.graph)


def test_other_structures_sizes_directions_and_engines_are_laid_out_anew(runs, engine):
    graph = neuron()
    layout.layout(graph, engine=engine)
    layout.layout(graph, direction="TB", engine=engine)
    assert len(runs) == 2
    x = gg.tensor(2.0, requires_grad=True)
    layout.layout(gg.draw(x * x).graph, engine=engine)
    assert len(runs) == 3
    for _ in range(2):  # the second pass gives x a line more, and so a taller card
        (x * x).backward()
        y = x * x
        y.backward()
        layout.layout(gg.draw(y).graph, engine=engine)
    assert len(runs) == 4


def test_the_cache_forgets(runs):
    assert layout._solve.cache_info().maxsize == layout.CACHE_SIZE
    with pytest.raises(layout.GraphvizError):
        layout._solve("not DOT", "bundled")
    with pytest.raises(layout.GraphvizError):
        layout._solve("not DOT", "bundled")
    assert len(runs) == 2  # a failure is not kept


def test_threads_lay_out_together():
    graph = neuron()
    gate = threading.Barrier(8)

    def work(number):
        gate.wait()
        return layout.layout(graph, direction=("LR", "TB")[number % 2])

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert all(result == results[number % 2] for number, result in enumerate(results))


# --- what Graphviz is told, and how


def test_no_text_of_the_user_reaches_the_layout(runs, monkeypatch):
    inputs = []
    monkeypatch.setattr(layout, "_run", lambda *call: inputs.append(call[-1]) or b"{}")
    x = gg.tensor(2.0, requires_grad=True, name='"]; evil [URL="javascript:1"]')
    with pytest.raises(KeyError):
        layout.layout(gg.draw(gg.exp(x)).graph)
    assert "evil" not in inputs[0]
    assert inputs[0].isascii()
    assert runs == []


def test_the_process_gets_a_list_and_no_shell(monkeypatch):
    seen = {}
    run = subprocess.run

    def looking(command, **options):
        seen.update(options, command=command)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", looking)
    layout.layout(neuron())
    assert seen["command"][1:] == ["-Kdot", "-Tjson"]
    assert not seen.get("shell")
    assert seen["timeout"] == 10
    assert seen["input"].startswith(b"digraph {")


def test_numbers_do_not_reach_the_layout():
    one, two = neuron(), neuron()
    two = two.with_numbers(
        [0.0] * len(two.nodes), [None] * len(two.nodes), [None] * len(two.edges), [None] * len(two.edges)
    )
    assert layout_dot(one) == layout_dot(two)


# --- what is said when it cannot answer


def test_a_missing_bundled_graphviz_names_the_way_out(monkeypatch):
    monkeypatch.setattr(layout, "BUNDLED", "graphviz-not-installed")
    with pytest.raises(layout.GraphvizError) as caught:
        layout.layout(neuron())
    assert str(caught.value) == (
        "engine: 'bundled' (must be 'system', or have its Graphviz: pip install graphviz-pure)"
    )
    monkeypatch.undo()
    assert layout.bundled_binary()  # installed meanwhile: found at once


def test_a_missing_system_graphviz_names_the_way_out(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(layout.GraphvizError) as caught:
        layout.layout(neuron(), engine="system")
    assert str(caught.value) == (
        "engine: 'system' (must be 'bundled', or have `dot` on PATH: https://graphviz.org/download/)"
    )


def test_the_bundled_graphviz_is_found_without_a_path(monkeypatch):
    monkeypatch.setenv("PATH", "")
    path = Path(layout.bundled_binary())
    assert path.is_file()
    assert path.stem == "graphviz-pure"


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match=r"engine: 'neato' \(must be 'bundled' or 'system'\)"):
        layout.layout(neuron(), engine="neato")


def test_an_engine_that_hangs_is_stopped(monkeypatch, tmp_path):
    slow = program(tmp_path / "dot", "import time\ntime.sleep(60)\n")
    monkeypatch.setattr(layout, "binary", lambda _: slow)
    monkeypatch.setattr(layout, "TIME_LIMIT", 0.2)
    with pytest.raises(layout.GraphvizError, match=r"dot: no answer in 0\.2 s \(draw fewer nodes"):
        layout.layout(neuron())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "import sys\nsys.stderr.write('Warning: dull\\nError: it broke\\nmore\\n')\nsys.exit(3)",
            "dot: Error: it broke",
        ),
        ("import sys\nsys.stderr.write('\\nno such thing\\n')\nsys.exit(1)", "dot: no such thing"),
        ("import sys\nsys.exit(1)", "dot: failed without a word"),
        ("", r"dot: 0 bytes of json \(must be 1 to"),
        ("print('x' * 2000)", r"dot: 2001 bytes of json \(must be 1 to 1000\)"),
    ],
)
def test_what_graphviz_says_is_passed_on(monkeypatch, tmp_path, text, message):
    stand_in = program(tmp_path / "dot", text)
    monkeypatch.setattr(layout, "binary", lambda _: stand_in)
    monkeypatch.setattr(layout, "OUTPUT_LIMIT", 1000)
    with pytest.raises(layout.GraphvizError, match=message):
        layout.layout(neuron())


def test_what_is_no_program_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(layout, "binary", lambda _: str(tmp_path / "gone"))
    with pytest.raises(layout.GraphvizError, match="gone: No such file or directory"):
        layout.layout(neuron())


def test_the_real_graphviz_complains_in_its_own_words(engine):
    with pytest.raises(layout.GraphvizError, match="syntax error in line 1"):
        layout.render("digraph {", "svg", engine=engine)


# --- the graphviz package


def test_the_graphviz_package_is_lent_the_bundled_program_only_where_it_has_none(monkeypatch):
    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("dot"))
    if shutil.which("dot") is not None:
        layout.lend_to_graphviz_package()
        assert Path("dot") == dot_command.DOT_BINARY
    monkeypatch.setenv("PATH", "")
    layout.lend_to_graphviz_package()
    assert Path(layout.bundled_binary()) == dot_command.DOT_BINARY
    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("/opt/mine/dot"))  # somebody chose: leave it
    layout.lend_to_graphviz_package()
    assert Path("/opt/mine/dot") == dot_command.DOT_BINARY


def test_without_any_graphviz_there_is_still_dot_text(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(layout, "BUNDLED", "graphviz-not-installed")
    assert gg.draw(gg.tensor(1.0)).source.startswith("digraph {")
    monkeypatch.undo()
