"""Methods that multiply and add."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from graphviz_grad.engine.check import check_tensor
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

_MATMUL: Final = RULES["matmul"]
#: torch's names of the backward node, by the dimensions of both operands, up to 3.
_RULES: Final = {
    (1, 1): _MATMUL.named("DotBackward0"),
    (1, 2): _MATMUL.named("SqueezeBackward4"),
    (2, 1): _MATMUL.named("MvBackward0"),
    (2, 2): _MATMUL,
}
_BATCHES: Final = _MATMUL.named("UnsafeViewBackward0")
_FOLDED: Final = _MATMUL.named("CloneBackward0")
_BMM: Final = _MATMUL.named("BmmBackward0")
_VECTOR, _MATRIX, _BATCH = 1, 2, 3


class Products(Handle):
    """Products of vectors and matrices."""

    __slots__ = ()

    def matmul(self, other: Self) -> Self:
        """Return the matrix product; of two vectors their dot product, of stacks of matrices a stack.

        Raises:
            RuntimeError: If the shapes or the dtypes do not go together.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[1.0, 2.0], [3.0, 4.0]]).matmul(tensor([1.0, 10.0]))
            tensor([21., 43.])
        """
        check_tensor("matmul", other, "other", 2)
        left, right = self.ndim, other.ndim
        if not left or not right:
            raise RuntimeError(
                f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D"
            )
        key = min(left, _BATCH), min(right, _BATCH)
        is_folded = left < _BATCH <= right and self.flows  # torch then makes one matrix of the stack
        (_check_folded if is_folded else _CHECKS[key])(self, other)
        rule = _FOLDED if is_folded and left == _MATRIX else _RULES.get(key, _BATCHES)
        return apply(rule, self, other)

    def __matmul__(self, other: Self) -> Self:
        """Return the matrix product."""
        return self.matmul(other) if isinstance(other, Handle) else NotImplemented

    def mm(self, mat2: Self) -> Self:
        """Return the product of two matrices."""
        check_tensor("mm", mat2, "mat2", 2)
        for name, matrix in ("self", self), ("mat2", mat2):
            if matrix.ndim != _MATRIX:
                raise RuntimeError(f"{name} must be a matrix: it has shape {tuple(matrix.shape)}")
        return self.matmul(mat2)

    def mv(self, vec: Self) -> Self:
        """Return the product of a matrix and a vector."""
        check_tensor("mv", vec, "vec", 2)
        if (self.ndim, vec.ndim) != (_MATRIX, _VECTOR):
            raise RuntimeError(
                f"vector + matrix @ vector expected, got {min(self.ndim, 1)}, {self.ndim}, {vec.ndim}"
            )
        return self.matmul(vec)

    def dot(self, tensor: Self) -> Self:
        """Return the dot product of two vectors."""
        check_tensor("dot", tensor, "tensor", 2)
        if (self.ndim, tensor.ndim) != (_VECTOR, _VECTOR):
            raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {tensor.ndim}D tensors")
        return self.matmul(tensor)

    def bmm(self, mat2: Self) -> Self:
        """Return the products of two stacks of matrices, one by one."""
        check_tensor("bmm", mat2, "mat2", 2)
        for name, stack in ("batch1", self), ("batch2", mat2):
            if stack.ndim != _BATCH:
                raise RuntimeError(f"{name} must be a 3D tensor: it has shape {tuple(stack.shape)}")
        _check_stacks(self, mat2, first=self.shape[0], second=mat2.shape[0])
        return apply(_BMM, self, mat2)

    def outer(self, vec2: Self) -> Self:
        """Return the products of each element with each.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1.0, 2.0]).outer(tensor([3.0, 4.0]))
            tensor([[3., 4.],
                    [6., 8.]])
        """
        check_tensor("outer", vec2, "vec2", 2)
        for name, vector in ("self", self), ("vec2", vec2):
            if vector.ndim != _VECTOR:
                raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector.ndim}-D")
        return apply("outer", self, vec2)


# --- what goes together, by the dimensions of both operands


def _check_dot(a: Handle, b: Handle) -> None:
    if a.dtype is not b.dtype:
        found = f"{a.dtype.c_name} and {b.dtype.c_name}"
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {found}")
    _check_numbers("dot", a)
    if a.shape != b.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor {list(a.shape)} and src {list(b.shape)} to have the "
            f"same number of elements, but got {a.numel()} and {b.numel()} elements respectively"
        )


def _check_mv(a: Handle, b: Handle) -> None:
    rows = math.prod(a.shape[:-1])
    if a.shape[-1] != b.shape[0]:
        sizes = f"mat ({rows}x{a.shape[-1]}), vec ({b.shape[0]})"
        raise RuntimeError(f"size mismatch, got input ({rows}), {sizes}")
    if a.dtype is not b.dtype:
        found = f"{b.dtype.c_name}, {a.dtype.c_name}, and {b.dtype.c_name}"
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {found}")
    _check_numbers("addmv_impl_cpu", a)


def _check_mm(a: Handle, b: Handle) -> None:
    """Check two matrices; the left may be a vector, a row, or a stack, whose rows are all one matrix's."""
    if a.shape[-1] != b.shape[-2]:
        left = f"{math.prod(a.shape[:-1])}x{a.shape[-1]}"
        right = "x".join(map(str, b.shape))
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({left} and {right})")
    if a.dtype is not b.dtype:
        found = f"{a.dtype.c_type} != {b.dtype.c_type}"
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {found}")
    _check_numbers("addmm_impl_cpu_", a)


