"""The names that numpy has for arguments, and torch takes beside its own: ``axis``, ``keepdims``."""

from __future__ import annotations

from functools import wraps
from types import FunctionType, ModuleType
from typing import Any, Final

_NAMES: Final = {"axis": "dim", "keepdims": "keepdim"}


def take_numpy_names(holder: type | ModuleType) -> None:
    """Let the functions of a class or module that have ``dim`` or ``keepdim`` take numpy's names, too.

    Example:
        >>> from graphviz_grad import tensor
        >>> tensor([[1.0, 2.0], [3.0, 4.0]]).sum(axis=1, keepdims=True)
        tensor([[3.],
                [7.]])
    """
    for name, function in [*vars(holder).items()]:
        if isinstance(function, FunctionType) and function.__module__ == _module_of(holder):
            code = function.__code__
            parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            if not name.startswith("_") and not {*_NAMES.values()}.isdisjoint(parameters):
                setattr(holder, name, _taking(function))


def _module_of(holder: type | ModuleType) -> str:
    return holder.__module__ if isinstance(holder, type) else holder.__name__


def _taking(function: FunctionType) -> Any:
    @wraps(function)
    def taking(*args: Any, **named: Any) -> Any:
        if not _NAMES.keys().isdisjoint(named):
            named = {_NAMES.get(name, name): value for name, value in named.items()}
        return function(*args, **named)

    return taking
