"""torch's functions that multiply and add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.ops.subscripts import read_subscripts
from graphviz_grad.engine.record import Record
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.tensor import Tensor

_EINSUM: Final = RULES["einsum"]
_SUMMED, _PERMUTED = _EINSUM.named("SumBackward1"), _EINSUM.named("PermuteBackward0")
_MULTIPLIED: Final = _EINSUM.named("MulBackward0")


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Return the matrix product; of two vectors their dot product, of stacks of matrices a stack."""
    return check_tensor("matmul", input).matmul(other)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Return the product of two matrices."""
    return check_tensor("mm", input).mm(mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Return the product of a matrix and a vector."""
    return check_tensor("mv", input).mv(vec)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Return the dot product of two vectors."""
    return check_tensor("dot", input).dot(tensor)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Return the products of two stacks of matrices, one by one."""
    return check_tensor("bmm", input).bmm(mat2)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Return the products of each element with each."""
    return check_tensor("outer", input).outer(vec2)


def einsum(equation: str, *operands: Tensor | Sequence[Tensor]) -> Tensor:
    """Return a sum of products, written in letters for the dimensions: ``"ij,jk->ik"`` is a matrix product.

    Args:
        equation: Letters of each operand, and behind ``->`` those of the result; without it, those that occur
            once, in alphabetical order. ``...`` are the dimensions that have no letters.
        operands: The tensors.

    Raises:
        RuntimeError: If the equation is none, or not of such operands.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> einsum("ii->", x), einsum("ij->ji", x)
        (tensor(5.), tensor([[1., 3.],
                [2., 4.]]))
    """
    tensors: Any = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    for place, tensor in enumerate(tensors):
        if not isinstance(tensor, Record):
            raise TypeError(
                f"expected Tensor as element {place} in argument 1, but got {type_name(tensor)}: {tensor!r}"
            )
    terms, output = read_subscripts(equation, tuple(tensor.ndim for tensor in tensors))
    _check_sizes(terms, tensors)
    is_summed = not set("".join(terms)) <= set(output)
    if len(tensors) == 1:
        rule = _SUMMED if is_summed else _PERMUTED
    else:
        rule = _EINSUM if is_summed else _MULTIPLIED
    result: Tensor = apply(rule, *tensors, equation=equation)
    return result


def _check_sizes(terms: Sequence[str], tensors: Sequence[Tensor]) -> None:
    """Raise torch's error where one letter stands for two sizes, or the dtypes differ."""
    sizes: dict[str, int] = {}
    for place, (term, tensor) in enumerate(zip(terms, tensors, strict=True)):
        for letter, size in zip(term, tensor.shape, strict=True):
            seen = sizes.setdefault(letter, size)
            if size not in {seen, 1} and seen != 1:
                raise RuntimeError(
                    f"einsum(): subscript {letter} has size {size} for operand {place} which does not "
                    f"broadcast with previously seen size {seen}"
                )
            sizes[letter] = max(seen, size)
        if tensor.dtype is not tensors[0].dtype:
            found = f"{tensors[0].dtype.c_name} but found {tensor.dtype.c_name}"
            raise RuntimeError(f"expected scalar type {found}")
