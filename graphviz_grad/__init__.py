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

from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from graphviz_grad.engine.device import Device as device  # noqa: N813 - torch's name
from graphviz_grad.engine.device import backends, cuda
from graphviz_grad.engine.dtype import DType as dtype  # noqa: N813 - torch's name
from graphviz_grad.engine.dtype import (
    Size,
    float32,
    float64,
    get_default_dtype,
    int32,
    int64,
    set_default_dtype,
)
from graphviz_grad.engine.dtype import bool_ as bool  # noqa: A004 - torch's name
from graphviz_grad.engine.factories import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    is_floating_point,
    is_tensor,
    linspace,
    numel,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
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
from graphviz_grad.engine.products import bmm, dot, einsum, matmul, mm, mv, outer
from graphviz_grad.engine.random import Generator, default_generator
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
from graphviz_grad.engine.samples import (
    bernoulli,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from graphviz_grad.engine.selections import (
    cat,
    chunk,
    clamp,
    clamp_max,
    clamp_min,
    clip,
    concat,
    concatenate,
    gather,
    hstack,
    index_add,
    index_select,
    masked_fill,
    masked_select,
    narrow,
    scatter,
    scatter_add,
    select,
    split,
    stack,
    unbind,
    vstack,
    where,
)
from graphviz_grad.engine.shapes import (
    broadcast_to,
    diag,
    diagonal,
    flatten,
    flip,
    movedim,
    permute,
    ravel,
    reshape,
    roll,
    squeeze,
    swapaxes,
    swapdims,
    t,
    tile,
    transpose,
    tril,
    triu,
    unflatten,
    unsqueeze,
)
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad import nn as nn
    from graphviz_grad import optim as optim
    from graphviz_grad.engine.differences import gradcheck
    from graphviz_grad.graph import Edge, Graph, Node
    from graphviz_grad.live.explorer import Explorer, explore
    from graphviz_grad.picture.diagram import Diagram, draw

float = float32  # noqa: A001 - torch's short names of dtypes
double = float64
int = int32  # noqa: A001 - torch's name
long = int64

__version__ = "0.1.0"

__all__ = [
    "Diagram",
    "Edge",
    "Explorer",
    "Generator",
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
    "arange",
    "argmax",
    "argmin",
    "as_tensor",
    "backends",
    "bernoulli",
    "bmm",
    "bool",
    "broadcast_to",
    "cat",
    "chunk",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "clone",
    "concat",
    "concatenate",
    "cos",
    "count_nonzero",
    "cuda",
    "cumsum",
    "default_generator",
    "detach",
    "device",
    "diag",
    "diagonal",
    "div",
    "dot",
    "double",
    "draw",
    "dtype",
    "e",
    "einsum",
    "empty",
    "empty_like",
    "enable_grad",
    "exp",
    "explore",
    "eye",
    "flatten",
    "flip",
    "float",
    "float32",
    "float64",
    "from_numpy",
    "full",
    "full_like",
    "gather",
    "get_default_dtype",
    "get_rng_state",
    "gradcheck",
    "hstack",
    "index_add",
    "index_select",
    "inf",
    "inference_mode",
    "initial_seed",
    "int",
    "int32",
    "int64",
    "is_floating_point",
    "is_grad_enabled",
    "is_tensor",
    "isclose",
    "linspace",
    "log",
    "log_softmax",
    "logsumexp",
    "long",
    "manual_seed",
    "masked_fill",
    "masked_select",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mm",
    "movedim",
    "mul",
    "multinomial",
    "mv",
    "nan",
    "narrow",
    "neg",
    "no_grad",
    "norm",
    "normal",
    "numel",
    "ones",
    "ones_like",
    "outer",
    "permute",
    "pi",
    "pow",
    "prod",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "ravel",
    "relu",
    "reshape",
    "roll",
    "scatter",
    "scatter_add",
    "seed",
    "select",
    "set_default_dtype",
    "set_grad_enabled",
    "set_printoptions",
    "set_rng_state",
    "sigmoid",
    "sin",
    "softmax",
    "softplus",
    "split",
    "sqrt",
    "squeeze",
    "stack",
    "std",
    "sub",
    "sum",
    "swapaxes",
    "swapdims",
    "t",
    "tan",
    "tanh",
    "tensor",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unbind",
    "unflatten",
    "unsqueeze",
    "var",
    "vstack",
    "where",
    "zeros",
    "zeros_like",
]

# Drawing needs graphviz, and live pictures ipywidgets: they, and networks, are imported when they are used.
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
    "nn": "graphviz_grad.nn",
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
