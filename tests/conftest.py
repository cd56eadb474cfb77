"""What every test shares: the working tree is what is tested, in this process and in the ones it starts."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from needed import UNDER_CI, missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

# Kernels and command lines that tests start import the same files as the tests do, installed or not.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.load_profile("ci" if UNDER_CI else "default")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Folder of the pictures that a run leaves behind (ignored by git)."""
    folder = ROOT / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def torch() -> Iterator[ModuleType]:
    """PyTorch, which the engine is compared with, computing in float64 as the engine does."""
    if importlib.util.find_spec("torch") is None:
        missing("no PyTorch to compare with (pip install torch)")
    module = importlib.import_module("torch")
    before = module.get_default_dtype()
    module.set_default_dtype(module.float64)
    yield module
    module.set_default_dtype(before)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium on this machine; Playwright's own download is not used."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return missing("no Chromium on this machine (Debian: apt-get install chromium)")
