"""The page's module in a bare page, with a model that only remembers: what is drawn, and what is left."""

from __future__ import annotations

import base64
import math
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

import graphviz_grad as gg
from graphviz_grad.live.view import View
from graphviz_grad.picture.page.module import module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from graphviz_grad.live.explorer import Explorer

SETUP = """async ([code, style]) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: view, Picture } = await import(url);
  const show = Picture.prototype.show;
  window.drawn = 0;
  Picture.prototype.show = function (numbers) { window.drawn += 1; show.call(this, numbers); };
  window.model = {
    state: { nudge: 0, message: "", sliders: [], program: "", slots: [], at: [], note: "" },
    listeners: new Map(),
    widget_manager: { get_model: async (id) => window.sliders[id] },
    saved: 0,
    get(name) { return this.state[name]; },
    set(name, value) { this.state[name] = value; },
    on(name, listener) { this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]); },
    off(name, listener) { this.listeners.set(name, this.listeners.get(name).filter((l) => l !== listener)); },
    save_changes() { this.saved += 1; },
    receive(state) {  // as Backbone: everything is set, then everybody is told
      Object.assign(this.state, state);
      for (const name of Object.keys(state)) for (const l of this.listeners.get(`change:${name}`) ?? []) l();
    },
  };
  const clone = () => Object.assign(Object.create(window.model), { state: {}, listeners: new Map() });
  window.sliders = { x: clone(), z: clone() };
  window.move = (name, value) => window.sliders[name].receive({ value });
  const slots = (part) => [...document.querySelectorAll(`[data-slot$=".${part}"]`)];
  window.texts = (part) => slots(part).map((text) => text.textContent);
  window.numbers = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  window.open_one = () => {
    const el = document.body.appendChild(document.createElement("div"));
    const close = view.render({ model: window.model, el });
    return () => { close(); el.remove(); };
  };
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1400, "height": 500})
    page.evaluate(SETUP, [module(), View._css])
    yield page
    page.close()


def state_of(e: Explorer) -> dict[str, Any]:
    """What the kernel has sent to the page, the numbers as text."""
    view = e._view
    names = ("svg", "structure", "program", "slots", "at", "message", "note")
    return {name: getattr(view, name) for name in names} | {"numbers": text_of(e)}


def text_of(e: Explorer) -> str:
    return base64.b64encode(e._view.numbers).decode()


RECEIVE = "(state) => window.model.receive({ ...state, numbers: window.numbers(state.numbers) })"
CONNECT = """(values) => {
  for (const [name, value] of Object.entries(values)) window.sliders[name].state.value = value;
  window.model.state.sliders = Object.keys(values).map((name) => `IPY_MODEL_${name}`);
}"""
TWO_FRAMES = "() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))"
NUMBERS = "(texts) => { for (const text of texts) window.model.receive({ numbers: window.numbers(text) }); }"


@pytest.fixture
def fork(page) -> Explorer:
    """An explorer whose state the page has."""
    e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0, 0.05, -0.25))
    page.evaluate(RECEIVE, state_of(e))
    yield e
    e.close()


def moved(e: Explorer, *values: float) -> list[str]:
    texts = []
    for value in values:
        e.sliders["x"].value = value
        texts.append(text_of(e))
    return texts


def test_a_burst_is_drawn_at_most_twice_and_the_last_value_wins(page, fork):
    page.evaluate("() => { window.close_it = window.open_one(); window.drawn = 0; }")
    page.evaluate(NUMBERS, moved(fork, *[step / 100 for step in range(-200, 200)], 1.5))
    expect(page.locator('[data-name="x"] [data-slot$=".value"]')).to_have_text("1.5000")
    assert page.evaluate("() => window.drawn") <= 2


def test_after_a_thousand_states_the_picture_is_a_fresh_one(page, fork):
    page.evaluate("() => { window.open_one(); }")
    page.evaluate(NUMBERS, moved(fork, *[(-1) ** step * step / 600 for step in range(1000)], 1.2345))
    page.evaluate(TWO_FRAMES)
    page.evaluate("() => { window.open_one(); }")
    page.wait_for_function("() => document.querySelector('desc').textContent.includes('1.2345')")
    first, second = page.evaluate(
        """() => [...document.querySelectorAll(".gg-figure")].map((figure) =>
          figure.innerHTML.replaceAll(/(gg[a-z0-9]+-)(?=gg-)/g, ""))"""
    )
    assert first == second
    assert "1.2345" in first


def test_a_view_that_goes_leaves_nothing(page, fork):
    page.evaluate(
        """() => {
          for (let round = 0; round < 200; round += 1) {
            const close = window.open_one();
            window.model.receive({ message: String(round) });
            close();
          }
        }"""
    )
    assert page.evaluate("() => [...window.model.listeners.values()].flat().length") == 0
    assert page.evaluate("() => document.body.children.length") == 0
    page.evaluate("() => { window.drawn = 0; }")
    page.evaluate(NUMBERS, moved(fork, 1.0))
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("() => window.drawn") == 0


def test_views_that_move_and_go_leave_no_listener(page, fork):  # noqa: ARG001
    page.evaluate(CONNECT, {"x": 2.0, "z": -0.25})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    counted = []
    for rounds in (20, 200):
        page.evaluate(
            """async (rounds) => {
              for (let round = 0; round < rounds; round += 1) {
                const close = window.open_one();
                await null;
                move("x", round / 100);
                if (round % 20 === 0) await new Promise(requestAnimationFrame);
                document.querySelector("[data-node]").dispatchEvent(new Event("focusin", { bubbles: true }));
                close();
              }
            }""",
            rounds,
        )
        page.evaluate(TWO_FRAMES)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        counted.append({m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]})
    before, after = counted
    assert (
        page.evaluate("() => Object.values(sliders).flatMap((s) => [...s.listeners.values()].flat())") == []
    )
    for name in ("Nodes", "JSEventListeners"):
        assert after[name] - before[name] < 50


@pytest.mark.usefixtures("fork")
def test_ids_are_unique_and_point_to_each_other(page):
    page.evaluate("() => { window.open_one(); window.open_one(); }")
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids)) == 4
    names = page.evaluate(
        """() => [...document.querySelectorAll("svg")].map((svg) =>
          document.getElementById(svg.getAttribute("aria-labelledby")).textContent)"""
    )
    assert names == ["Computation graph of y, with gradients of y"] * 2


@pytest.mark.usefixtures("fork")
def test_a_new_structure_replaces_the_picture_and_a_message_does_not(page):
    page.evaluate("() => { window.open_one(); window.first = document.querySelector('svg'); }")
    page.evaluate("() => window.model.receive({ message: 'ValueError: <b>no</b>' })")
    expect(page.get_by_role("alert")).to_have_text("ValueError: <b>no</b>")
    assert page.evaluate("() => document.querySelector('svg') === window.first")
    other = gg.explore(lambda x: x * x, x=3.0)
    page.evaluate(RECEIVE, state_of(other))
    expect(page.locator(".gg-node")).to_have_count(2)
    expect(page.locator("svg")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)
    other.close()


@pytest.mark.usefixtures("fork")
def test_keyboard_walk(page):
    page.evaluate("() => { window.open_one(); }")
    focused = "() => document.activeElement.dataset.name"
    only = page.locator('.gg-node[tabindex="0"]')
    expect(only).to_have_count(1)
    page.keyboard.press("Tab")
    walked = [page.evaluate(focused)]
    for key in ("Down", "Right", "Right", "Right", "Left", "Left", "Left", "Up"):
        page.keyboard.press(f"Arrow{key}")
        walked.append(page.evaluate(focused))
    assert walked == ["x", "z", "v1", "v2", "y", "v2", "v1", "z", "x"]
    expect(only).to_have_attribute("data-name", "x")
    expect(page.locator(".gg-edge.gg-near")).to_have_count(2)
    page.keyboard.press("Escape")
    assert page.evaluate(focused) is None
    expect(page.locator(".gg-edge.gg-near")).to_have_count(0)


def test_the_last_state_is_read_aloud_once_it_is_quiet(page, fork):
    page.clock.install()
    stop_the_clock(page)
    page.evaluate("() => { window.open_one(); }")
    announcer = page.locator(".gg-announcer")
    expect(announcer).to_have_attribute("aria-live", "polite")
    for text in moved(fork, 1.0, 1.5):
        page.evaluate(NUMBERS, [text])
        page.clock.run_for(500)
    assert announcer.text_content() == ""
    page.clock.run_for(200)
    assert announcer.text_content() == "y 1.9073; gradient of x 0.9396, of z 0.3621"


# --- passes of the page's own


def stop_the_clock(page: Page) -> None:
    """From now on time passes only where a test lets it."""
    page.clock.pause_at(page.evaluate("() => Date.now() / 1000") + 1)


@pytest.fixture
def live(page, fork) -> Explorer:
    """An explorer whose sliders the page has, too; nobody answers but the test."""
    page.evaluate(CONNECT, {"x": 2.0, "z": -0.25})
    page.clock.install()
    page.evaluate("() => { window.close_it = window.open_one(); }")
    expect(page.locator("svg")).to_have_count(1)
    page.wait_for_function("() => window.sliders.x.listeners.get('change:value')?.length === 1")
    stop_the_clock(page)
    return fork


def said(page: Page) -> list[float]:
    """The values in the picture."""
    return [float(text.replace("\N{MINUS SIGN}", "-")) for text in page.evaluate("() => texts('value')")]


def move(page: Page, name: str, value: float) -> None:
    page.evaluate("([name, value]) => move(name, value)", [name, value])


def answer(page: Page, e: Explorer, **values: float) -> None:
    """The kernel's answer to these values."""
    for name, value in values.items():
        e.sliders[name].value = value
    page.evaluate(RECEIVE, state_of(e))


