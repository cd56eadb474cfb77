"""The explorer in a real JupyterLab: moved by mouse and keyboard, held against closed forms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from lab import Notebook
    from playwright.sync_api import Locator

START = "import graphviz_grad as gg\n"
PRODUCT = START + "e = gg.explore(lambda x, z: x * z, x=2.0, z=3.0)\ne"
SUM = START + "e = gg.explore(lambda x, z: x + z, x=2.0, z=(-3.0, 3.0, 0.05, 1.0))\ne"
FORK = START + "e = gg.explore(lambda x, z: gg.sigmoid(x * z) + x, x=2.0, z=(-3.0, 3.0, 0.05, -1.5))\ne"
BRANCH = (
    START
    + """
def f(x):
    if x > 0:
        squared = x * x
        return squared + 1
    return gg.exp(x)

e = gg.explore(f, x=(-2, 2, 0.5, 0.5))
e"""
)
FAULT = (
    START
    + """
def f(x):
    if x.item() == 1:
        raise ValueError("not <b>one</b>, please")
    return x * x

e = gg.explore(f, x=(-2, 2, 0.5, 0.5))
e"""
)
SLOW = (
    START
    + """
import time
calls = []
def slow(x):
    calls.append(x.item())
    time.sleep(0.15)
    return x * x

