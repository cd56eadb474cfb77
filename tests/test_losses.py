"""Losses and the functions of `nn.functional`: torch's values, gradients, names, warnings and errors."""

# ruff: noqa: ARG005 - each fault is given both, used or not

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import graphviz_grad as gg

RNG = np.random.default_rng(3)
SCORES = RNG.normal(size=(5, 4))
OTHERS = RNG.normal(size=(5, 4))
SHARES = np.exp(OTHERS) / np.exp(OTHERS).sum(1, keepdims=True)
CLASSES = np.array([0, 3, 1, 1, 2])
WEIGHTS = np.array([0.5, 1.0, 2.0, 0.25])
REDUCTIONS = ("mean", "sum", "none")

# Each of the package, its functions, and the operands; gradients are compared for every operand of floats.
LOSSES = {
    "mse": (lambda f, r, a, b: f.mse_loss(a, b, reduction=r), SCORES, OTHERS),
    "mse of a number": (lambda f, r, a, b: f.mse_loss(a, b, reduction=r), np.array(2.0), np.array(0.5)),
    "mse of nothing": (lambda f, r, a, b: f.mse_loss(a, b, reduction=r), np.zeros((0, 2)), np.zeros((0, 2))),
    "l1": (lambda f, r, a, b: f.l1_loss(a, b, reduction=r), SCORES, OTHERS),
    "l1 at its kink": (lambda f, r, a, b: f.l1_loss(a, b, reduction=r), SCORES, SCORES),
    "nll": (lambda f, r, a, t: f.nll_loss(a, t, reduction=r), SCORES, CLASSES),
    "nll weighted": (lambda f, r, a, t, w: f.nll_loss(a, t, w, reduction=r), SCORES, CLASSES, WEIGHTS),
    "nll of impossible classes": (
        lambda f, r, a, t: f.nll_loss(a, t, reduction=r),
        np.where(np.arange(4) == CLASSES[:, None], SCORES, -math.inf),
        CLASSES,
    ),
    "cross entropy": (lambda f, r, a, t: f.cross_entropy(a, t, reduction=r), SCORES, CLASSES),
    "cross entropy of one": (lambda f, r, a, t: f.cross_entropy(a, t, reduction=r), SCORES[0], np.array(2)),
    "cross entropy of large scores": (
        lambda f, r, a, t: f.cross_entropy(a, t, reduction=r),
        1000 * SCORES,
        CLASSES,
    ),
    "cross entropy weighted": (
        lambda f, r, a, t, w: f.cross_entropy(a, t, w, reduction=r),
        SCORES,
        CLASSES,
        WEIGHTS,
    ),
    "cross entropy ignoring": (
        lambda f, r, a, t: f.cross_entropy(a, t, ignore_index=1, reduction=r),
        SCORES,
        CLASSES,
    ),
    "cross entropy ignoring -100": (
        lambda f, r, a, t: f.cross_entropy(a, t, reduction=r),
        SCORES,
        np.where(CLASSES == 3, -100, CLASSES),
    ),
    "cross entropy smoothed": (
        lambda f, r, a, t: f.cross_entropy(a, t, label_smoothing=0.2, reduction=r),
        SCORES,
        CLASSES,
    ),
    "cross entropy smoothed, weighted, ignoring": (
        lambda f, r, a, t, w: f.cross_entropy(a, t, w, label_smoothing=0.2, ignore_index=1, reduction=r),
        SCORES,
        CLASSES,
        WEIGHTS,
    ),
    "cross entropy of probabilities": (
        lambda f, r, a, b: f.cross_entropy(a, b, reduction=r),
        SCORES,
        SHARES,
    ),
    "cross entropy of probabilities, smoothed, weighted": (
        lambda f, r, a, b, w: f.cross_entropy(a, b, w, label_smoothing=0.1, reduction=r),
        SCORES,
        SHARES,
        WEIGHTS,
    ),
    "bce": (lambda f, r, a, b: f.binary_cross_entropy(a, b, reduction=r), SHARES, SHARES[::-1].copy()),
    "bce at the ends": (
        lambda f, r, a, b: f.binary_cross_entropy(a, b, reduction=r),
        np.array([0.0, 1.0, 0.0, 1.0]),
        np.array([0.0, 1.0, 1.0, 0.0]),
    ),
    "bce weighted": (
        lambda f, r, a, b, w: f.binary_cross_entropy(a, b, w, reduction=r),
        SHARES,
        SHARES[::-1].copy(),
        WEIGHTS,
    ),
    "bce with logits": (
        lambda f, r, a, b: f.binary_cross_entropy_with_logits(a, b, reduction=r),
        SCORES,
        SHARES,
    ),
    "bce with large logits": (
        lambda f, r, a, b: f.binary_cross_entropy_with_logits(a, b, reduction=r),
        np.array([-800.0, 800.0, -math.inf, 0.0]),
        np.array([1.0, 1.0, 0.0, 0.5]),
    ),
    "bce with logits weighted": (
        lambda f, r, a, b, w: f.binary_cross_entropy_with_logits(a, b, w, pos_weight=w * 2, reduction=r),
        SCORES,
        SHARES,
        WEIGHTS,
    ),
}
# torch has no derivative in a target that is a probability of classes; weights have none anywhere.
CONSTANT = {id(WEIGHTS), id(CLASSES), id(SHARES)}