def fork_at(x: float, z: float) -> list[float]:
    s = 1 / (1 + math.exp(-x * z))
    return [round(value, 4) for value in (x, z, x * z, s, s + x)]


@pytest.mark.usefixtures("live")
def test_a_move_shows_at_once(page):
    seen = page.evaluate("() => [1.5, 2.5].map((value) => { move('x', value); return texts('value')[0]; })")
    assert seen == ["1.5000", "1.5000"]  # the second comes with the next frame
    page.clock.run_for(50)
    assert said(page) == fork_at(2.5, -0.25)
    assert page.evaluate("() => window.model.saved") == 0  # nothing more is sent than the slider's move


def test_answers_to_older_moves_are_not_shown(page, live):
    seen = []
    for value in (0.5, 1.0, 1.5, 2.5):
        move(page, "x", value)
        page.clock.run_for(20)
        seen.append(said(page))
    assert seen == [fork_at(value, -0.25) for value in (0.5, 1.0, 1.5, 2.5)]
    for value in (0.5, 1.0, 1.5):
        answer(page, live, x=value)
        page.clock.run_for(20)
        assert said(page) == fork_at(2.5, -0.25)
    answer(page, live, x=2.5)
    page.clock.run_for(20)
    assert said(page) == fork_at(2.5, -0.25)


