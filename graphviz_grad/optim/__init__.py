"""Optimisers, with torch's names and numbers.

>>> import graphviz_grad as gg
>>> w = gg.tensor(1.0, requires_grad=True)
>>> optimizer = gg.optim.SGD([w], lr=0.25)
>>> (w * w).backward()
>>> optimizer.step()
>>> w
tensor(0.5000, requires_grad=True)
"""

from graphviz_grad.optim import lr_scheduler
from graphviz_grad.optim.adam import Adam, AdamW
from graphviz_grad.optim.optimizer import Optimizer
from graphviz_grad.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "lr_scheduler"]
