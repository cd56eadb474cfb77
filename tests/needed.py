"""What a test does when a tool that it needs is not there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def missing(what: str) -> NoReturn:
    """Skip for want of a tool; under CI, where every tool is installed, fail instead."""
    if UNDER_CI:
        pytest.fail(f"{what}, and under CI nothing may be skipped", pytrace=False)
    pytest.skip(what)