@pytest.mark.usefixtures("live")
def test_the_kernel_has_the_last_word(page):
    """Also where its numbers are other than the page's."""
    move(page, "x", 1.0)
    page.clock.run_for(20)
    other = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=7.0, z=(-3.0, 3.0, 0.05, -0.25))
    page.evaluate(RECEIVE, state_of(other) | {"at": [1.0, -0.25]})
    page.clock.run_for(20)
    assert said(page) == fork_at(7.0, -0.25)
    move(page, "x", 1.5)
    page.clock.run_for(20)
    assert said(page) == fork_at(1.5, -0.25)
    other.close()


def test_a_thousand_moves_end_as_a_fresh_picture(page, live):
    page.evaluate(
        """() => {
          window.drawn = 0;
          for (let step = 0; step < 1000; step += 1) move(step % 2 ? "x" : "z", Math.sin(step));
          move("x", 1.2345);
          move("z", -0.5);
        }"""
    )
    page.clock.run_for(50)
    assert page.evaluate("() => window.drawn") <= 2
    answer(page, live, x=1.2345, z=-0.5)
    page.evaluate("() => { window.open_one(); }")
    page.clock.run_for(300)
    first, second = page.evaluate(
        """() => [...document.querySelectorAll(".gg-figure")].map((figure) =>
          figure.innerHTML.replaceAll(/(gg[a-z0-9]+-)(?=gg-)/g, ""))"""
    )
    assert first == second
    assert said(page)[:5] == fork_at(1.2345, -0.5)


