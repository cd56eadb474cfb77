"""A drawn graph where people look at it: JupyterLab, trusted and not, and pages made by nbconvert."""

from __future__ import annotations

import base64

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

DRAWN = """
import graphviz_grad as gg
x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(-0.25, requires_grad=True)
a = x * z
y = gg.sigmoid(a) + x
y.backward()
"""
SMALL = "x = gg.tensor(2.0, requires_grad=True); u = x * x; u.backward(); gg.draw(u)"
HOSTILE = """
names = ['<script>window.pwned = 1</script>', '"><img src=q onerror="window.pwned=1">', "]]>&lt;\\n\\t\\\\N",
         "javascript:window.pwned=1", "\\u202ereversed\\x00", "👩‍👩‍👧‍👦 שלום"]
leaves = [gg.tensor(1.0 + i, requires_grad=True) for i in range(len(names))]
total = sum(leaves[1:], leaves[0])
total.backward()
gg.draw(total, names=dict(zip(names, leaves)), title=names[0])
"""


def figure(notebook, index=-1):
    return notebook.page.locator(".jp-OutputArea figure img").nth(index)


PICTURES = "figure img, figure svg.gg"  # an explorer's comes to life where scripts may run


def assert_it_is_painted(image):
    """The browser has decoded the picture; a broken one has no size.

    One step, which it is all the same to whether a picture comes to life, and is replaced, meanwhile.
    """
    size = image.evaluate(
        """async (image) => {
          image.scrollIntoView({ block: "center" });
          if (image.localName === "svg") return [image.width.baseVal.value, image.height.baseVal.value];
          await image.decode();
          return [image.naturalWidth, image.naturalHeight];
        }"""
    )
    assert min(size) > 100


def corner(page, png):
    """Brightness, 0 to 255, of a screenshot's upper left pixel; Chromium decodes it."""
    return page.evaluate(
        """async (data) => {
          const image = new Image();
          image.src = "data:image/png;base64," + data;
          await image.decode();
          const context = new OffscreenCanvas(1, 1).getContext("2d");
          context.drawImage(image, 0, 0);
          return Math.max(...context.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }""",
        base64.b64encode(png).decode("ascii"),
    )


def test_a_diagram_shows_itself_in_a_running_notebook(run_cells, artifacts):
    notebook = run_cells(DRAWN, "gg.draw(y)")
    image = figure(notebook)
    assert_it_is_painted(image)
    assert "Computation graph of y: 5 nodes, 5 edges" in image.get_attribute("alt")

    table = notebook.page.locator(".jp-OutputArea figure table")
    expect(table).to_be_hidden()
    notebook.page.locator(".jp-OutputArea figure summary").click()
    expect(table).to_be_visible()
    expect(table).to_contain_text("a = x · z")
    expect(table).to_contain_text("0.9412")
    notebook.page.screenshot(path=artifacts / "diagram-jupyterlab-light.png")
    assert notebook.errors == []


def test_it_follows_the_theme(run_cells, artifacts):
    notebook = run_cells(DRAWN, SMALL)
    for dark in (False, True):
        notebook.theme(dark=dark)
        assert_it_is_painted(figure(notebook))
        background = corner(notebook.page, figure(notebook).screenshot())
        assert (background < 0x30) if dark else (background == 0xFF)
    notebook.page.screenshot(path=artifacts / "diagram-jupyterlab-dark.png")


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
def test_stored_figures_show_without_running_anything(jupyterlab, open_notebook, root, trusted):
    lesson = root / "notebooks" / "01-product.ipynb"
    name = jupyterlab.copy(lesson)
    if trusted:
        jupyterlab.trust(name)
    notebook = open_notebook(name)
    cells = "() => window.jupyterapp.shell.currentWidget.content.model.cells"
    assert notebook.page.evaluate(f"({cells})().get(1).trusted") is trusted
    assert notebook.evaluate("'torch' in globals()") is False

    images = notebook.page.locator(".jp-OutputArea").locator(PICTURES)
    expect(images).to_have_count(lesson.read_text(encoding="utf-8").count("<img alt="))
    for index in range(images.count()):
        assert_it_is_painted(images.nth(index))
    expect(notebook.page.locator("body")).not_to_contain_text("model not found")
    expect(notebook.page.locator(".jp-OutputArea figure table").last).to_contain_text("12.0000")


def test_hostile_names_are_only_names(run_cells, artifacts):
    notebook = run_cells(DRAWN, HOSTILE)
    assert_it_is_painted(figure(notebook))
    notebook.page.locator(".jp-OutputArea figure summary").click()
    rows = notebook.page.locator(".jp-OutputArea figure tbody tr")
    expect(rows.nth(0)).to_contain_text("<script>")
    assert notebook.page.evaluate("window.pwned") is None
    assert notebook.page.locator('.jp-OutputArea img[src="q"]').count() == 0
    notebook.page.screenshot(path=artifacts / "diagram-hostile-names.png")
    assert notebook.errors == []


def test_a_page_made_by_nbconvert_needs_no_network(chromium, root, tmp_path, artifacts):
    lesson = nbformat.read(root / "notebooks" / "01-product.ipynb", as_version=4)
    html, _ = HTMLExporter(theme="light").from_notebook_node(lesson)
    (tmp_path / "lesson.html").write_text(html, encoding="utf-8")

    with chromium.new_context(viewport={"width": 1100, "height": 1400}) as context:
        # nbconvert's own template asks two CDNs for scripts; here nobody answers.
        context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        page = context.new_page()
        page.goto((tmp_path / "lesson.html").as_uri())
        drawn = page.locator("figure img").first
        assert_it_is_painted(drawn)
        page.locator("figure").last.evaluate("(figure) => figure.scrollIntoView()")
        live = page.locator("figure svg.gg")  # scripts may run here: what is looked at comes to life
        expect(live).to_be_visible()
        expect(live).to_contain_text("\u221212.0000")
        for shown in (drawn, live):
            box = shown.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 1100
        page.screenshot(path=artifacts / "diagram-nbconvert.png", full_page=True)
