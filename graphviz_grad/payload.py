"""What a node or an edge carries: a Python number, a read-only array, or None; and its forms for travel."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from graphviz_grad.param_json import write_param
from graphviz_grad.text import MINUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Number: TypeAlias = "float | int | bool"
Payload: TypeAlias = "Number | np.ndarray"


def freeze(payload: Any) -> Any:
    """Return the payload as a snapshot may keep it: an array is copied and made read-only.

    Example:
        >>> freeze(np.ones(2)).flags.writeable
        False
    """
    if not isinstance(payload, np.ndarray):
        return payload
    array = payload.copy()
    array.setflags(write=False)
    return array


def kind(payload: Payload | None) -> str:
    """Return what of a payload a layout depends on: whether it is there, and its shape.

    Example:
        >>> kind(None), kind(2.0), kind(np.ones((2, 3)))
        ('-', '.', '(2, 3)')
    """
    if payload.__class__ is float:
        return "."
    if payload is None:
        return "-"
    return str(payload.shape) if isinstance(payload, np.ndarray) else "."


def is_same(first: Payload | None, second: Payload | None) -> bool:
    """Whether two payloads are the same number or array; nan is the same as nan.

    Example:
        >>> is_same(math.nan, math.nan), is_same(4.0, 8.0), is_same(4.0, None)
        (True, False, False)
    """
    if first is second:
        return True
    if first is None or second is None:
        return False
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second, equal_nan=True)
    return first == second or (first != first and second != second)  # noqa: PLR0124 - nan


def pack(pairs: Iterable[tuple[Payload | None, Payload | None]], arrays: Iterable[np.ndarray] = ()) -> bytes:
    """Return the numbers as little-endian float64; None and arrays are nan.

    Args:
        pairs: Of each node value and gradient, of each edge partial and contribution.
        arrays: Their elements come after all that.

    Example:
        >>> pack([(1.0, None)]).hex()
        '000000000000f03f000000000000f87f'
    """
    payloads = [payload for pair in pairs for payload in pair]
    numbers = np.array(
        [payload if payload.__class__ is float else _as_float(payload) for payload in payloads], "<f8"
    )
    if elements := [array.ravel().astype("<f8") for array in arrays]:
        numbers = np.concatenate([numbers, *elements])
    numbers[np.isnan(numbers)] = math.nan  # which sign a computed one bears is a matter of chance
    return numbers.tobytes()


def arrays_in(
    nodes: Iterable[tuple[Payload | None, Payload | None]],
    edges: Iterable[tuple[Payload | None, Payload | None]],
) -> list[np.ndarray]:
    """Return the arrays of a state in the order that the page knows.

    Args:
        nodes: Of each value and gradient; what of them is an array is returned.
        edges: Of each partial and contribution; only contributions are returned.

    Example:
        >>> arrays_in([(np.ones(2), None), (3.0, 1.0)], [(2.0, np.zeros(2))])
        [array([1., 1.]), array([0., 0.])]
    """
    payloads = [payload for pair in nodes for payload in pair] + [contribution for _, contribution in edges]
    return [payload for payload in payloads if isinstance(payload, np.ndarray)]


def write_number(number: Number) -> str:
    """Return a Python number as a formula shows it: its shortest form, in parentheses if it bears a sign.

    Example:
        >>> [write_number(number) for number in (2.0, 0.5, -3, 1e-05, math.inf, True)]
        ['2', '0.5', '(−3)', '1e−05', 'inf', 'True']
    """
    try:
        text = repr(number)
    except ValueError:  # an int of more digits than Python writes
        text = f"{math.copysign(math.inf, number)}"
    text = text.removesuffix(".0").replace("-", MINUS)
    return f"({text})" if text[0] == MINUS else text


def write_formula(template: str, operands: Sequence[str]) -> str:
    """Return the right-hand side of an op; a power with an integer for its exponent is raised.

    Args:
        template: With ``{}`` for each operand.
        operands: Names, and numbers as `write_number` has them.

    Example:
        >>> write_formula("{} ^ {}", ["x", "2"]), write_formula("{} ^ {}", ["x", "(−1)"])
        ('x²', 'x⁻¹')
        >>> write_formula("{} ^ {}", ["x", "0.5"]), write_formula("{} ^ {}", ["2", "x"])
        ('x ^ 0.5', '2 ^ x')
    """
    if template == "{} ^ {}" and set(exponent := operands[1].strip("()")) <= _RAISED.keys():
        return operands[0] + "".join(_RAISED[char] for char in exponent)
    return template.format(*operands)


_RAISED: Final = dict(zip(f"{MINUS}0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))


def to_json(value: Any) -> str:
    """Return a value as JSON; what JSON has not is a string: ``"nan"``, ``"inf"``, ``"-inf"``.

    Example:
        >>> to_json({"value": math.nan, "grad": np.ones(2), "arguments": ("n0", 2)})
        '{"value": "nan", "grad": [1.0, 1.0], "arguments": ["n0", 2]}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, default=write_param)


def _as_float(payload: Payload | None) -> float:
    if payload is None or isinstance(payload, np.ndarray):
        return math.nan
    try:
        return float(payload)
    except OverflowError:  # an int of more than 308 digits
        return math.inf if payload > 0 else -math.inf


def _plain(value: Any) -> Any:
    if value.__class__ is float:
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return _plain(value.tolist()) if isinstance(value, np.ndarray) else value
