"""Random programs over arrays, run with graphviz_grad and with PyTorch: do all values and gradients agree?

    PYTHONPATH=. python tests/array_agreement.py 10000

prints how many do; `test_array_agreement.py` runs a slice. A program has up to four leaves of up to three
dimensions and up to eight statements: elementwise functions with broadcasting, reductions, products, other
shapes, indices, choices, changes in place. Where a statement is a fault, its error has to be of torch's type,
and begins with torch's sentence but where torch takes steps of its own.

Numbers agree if they differ by at most 1e-10 of the largest in their array. Programs that are too sensitive
for that are counted apart: those whose results move more than this in torch itself when the leaves are moved
in their last place.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from both import first_sentence

import graphviz_grad as gg

TOLERANCE = 1e-10
APART_AT_MOST = 0.05
STATEMENTS = 8

UNARY = (
    *("neg", "exp", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "erf", "expm1", "sinh", "atan", "square"),
    *("floor", "ceil", "round", "sign", "log", "sqrt", "log1p", "reciprocal", "rsqrt", "asin"),
)
BINARY = ("+", "-", "*", "/", "@")
REDUCTIONS = ("sum", "mean", "prod", "var", "std", "norm", "amax", "amin", "max", "min", "logsumexp")
ALONG = ("cumsum", "softmax", "log_softmax")
COMPARISONS = (">", "<", "==")
EQUATIONS = ("ij,jk->ik", "i,i->", "ij->j", "ij,ij->i", "ii", "i,j->ij")
NUMBERS = (2, -1, 0.5, 1.5, 3.0)


class Program(NamedTuple):
    """Plain data: arrays by name, and statements that compute further ones."""

    leaves: dict[str, np.ndarray]
    statements: list[str]


class Outcome(NamedTuple):
    """What came of a program: all numbers in order, and errors."""

    numbers: list[np.ndarray]
    faults: list[str]


# --- programs -------------------------------------------------------------------------------------


def random_program(seed: int) -> Program:
    """A program for this seed; the same on every machine."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    shape = _shape(rng, rng.randint(0, 3))
    leaves = {}
    for name in "abcd"[: rng.randint(1, 4)]:
        if rng.random() < 0.4:
            shape = _shape(rng, rng.randint(0, 3))
        spread = [rng.gauss(0, 1) if rng.random() < 0.8 else rng.randint(-2, 2) for _ in range(_size(shape))]
        leaves[name] = np.array(spread, np.float64).reshape(shape)
    names = [*leaves]
    statements = []
    for number in range(rng.randint(1, STATEMENTS)):
        statements.append(f"v{number} = {_expression(rng, names)}")
        names.append(f"v{number}")
        if rng.random() < 0.05:
            statements.append(f"v{number} {rng.choice(['+=', '*='])} {rng.choice(names)}")
    return Program(leaves, statements)


def _shape(rng: random.Random, ndim: int) -> tuple[int, ...]:
    return tuple(rng.choice((1, 2, 3, 3)) for _ in range(ndim))


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape))


def _expression(rng: random.Random, names: list[str]) -> str:
    x, y, z = (rng.choice(names[-3:] if rng.random() < 0.6 else names) for _ in range(3))
    dim = rng.choice((0, 0, 0, -1, -1, -1, 1, 1, 2, -2))
    keep = rng.choice(("", ", keepdim=True"))
    several = rng.choice((f"{dim}", "0", "(0, 1)", "(-1, 0)", "None"))
    kinds = (
        lambda: f"t.{rng.choice(UNARY)}({x})",
        lambda: f"{x} {rng.choice(BINARY)} {y}",
        lambda: f"{x} {rng.choice(BINARY[:3])} {rng.choice(NUMBERS)}",
        lambda: f"{x}.{rng.choice(REDUCTIONS[:8])}()",
        lambda: f"{x}.{rng.choice(('sum', 'mean', 'var', 'amax', 'amin', 'logsumexp'))}(dim={several}{keep})",
        lambda: f"{x}.{rng.choice(('max', 'min'))}(dim={dim}{keep}).values",
        lambda: f"{x}.{rng.choice(ALONG)}(dim={dim})",
        lambda: f"t.where({x} {rng.choice(COMPARISONS)} {y}, {x}, {z})",
        lambda: f"{x}.clamp(-1.0, 1.0)",
        lambda: f"{x} * ({y} {rng.choice(COMPARISONS)} 0.0)",
        lambda: (
            f"{x}.{rng.choice(('flatten()', 't()', 'squeeze()', 'unsqueeze(0)', 'unsqueeze(-1)', 'clone()'))}"
        ),
        lambda: f"{x}.transpose(0, {dim})",
        lambda: f"{x}.reshape({rng.choice(('-1', '-1, 1', '1, -1', '3, -1', '2, -1'))})",
        lambda: f"{x}[{rng.choice(('0', '-1', '1:', '..., 0', ':, 1', 'None', '::2', '0, 1', '[0, 0]'))}]",
        lambda: f"t.stack([{x}, {y}], dim={dim})",
        lambda: f"t.cat([{x}, {y}], dim={min(dim, 0)})",
        lambda: f"t.einsum('{rng.choice(EQUATIONS)}', {x}, {y})",
        lambda: f"t.maximum({x}, {y})",
    )
    weights = (6, 6, 3, 2, 3, 2, 2, 2, 1, 1, 2, 1, 2, 3, 1, 1, 1, 1)
    return rng.choices(kinds, weights)[0]()