def run(package, loss, reduction, arrays):
    """Return what a loss prints, its value, and the gradients."""
    operands = [
        package.tensor(array, requires_grad=array.dtype.kind == "f" and id(array) not in CONSTANT)
        for array in arrays
    ]
    value = loss(package.nn.functional, reduction, *operands)
    (value * package.tensor(np.cos(np.arange(value.numel())).reshape(tuple(value.shape)))).sum().backward()
    grads = [operand.grad.tolist() for operand in operands if operand.requires_grad]
    return repr(value), value.grad_fn.name(), value.tolist(), grads


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", LOSSES.values(), ids=LOSSES)
def test_a_loss_is_torchs(torch, case, reduction):
    loss, *arrays = case
    mine, other = (run(package, loss, reduction, arrays) for package in (gg, torch))
    assert mine[:2] == other[:2]
    np.testing.assert_allclose(mine[2], other[2], rtol=1e-12, atol=1e-14)
    for ours, theirs in zip(mine[3], other[3], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-14)


SECOND = {
    "mse": lambda f, x: f.mse_loss(x * x, x),
    "cross entropy": lambda f, x: f.cross_entropy(x.reshape(2, 3), type(x).argmax(x.reshape(2, 3), 1)),
    "bce": lambda f, x: f.binary_cross_entropy(x.sigmoid(), (x * 0.1 + 0.5).detach(), reduction="sum"),
    "bce with logits": lambda f, x: f.binary_cross_entropy_with_logits(x, (x * 0.1 + 0.5).detach()),
    "linear": lambda f, x: f.linear(x.reshape(2, 3), x.reshape(2, 3) ** 2, x[:2]).pow(2).sum(),
}


@pytest.mark.parametrize("loss", SECOND.values(), ids=SECOND)
def test_second_derivatives_are_torchs(torch, loss):
    results = []
    for package in (gg, torch):
        x = package.tensor([0.3, -0.5, 1.0, 0.7, -1.2, 0.1], requires_grad=True)
        (grad,) = package.autograd.grad(loss(package.nn.functional, x), x, create_graph=True)
        (second,) = package.autograd.grad((grad * grad).sum(), x)
        results.append([grad.tolist(), second.tolist()])
    np.testing.assert_allclose(results[0], results[1], rtol=1e-10, atol=1e-13)


