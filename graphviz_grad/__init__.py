"""Computation graphs that are alive: every value and every gradient, drawn, and moved by sliders.

>>> import graphviz_grad as gg
>>> x, z = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
>>> y = x * z
>>> y.backward()
>>> x.grad, z.grad
(tensor(3.), tensor(2.))

`draw` shows the graph of a tensor, `explore` makes it live; the rest has torch's names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.dtype import DType as dtype  # noqa: N813 - torch's name
from graphviz_grad.engine.dtype import Size, float32, float64, int64
from graphviz_grad.engine.dtype import bool_ as bool  # noqa: A004 - torch's name
from graphviz_grad.engine.functions import (
    abs,  # noqa: A004 - torch's name
    add,
    allclose,
    clone,
    cos,
    detach,
    div,
    exp,
    isclose,
    log,
    maximum,
    minimum,
    mul,
    neg,
    pow,  # noqa: A004 - torch's name
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    sub,
    tan,
    tanh,
    tensor,
)
from graphviz_grad.engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from graphviz_grad.engine.printing import set_printoptions
from graphviz_grad.engine.products import matmul
from graphviz_grad.engine.reductions import (
    all,  # noqa: A004 - torch's name
    amax,
    amin,
    any,  # noqa: A004 - torch's name
    argmax,
    argmin,
    count_nonzero,
    cumsum,
    log_softmax,
    logsumexp,
    max,  # noqa: A004 - torch's name
    mean,
    min,  # noqa: A004 - torch's name
    norm,
    prod,
    softmax,
    std,
    sum,  # noqa: A004 - torch's name
    var,
)
from graphviz_grad.engine.shapes import reshape, stack
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad import optim as optim
    from graphviz_grad.engine.differences import gradcheck
    from graphviz_grad.graph import Edge, Graph, Node
    from graphviz_grad.live.explorer import Explorer, explore
    from graphviz_grad.picture.diagram import Diagram, draw

__version__ = "0.1.0"

__all__ = [
    "Diagram",
    "Edge",
    "Explorer",
    "Graph",
    "Node",
    "Size",
    "Tensor",
    "abs",
    "add",
    "all",
    "allclose",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "bool",
    "clone",
    "cos",
    "count_nonzero",
    "cumsum",
    "detach",
    "div",
    "draw",
    "dtype",
    "enable_grad",
    "exp",
    "explore",
    "float32",
    "float64",
    "gradcheck",
    "inference_mode",
    "int64",
    "is_grad_enabled",
    "isclose",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mul",
    "neg",
    "no_grad",
    "norm",
    "pow",
    "prod",
    "relu",
    "reshape",
    "set_grad_enabled",
    "set_printoptions",
    "sigmoid",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "stack",
    "std",
    "sub",
    "sum",
    "tan",
    "tanh",
    "tensor",
    "var",
]

# Drawing needs graphviz, and live pictures ipywidgets: they, and optimisers, are imported when they are used.
_LAZY = {
    "Diagram": "graphviz_grad.picture.diagram",
    "Edge": "graphviz_grad.graph",
    "Explorer": "graphviz_grad.live.explorer",
    "Graph": "graphviz_grad.graph",
    "Node": "graphviz_grad.graph",
    "autograd": "graphviz_grad.autograd",
    "draw": "graphviz_grad.picture.diagram",
    "explore": "graphviz_grad.live.explorer",
    "gradcheck": "graphviz_grad.engine.differences",
    "optim": "graphviz_grad.optim",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'graphviz_grad' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only for the lazy names

    module = import_module(_LAZY[name])
    value = module if module.__name__ == f"graphviz_grad.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
