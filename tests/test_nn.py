"""Networks: what modules hold, print and refuse, as torch's do."""

# ruff: noqa: ARG005 - each fault is given both, used or not

from __future__ import annotations

import copy
from collections import OrderedDict

import numpy as np
import pytest

import graphviz_grad as gg
from graphviz_grad import nn


@pytest.fixture(params=["ours", "theirs"])
def package(request, torch):
    return gg if request.param == "ours" else torch


def make_net(package):
    """Return a network with parameters, buffers, lists and names of its own."""
    nn = package.nn

    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(package.tensor([1.0, 2.0]))
            self.register_buffer("steps", package.tensor(3))
            self.register_buffer("cache", package.tensor(0.0), persistent=False)
            self.register_parameter("nothing", None)

        def forward(self, x):
            return x * self.scale

        def extra_repr(self):
            return "two lines\nof words"

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 2)
            self.inner = Inner()
            self.rest = nn.Sequential(
                OrderedDict(
                    [("act", nn.Tanh()), ("list", nn.ModuleList([nn.Linear(2, 2) for _ in range(3)]))]
                )
            )
            self.bias = nn.Parameter(package.tensor(0.5))
            self.again = self.first

        def forward(self, x):
            h = self.rest.act(self.inner(self.first(x)))
            for layer in self.rest.list:
                h = layer(h)
            return h + self.bias

    return Net()


def describe(package):
    """Return everything about the network that prints."""
    package.manual_seed(0)
    net = make_net(package)
    x = package.tensor([[1.0, -2.0, 0.5], [0.0, 1.0, 2.0]])
    yield repr(net)
    yield repr(net(x))
    net(x).sum().backward()
    for name, parameter in net.named_parameters():
        yield name, repr(parameter), repr(parameter.grad), parameter.is_leaf
    yield [name for name, _ in net.named_buffers()]
    yield [name for name, _ in net.named_modules()]
    yield [name for name, _ in net.named_children()]
    yield [len(list(net.parameters())), len(list(net.modules())), len(list(net.buffers()))]
    yield [name for name, _ in net.named_parameters(recurse=False)]
    yield [name for name, _ in net.named_parameters(prefix="net", remove_duplicate=False)]
    yield list(net.state_dict())
    yield repr(net.state_dict()["inner.steps"]), repr(net.get_parameter("rest.list.1.weight"))
    yield repr(net.get_submodule("rest.list"))
    yield repr(net.eval().training), repr(net.rest.list[1].training), net.train() is net
    net.requires_grad_(requires_grad=False)
    yield [parameter.requires_grad for parameter in net.parameters()]
    net.zero_grad()
    yield repr(net.bias.grad)
    twin = copy.deepcopy(net)
    yield twin.bias is net.bias, repr(twin.bias), type(twin.bias) is package.nn.Parameter
    yield twin.again is twin.first
    seen = []
    net.apply(lambda module: seen.append(type(module).__name__))
    yield seen
    del net.bias
    yield hasattr(net, "bias"), sorted(net.state_dict())


def test_a_network_prints_as_torchs(torch):
    for mine, other in zip(describe(gg), describe(torch), strict=True):
        assert mine == other


def sequential_cases(nn):
    net = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 3), nn.Identity())
    yield net, net[0], net[-1], net[1:3], len(net), [type(layer).__name__ for layer in net]
    net.append(nn.Sigmoid())
    net.insert(1, nn.Tanh())
    yield net, net.pop(0), net
    net[0] = nn.SiLU(inplace=True)
    del net[-1]
    yield net, nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Tanh()), nn.Sequential(nn.ReLU()) * 2
    yield nn.Sequential(), nn.ModuleList(), nn.ModuleDict(), nn.Sequential(nn.Sequential(nn.Sequential()))
    several = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)])
    several += [nn.Linear(2, 2)]
    several.insert(2, nn.GELU())
    yield several, several[1:], several[-1], len(several), list(several.state_dict())
    named = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})
    named["c"] = nn.LeakyReLU(0.2)
    yield (
        named,
        list(named),
        named["c"],
        "a" in named,
        len(named),
        list(named.keys()),
        next(iter(named.items())),
    )
    yield nn.Softmax(), nn.LogSoftmax(dim=1), nn.Softplus(), nn.Flatten(), nn.GELU("tanh"), nn.LeakyReLU()
    yield nn.ELU(), nn.ELU(0.5, inplace=True), nn.LogSigmoid(), nn.Dropout(0.2), nn.Embedding(3, 4)
    yield nn.MSELoss(), nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss(), nn.NLLLoss(), nn.L1Loss(), nn.BCELoss()