FUNCTIONS = {
    "relu": lambda f, x: f.relu(x),
    "relu in place": lambda f, x: f.relu(x * 1, inplace=True),
    "leaky_relu": lambda f, x: f.leaky_relu(x),
    "leaky_relu of a slope": lambda f, x: f.leaky_relu(x, 0.3),
    "sigmoid": lambda f, x: f.sigmoid(x),
    "tanh": lambda f, x: f.tanh(x),
    "softplus": lambda f, x: f.softplus(x),
    "softplus of beta": lambda f, x: f.softplus(x, beta=2, threshold=3),
    "gelu": lambda f, x: f.gelu(x),
    "gelu by tanh": lambda f, x: f.gelu(x, approximate="tanh"),
    "elu": lambda f, x: f.elu(x),
    "elu of alpha": lambda f, x: f.elu(x, 0.5),
    "logsigmoid": lambda f, x: f.logsigmoid(x),
    "silu": lambda f, x: f.silu(x),
    "softmax": lambda f, x: f.softmax(x, dim=0),
    "log_softmax": lambda f, x: f.log_softmax(x, dim=-1),
    "linear": lambda f, x: f.linear(x, x),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_is_torchs(torch, function):
    results = []
    for package in (gg, torch):
        x = package.tensor(SCORES * 3, requires_grad=True)
        y = function(package.nn.functional, x)
        (y * package.tensor(OTHERS[:, :1])).sum().backward()
        results.append([repr(y), y.tolist(), x.grad.tolist()])
    assert results[0][0] == results[1][0]
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(results[0][2], results[1][2], rtol=1e-12, atol=1e-14)


def test_one_hot_is_torchs(torch):
    for classes, options in [
        ([0, 2, 1], {}),
        ([[1], [0]], {"num_classes": 4}),
        (3, {}),
        (0, {"num_classes": 2}),
    ]:
        pair = [p.nn.functional.one_hot(p.tensor(classes), **options) for p in (gg, torch)]
        assert repr(pair[0]) == repr(pair[1])
        assert repr(pair[0].dtype) == repr(pair[1].dtype)


FAULTS = {
    "mse of shapes": lambda f, t: f.mse_loss(t.ones(3, 2), t.ones(3)),
    "reduction": lambda f, t: f.mse_loss(t.ones(3), t.ones(3), reduction="average"),
    "reduction of l1": lambda f, t: f.l1_loss(t.ones(3), t.ones(3), reduction="average"),
    "no class": lambda f, t: f.cross_entropy(t.ones(3, 2), t.tensor([0, 1, 2])),
    "a negative class": lambda f, t: f.cross_entropy(t.ones(3, 2), t.tensor([0, 1, -1])),
    "batch": lambda f, t: f.cross_entropy(t.ones(3, 2), t.tensor([0, 1])),
    "a column of classes": lambda f, t: f.cross_entropy(t.ones(3, 2), t.tensor([[0], [1], [1]])),
    "classes of floats": lambda f, t: f.cross_entropy(t.ones(3, 2), t.tensor([0.0, 1.0, 1.0])),
    "classes of truth values": lambda f, t: f.nll_loss(t.ones(3, 2), t.tensor([True, False, True])),
    "no probability": lambda f, t: f.binary_cross_entropy(t.tensor([1.1]), t.tensor([1.0])),
    "bce of shapes": lambda f, t: f.binary_cross_entropy(t.ones(3), t.ones(3, 1)),
    "bce of integers": lambda f, t: f.binary_cross_entropy(t.ones(3), t.tensor([1, 1, 1])),
    "logits of shapes": lambda f, t: f.binary_cross_entropy_with_logits(t.ones(3), t.ones(3, 1)),
    "logits of integers": lambda f, t: f.binary_cross_entropy_with_logits(t.ones(3), t.tensor([1, 1, 1])),
    "one_hot of floats": lambda f, t: f.one_hot(t.ones(2)),
    "one_hot below 0": lambda f, t: f.one_hot(t.tensor([-1])),
    "one_hot of too few": lambda f, t: f.one_hot(t.tensor([3]), num_classes=3),
    "relu of a number": lambda f, t: f.relu(3.0),
    "linear of a list": lambda f, t: f.linear([1.0], t.ones(1, 1)),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_faults_are_refused_in_torchs_words(torch, fault):
    errors = []
    for package in (gg, torch):
        with pytest.raises((TypeError, ValueError, IndexError, RuntimeError)) as caught:
            fault(package.nn.functional, package)
        errors.append(caught)
    assert errors[0].type is errors[1].type
    assert str(errors[0].value).startswith(str(errors[1].value))


WARNINGS = {
    "mse": lambda f, t: f.mse_loss(t.ones(3, 1), t.ones(3)),
    "l1": lambda f, t: f.l1_loss(t.ones(3, 1), t.ones(3)),
    "softmax": lambda f, t: f.softmax(t.ones(2, 2)),
    "log_softmax": lambda f, t: f.log_softmax(t.ones(2)),
    "nothing to draw": lambda f, t: t.nn.Linear(0, 2),
}


@pytest.mark.parametrize("call", WARNINGS.values(), ids=WARNINGS)
def test_warnings_are_torchs(torch, call):
    texts = []
    for package in (gg, torch):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(package.nn.functional, package)
        texts.append([(warning.category, str(warning.message), warning.filename) for warning in caught])
    assert [text[:2] for text in texts[0]] == [text[:2] for text in texts[1]]
    assert texts[0][0][2] == __file__ or call is WARNINGS["nothing to draw"]


def test_a_loss_is_one_card():
    w = gg.tensor([[1.0, 2.0]], requires_grad=True)
    x, b, t = gg.tensor([[3.0, 4.0]]), gg.tensor([0.5]), gg.tensor([[1.0]])
    y = gg.nn.functional.linear(x, w, b)
    loss = gg.nn.functional.mse_loss(y, t)
    loss.backward()
    graph = gg.draw(loss).graph
    assert [graph[name].formula for name in ("y", "loss")] == ["x @ wᵀ + b", "mse_loss(y, t)"]
