"""Random programs of views, of what is computed from them, and of changes in place, as lines of Python.

    python tests/view_programs.py 20000

runs so many with torch and with this package and says which differ; `test_views.py` runs a slice. Lines are
drawn while the program runs here, since what can be done to a tensor depends on its shape.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

import graphviz_grad as gg

if TYPE_CHECKING:
    from collections.abc import Iterator

_STALE = "its base or another view of its base has been modified"
_ONE_PLACE = "more than one element of the written-to tensor refers to a single memory location"
_OVERLAP = "some elements of the input tensor and the written-to tensor refer"
_NO_VIEW = "view size is not compatible"
_LEAF = "a leaf Variable that requires grad is being used"
FAULTS = (RuntimeError, IndexError, ValueError, TypeError)


class Programmer:
    """Draws the lines of one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing secret
        self.lines: list[str] = []
        self.names: list[str] = []
        self.scope: dict[str, Any] = {"t": gg}
        self.fault: str | None = None

    def write(self) -> list[str]:
        """Return the lines; the last may be refused."""
        for _ in range(self.random.randint(1, 2)):
            shape = self.random.choice(((3,), (2, 3), (2, 2), (2, 1, 3), (4,), ()))
            numbers = [round(self.random.uniform(-2, 2), 2) for _ in range(int(np.prod(shape)))]
            flows = self.random.random() < 0.8
            product = " * 1.0" if self.random.random() < 0.7 else ""  # else there is little that it may do
            self.add(f"t.tensor({np.reshape(numbers, shape).tolist()}, requires_grad={flows}){product}")
        for _ in range(self.random.randint(2, 14)):
            if self.fault is None:
                self.draw()
        if self.fault is None:
            self.finish()
        return self.lines

    def pick(self) -> str:
        latest = self.names[-3:] if self.random.random() < 0.6 else self.names
        return self.random.choice(latest)

    def add(self, expression: str) -> None:
        name = f"a{len(self.names)}"
        if self.run(f"{name} = {expression}"):
            self.names.append(name)

    def run(self, line: str) -> bool:
        self.lines.append(line)
        try:
            exec(line, self.scope)  # noqa: S102 - ours
        except FAULTS as error:
            self.fault = str(error)
            return False
        return True

    def draw(self) -> None:
        name = self.pick()
        tensor = self.scope[name]
        kind = self.random.random()
        if kind < 0.4:
            self.add(name + self.random.choice([*_views(tensor.shape, self.random)]))
        elif kind < 0.6:
            self.add(self.random.choice([*self.consumers(name)]))
        else:
            line = self.random.choice([*self.changes(name)])
            self.run(f"with t.no_grad(): {line}" if self.random.random() < 0.15 else line)

    def consumers(self, name: str) -> Iterator[str]:
        other = self.partner(name)
        yield f"{name} * 3"
        yield f"t.sin({name})"
        yield f"{name} * {name}"
        yield f"{name} * {other}"
        yield f"{name} + {other}"
        yield f"{name}.clone()"
        yield f"{name}.detach()"
        yield f"t.where({name} > 0, {name}, {other})"
        yield f"t.stack([{name}, {other}])"
        if self.scope[name].ndim:
            yield f"t.cat([{name}, {other}])"
            yield f"{name}[[0, -1]]"
            yield f"{name}.flip(0)"

    def changes(self, name: str) -> Iterator[str]:
        shape = self.scope[name].shape
        other = self.partner(name)
        yield f"{name}.mul_({round(self.random.uniform(-2, 2), 1)})"
        yield f"{name}.add_({other})"
        yield f"{name}.mul_({other}.detach().clone())"
        yield f"{name}.sub_({other}, alpha=2)"
        yield f"{name}.zero_()"
        yield f"{name}.fill_(0.5)"
        yield f"{name}.copy_({other}.clone())"
        yield f"{name}.sin_()"
        yield f"{name}.clamp_(-1, 1)"
        yield f"{name}.masked_fill_({name} > 0.5, 0.25)"
        if shape:
            yield f"{name}[0] = 0.75"
            yield f"{name}[-1] = {other}[0].clone() * 2"
            yield f"{name}[0] += {other}[-1].clone()"
            yield f"{name}[0] *= 1.5"
            if shape[0] > 1:
                yield f"{name}[1:] = 0.1"
            yield f"{name}[[0]] = {other}[:1].clone()"
            yield f"{name}[{name} < 0] = 0.3"
            yield f"{name}[..., 0] -= 1"

    def partner(self, name: str) -> str:
        shape = self.scope[name].shape
        fitting = [other for other in self.names if self.scope[other].shape == shape]
        return self.random.choice(fitting)

    def finish(self) -> None:
        roots = [name for name in self.names if self.scope[name].requires_grad]
        if roots:
            chosen = self.random.sample(roots, min(len(roots), 3))
            total = " + ".join(f"({name} * {number + 2}).sum()" for number, name in enumerate(chosen))
            self.run(f"({total}).backward()")