def test_silence_is_told_and_an_answer_ends_it(page, live):
    notice = page.locator(".gg-notice")
    move(page, "x", 1.0)
    page.clock.run_for(2000)
    assert notice.text_content() == ""
    page.clock.run_for(800)
    assert notice.text_content() == "The kernel does not answer; this page computes the picture."
    move(page, "x", 1.5)
    page.clock.run_for(50)
    assert said(page) == fork_at(1.5, -0.25)
    assert notice.text_content() != ""
    answer(page, live, x=1.0)  # to an older move: it lives
    page.clock.run_for(50)
    assert notice.text_content() == ""
    page.clock.run_for(2600)
    assert notice.text_content() != ""
    answer(page, live, x=1.5)
    page.clock.run_for(5000)
    assert notice.text_content() == ""


def test_a_kernel_that_answers_in_time_is_not_called_silent(page, live):
    for step in range(20):
        move(page, "x", step / 10)
        page.clock.run_for(300)
        answer(page, live, x=step / 10)
    page.clock.run_for(5000)
    assert page.locator(".gg-notice").text_content() == ""


@pytest.mark.usefixtures("live")
def test_a_kernel_that_is_gone_is_told_at_once(page):
    page.evaluate("() => { sliders.x.comm_live = false; sliders.x.listeners.get('comm_live_update')[0](); }")
    page.clock.run_for(50)
    expected = "The kernel is gone; this page computes the picture."
    assert page.locator(".gg-notice").text_content() == expected
    move(page, "z", 1.0)
    page.clock.run_for(50)
    assert said(page) == fork_at(2.0, 1.0)


@pytest.mark.usefixtures("live")
def test_a_message_is_of_the_values_that_it_answers(page):
    alert = page.locator(".gg-message")
    move(page, "x", 1.0)
    page.evaluate("() => window.model.receive({ message: 'ValueError: no', at: [1, -0.25] })")
    page.clock.run_for(50)
    assert alert.text_content() == "ValueError: no"
    assert said(page) == fork_at(2.0, -0.25)  # the last that worked
    move(page, "x", 1.5)
    page.clock.run_for(50)
    assert alert.text_content() == ""
    assert said(page) == fork_at(1.5, -0.25)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ('{"version": 7}', "version 7 (must be 1)"),
        ("{", "JSON"),
        ("null", "version undefined (must be 1)"),
        (
            '{"version":1,"root":null,"outputs":[0],"leaves":[{"id":"n0","value":1}],"constants":[],"steps":[]}',
            "belong",
        ),
    ],
)
def test_a_program_that_cannot_run_leaves_the_picture_to_the_kernel(page, live, program, words):
    page.evaluate("(program) => window.model.receive({ program })", program)
    page.clock.run_for(50)
    note = page.locator(".gg-note")
    assert "Computed in the kernel: " in note.text_content()
    assert words in note.text_content()
    move(page, "x", 1.0)
    page.clock.run_for(50)
    assert said(page) == fork_at(2.0, -0.25)
    page.clock.run_for(3000)
    expected = "The kernel does not answer; the picture stays where it was."
    assert page.locator(".gg-notice").text_content() == expected
    answer(page, live, x=1.0)
    page.clock.run_for(50)
    assert said(page) == fork_at(1.0, -0.25)


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("count", [0, 9, 99])
def test_numbers_that_are_not_of_this_picture_change_nothing(page, count):
    page.evaluate(
        "(count) => window.model.receive({ numbers: new DataView(new ArrayBuffer(8 * count)) })", count
    )
    page.clock.run_for(50)
    assert said(page) == fork_at(2.0, -0.25)


def test_a_function_that_looks_is_followed_and_said_so(page):
    e = gg.explore(lambda x: x * x if x > 0 else -x, x=2.0)
    page.evaluate(CONNECT, {"x": 2.0})
    page.evaluate(RECEIVE, state_of(e))
    page.evaluate("() => { window.open_one(); }")
    note = page.locator(".gg-note")
    expect(note).to_have_text("Computed in the kernel: the function looks at its values.")
    move(page, "x", 1.0)
    page.evaluate(TWO_FRAMES)
    assert said(page) == [2.0, 4.0]
    answer(page, e, x=-1.0)
    page.evaluate(TWO_FRAMES)
    assert said(page) == [-1.0, 1.0]
    e.close()


