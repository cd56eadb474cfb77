"""What each parameter of the explored function gets: a slider, or something held fixed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.functions import tensor
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.live.sliders import element_slider, slider
from graphviz_grad.live.watched import is_watchable, move, read_watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipywidgets import FloatSlider

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Parameters:
    """The parameters of a function, each with a slider or a fixed value.

    Args:
        function: What is explored.
        abbreviations: By name; those that are missing are taken from the signature's defaults.
        watch: Elements of arrays that get a slider, see `read_watch`.

    Attributes:
        sliders: By name, in the order of the signature.
        fixed: By name: tensors that are held fixed, and None where that is the default.
        arrays: By name, of what is held fixed the arrays of floats.
        elements: The elements of these that have a slider, with its abbreviation.

    Raises:
        TypeError: If a name is not a parameter, or a parameter has nothing or something without a slider.

    Example:
        >>> parameters = Parameters(lambda x, w=tensor(3.0): x * w, {"x": 2.0})
        >>> parameters.call(parameters.fresh({"x": 1.5}))
        tensor(4.5000, grad_fn=<MulBackward0>)
    """

    def __init__(
        self, function: Callable[..., object], abbreviations: Mapping[str, object], watch: object = None
    ) -> None:
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
        self.arrays = {
            name: fixed.record.value
            for name, fixed in self.fixed.items()
            if fixed is not None and is_watchable(fixed.record.value)
        }
        self.elements = read_watch(watch, self.arrays)
        for element, abbreviation in self.elements.items():
            self.sliders[element.key] = element_slider(element, self.arrays[element.name], abbreviation)
        if not self.sliders:
            raise TypeError(f"explore: {function!r} (must have a parameter that gets a slider)")

    def fresh(self, values: Mapping[str, float]) -> dict[str, Tensor]:
        """Return a new tensor for each parameter that moves, or of which an element does.

        Args:
            values: By slider.
        """
        keys = {element.key for element in self.elements}
        fresh = {
            name: tensor(value, requires_grad=True) for name, value in values.items() if name not in keys
        }
        for name in dict.fromkeys(element.name for element in self.elements):
            array = move(self.arrays[name], [e for e in self.elements if e.name == name], values)
            fresh[name] = tensor(array, requires_grad=True)
        return fresh

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
