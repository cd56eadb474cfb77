"""What an equation of einsum says, in letters alone: ``"...ij,jk"`` for operands of 3 and 2 dimensions."""

from __future__ import annotations

import string
from functools import lru_cache
from typing import NamedTuple

_LETTERS = string.ascii_letters


class Subscripts(NamedTuple):
    """An equation with its dots and its result written out.

    Attributes:
        operands: The letters of each operand's dimensions.
        output: The letters of the result's.

    Example:
        >>> read_subscripts("...ij, jk", (3, 2))
        Subscripts(operands=('aij', 'jk'), output='aik')
    """

    operands: tuple[str, ...]
    output: str


@lru_cache(maxsize=256)
def read_subscripts(equation: str, ndims: tuple[int, ...]) -> Subscripts:
    """Return an equation in letters alone.

    Args:
        equation: As `einsum` takes it.
        ndims: How many dimensions each operand has.

    Raises:
        RuntimeError: If the equation is none, or not of such operands; torch's error.
    """
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ndims):
        fewer = "fewer" if len(ndims) < len(terms) else "more"
        raise RuntimeError(
            f"einsum(): {fewer} operands were provided than specified in the equation: {equation!r}"
        )
    for letter in inputs.replace("...", "").replace(",", "") + output.replace("...", ""):
        if letter not in _LETTERS:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {equation.index(letter)} in the equation "
                f"string, subscripts must be in [a-zA-Z]: {equation!r}"
            )
    named = [term.replace("...", "") for term in terms]
    dots = _count_dots(terms, named, ndims)
    free = [letter for letter in _LETTERS if letter not in equation][: max(dots, default=0)]
    operands = tuple(
        term.replace("...", "".join(free[len(free) - count :]))
        for term, count in zip(terms, dots, strict=True)
    )
    once = "".join(letter for letter in sorted({*"".join(named)}) if "".join(named).count(letter) == 1)
    output = output if arrow else f"...{once}"
    _check_output(output, "".join(named))
    return Subscripts(operands, output.replace("...", "".join(free)))


def _count_dots(terms: list[str], named: list[str], ndims: tuple[int, ...]) -> list[int]:
    """Return how many dimensions the dots of each operand stand for."""
    counts = []
    for place, (term, letters, ndim) in enumerate(zip(terms, named, ndims, strict=True)):
        count = ndim - len(letters)
        if count < 0 or (count and "..." not in term):
            rest = "but no ellipsis was given" if "..." in term else "and no ellipsis was given"
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(letters)}) does not match the "
                f"number of dimensions ({ndim}) for operand {place} {rest}: {','.join(terms)!r}"
            )
        counts.append(count)
    return counts


def _check_output(output: str, known: str) -> None:
    letters = output.replace("...", "")
    for letter in letters:
        if letters.count(letter) > 1:
            raise RuntimeError(f"einsum(): output subscript {letter} appears more than once in the output")
        if letter not in known:
            raise RuntimeError(
                f"einsum(): output subscript {letter} does not appear in the equation for any input operand"
            )
