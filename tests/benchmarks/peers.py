"""This package and the libraries that it is compared with, all driven by the same code.

A peer that is not installed is None. Of the functions micrograd has only relu; exp and tanh are added here
as its author does in the lecture, in the style of the package, with ``math.tanh`` for the lecture's
exponentials. torch keeps the gradient of every node, as the others do: each result is told to
``retain_grad``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import graphviz_grad as gg
from tests.benchmarks import graphs

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


@dataclass(frozen=True)
class Library:
    """What a graph needs of a library.

    Attributes:
        name: Its name.
        leaf: Makes a leaf of a float.
        tanh: Its function of that name; as is relu.
        keep: What a result must be told so that its gradient is kept, returning the result; None for nothing.
    """

    name: str
    leaf: Callable[[float], Any]
    tanh: Callable[[Any], Any]
    relu: Callable[[Any], Any]
    keep: Callable[[Any], Any] | None = None

    def neuron(self) -> Callable[[], Any]:
        """Return a job: the neuron, and all its gradients."""
        return self._job(graphs.neuron, graphs.neuron_keeping)

    def mlp(self, *widths: int) -> Callable[[], Any]:
        """Return a job: the perceptron, and all its gradients."""
        return self._job(
            lambda leaf: graphs.mlp(leaf, *widths),
            lambda leaf, keep: graphs.mlp_keeping(leaf, *widths, keep=keep),
        )

    def random(self, size: int, seed: int = 0) -> Callable[[], Any]:
        """Return a job: a random graph, and all its gradients."""
        plan = graphs.draw_plan(size, self.tanh, self.relu, seed=seed)
        return self._job(
            lambda leaf: graphs.run_plan(plan, leaf)[-1],
            lambda leaf, keep: graphs.run_plan_keeping(plan, leaf, keep=keep)[-1],
        )

    def _job(self, plain: Callable[..., Any], keeping: Callable[..., Any]) -> Callable[[], Any]:
        leaf, keep = self.leaf, self.keep
        build = plain if keep is None else partial(keeping, keep=keep)

        def job() -> Any:
            root = build(leaf)
            root.backward()
            return root

        return job


def _leaf(value: float) -> gg.Tensor:
    return gg.tensor(value, requires_grad=True)


OURS = Library("graphviz_grad", _leaf, gg.Tensor.tanh, gg.Tensor.relu)


def micrograd() -> Library | None:
    """Return micrograd, with exp and tanh."""
    engine = _installed("micrograd.engine")
    if engine is None:
        return None
    value = engine.Value
    if not hasattr(value, "exp"):
        _teach(value)
    return Library("micrograd", value, value.tanh, value.relu)


def _teach(value: Any) -> None:
    """Add exp and tanh to micrograd's Value, which makes new ones by that very name."""

    def exp(self: Any) -> Any:
        out = value(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self: Any) -> Any:
        t = math.tanh(self.data)
        out = value(t, (self,), "tanh")

        def _backward() -> None:
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    value.exp, value.tanh = exp, tanh


def torch_module() -> ModuleType | None:
    """Return torch itself, on one thread: what we build is too small for more."""
    module = _installed("torch")
    if module is not None:
        module.set_num_threads(1)
    return module


def torch() -> Library | None:
    """Return torch, in float64."""
    module = torch_module()
    if module is None:
        return None

    def leaf(value: float) -> Any:
        return module.tensor(value, dtype=module.float64, requires_grad=True)

    def keep(result: Any) -> Any:
        result.retain_grad()
        return result

    return Library("torch", leaf, module.tanh, module.relu, keep)


def _installed(name: str) -> ModuleType | None:
    """Return a module, or None where it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None