@pytest.mark.usefixtures("fork")
def test_sliders_that_cannot_be_had_leave_the_picture_to_the_kernel(page):
    page.evaluate("() => { window.model.widget_manager.get_model = async () => { throw new Error('no'); }; }")
    page.evaluate("() => { window.model.state.sliders = ['IPY_MODEL_x']; window.open_one(); }")
    page.evaluate(TWO_FRAMES)
    assert said(page) == fork_at(2.0, -0.25)


@pytest.mark.usefixtures("fork")
def test_a_view_that_goes_leaves_the_sliders(page):
    page.evaluate(CONNECT, {"x": 2.0, "z": -0.25})
    left = page.evaluate(
        """async () => {
          for (let round = 0; round < 200; round += 1) {
            const close = window.open_one();
            if (round % 2) await new Promise((next) => setTimeout(next));
            move("x", round / 100);
            close();
          }
          return Object.values(sliders).flatMap((slider) => [...slider.listeners.values()].flat()).length;
        }"""
    )
    assert left == 0


# --- tangents


def open_live(page: Page, e: Explorer, **state: Any) -> None:
    """Open a view with sliders, all of whose answers are out, and let it plot."""
    for name, slider in e.sliders.items():
        page.evaluate(
            """([name, state]) => {
              sliders[name] ??= Object.assign(Object.create(window.model), { listeners: new Map() });
              sliders[name].state = state;
            }""",
            [name, {"value": slider.value, "min": slider.min, "max": slider.max}],
        )
    names = [f"IPY_MODEL_{name}" for name in e.sliders]
    page.evaluate(RECEIVE, state_of(e) | {"sliders": names, "tangent": e._view.tangent} | state)
    page.evaluate("() => { window.close_it = window.open_one(); }")
    page.evaluate(TWO_FRAMES)
    page.evaluate(TWO_FRAMES)


def path(page: Page, part: str, place: int = 0) -> list[list[tuple[float, float]]]:
    """The lines of a plot, each as its points."""
    text = page.locator(f".gg-tangent-{part}").nth(place).get_attribute("d") or ""
    lines = [line.replace("L", " ").replace("h0", "").split() for line in text.split("M")[1:]]
    return [[(float(x), float(y)) for x, y in zip(line[::2], line[1::2], strict=True)] for line in lines]


def test_the_tangent_touches_the_curve_and_has_its_slope(page):
    e = gg.explore(lambda x: x * x, x=(-2.0, 2.0, 0.1, 1.0))
    open_live(page, e)
    for at in (1.0, -1.5, 0.0, 2.0):
        move(page, "x", at)
        page.evaluate(TWO_FRAMES)
        [curve] = path(page, "curve")
        [[(x, y)]] = path(page, "dot")
        assert x == pytest.approx(100 * (at + 2), abs=0.01)
        assert min(math.hypot(px - x, py - y) for px, py in curve) < 2
        height = (100 - 2 * 100 * 0.08 / 1.16) / 4  # of a unit of y
        [[(left, top), (right, bottom)]] = path(page, "line")
        assert (top - bottom) / (right - left) == pytest.approx(2 * at * height / 100, abs=0.01)
        assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((x, y), abs=0.02)
        label = page.locator(".gg-tangent svg").get_attribute("aria-label")
        state = f"at {at:.4f} it is {at * at:.4f}, slope {2 * at:.4f}"
        assert label == f"y against x from -2.0000 to 2.0000; {state}"
    e.close()


def test_a_curve_breaks_where_there_is_no_number(page):
    e = gg.explore(lambda x, z: gg.log(x) + 1 / z, x=(-2.0, 2.0, 0.1, 1.0), z=(-2.0, 2.0, 0.1, 1.0))
    open_live(page, e)
    [logarithm] = path(page, "curve", 0)
    assert all(x > 200 for x, _ in logarithm)
    hyperbola = path(page, "curve", 1)
    assert [line[0][0] < 200 and line[-1][0] < 200 for line in hyperbola] == [True, False]
    assert all(math.isfinite(number) for line in hyperbola for point in line for number in point)
    move(page, "x", -1.0)
    page.evaluate(TWO_FRAMES)
    assert [path(page, part, 0) for part in ("line", "dot")] == [[], []]
    assert path(page, "curve", 1) == []  # at this x there is none for z
    move(page, "x", 0.0)
    page.evaluate(TWO_FRAMES)
    assert path(page, "dot", 0) == []
    e.close()