def test_containers_print_as_torchs(torch):
    for mine, other in zip(sequential_cases(nn), sequential_cases(torch.nn), strict=True):
        assert repr(mine) == repr(other)


FAULTS = {
    "no forward": lambda p, m: m(3),
    "no attribute": lambda p, m: m.missing,
    "a tensor for a parameter": lambda p, m: setattr(m, "w", p.tensor([1.0])),
    "a number for a module": lambda p, m: setattr(m, "layer", 3),
    "a number for a buffer": lambda p, m: setattr(m, "buffer", 3),
    "a dot": lambda p, m: m.register_parameter("a.b", None),
    "no name": lambda p, m: m.register_parameter("", None),
    "taken": lambda p, m: m.register_parameter("forward", None),
    "a number for a name": lambda p, m: m.register_parameter(3, None),
    "no parameter": lambda p, m: m.register_parameter("q", p.tensor([1.0])),
    "no tensor": lambda p, m: m.register_buffer("q", 3),
    "no module": lambda p, m: m.add_module("q", 3),
    "a module with a dot": lambda p, m: m.add_module("a.b", None),
    "a list among modules": lambda p, m: p.nn.Sequential([p.nn.ReLU()]),
    "a mode": lambda p, m: m.train(3),
    "no submodule": lambda p, m: m.get_submodule("layer.q"),
    "no such parameter": lambda p, m: m.get_parameter("q"),
    "a module for a parameter": lambda p, m: m.get_parameter("layer"),
    "no place": lambda p, m: p.nn.Sequential(p.nn.ReLU())[1],
    "no place in a list": lambda p, m: p.nn.ModuleList([p.nn.ReLU()])[-2],
    "no state": lambda p, m: m.load_state_dict(3),
    "a state that fits nothing": lambda p, m: m.load_state_dict(
        {"w": p.tensor([1.0, 2.0]), "layer.weight": 3, "x.y": p.tensor(1.0), "z": p.tensor(1.0)}
    ),
    "an integer parameter": lambda p, m: p.nn.Parameter(p.tensor([1])),
    "columns": lambda p, m: m.layer(p.tensor([[1.0, 2.0]])),
    "columns of one row": lambda p, m: m.layer(p.tensor([1.0, 2.0])),
    "columns of three dimensions": lambda p, m: m.layer(p.tensor([[[1.0, 2.0]]])),
    "no row": lambda p, m: m.layer(p.tensor(1.0)),
    "integers": lambda p, m: m.layer(p.tensor([[1]])),
    "gain": lambda p, m: p.nn.init.xavier_uniform_(p.tensor([1.0])),
    "mode": lambda p, m: p.nn.init.kaiming_uniform_(p.tensor([[1.0]]), mode="fan"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_faults_are_refused_in_torchs_words(torch, fault):
    errors = []
    for package in (gg, torch):
        module = package.nn.Module()
        module.w = package.nn.Parameter(package.tensor([1.0]))
        module.layer = package.nn.Linear(1, 1)
        module.register_buffer("buffer", package.tensor(0.0))
        with pytest.raises(Exception) as caught:  # noqa: PT011 - any, as long as both raise the same
            fault(package, module)
        errors.append(caught)
    assert errors[0].type is errors[1].type
    mine, other = (str(error.value) for error in errors)
    assert mine.startswith(other.replace("torch.nn.modules", "graphviz_grad.nn"))


def test_before_super_init_nothing_can_be_held(package):
    for value in (package.nn.Linear(1, 1), package.nn.Parameter(package.tensor(1.0))):

        class Forgot(package.nn.Module):
            def __init__(self, value=value):
                self.value = value

        with pytest.raises(AttributeError, match=r"cannot assign .* before Module.__init__\(\) call"):
            Forgot()


def test_what_is_made_of_a_parameter_is_a_plain_tensor(package):
    p = package.nn.Parameter(package.tensor([1.0, 2.0]))
    (p * p).sum().backward()
    for made in (p * 2, p.sum(), p.grad, p.detach(), p.data, p.clone(), p[0], p.reshape(2, 1)):
        assert type(made) is package.Tensor
    assert repr(package.nn.Parameter()) == "Parameter containing:\ntensor([], requires_grad=True)"
    assert isinstance(p, package.Tensor)


def test_linear_starts_from_torchs_numbers_in_every_size(torch):
    for sizes in [(1, 1), (2, 3), (7, 5), (40, 20)]:
        for bias in (True, False):
            for package in (gg, torch):
                package.manual_seed(sum(sizes))
            mine, other = nn.Linear(*sizes, bias=bias), torch.nn.Linear(*sizes, bias=bias)
            assert mine.weight.tolist() == other.weight.tolist()
            assert (mine.bias is None) == (other.bias is None)
            assert not bias or mine.bias.tolist() == other.bias.tolist()


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 5, 3), (0, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_computes_and_is_called_what_torch_calls_it(torch, shape, bias):
    results = []
    for package in (gg, torch):
        package.manual_seed(1)
        layer = package.nn.Linear(3, 2, bias=bias)
        x = package.rand(*shape).requires_grad_()
        y = layer(x)
        (y * y).sum().backward()
        results.append([y.grad_fn.name(), y.tolist(), x.grad.tolist(), layer.weight.grad.tolist()])
        results[-1] += [layer.bias.grad.tolist()] if bias else []
    assert results[0][0] == results[1][0]
    for mine, other in zip(results[0][1:], results[1][1:], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-14)


INITS = [
    lambda i, w: i.uniform_(w, -2, 3),
    lambda i, w: i.normal_(w, 1, 2),
    lambda i, w: i.constant_(w, 7),
    lambda i, w: i.zeros_(w),
    lambda i, w: i.ones_(w),
    lambda i, w: i.xavier_uniform_(w, gain=2),
    lambda i, w: i.xavier_normal_(w),
    lambda i, w: i.kaiming_uniform_(w, a=0.3, mode="fan_out"),
    lambda i, w: i.kaiming_normal_(w, nonlinearity="relu"),
    lambda i, w: i.kaiming_uniform_(w, nonlinearity="tanh"),
]


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("shape", [(3, 2), (4, 6), (2, 3, 2)])
def test_first_numbers_are_torchs(torch, init, shape):
    made = []
    for package in (gg, torch):
        package.manual_seed(5)
        weight = package.nn.Parameter(package.zeros(*shape))
        assert init(package.nn.init, weight) is weight
        assert weight.is_leaf
        made.append(weight.tolist())
    assert made[0] == made[1]


def test_dropout_drops_what_torch_drops(torch):
    for p in (0.0, 0.3, 0.5, 1.0):
        results = []
        for package in (gg, torch):
            package.manual_seed(2)
            x = package.randn(4, 5).requires_grad_()
            layer = package.nn.Dropout(p)
            y = layer(x)
            y.sum().backward()
            results.append([repr(y), repr(x.grad), repr(layer.eval()(x))])
        assert results[0] == results[1]
    with pytest.raises(ValueError, match="dropout probability has to be between 0 and 1, but got 2"):
        nn.Dropout(2)


def test_an_embedding_is_torchs(torch):
    results = []
    for package in (gg, torch):
        package.manual_seed(3)
        layer = package.nn.Embedding(5, 3)
        rows = layer(package.tensor([[4, 0], [4, 1]]))
        (rows * rows).sum().backward()
        results.append([repr(layer.weight), repr(rows), repr(layer.weight.grad)])
    assert results[0] == results[1]


def test_hooks_see_and_change_what_passes(package):
    layer = package.nn.Identity()
    x = package.tensor([1.0, 2.0])
    seen = []
    with layer.register_forward_hook(lambda *passed: seen.append([type(passed[0]).__name__, *passed[1:]])):
        layer(x)
    layer(x)
    assert repr(seen) == "[['Identity', (tensor([1., 2.]),), tensor([1., 2.])]]"
    before = layer.register_forward_pre_hook(lambda _, args: args[0] + 1)
    after = layer.register_forward_hook(lambda _, __, out: out * 10)
    assert layer(x).tolist() == [20.0, 30.0]
    before.remove()
    before.remove()
    after.remove()
    assert layer(x).tolist() == [1.0, 2.0]


def test_clipping_shrinks_all_gradients_by_one_factor(torch):
    for norm_type in (2.0, 1.0, float("inf")):
        results = []
        for package in (gg, torch):
            a = package.tensor([3.0, -4.0], requires_grad=True)
            b = package.tensor(12.0, requires_grad=True)
            unused = package.tensor(1.0, requires_grad=True)
            ((a * a).sum() + b * b).backward()
            total = package.nn.utils.clip_grad_norm_([a, b, unused], 1.0, norm_type)
            results.append([repr(total), repr(a.grad), repr(b.grad)])
            package.nn.utils.clip_grad_value_([a], 0.1)
            results[-1].append(repr(a.grad))
        assert results[0] == results[1]
    x = gg.tensor(1.0, requires_grad=True)
    (x * float("inf")).backward()
    with pytest.raises(RuntimeError, match=r"The total norm of order 2\.0 for gradients"):
        nn.utils.clip_grad_norm_(x, 1.0, error_if_nonfinite=True)


def test_parameters_are_named_by_the_module_that_holds_them():
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    x = gg.tensor([[1.0, 2.0]])
    y = net(x).sum()
    y.backward()
    for p in net.parameters():  # leaves a variable that holds the last one
        assert p.grad is not None
    graph = gg.draw(y).graph
    assert {node.name for node in graph.nodes if node.is_leaf} == {
        "x",
        "net.0.weight",
        "net.0.bias",
        "net.2.weight",
        "net.2.bias",
    }
    assert graph["net.0.weight"].grad.shape == (2, 2)
    assert "net.0.weight" in gg.draw(y).svg()
    first = net[0].weight
    first.name = "W"
    assert "W" in gg.draw(y, names={"start": x}).graph
    assert "start" in gg.draw(y, names={"start": x}).graph


def test_a_network_stays_where_it_is():
    net = nn.Linear(2, 1)
    assert (
        net.to("cpu") is net.to(gg.device("cpu")) is net.to(gg.float64) is net.double() is net.float() is net
    )
    with pytest.raises(AssertionError, match="CUDA"):
        net.to("cuda")


def test_a_networks_parameters_get_sliders():
    net = nn.Sequential(nn.Linear(1, 1), nn.Tanh())
    x = gg.tensor([[0.5]])
    y = net(x).sum()
    e = gg.explore(y, watch=["net.0.weight[0, 0]"])
    [slider] = e.sliders.values()
    slider.value = slider.max
    assert slider.max != net[0].weight.item()
    net[0].weight.data.fill_(slider.max)
    expected = net(x).sum()
    assert e.values["y"] == pytest.approx(expected.item())


def test_inside_a_method_self_goes_without_saying():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(gg.tensor(2.0))

        def forward(self, x):
            self.diagram = gg.draw(self.w * x)
            return self.w * x

    net = Net()
    net(gg.tensor(3.0))
    assert {"w", "x", "y"} == {node.name for node in net.diagram.graph.nodes}


def test_networks_are_imported_when_they_are_used(tmp_path):
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    code = """
import sys
import graphviz_grad
assert "graphviz_grad.nn" not in sys.modules and "graphviz_grad.optim" not in sys.modules
assert graphviz_grad.nn.Linear and graphviz_grad.optim.SGD
import graphviz_grad.nn as nn, graphviz_grad.nn.functional as F, graphviz_grad.optim as optim
from graphviz_grad import nn as again, optim
from graphviz_grad.nn import Linear
from graphviz_grad.optim.lr_scheduler import StepLR
assert nn is again is graphviz_grad.nn and F is nn.functional
assert not {"graphviz", "ipywidgets"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