# --- running one, twice ---------------------------------------------------------------------------


def run(program: Program, t: Any, nudge: random.Random | None = None) -> Outcome:
    """Run with torch or with this package; every number, then the gradients of a weighted sum of all.

    A statement that is a fault gives the first leaf, so that what follows is tried, too.
    """
    made: dict[str, Any] = {}
    faults = []
    for name, array in program.leaves.items():
        moved = array if nudge is None else array * (1 + 1e-15 * nudge.choice((-1, 1)))
        made[name] = t.tensor(moved if moved.ndim else float(moved), requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in program.statements:
            try:
                exec(statement, {"t": t}, made)  # noqa: S102 - our own statements
            except Exception as error:  # noqa: BLE001 - whatever torch raises
                faults.append(f"{statement}: {type(error).__name__}: {first_sentence(error)}")
                made.setdefault(statement.partition(" ")[0], made["a"])
        root = sum((made[name] * weight).sum() for weight, name in enumerate(made, 1))
        made_grads = True
        try:
            root.backward()
        except RuntimeError as error:
            faults.append(f"backward: {first_sentence(error)[:60]}")
            made_grads = False  # what torch has stored before it found out is a matter of chance
    numbers = [np.array(made[name].detach().tolist(), np.float64) for name in made]
    grads = [made[name].grad for name in program.leaves] if made_grads else []
    numbers += [np.array(np.nan if g is None else g.tolist(), np.float64) for g in grads]
    return Outcome(numbers, faults)


def is_agreed(ours: Outcome, theirs: Outcome) -> bool:
    if list(map(_kind, ours.faults)) != list(map(_kind, theirs.faults)):
        return False
    pairs = zip(ours.numbers, theirs.numbers, strict=True)
    return all(one.shape == other.shape and _is_close(one, other) for one, other in pairs)


def _kind(fault: str) -> str:
    """Return where a fault is, and of which type."""
    return fault.rpartition("Error:")[0]


def _is_close(one: np.ndarray, other: np.ndarray) -> bool:
    finite = np.abs(other[np.isfinite(other)])
    scale = max(1.0, finite.max()) if finite.size else 1.0
    with np.errstate(all="ignore"):
        return bool(np.allclose(one, other, rtol=0, atol=TOLERANCE * scale, equal_nan=True))


@dataclass
class Tally:
    """What came out."""

    agree: int = 0
    apart: int = 0
    faults: int = 0
    reworded: int = 0
    statements: int = 0
    differ: list[int] = field(default_factory=list)

    def add(self, seed: int, torch: Any) -> None:
        program = random_program(seed)
        ours, theirs = run(program, gg), run(program, torch)
        self.faults += len(theirs.faults)
        self.statements += len(program.statements)
        if is_agreed(ours, theirs):
            self.agree += 1
            faults = ours.faults, theirs.faults
            self.reworded += sum(not our.startswith(their) for our, their in zip(*faults, strict=True))
            return
        nudge = random.Random(seed)  # noqa: S311 - nothing secret
        if all(is_agreed(run(program, torch, nudge), theirs) for _ in range(20)):
            self.differ.append(seed)
        else:
            self.apart += 1

    def is_good(self) -> bool:
        return not self.differ and self.apart <= APART_AT_MOST * (self.agree + self.apart)

    def text(self) -> str:
        total = self.agree + self.apart + len(self.differ)
        return (
            f"{total} programs of {self.statements} statements, {self.faults} of them faults "
            f"({self.reworded} in other words): {self.agree} agree, {len(self.differ)} differ "
            f"{self.differ[:20]}, {self.apart} apart"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("programs", type=int, nargs="?", default=2_000)
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="seed of the first program")
    arguments = parser.parse_args()

    import torch  # noqa: PLC0415 - the rest of this file is of use without it

    torch.set_default_dtype(torch.float64)
    tally, start = Tally(), time.perf_counter()
    for seed in range(arguments.first, arguments.first + arguments.programs):
        tally.add(seed, torch)
    sys.stdout.write(f"{tally.text()}; torch {torch.__version__}, {time.perf_counter() - start:.0f} s\n")
    sys.exit(not tally.is_good())


if __name__ == "__main__":
    main()