e = gg.explore(slow, x=(0, 100, 1, 0))
e"""
)


def text(value: float) -> str:
    """A number as the page shows it."""
    return f"{value:.4f}".replace("-", "\N{MINUS SIGN}")


def slot(area: Locator, name: str, part: str) -> Locator:
    """A text of the node with this name, in the live picture: the one for saved notebooks hides beside it."""
    return area.locator(f'.gg-live [data-node][data-name="{name}"] [data-slot$=".{part}"]')


def handle(area: Locator, name: str) -> Locator:
    """The handle of a slider, found as a screen reader would."""
    return area.get_by_role("slider", name=name, exact=True)


def settle(notebook: Notebook, area: Locator, name: str) -> None:
    """Wait until picture and kernel say what the slider says; the page is ahead of the kernel by a trip."""
    readout = area.get_by_role("textbox", name=f"{name}, value", exact=True)
    for _ in range(100):
        shown = readout.inner_text()
        expect(slot(area, name, "value")).to_have_text(shown)
        if text(notebook.evaluate(f"e.sliders[{name!r}].value")) == shown == readout.inner_text():
            return
    raise AssertionError(f"{name}: the kernel has not heard of {shown}")


def drag(notebook: Notebook, area: Locator, name: str, pixels: int) -> None:
    """Drag a slider with the mouse, in small steps."""
    box = handle(area, name).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = notebook.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + pixels, y, steps=12)
    mouse.up()


def expect_state(area: Locator, values: dict[str, float], grads: dict[str, float]) -> None:
    for name, value in values.items():
        expect(slot(area, name, "value")).to_have_text(text(value))
    for name, grad in grads.items():
        expect(slot(area, name, "grad")).to_have_text(text(grad))


def watch_picture(notebook: Notebook) -> None:
    """Remember every element of the first picture, and count what is put in or taken out from now on."""
    notebook.page.evaluate(
        """() => {
          const figure = document.querySelector(".gg-live .gg-figure");
          window.kept = [...figure.querySelectorAll("*")];
          window.replaced = 0;
          new MutationObserver((changes) => {
            window.replaced += changes.flatMap((c) => [...c.addedNodes, ...c.removedNodes])
              .filter((node) => node.nodeType === Node.ELEMENT_NODE).length;
          }).observe(figure, { childList: true, subtree: true });
        }"""
    )


def assert_patched_in_place(notebook: Notebook) -> None:
    assert notebook.page.evaluate("() => window.replaced") == 0
    assert notebook.page.evaluate(
        """() => {
          const now = [...document.querySelector(".gg-live .gg-figure").querySelectorAll("*")];
          return now.length === window.kept.length && now.every((node, place) => node === window.kept[place]);
        }"""
    )


# --- the three lessons: drag, press, and check against the closed form


@pytest.mark.parametrize(
    ("cell", "closed_form"),
    [
        (PRODUCT, lambda x, z: ({"y": x * z}, {"x": z, "z": x, "y": 1.0})),
        (SUM, lambda x, z: ({"y": x + z}, {"x": 1.0, "z": 1.0, "y": 1.0})),
        (
            FORK,
            lambda x, z, s=lambda a: 1 / (1 + math.exp(-a)): (
                {"y": s(x * z) + x},
                {"x": s(x * z) * (1 - s(x * z)) * z + 1, "z": s(x * z) * (1 - s(x * z)) * x, "y": 1.0},
            ),
        ),
    ],
    ids=["product", "sum", "fork"],
)
def test_drag_and_press(run_cells, cell, closed_form):
    notebook = run_cells(cell)
    area = notebook.output(0)
    expect(area.locator(".gg-live .gg-figure svg")).to_be_visible()
    watch_picture(notebook)

    drag(notebook, area, "x", 60)
    settle(notebook, area, "x")
    x, z = (notebook.evaluate(f"e.sliders[{name!r}].value") for name in "xz")
    assert x > 2.5
    for key in ("ArrowLeft", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        handle(area, "z").press(key)
    settle(notebook, area, "z")
    moved = notebook.evaluate("e.sliders['z'].value")
    assert moved == pytest.approx(z - 2 * notebook.evaluate("e.sliders['z'].step"), abs=1e-9)

    values, grads = closed_form(x, moved)
    expect_state(area, {"x": x, "z": moved} | values, grads)
    assert notebook.evaluate("e.values['y']") == pytest.approx(values["y"], rel=1e-14)
    for name, grad in grads.items():
        assert notebook.evaluate(f"e.grads[{name!r}]") == pytest.approx(grad, rel=1e-13)
    assert_patched_in_place(notebook)
    assert notebook.errors == []


def test_every_part_of_the_picture_follows(run_cells):
    """After a move the page's picture is the one that Python paints: texts, bars, widths, states, labels."""
    notebook = run_cells(FORK)
    area = notebook.output(0)
    notebook.execute("e.sliders['x'].value, e.sliders['z'].value = -1.25, 2.75")
    expect_state(area, {"x": -1.25, "z": 2.75}, {})
    expect(area.locator(".gg-live desc")).to_contain_text("value -1.2500")  # words follow once all is quiet
    fresh = notebook.evaluate("e.svg()")
    seen, expected = (
        notebook.page.evaluate(
            """(fresh) => {
              const svg = fresh === null ? document.querySelector(".gg-live .gg-figure svg")
                : new DOMParser().parseFromString(fresh, "image/svg+xml").documentElement;
              const parts = svg.querySelectorAll("g, text, desc, g > title, .gg-bar, .gg-backward");
              const corners = [...svg.querySelectorAll(".gg-head")].map((head) => {  // turned, or drawn so
                const { a, b, c, d, e, f } = head.transform.baseVal.consolidate()?.matrix ?? new DOMMatrix();
                const path = head.getAttribute("d").match(/-?[.\\d]+/g).map(Number);
                const [x, y, ...base] = path.length === 5 ? [...path.slice(0, 4), path[2], path[4]] : path;
                const points = [[x, y], base.slice(0, 2), base.slice(2)];
                return points.flatMap(([x, y]) => [a * x + c * y + e, b * x + d * y + f]);
              });
              return [corners.flat(), [...parts].map((part) => ({
                part: part.dataset.slot ?? part.dataset.node ?? part.dataset.edge ?? part.classList[0],
                text: part.matches("text, desc, title") ? part.textContent : "",
                ...Object.fromEntries([
                  "data-state", "aria-label", "role", "tabindex", "x", "width", "stroke-width", "transform",
                ].map((name) => [name, part.getAttribute(name) ?? ""])),
              }))];
            }""",
            picture,
        )
        for picture in (None, fresh)
    )
    assert seen[0] == pytest.approx(expected[0], abs=0.02)
    assert seen[1] == expected[1]
    assert len(seen[0]) == 6 * 5
    assert len(seen[1]) > 40


