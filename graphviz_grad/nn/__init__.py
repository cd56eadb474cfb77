"""Networks, with torch's names, numbers and printing.

>>> import graphviz_grad as gg
>>> import graphviz_grad.nn as nn
>>> net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
>>> net(gg.ones(4, 2)).shape
torch.Size([4, 1])
>>> [name for name, parameter in net.named_parameters()]
['0.weight', '0.bias', '2.weight', '2.bias']
"""

from graphviz_grad.nn import functional, init, utils
from graphviz_grad.nn.activations import (
    ELU,
    GELU,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from graphviz_grad.nn.containers import ModuleDict, ModuleList, Sequential
from graphviz_grad.nn.layers import Dropout, Embedding, Flatten, Identity, Linear
from graphviz_grad.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
)
from graphviz_grad.nn.module import Module
from graphviz_grad.nn.parameter import Parameter

__all__ = [
    "ELU",
    "GELU",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "Identity",
    "L1Loss",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "functional",
    "init",
    "utils",
]