def _views(shape: tuple[int, ...], draw: random.Random) -> Iterator[str]:
    numel = int(np.prod(shape))
    yield ".view(-1)" if draw.random() < 0.5 else ".reshape(-1)"
    yield ".unsqueeze(0)"
    yield ".squeeze()"
    yield ".detach()"
    yield "[None]"
    if numel % 2 == 0:
        yield f".reshape(2, {numel // 2})"
    if shape:
        dim = draw.randrange(len(shape))
        yield f".select({dim}, {draw.randrange(shape[dim])})" if shape[dim] else ".view(-1)"
        yield "[0]" if shape[0] else "[:]"
        yield "[1:]" if shape[0] > 1 else "[:]"
        yield "[::2]"
        yield "[..., :2]"
        yield ".T" if len(shape) < 3 else ".transpose(0, 2)"
        yield f".expand(2, {', '.join(map(str, shape))})"
        yield f".unbind()[{draw.randrange(shape[0])}]" if shape[0] else "[:]"
        yield f".split(1)[{draw.randrange(shape[0])}]" if shape[0] else "[:]"
    if len(shape) > 1:
        yield ".diagonal()"
        yield f".permute({', '.join(map(str, reversed(range(len(shape)))))})"
        yield "[:, 0]"
        yield ".flatten(0, 1)"


def state(scope: dict[str, Any]) -> list[Any]:
    """Return what is compared of each tensor: flags and names, numbers, the gradient's numbers."""
    found = []
    for name in sorted(name for name in scope if name[0] == "a" and name[1:].isdigit()):
        tensor = scope[name]
        node = tensor.grad_fn and tensor.grad_fn.name().replace("ReshapeAlias", "View")
        grad = tensor.grad if tensor.is_leaf and tensor.requires_grad else None
        found.append(
            (name, tensor.requires_grad, node, tensor.tolist(), grad if grad is None else grad.tolist())
        )
    return found


def run(t: Any, lines: list[str]) -> tuple[list[Any], str | None, int]:
    """Run a program; return its state, the fault that ended it, and at which line."""
    scope: dict[str, Any] = {"t": t}
    fault = None
    number = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for number, line in enumerate(lines):  # noqa: B007 - where it ends
                exec(line, scope)  # noqa: S102 - ours
        except FAULTS as error:
            fault = str(error)[:120]
        try:
            return state(scope), fault, number
        except RuntimeError as error:  # torch does not let everything be looked at
            return [], str(error)[:120], number


def is_same(one: Any, other: Any) -> bool:
    """Whether two states are the same, numbers nearly."""
    if isinstance(one, (list, tuple)):
        return isinstance(other, (list, tuple)) and len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, float):
        return isinstance(other, float) and bool(
            np.isclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)
        )
    return bool(one == other)


def is_apart(fault: str | None, our_fault: str | None, lines: list[str]) -> bool:
    """Whether one of both is known to refuse what the other does.

    Torch refuses to look at one of several views once its base was changed, and to change one number in place
    by itself if it is seen with another stride; and it calls a detached view a leaf once something has flowed
    into it. The memory of a sum of tensors with different strides is laid out otherwise. It has not yet come
    to refusing `masked_fill_` where several elements are one number.
    """
    if fault is None:
        return _ONE_PLACE in (our_fault or "")
    if fault.startswith(_LEAF) and not (our_fault or "").startswith(_LEAF):
        return "detach()" in " ".join(lines)
    return _STALE in fault or (
        fault[:30] != (our_fault or "")[:30] and (_OVERLAP in fault or _NO_VIEW in fault)
    )


def compare(seed: int, torch: Any) -> tuple[str, str | None]:
    """Return what torch makes of a program, and what is different here, if anything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines = Programmer(seed).write()
    (expected, fault, end), (ours, our_fault, our_end) = run(torch, lines), run(gg, lines)
    if is_apart(fault, our_fault, lines):
        return "apart", None
    outcome = "done" if fault is None else fault[:60]
    if (fault is None) != (our_fault is None) or end != our_end:
        return outcome, f"{fault!r} at {end}, here {our_fault!r} at {our_end}: {lines}"
    if fault is not None and "backward" in lines[end]:
        return outcome, None  # torch has added to some leaves when it refuses
    if fault is not None and fault[:30] != (our_fault or "")[:30]:
        return outcome, f"{fault!r}, here {our_fault!r}: {lines}"
    different = [pair for pair in zip(expected, ours, strict=True) if not is_same(*pair)]
    return outcome, f"{different[:2]}: {lines}" if different else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("programs", type=int, nargs="?", default=2_000)
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    arguments = parser.parse_args()

    import torch  # noqa: PLC0415 - the rest of this file is of use without it

    torch.set_default_dtype(torch.float64)
    outcomes: Counter[str] = Counter()
    differ, start = 0, time.perf_counter()
    for seed in range(arguments.first, arguments.first + arguments.programs):
        outcome, difference = compare(seed, torch)
        outcomes[outcome] += 1
        if difference is not None:
            differ += 1
            sys.stdout.write(f"{seed}: {difference}\n")
    for outcome, count in outcomes.most_common():
        sys.stdout.write(f"{count:7} {outcome}\n")
    sys.stdout.write(f"{differ} of {arguments.programs} differ; {time.perf_counter() - start:.0f} s\n")
    sys.exit(differ > 0)


if __name__ == "__main__":
    main()