def test_setting_a_slider_in_python_moves_the_page(run_cells):
    notebook = run_cells(PRODUCT)
    area = notebook.output(0)
    notebook.execute("e.sliders['x'].value = -1.5")
    expect_state(area, {"x": -1.5, "y": -4.5}, {"x": 3.0, "z": -1.5})
    expect(area.locator(".widget-readout").first).to_have_text(text(-1.5))
    assert notebook.evaluate("e.values['y']") == -4.5


def test_typing_a_number(run_cells):
    notebook = run_cells(PRODUCT)
    area = notebook.output(0)
    readout = area.get_by_role("textbox", name="x, value", exact=True)
    readout.fill("1.25")
    readout.press("Enter")
    expect_state(area, {"x": 1.25, "y": 3.75}, {"z": 1.25})


def test_two_views_agree_and_closing_one_leaves_the_other(run_cells):
    notebook = run_cells(FORK, "e")
    first, second = notebook.output(0), notebook.output(1)
    handle(second, "z").press("ArrowRight")
    s = 1 / (1 + math.exp(2.0 * 1.45))
    for area in (first, second):
        expect_state(area, {"z": -1.45, "y": s + 2}, {"z": s * (1 - s) * 2})
    ids = notebook.page.evaluate(
        "() => [...document.querySelectorAll('.gg-live .gg-figure [id]')].map((element) => element.id)"
    )
    assert len(ids) == len(set(ids)) == 4
    notebook.page.evaluate(
        """() => {
          const cell = window.jupyterapp.shell.currentWidget.content.widgets[0];
          cell.model.sharedModel.setOutputs([]);
        }"""
    )
    expect(first.locator(".gg-live .gg-figure")).to_have_count(0)
    handle(second, "z").press("ArrowRight")
    expect_state(second, {"z": -1.4}, {})
    assert notebook.errors == []


# --- structure, faults, load


def test_another_branch_is_laid_out_once(run_cells):
    notebook = run_cells(BRANCH)
    area = notebook.output(0)
    expect_state(area, {"squared": 0.25, "y": 1.25}, {"x": 1.0})
    watch_picture(notebook)
    handle(area, "x").press("ArrowRight")
    expect_state(area, {"squared": 1.0, "y": 2.0}, {"x": 2.0})
    assert_patched_in_place(notebook)
    for _ in range(3):
        handle(area, "x").press("ArrowLeft")
    expect_state(area, {"x": -0.5, "y": math.exp(-0.5)}, {"x": math.exp(-0.5)})
    expect(slot(area, "squared", "value")).to_have_count(0)
    expect(area.get_by_role("heading")).to_have_text("y = exp(x)")
    watch_picture(notebook)
    handle(area, "x").press("ArrowLeft")
    expect_state(area, {"x": -1.0, "y": math.exp(-1)}, {})
    assert_patched_in_place(notebook)
    assert notebook.errors == []


def test_an_exception_is_shown_and_goes(run_cells, artifacts):
    notebook = run_cells(FAULT)
    area = notebook.output(0)
    message = area.locator(".gg-live .gg-message")
    expect(message).to_be_hidden()
    handle(area, "x").press("ArrowRight")
    expect(area.get_by_role("alert")).to_have_text("ValueError: not <b>one</b>, please (line 5, in f)")
    expect_state(area, {"x": 0.5, "y": 0.25}, {"x": 1.0})
    assert notebook.evaluate("e.values") == {"x": 0.5, "y": 0.25}
    notebook.page.screenshot(path=artifacts / "explorer-exception.png")
    handle(area, "x").press("ArrowRight")
    expect(message).to_be_hidden()
    expect_state(area, {"x": 1.5, "y": 2.25}, {"x": 3.0})
    assert notebook.errors == []


