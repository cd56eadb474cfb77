"""What each parameter of the explored function gets: a slider, or something held fixed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.functions import tensor
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.live.sliders import slider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipywidgets import FloatSlider

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Parameters:
    """The parameters of a function, each with a slider or a fixed value.

    Args:
        function: What is explored.
        abbreviations: By name; those that are missing are taken from the signature's defaults.

    Attributes:
        sliders: By name, in the order of the signature.
        fixed: By name: tensors that are held fixed, and None where that is the default.

    Raises:
        TypeError: If a name is not a parameter, or a parameter has nothing or something without a slider.

    Example:
        >>> parameters = Parameters(lambda x, w=tensor(3.0): x * w, {"x": 2.0})
        >>> parameters.call({"x": tensor(1.5)})
        tensor(4.5000)
    """

    def __init__(self, function: Callable[..., object], abbreviations: Mapping[str, object]) -> None:
        self._function = function
        self._positional: list[str] = []
        self.sliders: dict[str, FloatSlider] = {}
        self.fixed: dict[str, Tensor | None] = {}
        for name, abbreviation in self._match(abbreviations):
            if abbreviation is None or isinstance(abbreviation, Tensor):
                self.fixed[name] = abbreviation
            elif isinstance(abbreviation, np.ndarray):
                self.fixed[name] = tensor(abbreviation)
            else:
                self.sliders[name] = slider(name, abbreviation)
        if not self.sliders:
            raise TypeError(f"explore: {function!r} (must have a parameter that gets a slider)")

    def call(self, moving: Mapping[str, Tensor]) -> object:
        """Call the function with these tensors for the sliders."""
        arguments: dict[str, Any] = {**self.fixed, **moving}
        positional = [arguments.pop(name) for name in self._positional]
        return self._function(*positional, **arguments)

    def _match(self, abbreviations: Mapping[str, object]) -> Iterable[tuple[str, object]]:
        """Yield (name, abbreviation) in the order of the signature."""
        left = dict(abbreviations)
        parameters = _signature(self._function).parameters.values()
        for parameter in parameters:
            name = parameter.name
            if parameter.kind in _VARIADIC:
                continue
            if name not in left and parameter.default is parameter.empty:
                raise TypeError(
                    f"explore: {name!r} (must have a start or a range, such as {name}=2.0 or {name}=(-3, 3))"
                )
            if parameter.kind is parameter.POSITIONAL_ONLY:
                self._positional.append(name)
            yield name, left.pop(name, parameter.default)
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            yield from left.items()
        elif left:
            known = ", ".join(parameter.name for parameter in parameters if parameter.kind not in _VARIADIC)
            raise TypeError(f"explore: {next(iter(left))!r} (must be a parameter of the function: {known})")


def merge(rest: tuple[object, ...], abbreviations: Mapping[str, object]) -> dict[str, object]:
    """Join the abbreviations of a mapping, if there is one, and of the keywords.

    Raises:
        TypeError: If ``rest`` is anything else, or something is given twice.

    Example:
        >>> merge(({"theme": 2.0},), {"x": 3.0})
        {'theme': 2.0, 'x': 3.0}
    """
    if not rest:
        return dict(abbreviations)
    mapping, *more = rest
    if more or not isinstance(mapping, Mapping):
        raise TypeError(f"explore: {rest!r} (must be one mapping of abbreviations by parameter)")
    for name in mapping:
        if name in abbreviations:
            raise TypeError(f"explore: {name!r} (must be given once, in the mapping or as a keyword)")
    return {**mapping, **abbreviations}


def _signature(function: Callable[..., object]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except ValueError:  # some functions written in C have none
        raise TypeError(f"explore: {function!r} (must be a function with named parameters)") from None
