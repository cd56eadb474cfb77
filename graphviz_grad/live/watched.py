"""Elements of arrays that get a slider: what ``watch=["w[0, 1]"]`` asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

_ELEMENT: Final = re.compile(r"\s*(.+?)\s*\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*,?\s*\]\s*")
_FORM: Final = "an array's name and an index, such as 'w[0, 1]'"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an array.

    Attributes:
        name: The array's.
        index: Not negative.

    Example:
        >>> element = Element("w", (0, 1))
        >>> element.key, element.label, element.place((2, 3))
        ('w[0,1]', 'w[0, 1]', 1)
    """

    name: str
    index: tuple[int, ...]

    @property
    def key(self) -> str:
        """What its slider is called in ``Explorer.sliders``."""
        return f"{self.name}[{','.join(map(str, self.index))}]"

    @property
    def label(self) -> str:
        """What stands beside its slider."""
        return self.key.replace(",", ", ")

    def place(self, shape: tuple[int, ...]) -> int:
        """Where it is in the flat array."""
        return int(np.ravel_multi_index(self.index, shape))


def read_watch(watch: object, arrays: Mapping[str, np.ndarray]) -> dict[Element, object]:
    """Read what is to be watched: by element the abbreviation of its slider.

    Args:
        watch: A list of elements, or a mapping from elements to abbreviations; None for nothing.
        arrays: By name, those that may be watched.

    Returns:
        By element its abbreviation; None where there is none.

    Raises:
        TypeError: If it is neither a list of str nor a mapping from str.
        ValueError: If an element does not exist or is given twice.

    Example:
        >>> read_watch(["w[0, -1]"], {"w": np.ones((2, 3))})
        {Element(name='w', index=(0, 2)): None}
        >>> read_watch(["w[2, 0]"], {"w": np.ones((2, 3))})
        Traceback (most recent call last):
        ValueError: watch: 'w[2, 0]' (must be w[0, 0] to w[1, 2])
    """
    if watch is None:
        return {}
    if isinstance(watch, str) or not isinstance(watch, (Sequence, Mapping)):
        raise TypeError(
            f"watch: {watch!r} (must be a list such as ['w[0, 1]'], or a dict of ranges by element)"
        )
    found: dict[Element, object] = {}
    for text in watch:
        element = _read_element(text, arrays)
        if element in found:
            raise ValueError(f"watch: {text!r} (must be given once)")
        found[element] = watch[text] if isinstance(watch, Mapping) else None
    return found


def _read_element(text: object, arrays: Mapping[str, np.ndarray]) -> Element:
    if not isinstance(text, str):
        raise TypeError(f"watch: {text!r} (must be {_FORM})")
    match = _ELEMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"watch: {text!r} (must be {_FORM})")
    name, index = match[1], tuple(map(int, match[2].split(",")))
    if name not in arrays:
        known = ", ".join(f"{name} of shape {list(array.shape)}" for name, array in arrays.items())
        raise ValueError(
            f"watch: {text!r} (must be an element of {known or 'an array of floats: there is none'})"
        )
    shape = arrays[name].shape
    if len(index) != len(shape) or not all(
        -size <= at < size for at, size in zip(index, shape, strict=False)
    ):
        first, last = Element(name, (0,) * len(shape)), Element(name, tuple(size - 1 for size in shape))
        raise ValueError(f"watch: {text!r} (must be {first.label} to {last.label})")
    return Element(name, tuple(at % size for at, size in zip(index, shape, strict=True)))


def is_watchable(value: object) -> bool:
    """Whether elements of a value may be watched: those of an array of floats.

    Example:
        >>> is_watchable(np.ones(2)), is_watchable(np.ones(2, int)), is_watchable(1.0)
        (True, False, False)
    """
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 0


def move(array: np.ndarray, elements: Iterable[Element], values: Mapping[str, Any]) -> np.ndarray:
    """Return a copy of an array with new values for some elements.

    Args:
        array: The array.
        elements: Of this array.
        values: By the elements' keys.
    """
    moved = array.copy()
    for element in elements:
        moved[element.index] = values[element.key]
    return moved