def test_moves_never_queue(run_cells):
    """Against a slow function: few calls, and the last value wins soon after the last move."""
    notebook = run_cells(SLOW)
    area = notebook.output(0)
    handle(area, "x").focus()
    for _ in range(60):
        notebook.page.keyboard.press("ArrowRight")
    late = notebook.page.evaluate(
        """() => new Promise((resolve) => {
          const start = performance.now();
          const value = document.querySelector('.gg-live [data-name="y"] [data-slot$=".value"]');
          const check = () => value.textContent === "3600.0000" && resolve(performance.now() - start);
          new MutationObserver(check).observe(value, { characterData: true, subtree: true });
          check();
        })"""
    )
    assert late < 2000
    expect_state(area, {"x": 60.0}, {"x": 120.0})
    calls = notebook.evaluate("calls")
    assert calls[-1] == 60.0
    assert len(calls) < 45
    assert calls == sorted(calls)


# --- looks and access


def test_handles_are_large_and_named(run_cells):
    notebook = run_cells(FORK)
    area = notebook.output(0)
    for name in "xz":
        box = handle(area, name).bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (24, 24)


def test_looks(run_cells, artifacts):
    notebook = run_cells(FORK, viewport={"width": 1700, "height": 800})
    area = notebook.output(0)
    expect(area.locator(".gg-live .gg-figure svg")).to_be_visible()
    handle(area, "z").press("ArrowRight")
    expect_state(area, {"z": -1.45}, {})
    colours = []
    for dark in (False, True):
        notebook.theme(dark=dark)
        colours.append(
            notebook.page.evaluate(
                """() => [".gg-card", ".gg-canvas", ".gg-sliders .noUi-handle"].map((selector) => {
                  const style = getComputedStyle(document.querySelector(".gg-explorer " + selector));
                  return style.fill === "rgb(0, 0, 0)" ? style.backgroundColor : style.fill;
                })"""
            )
        )
        area.screenshot(path=artifacts / f"explorer-{'dark' if dark else 'light'}.png")
    assert colours == [
        ["rgb(255, 255, 255)", "rgb(255, 255, 255)", "rgb(11, 92, 173)"],
        ["rgb(28, 35, 45)", "rgb(17, 17, 17)", "rgb(124, 192, 255)"],
    ]


# --- without the kernel


def notice(area: Locator) -> Locator:
    return area.locator(".gg-notice")


def test_the_picture_moves_while_the_kernel_is_busy(run_cells, artifacts):
    notebook = run_cells(FORK)
    area = notebook.output(0)
    expect_state(area, {"x": 2.0, "z": -1.5}, {})
    notebook.page.evaluate(
        """() => {
          const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
          window.busy = kernel.requestExecute({ code: "import time; time.sleep(6)" }).done;
        }"""
    )
    handle(area, "z").press("ArrowRight")
    s = 1 / (1 + math.exp(2.0 * 1.45))
    expect(slot(area, "y", "value")).to_have_text(text(s + 2), timeout=1000)
    expect_state(area, {"z": -1.45}, {"z": s * (1 - s) * 2})
    expect(notice(area)).to_have_text(
        "The kernel does not answer; this page computes the picture.", timeout=3500
    )
    handle(area, "x").press("ArrowRight")
    expect(slot(area, "x", "value")).to_have_text(text(2.05), timeout=1000)
    notebook.page.screenshot(path=artifacts / "explorer-busy.png")
    notebook.page.evaluate("() => window.busy")
    expect(notice(area)).to_be_hidden()
    assert notebook.evaluate("e.values['x'], e.values['z']") == (2.05, -1.45)
    assert notebook.errors == []


def test_the_picture_moves_when_the_kernel_is_dead(run_cells, artifacts):
    notebook = run_cells(FORK)
    area = notebook.output(0)
    expect_state(area, {"x": 2.0, "z": -1.5}, {})
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    for step in range(1, 6):
        handle(area, "z").press("ArrowRight")
        expect(slot(area, "z", "value")).to_have_text(text(-1.5 + 0.05 * step), timeout=1000)
    s = 1 / (1 + math.exp(2.0 * 1.25))
    expect_state(area, {"y": s + 2}, {"x": s * (1 - s) * -1.25 + 1})
    expect(notice(area)).to_contain_text("this page computes the picture.", timeout=3500)
    notebook.page.screenshot(path=artifacts / "explorer-dead.png")


