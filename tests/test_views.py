"""Views share their numbers with their base; changes in place reach both. Programs run by both libraries."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections import Counter
from pathlib import Path

import pytest
from view_programs import compare

import graphviz_grad as gg

#: Programs in `t`, a blank line between them; `name(a)` is what torch calls the backward node of `a`.
PROGRAMS = (Path(__file__).parent / "view_programs.txt").read_text("utf-8").strip().split("\n\n")


def name(tensor):
    return tensor.grad_fn and tensor.grad_fn.name()


def run(t, program):
    """Return what a program prints, and at the end the first sentence of its error, if any."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(program, {"t": t, "name": name})  # noqa: S102 - ours
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            sentence = str(error).partition(" is at version")[0].partition(". ")[0].rstrip(".")
            printed.write(f"{type(error).__name__} {sentence}")
    return printed.getvalue().strip()


@pytest.mark.parametrize("program", PROGRAMS)
def test_as_torch(program, torch):
    expected, ours = run(torch, program), run(gg, program)
    assert ours.startswith(expected) if "Error" in expected else ours == expected


def test_random_programs(torch):
    outcomes = Counter()
    for seed in range(700):
        outcome, difference = compare(seed, torch)
        assert difference is None, (seed, difference)
        outcomes[outcome] += 1
    assert outcomes["done"] > 350
    assert outcomes["apart"] < 70
    assert len(outcomes) > 10  # faults of many kinds, and the same ones
