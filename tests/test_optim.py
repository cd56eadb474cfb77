"""Optimisers: torch's numbers step by step, its options, its state and its errors."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import graphviz_grad as gg

OPTIMISERS = {
    "SGD": {"lr": 0.01},
    "SGD momentum": {"lr": 0.002, "momentum": 0.9},
    "SGD nesterov": {"lr": 0.002, "momentum": 0.9, "nesterov": True},
    "SGD dampening": {"lr": 0.002, "momentum": 0.5, "dampening": 0.25, "weight_decay": 0.1},
    "SGD maximize": {"lr": 1e-5, "maximize": True},
    "Adam": {"lr": 0.05},
    "Adam betas": {"lr": 0.05, "betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.1},
    "Adam amsgrad": {"lr": 0.05, "amsgrad": True},
    "AdamW": {"lr": 0.05},
    "AdamW maximize": {"lr": 0.05, "weight_decay": 0.3, "maximize": True},
}
START = [[1.5, -2.0, 0.25], [3.0, 0.0, -1.0]]


def leaves(package):
    """Return a matrix, a scalar, and a tensor that never has a gradient."""
    matrix = package.tensor(START, requires_grad=True)
    return [matrix, package.tensor(2.0, requires_grad=True), package.tensor([7.0], requires_grad=True)]


def loss_of(package, matrix, scalar):
    """Return a valley with a bend, as each element has it."""
    return (matrix * scalar - 1) ** 2 + 0.1 * package.sin(3 * matrix) + scalar * scalar * 0.01


def make(package, case, params):
    return getattr(package.optim, case.split()[0])(params, **OPTIMISERS[case])


def train(package, case, steps=200):
    """Yield the parameters after each step."""
    params = leaves(package)
    optimizer = make(package, case, params)
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(package, *params[:2]).backward(package.tensor([[1.0, 2.0, 0.5], [1.0, 1.0, 1.0]]))
        optimizer.step()
        yield optimizer, params


@pytest.mark.parametrize("case", OPTIMISERS)
def test_every_step_has_torchs_numbers(torch, case):
    for step, ((_, ours), (_, theirs)) in enumerate(zip(train(gg, case), train(torch, case), strict=True)):
        for mine, other in zip(ours, theirs, strict=True):
            expected = other.detach().numpy()
            np.testing.assert_allclose(mine.detach().numpy(), expected, rtol=1e-9, atol=1e-12)
            assert step % 20 or repr(mine) == repr(other)


@pytest.mark.parametrize("case", OPTIMISERS)
def test_repr_and_state_print_as_torchs(torch, case):
    ours, theirs = (list(train(package, case, 3))[-1][0] for package in (gg, torch))
    assert repr(ours) == repr(theirs)
    assert repr(ours.state_dict()) == repr(theirs.state_dict())
    assert ours.defaults == theirs.defaults


@pytest.mark.parametrize("case", ["SGD momentum", "Adam"])
def test_a_copied_state_goes_on_where_it_was_taken(case):
    run = train(gg, case)
    for _ in range(5):
        optimizer, params = next(run)
    copies = [gg.tensor(param.tolist(), requires_grad=True) for param in params]
    other = make(gg, case, copies)
    other.load_state_dict(optimizer.state_dict())
    next(run)
    loss_of(gg, *copies[:2]).backward(gg.tensor([[1.0, 2.0, 0.5], [1.0, 1.0, 1.0]]))
    other.step()
    assert [param.tolist() for param in params] == [param.tolist() for param in copies]
    saved = copy.deepcopy(optimizer.state_dict())
    next(run)
    assert repr(saved) != repr(optimizer.state_dict())


def test_groups_have_options_of_their_own():
    a, b = gg.tensor(1.0, requires_grad=True), gg.tensor(1.0, requires_grad=True)
    optimizer = gg.optim.SGD([{"params": a, "lr": 0.5}, {"params": [b]}], lr=0.25)
    (a + b).backward()
    optimizer.step()
    assert (a.item(), b.item()) == (0.5, 0.75)
    c = gg.tensor(1.0, requires_grad=True)
    optimizer.add_param_group({"params": [c], "lr": 1.0})
    c.backward()
    optimizer.step()
    assert (c.item(), b.item()) == (0.0, 0.5)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.25, 1.0]


def test_zero_grad_forgets_or_sets_to_zero():
    x, unused = gg.tensor([1.0, 2.0], requires_grad=True), gg.tensor(1.0, requires_grad=True)
    optimizer = gg.optim.SGD([x, unused], lr=0.1)
    (x * x).backward(gg.tensor([1.0, 1.0]))
    optimizer.zero_grad(set_to_none=False)
    assert x.grad.tolist() == [0.0, 0.0]
    assert unused.grad is None
    optimizer.zero_grad()
    assert x.grad is None


def test_a_closure_computes_the_loss_even_where_nothing_is_recorded():
    x = gg.tensor(3.0, requires_grad=True)
    optimizer = gg.optim.SGD([x], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = x * x
        loss.backward()
        return loss

    with gg.no_grad():
        loss = optimizer.step(closure)
    assert (loss.item(), x.item()) == (9.0, 0.0)
    assert gg.is_grad_enabled()


def test_an_optimizer_of_ones_own():
    class Sign(gg.optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @gg.no_grad()
        def step(self):
            for group in self.param_groups:
                for param in group["params"]:
                    param.sub_(group["lr"] * (1 if param.grad > 0 else -1))

    x = gg.tensor(3.0, requires_grad=True)
    optimizer = Sign([x], lr=0.5)
    (x * x).backward()
    optimizer.step()
    assert x.item() == 2.5
    assert repr(optimizer) == "Sign (\nParameter Group 0\n    lr: 0.5\n)"


FAULTS = {
    "a tensor": lambda t: t.optim.SGD(t.tensor(1.0)),
    "nothing": lambda t: t.optim.SGD([]),
    "a number": lambda t: t.optim.SGD([3]),
    "a computed tensor": lambda t: t.optim.SGD([t.tensor(1.0, requires_grad=True) * 2]),
    "a set": lambda t: t.optim.SGD([{"params": {t.tensor(1.0)}}]),
    "no dict": lambda t: t.optim.SGD([t.tensor(1.0)]).add_param_group(3),
    "negative lr": lambda t: t.optim.SGD([t.tensor(1.0)], lr=-1),
    "negative lr of Adam": lambda t: t.optim.Adam([t.tensor(1.0)], lr=-1.5),
    "negative momentum": lambda t: t.optim.SGD([t.tensor(1.0)], momentum=-1),
    "negative weight decay": lambda t: t.optim.SGD([t.tensor(1.0)], weight_decay=-1),
    "nesterov alone": lambda t: t.optim.SGD([t.tensor(1.0)], nesterov=True),
    "beta": lambda t: t.optim.Adam([t.tensor(1.0)], betas=(0.9, 1.0)),
    "eps": lambda t: t.optim.Adam([t.tensor(1.0)], eps=-1.0),
    "some names": lambda t: t.optim.SGD([("a", t.tensor(1.0)), t.tensor(2.0)]),
    "groups": lambda t: t.optim.SGD([t.tensor(1.0)]).load_state_dict({"state": {}, "param_groups": []}),
    "sizes": lambda t: t.optim.SGD([t.tensor(1.0)]).load_state_dict(
        {"state": {}, "param_groups": [{"params": [0, 1]}]}
    ),
    "lambdas": lambda t: t.optim.lr_scheduler.LambdaLR(t.optim.SGD([t.tensor(1.0)]), []),
    "no optimizer": lambda t: t.optim.lr_scheduler.StepLR(3, 1),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_faults_are_refused_in_torchs_words(torch, fault):
    errors = []
    for package in (gg, torch):
        with pytest.raises((TypeError, ValueError)) as caught:
            fault(package)
        errors.append(caught)
    assert errors[0].type is errors[1].type
    assert str(errors[0].value) == str(errors[1].value)


def test_a_parameter_twice():
    x = gg.tensor(1.0, requires_grad=True)
    with pytest.warns(UserWarning, match="optimizer contains a parameter group with duplicate parameters"):
        gg.optim.SGD([x, x])
    with pytest.raises(ValueError, match="some parameters appear in more than one parameter group"):
        gg.optim.SGD([{"params": [x]}, {"params": [x]}])


SCHEDULES = {
    "StepLR": lambda s, o: s.StepLR(o, step_size=3, gamma=0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5], gamma=0.1),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "LambdaLR each": lambda s, o: s.LambdaLR(o, [lambda epoch: 0.5**epoch, lambda _: 2]),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, T_max=4, eta_min=0.01),
}


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_learning_rates_follow_torchs_schedule(torch, schedule):
    rates = []
    for package in (gg, torch):
        params = [package.tensor(1.0, requires_grad=True) for _ in range(2)]
        optimizer = package.optim.SGD([{"params": params[0], "lr": 0.3}, {"params": params[1]}], lr=0.1)
        scheduler = schedule(package.optim.lr_scheduler, optimizer)
        rates.append([])
        for _ in range(12):
            optimizer.step()
            scheduler.step()
            rates[-1].append((scheduler.get_last_lr(), [group["lr"] for group in optimizer.param_groups]))
    assert rates[0] == rates[1]


def test_a_schedule_before_the_first_step_is_warned_of():
    optimizer = gg.optim.SGD([gg.tensor(1.0, requires_grad=True)])
    scheduler = gg.optim.lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match=r"Detected call of `lr_scheduler.step\(\)` before"):
        scheduler.step()
