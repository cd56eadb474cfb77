"""The page's module in a bare page, with a model that only remembers: what is drawn, and what is left."""

from __future__ import annotations

import base64
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
    state: { nudge: 0, message: "" },
    listeners: new Map(),
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
    return {"svg": view.svg, "structure": view.structure, "message": view.message, "numbers": text_of(e)}


def text_of(e: Explorer) -> str:
    return base64.b64encode(e._view.numbers).decode()


RECEIVE = "(state) => window.model.receive({ ...state, numbers: window.numbers(state.numbers) })"
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
    page.evaluate("() => { window.open_one(); }")
    announcer = page.locator(".gg-announcer")
    expect(announcer).to_have_attribute("aria-live", "polite")
    for text in moved(fork, 1.0, 1.5):
        page.evaluate(NUMBERS, [text])
        page.clock.run_for(500)
    assert announcer.text_content() == ""
    page.clock.run_for(200)
    assert announcer.text_content() == "y 1.9073; gradient of x 0.9396, of z 0.3621"