def _check_folded(a: Handle, b: Handle) -> None:
    """Check a vector or a matrix before a stack, all of whose columns are one matrix's."""
    rows, inner = math.prod(b.shape[:-2]) * b.shape[-1], b.shape[-2]
    if a.shape[-1] != inner and a.ndim == _VECTOR:
        sizes = f"mat ({rows}x{inner}), vec ({a.shape[0]})"
        raise RuntimeError(f"size mismatch, got input ({rows}), {sizes}")
    if a.shape[-1] != inner:
        sizes = f"{rows}x{inner} and {a.shape[1]}x{a.shape[0]}"
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({sizes})")
    _check_batches(a, b)


def _check_batches(a: Handle, b: Handle) -> None:
    """Check stacks that are broadcast; what is no stack is one of as many matrices as there are."""
    first, second = a.shape[:-2], b.shape[:-2]
    for dim in range(-1, -1 - min(len(first), len(second)), -1):
        if first[dim] != second[dim] and 1 not in {first[dim], second[dim]}:
            place = max(len(first), len(second)) + dim
            raise RuntimeError(
                f"The size of tensor a ({first[dim]}) must match the size of tensor b ({second[dim]}) at "
                f"non-singleton dimension {place}"
            )
    count = math.prod(np.broadcast_shapes(first, second))
    _check_stacks(a, b, first=count, second=count)


def _check_stacks(a: Handle, b: Handle, *, first: int, second: int) -> None:
    if a.dtype is not b.dtype:
        raise RuntimeError(f"expected scalar type {a.dtype.c_name} but found {b.dtype.c_name}")
    _check_numbers("bmm", a)
    rows, found = a.shape[-1], b.shape[-2]
    if (first, rows) != (second, found):
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{first}, {rows}] but got: "
            f"[{second}, {found}]."
        )


def _check_numbers(kernel: str, a: Handle) -> None:
    if a.dtype.c_name == "Bool":
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


_CHECKS: Final[dict[tuple[int, int], Callable[[Any, Any], None]]] = {
    (1, 1): _check_dot,
    (1, 2): _check_mm,
    (2, 1): _check_mv,
    (2, 2): _check_mm,
    (1, 3): _check_batches,
    (2, 3): _check_batches,
    (3, 1): _check_mv,
    (3, 2): _check_mm,
    (3, 3): _check_batches,
}
