"""torch's namespace of the same name: gradients as values, of any order, and what they are checked with.

>>> import graphviz_grad as gg
>>> x = gg.tensor(2.0, requires_grad=True)
>>> (slope,) = gg.autograd.grad(x**4 - 2 * x**2, x, create_graph=True)
>>> slope, gg.autograd.grad(slope, x)
(tensor(24., grad_fn=<AddBackward0>), (tensor(44.),))
"""

from __future__ import annotations

from graphviz_grad.autograd import functional
from graphviz_grad.autograd.function import Function
from graphviz_grad.autograd.gradients import backward, grad
from graphviz_grad.engine.differences import gradcheck
from graphviz_grad.engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = [
    "Function",
    "backward",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
]
