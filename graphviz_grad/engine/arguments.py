"""What users pass to functions besides tensors: sizes, numbers, a dtype; checked in torch's words."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_grad.engine.check import type_name
from graphviz_grad.engine.record import Record
from graphviz_grad.engine.watch import note_look


def read_shape(function: str, sizes: tuple[Any, ...], size: Any = None, position: int = 1) -> tuple[int, ...]:
    """Return the shape that a user gives as ``f(2, 3)``, ``f((2, 3))`` or ``f(size=(2, 3))``.

    Args:
        function: Its name, for torch's words.
        sizes: The positional arguments.
        size: The keyword, or None.
        position: Where in the function's signature the first of ``sizes`` stands.

    Raises:
        TypeError: If these are not ints.
        RuntimeError: If one is negative.

    Example:
        >>> read_shape("zeros", (2, 3)), read_shape("zeros", ([2],)), read_shape("zeros", ((),))
        ((2, 3), (2,), ())
        >>> read_shape("zeros", (2.5,))
        Traceback (most recent call last):
        TypeError: zeros(): argument 'size' (position 1) must be tuple of ints, not float: 2.5
    """
    if size is not None:
        if not isinstance(size, (tuple, list)):
            raise TypeError(
                f"{function}(): argument 'size' must be tuple of ints, not {type_name(size)}: {size!r}"
            )
        sizes = (size,)
    if not sizes:
        raise TypeError(f'{function}() missing 1 required positional arguments: "size"')
    if isinstance(sizes[0], (tuple, list)):
        if len(sizes) > 1:
            raise TypeError(f"{function}() takes 1 positional argument but {len(sizes)} were given")
        sizes = tuple(sizes[0])
    shape = []
    for place, each in enumerate(sizes):
        if not is_int(each):
            raise TypeError(
                f"{function}(): argument 'size' (position {position}) must be tuple of ints, "
                f"not {type_name(each)}: {each!r}"
                if place == 0
                else f"{function}(): argument 'size' failed to unpack the object at pos {place + 1} with "
                f'error "type must be tuple of ints,but got {type_name(each)}"'
            )
        shape.append(int(each.__index__()))
    if any(each < 0 for each in shape):
        least = next(each for each in shape if each < 0)
        raise RuntimeError(
            f"{function}: Dimension size must be non-negative. {shape}"
            if function == "zeros"
            else f"Trying to create tensor with negative dimension {least}: {shape}"
        )
    return tuple(shape)


def is_int(value: Any) -> bool:
    """Whether this counts: an int, or what is one, such as an integer tensor without dimensions."""
    if isinstance(value, Record):
        return np.ndim(value.value) == 0 and np.asarray(value.value).dtype.kind == "i"
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def read_int(function: str, argument: str, position: int, value: Any) -> int:
    """Return an int.

    Raises:
        TypeError: If it is none.
    """
    if not is_int(value):
        raise TypeError(
            f"{function}(): argument '{argument}' (position {position}) must be int, "
            f"not {type_name(value)}: {value!r}"
        )
    return int(value.__index__())


def read_number(function: str, argument: str, position: int, value: Any) -> float | int | bool:
    """Return a Python number, also of a tensor without dimensions that does not require grad.

    Raises:
        TypeError: If it is none.
    """
    given = value
    if isinstance(value, Record) and not value.flows and np.ndim(value.value) == 0:
        note_look(value)
        value = value.value
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, (int, float)):  # bool is an int
        raise TypeError(
            f"{function}(): argument '{argument}' (position {position}) must be Number, "
            f"not {type_name(given)}: {given!r}"
        )
    return value