def test_the_picture_moves_when_the_kernel_was_restarted(run_cells):
    notebook = run_cells(FORK)
    area = notebook.output(0)
    expect_state(area, {"x": 2.0, "z": -1.5}, {})
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()"
    )
    expect(notice(area)).to_contain_text("this page computes the picture.", timeout=3500)
    handle(area, "z").press("ArrowRight")
    expect(slot(area, "z", "value")).to_have_text(text(-1.45), timeout=1000)


def test_nothing_flickers_back(run_cells):
    """While a slow kernel answers old moves, the picture only ever goes on."""
    code = SLOW.replace("calls.append(x.item())", "calls.append(f'{x:.0f}')")
    notebook = run_cells(code)
    area = notebook.output(0)
    expect_state(area, {"x": 0.0}, {})
    notebook.page.evaluate(
        """() => {
          const value = document.querySelector('.gg-live [data-name="x"] [data-slot$=".value"]');
          window.seen = [];
          new MutationObserver(() => window.seen.push(Number(value.textContent)))
            .observe(value, { characterData: true, subtree: true });
        }"""
    )
    handle(area, "x").focus()
    for _ in range(40):
        notebook.page.keyboard.press("ArrowRight")
    expect(slot(area, "y", "value")).to_have_text(text(1600.0), timeout=1000)
    while notebook.evaluate("calls[-1]") != "40":
        pass
    seen = notebook.page.evaluate("() => window.seen")
    assert seen == sorted(seen)
    assert seen[-1] == 40
    assert len(notebook.evaluate("calls")) < 30  # the kernel was asked for some of them, one at a time
    expect(notice(area)).to_be_hidden()


def test_a_thousand_moves_in_two_seconds(run_cells):
    """The last value wins, a fresh view says the same, and one request at most is on its way."""
    notebook = run_cells(FORK)
    area = notebook.output(0)
    expect_state(area, {"x": 2.0}, {})
    flight = notebook.page.evaluate(
        """async () => {
          const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
          const open = new Set();
          const flight = { sent: 0, most: 0 };
          kernel.anyMessage.connect((_, { msg, direction }) => {
            if (direction === "send" && msg.header.msg_type === "comm_msg") {
              open.add(msg.header.msg_id);
              flight.sent += 1;
              flight.most = Math.max(flight.most, open.size);
            } else if (msg.header.msg_type === "status" && msg.content.execution_state === "idle") {
              open.delete(msg.parent_header.msg_id);
            }
          });
          const handle = document.querySelector(".gg-sliders [role=slider]");
          const start = performance.now();
          for (let step = 0; step < 1000; step += 1) {
            const [key, keyCode] = step % 20 < 11 ? ["ArrowRight", 39] : ["ArrowLeft", 37];
            const press = { key, keyCode, bubbles: true, cancelable: true };
            handle.dispatchEvent(new KeyboardEvent("keydown", press));
            while (performance.now() < start + 2 * step) await new Promise((next) => setTimeout(next));
          }
          return flight;
        }"""
    )
    notebook.wait_until_idle()
    settle(notebook, area, "x")
    assert flight["sent"] > 1
    assert flight["most"] == 1
    x = notebook.evaluate("e.sliders['x'].value")
    s = 1 / (1 + math.exp(1.5 * x))
    expect_state(area, {"x": x, "y": s + x}, {"x": s * (1 - s) * -1.5 + 1})
    notebook.page.evaluate(
        """() => {
          const cell = window.jupyterapp.shell.currentWidget.content.widgets[0];
          const outputs = cell.model.outputs.toJSON();
          cell.model.sharedModel.setOutputs([...outputs, ...outputs]);
        }"""
    )
    figures = area.locator(".gg-live .gg-figure")
    expect(figures).to_have_count(2)
    expect(figures.nth(1).locator("svg")).to_have_count(1)
    expect(figures.nth(0).locator("desc")).to_contain_text(f"value {x:.4f}")
    first, second = (
        figures.nth(place).evaluate("(f) => f.innerHTML.replaceAll(/(gg[a-z0-9]+-)(?=gg-)/g, '')")
        for place in (0, 1)
    )
    assert first == second