@pytest.mark.parametrize("scale", [0.0, 5e-324, 1e-300, 1e150, 1e308])
def test_a_plot_of_any_size_is_in_its_frame(page, scale):
    e = gg.explore(lambda x: x * scale * x, x=(-2.0, 2.0, 0.1, 1.0))
    open_live(page, e)
    points = [point for line in path(page, "curve") for point in line]
    assert len(points) == 121 or scale == 1e308
    assert all(0 <= x <= 400 and -100 <= y <= 200 for x, y in points)
    e.close()


def test_a_sweep_is_made_when_something_else_has_moved(page):
    e = gg.explore(lambda x, q, z: x * z, x=2.0, q=1.0, z=(-3.0, 3.0, 0.05, 1.0))  # noqa: ARG005
    open_live(page, e)
    before = [path(page, "curve", place) for place in range(3)]
    assert before[1] == []
    expect(page.locator(".gg-tangent").nth(1)).to_be_hidden()
    move(page, "x", 0.5)
    page.evaluate(TWO_FRAMES)
    after = [path(page, "curve", place) for place in range(3)]
    assert after[0] == before[0]
    assert page.locator(".gg-tangent").nth(2).text_content() == "\N{MINUS SIGN}3∂y/∂z 0.50003"
    e.close()


def test_where_there_are_no_tangents(page):
    e = gg.explore(lambda x: x * x, x=2.0)
    open_live(page, e, tangent=False)
    expect(page.locator(".gg-tangent")).to_have_count(0)
    page.evaluate("() => window.model.receive({ tangent: true })")
    expect(page.locator(".gg-tangent")).to_have_count(1)
    page.evaluate("() => window.model.receive({ program: '' })")
    expect(page.locator(".gg-tangent")).to_have_count(0)
    e.close()


# --- where the host shows no sliders, as marimo does


RANGES = """(ranges) => {
  for (const [name, [min, max, step, value]] of Object.entries(ranges)) {
    const slider = window.sliders[name];
    Object.assign(slider.state, { description: name, min, max, step, value });
    slider.set = (trait, value) => slider.receive({ [trait]: value });
  }
  window.model.state.sliders = Object.keys(ranges).map((name) => `IPY_MODEL_${name}`);
}"""


@pytest.fixture
def alone(page, fork) -> Explorer:
    """The view of an explorer as marimo shows it."""
    page.evaluate(RANGES, {"x": [-2, 6, 0.05, 2], "z": [-3, 3, None, -0.25]})
    page.evaluate("(heading) => window.model.receive({ heading })", fork._display_().heading)
    page.evaluate("() => { window.close_it = window.open_one(); }")
    expect(page.locator("[type=range]")).to_have_count(2)
    return fork


