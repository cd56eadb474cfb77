"""The command line: what it copies, what it starts, and what it says when it cannot."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import first_answer

from graphviz_grad import cli


@pytest.fixture
def started(monkeypatch):
    """Stand in for JupyterLab: the argument lists it would have been started with."""
    calls = []
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.setattr(sys, "argv", ["graphviz-grad"])
    monkeypatch.setattr(
        runpy, "run_module", lambda name, **_: calls.append([name, *sys.argv[1:]]) or {}, raising=True
    )
    return calls


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_lab_copies_the_lessons_and_opens_the_first(here, root, started, capsys):
    assert cli.main(["lab"]) == 0
    folder = here / "graphviz_grad_lessons"
    lessons = sorted((root / "notebooks").glob("*.ipynb"))
    assert names(folder) == [lesson.name for lesson in lessons]
    for lesson in lessons:
        copied, stored = (json.loads(path.read_bytes()) for path in (folder / lesson.name, lesson))
        assert copied["metadata"].pop("language_info")["version"] == platform.python_version()
        assert stored["metadata"].pop("language_info")["name"] == "python"
        assert copied == stored
    [[module, *options]] = started
    assert module == "jupyterlab"
    assert f"--ServerApp.root_dir={folder}" in options
    assert "--LabApp.default_url=/lab/tree/01-product.ipynb" in options
    assert f"({len(lessons)} new)" in capsys.readouterr().out


def test_lab_never_overwrites(here, started, capsys):
    mine = here / "mine" / "01-product.ipynb"
    mine.parent.mkdir()
    mine.write_text("my own notes", encoding="utf-8")
    (mine.parent / "notes.txt").write_text("kept", encoding="utf-8")
    assert cli.main(["lab", "mine"]) == 0
    assert mine.read_text(encoding="utf-8") == "my own notes"
    assert (mine.parent / "notes.txt").read_text(encoding="utf-8") == "kept"
    assert (mine.parent / "02-sum.ipynb").exists()
    assert cli.main(["lab", "mine"]) == 0
    assert "(0 new)" in capsys.readouterr().out
    assert len(started) == 2


@pytest.mark.usefixtures("here")
def test_what_follows_two_dashes_is_jupyters_and_comes_last(started):
    assert cli.main(["lab", "d", "--", "--no-browser", "--port=1", "--", "x"]) == 0
    [arguments] = started
    assert arguments[-4:] == ["--no-browser", "--port=1", "--", "x"]
    assert "--LabApp.news_url=None" in arguments[:-4]


@pytest.mark.usefixtures("here")
def test_no_question_about_news_and_the_readers_own_settings_first(started, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    assert cli.main(["lab"]) == 0
    assert started
    mine, ours = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert mine == "mine"
    settings = json.loads((Path(ours) / "labconfig" / "default_setting_overrides.json").read_text("utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


@pytest.mark.usefixtures("here")
def test_root_is_allowed_only_where_there_is_root(started, monkeypatch):
    for user, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        cli.main(["lab"])
        assert ("--allow-root" in started[-1]) == allowed


def test_without_jupyterlab_it_says_what_to_install(here, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert cli.main(["lab"]) == 1
    assert 'pip install "graphviz-grad[lab]"' in capsys.readouterr().err
    assert names(here) == []


def test_a_file_in_the_way_is_named(here, started, capsys):
    (here / "taken").write_text("", encoding="utf-8")
    assert cli.main(["lab", "taken"]) == 1
    assert capsys.readouterr().err == (
        "graphviz-grad: DIR: 'taken' (must be a directory, or not exist yet)\n"
    )
    assert started == []


@pytest.mark.parametrize("arguments", [[], ["lag"], ["lab", "a", "b"], ["lab", "--no-browser"]])
def test_wrong_arguments_end_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: graphviz-grad" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["lab", "--help"]])
def test_help_names_the_command_and_the_dashes(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "lab" in printed
    assert arguments == ["--help"] or "graphviz-grad lab -- --no-browser" in printed


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"graphviz-grad \S.*\n", capsys.readouterr().out)


def test_a_real_jupyterlab_serves_the_first_lesson(tmp_path):
    environment = os.environ | {
        name: str(tmp_path / name)
        for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    options = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--ServerApp.shutdown_no_activity_timeout=60"]
    server = subprocess.Popen(
        [sys.executable, "-m", "graphviz_grad.cli", "lab", "--", *options],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = re.compile(r"(http://127\.0\.0\.1:\d+)/lab/tree/(01-product\.ipynb)\?token=(\w+)")
    try:
        found = next(filter(None, map(address.search, server.stdout)))
        url, name, token = found.groups()
        lesson = json.loads(first_answer(server, f"{url}/api/contents/{name}?token={token}"))
        assert lesson["content"]["cells"]
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert (tmp_path / "graphviz_grad_lessons" / "03-sigmoid.ipynb").exists()
