"""What is shipped: the wheel's contents, the public names, and what README and CONTRIBUTING promise."""

from __future__ import annotations

import email
import os
import pkgutil
import re
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

import pytest

import graphviz_grad as gg


def python(*arguments, cwd, path=None):
    """Run this interpreter and return what it printed."""
    environment = os.environ | ({} if path is None else {"PYTHONPATH": str(path)})
    answer = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=root)
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def names(wheel):
    return set(wheel.namelist())


@pytest.fixture(scope="module")
def metadata(wheel, names):
    [name] = [name for name in names if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(wheel.read(name))


def test_every_file_of_the_package_is_in_the_wheel(root, names):
    package = root / "graphviz_grad"
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    shipped = {f"graphviz_grad/{path.relative_to(package).as_posix()}" for path in files}
    assert shipped - names == set()
    assert {"graphviz_grad/py.typed", "graphviz_grad/picture/page/static/view.js"} <= names


def test_the_lessons_are_in_the_wheel_and_nothing_else_is(root, names):
    lessons = {f"graphviz_grad/lessons/{path.name}" for path in (root / "notebooks").glob("*.ipynb")}
    assert {name for name in names if "/lessons/" in name} == lessons
    assert {PurePosixPath(name).parts[0] for name in names} == {
        "graphviz_grad",
        f"graphviz_grad-{gg.__version__}.dist-info",
    }
    assert f"graphviz_grad-{gg.__version__}.dist-info/licenses/LICENSE" in names


def test_the_dependencies_are_these_five(metadata):
    requirements = metadata.get_all("Requires-Dist")
    hard = {re.match(r"[\w-]+", line)[0] for line in requirements if "extra ==" not in line}
    assert hard == {"numpy", "graphviz", "graphviz-pure", "ipywidgets", "anywidget"}
    assert not any("torch" in line for line in requirements)
    assert set(metadata.get_all("Provides-Extra")) == {"lab", "test", "dev"}
    assert metadata["Version"] == gg.__version__
    assert metadata["License-Expression"] == "BSD-3-Clause"


def test_the_wheel_draws_and_copies_its_lessons(wheel, tmp_path):
    wheel.extractall(tmp_path / "site")
    code = """
import pathlib, graphviz_grad as gg
from graphviz_grad import cli
x = gg.tensor(2.0, requires_grad=True)
y = x * x
y.backward()
assert gg.draw(y).svg().startswith("<svg")
assert gg.explore(lambda x: x * x, x=3.0).grads["x"] == 6.0
print(gg.__file__, *cli.copy_lessons(pathlib.Path("lessons")))
"""
    file, first, copied = python("-c", code, cwd=tmp_path, path=tmp_path / "site").split()
    assert file == str(tmp_path / "site" / "graphviz_grad" / "__init__.py")
    assert first == "01-product.ipynb"
    assert len(list((tmp_path / "lessons").iterdir())) == int(copied)


def test_every_public_name_is_there_once():
    assert len(gg.__all__) == len(set(gg.__all__))  # in order: the linter sees to that
    assert [name for name in gg.__all__ if not hasattr(gg, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'nobody'"):
        _ = gg.nobody


def test_no_module_bears_the_name_of_a_public_thing():
    modules = {module.name for module in pkgutil.iter_modules(gg.__path__)}
    assert modules & set(gg.__all__) == set()


def test_importing_it_loads_neither_widgets_nor_graphviz(tmp_path):
    code = "import sys, graphviz_grad; print(*sys.modules)"
    loaded = set(python("-c", code, cwd=tmp_path).split())
    assert "graphviz_grad" in loaded
    assert loaded & {"ipywidgets", "anywidget", "graphviz", "IPython", "traitlets", "jupyterlab"} == set()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(root, page):
    text = (root / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    assert [target for target in targets if not (root / target).exists()] == []


def test_readme_starts_with_a_picture_and_has_the_two_commands(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    picture, command = text.index("assets/"), text.index("python3 -m venv")
    assert picture < command
    assert re.findall(r"^python3 -m venv .*$", text, flags=re.MULTILINE) == [
        'python3 -m venv .venv && .venv/bin/pip install ".[lab]" && .venv/bin/graphviz-grad lab',
        'python3 -m venv .venv && .venv/bin/pip install ".[test]" && .venv/bin/pytest',
    ]


def test_the_python_in_readme_runs_and_prints_what_it_says(root, tmp_path):
    blocks = re.findall(
        r"^```python\n(.*?)^```", (root / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert blocks
    code = "".join(blocks)
    printed = python("-c", code, cwd=tmp_path).splitlines()
    assert printed == re.findall(r"^print\(.*?#\s*(.*)$", code, re.MULTILINE)


def test_the_rows_that_contributing_quotes_are_in_the_table(root):
    text = (root / "CONTRIBUTING.md").read_text("utf-8")
    folder = root / "graphviz_grad" / "engine" / "ops"
    table = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))
    quoted = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(quoted) == 2
    for row in quoted:
        assert re.sub(r"\s+", "", row) in re.sub(r"\s+", "", table)