def test_alone_it_has_a_heading_and_sliders_that_move_the_models(page, alone):
    assert alone._display_() is alone._view
    expect(page.get_by_role("heading")).to_have_text("y = σ(x · z) + x")
    page.locator("[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label("z, exact value").fill("1.25")
    page.evaluate(TWO_FRAMES)
    assert said(page) == fork_at(2.05, 1.25)
    assert page.evaluate(
        "() => [sliders.x, sliders.z].map(({ state, saved }) => [state.value, saved > 0])"
    ) == [
        [2.05, True],
        [1.25, True],
    ]


@pytest.mark.usefixtures("alone")
def test_alone_it_follows_what_python_sets(page):
    move(page, "x", -1.5)
    expect(page.get_by_label("x, exact value")).to_have_value("-1.5000")
    page.evaluate("() => sliders.x.receive({ max: 50 })")
    expect(page.locator("[type=range]").first).to_have_attribute("max", "50")
    expect(page.locator("[type=range]")).to_have_count(2)


@pytest.mark.usefixtures("alone")
def test_alone_it_refuses_what_is_out_of_range_and_leaves_nothing(page):
    field = page.get_by_label("x, exact value")
    for entry in ("7", "1e309", ""):
        field.fill(entry)
        field.press("Enter")
        expect(page.locator(".gg-notice")).to_have_text(re.compile(r"^x: .*\(must be "))
        assert said(page) == fork_at(2.0, -0.25)
    assert page.evaluate("() => sliders.x.saved") == 0
    page.evaluate("() => window.close_it()")
    assert page.evaluate("() => document.body.children.length") == 0
    assert (
        page.evaluate("() => [model, sliders.x].flatMap((m) => [...m.listeners.values()].flat()).length") == 0
    )


# --- large pictures

SEEN = """() => [...document.querySelector(".gg-figure").querySelectorAll(".gg-value")].map((text) => {
  const { left, right } = text.getBoundingClientRect();
  return right > 0 && left < innerWidth;
})"""


@pytest.fixture
def chain(page) -> Iterator[Explorer]:
    """A long row of cards, most of them out of sight; every number moves, and nobody answers but the test."""

    def swing(x):
        y = x
        for _ in range(70):
            y = -(y * 1.001)
        return gg.sigmoid(y)

    e = gg.explore(swing, x=(-2.0, 2.0, 0.1, 1.0))
    page.clock.install()
    open_live(page, e)
    stop_the_clock(page)
    yield e
    e.close()


def values_at(e: Explorer, x: float) -> list[float]:
    e.sliders["x"].value = x
    return [round(node.value, 4) for node in e.graph.nodes]


def test_what_is_in_sight_moves_at_once_and_the_rest_when_it_rests(page, chain):
    before = said(page)
    expected = values_at(chain, -0.5)
    moved = [old != new for old, new in zip(before, expected, strict=True)]
    assert all(moved)
    move(page, "x", -0.5)
    now, seen = said(page), page.evaluate(SEEN)
    assert 3 < sum(seen) < 40
    assert [value for value, is_seen in zip(now, seen, strict=True) if is_seen] == expected[: sum(seen)]
    assert now[100:] == before[100:]
    page.clock.run_for(2000)
    assert said(page) == expected


def test_what_comes_into_sight_while_it_moves_is_of_the_present_state(page, chain):
    for step, x in enumerate((0.9, 0.8, 0.7, 0.6, 0.5)):
        expected = values_at(chain, x)
        move(page, "x", x)
        page.evaluate("(x) => document.querySelector('.gg-figure').scrollTo(x, 0)", 4000 * step)
        page.clock.run_for(20)
        now, seen = said(page), page.evaluate(SEEN)
        assert 3 < sum(seen) < 40
        pairs = list(zip(now, expected, seen, strict=True))
        assert all(value == right for value, right, is_seen in pairs if is_seen)
        assert sum(value == right for value, right, _ in pairs) < 100
    page.clock.run_for(2000)
    assert said(page) == expected


def test_a_move_does_not_wait_for_what_is_out_of_sight(page, chain):
    """The rest follows in slices; a move in between comes first, and the end is as fresh as ever."""
    for x in (-0.5, 0.3):
        move(page, "x", x)
        page.clock.run_for(151)
    before = said(page)
    move(page, "x", 1.2)
    expected = values_at(chain, 1.2)
    assert said(page)[:4] == expected[:4] != before[:4]
    page.clock.run_for(2000)
    answer(page, chain, x=1.2)
    page.clock.run_for(2000)
    page.evaluate("() => { window.open_one(); }")
    page.clock.run_for(2000)
    first, second = page.evaluate(
        """() => [".gg-figure", ".gg-tangents"].map((part) => [...document.querySelectorAll(part)]
          .map((figure) => figure.innerHTML.replaceAll(/(gg[a-z0-9]+-)(?=gg-)/g, "")))
          .reduce(([a, b], [c, d]) => [a + c, b + d])"""
    )
    assert first == second
    assert first.count("1.2000") > 1


def test_steps_are_eased_and_a_drag_is_followed(page, live):  # noqa: ARG001
    picture = page.locator(".gg-figure svg")
    expect(picture).to_have_class(re.compile("gg-ease"))
    move(page, "x", 1.0)
    page.clock.run_for(20)
    assert "gg-ease" in picture.get_attribute("class")
    move(page, "x", 1.1)
    page.clock.run_for(20)
    assert "gg-ease" not in picture.get_attribute("class")
    page.clock.run_for(200)
    assert "gg-ease" in picture.get_attribute("class")
