"""The checker itself is checked: it passes what is right, and finds what is wrong."""

# ruff: noqa: ARG005, PLW0108 - rows are lambdas of all their operands, used or not

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from strategies import OPERATORS, Recipe, Ref, recipes

import graphviz_grad as gg
from graphviz_grad.engine.differences import GradcheckError
from graphviz_grad.engine.ops import Op
from graphviz_grad.engine.recorder import compile_op
from graphviz_grad.engine.rules import Elementwise
from graphviz_grad.engine.tensor import Tensor


def plant(partial):
    """Return a sine with the slope of something else."""
    row = Op(
        name="planted",
        symbol="?",
        formula="planted({})",
        forward=lambda a: np.sin(a),
        partials=(partial,),
    )
    return compile_op(Elementwise(row), Tensor)


def leaf(value):
    return gg.tensor(value, requires_grad=True)


SMOOTH = {
    "product": lambda x, z: x * z,
    "sigmoid": lambda x, z: gg.sigmoid(x * z) + x,
    "power": lambda x, z: abs(x) ** z,
    "quotient": lambda x, z: (x - z) / (x * x + 1),
    "deep": lambda x, z: gg.tanh(gg.sin(x) * gg.exp(z) + gg.sqrt(x * x + 1)),
    "only one": lambda x, _: x * 3,
    "constant in z": lambda x, z: x + z.detach(),
}


@pytest.mark.parametrize("function", SMOOTH.values(), ids=SMOOTH)
def test_what_is_right_passes(function):
    inputs = [leaf(0.7), leaf(-0.25)]
    if function is SMOOTH["constant in z"]:
        inputs[1] = gg.tensor(-0.25)
    assert gg.gradcheck(function, inputs)
    assert gg.gradcheck(function, tuple(inputs))


@pytest.mark.parametrize(
    "partial",
    [
        lambda a, out: -np.cos(a),
        lambda a, out: out,
        lambda a, out: np.cos(a) + 1e-2,
        lambda a, out: np.cos(a) * 1.01,
        lambda a, out: 1,
        lambda a, out: 0,
        lambda a, out: np.log(-abs(a)),
    ],
)
def test_what_is_wrong_is_found(partial):
    planted = plant(partial)
    assert gg.gradcheck(planted, leaf(0.7), raise_exception=False) is False
    with pytest.raises(
        GradcheckError, match=r"^Jacobian mismatch for output 0 with respect to input 0 at \[\]"
    ):
        gg.gradcheck(planted, leaf(0.7))
    with pytest.raises(GradcheckError, match="with respect to input 1"):
        gg.gradcheck(lambda x, z: x * planted(z), [leaf(2.0), leaf(0.7)])
    assert gg.gradcheck(lambda x, z: x * planted(z), [leaf(2.0), gg.tensor(0.7)])  # frozen: not looked at


def test_a_forgotten_path_is_found():
    assert not gg.gradcheck(lambda x: x * x.detach(), leaf(2.0), raise_exception=False)


def test_a_kink_is_found():
    assert not gg.gradcheck(gg.relu, leaf(0.0), raise_exception=False)
    assert gg.gradcheck(gg.relu, leaf(0.1))
    assert gg.gradcheck(gg.relu, leaf(-0.1))


def test_tolerances_are_torchs(torch):
    for t, check in ((gg, gg.gradcheck), (torch, torch.autograd.gradcheck)):
        x = t.tensor(100.0, requires_grad=True)
        assert check(lambda x: x * x * x, (x,))
        assert not check(lambda x: x * x.detach() * 0.002 + x * 99.9, (x,), raise_exception=False)
        assert check(lambda x: x * x.detach() * 0.002 + x * 99.9, (x,), rtol=1e-2, raise_exception=False)
        assert not check(lambda x: abs(x), (t.tensor(1e-7, requires_grad=True),), raise_exception=False)
        assert check(lambda x: abs(x), (t.tensor(1e-7, requires_grad=True),), eps=1e-8)


def test_the_message_names_place_and_numbers():
    v = gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    planted = plant(lambda a, out: np.where(a > 2.5, 0, np.cos(a)))
    with pytest.raises(GradcheckError, match=r"input 0 at \[2\]: numerical: -0.98.*, analytical: .*0.0"):
        gg.gradcheck(planted, v)


def test_arrays():
    m = gg.tensor([[0.5, -1.5], [2.0, 0.25]], requires_grad=True)
    b = gg.tensor([0.1, 0.2], requires_grad=True)
    assert gg.gradcheck(lambda m, b: gg.sin(m * b) + m / 3 - b, [m, b])
    assert gg.gradcheck(lambda m, b: m * b.detach(), [m, gg.tensor([0.1, 0.2])])


def test_nothing_is_written_to_the_inputs():
    x, z = leaf(0.7), leaf(2.0)
    (x * z).backward()
    before = x.grad.item(), z.grad.item(), x.stamp, x.item()
    assert gg.gradcheck(lambda x, z: x * z * z, [x, z])
    assert (x.grad.item(), z.grad.item(), x.stamp, x.item()) == before


def test_what_cannot_be_checked():
    with pytest.raises(ValueError, match=r"^gradcheck expects at least one input tensor to require gradient"):
        gg.gradcheck(lambda x: x, gg.tensor(1.0))


def test_a_function_that_ignores_its_input():
    assert gg.gradcheck(lambda x: gg.tensor(3.0), leaf(1.0))


@settings(max_examples=60)
@given(recipe=recipes(max_steps=6, ops=("add", "sub", "mul", "sin", "cos", "tanh", "sigmoid", "neg")))
def test_smooth_graphs_pass(recipe: Recipe):
    def run(*leaves):
        made = list(leaves)
        for op, operands in recipe.steps:
            args = [made[each.position] if isinstance(each, Ref) else each for each in operands]
            made.append(OPERATORS[op](*args) if op in OPERATORS else getattr(gg, op)(*args))
        return made[-1]

    inputs = recipe.build()[: len(recipe.values)]
    assume(abs(run(*inputs).item()) < 1e3)
    assert gg.gradcheck(run, inputs, rtol=1e-2, atol=1e-4)
