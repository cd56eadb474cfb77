"""All derivatives of a function at once: of first order (`jacobian`), of second (`hessian`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from graphviz_grad.autograd.gradients import grad
from graphviz_grad.engine.factories import ones_like, zeros_like
from graphviz_grad.engine.grad_mode import enable_grad
from graphviz_grad.engine.record import leaf
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Tensors: TypeAlias = "Tensor | tuple[Tensor, ...]"


def jacobian(func: Callable[..., Tensors], inputs: Tensors, create_graph: bool = False) -> Any:  # noqa: FBT001, FBT002 - torch's signature
    """Return the derivative of every element of func's result by every element of its inputs.

    Args:
        func: Takes the tensors of ``inputs`` and returns one tensor, or a tuple.
        inputs: One tensor, or a tuple.
        create_graph: Record the passes, so that the result can be differentiated.

    Returns:
        A tensor of the result's shape, and then the input's; a tuple for a tuple of inputs, of results, of
        both.

    Raises:
        TypeError: If inputs or results are neither a tensor nor a tuple of them.

    Example:
        >>> from graphviz_grad import tensor
        >>> jacobian(lambda x, s: x * x * s, (tensor([1.0, 2.0]), tensor(10.0)))
        (tensor([[20.,  0.],
                [ 0., 40.]]), tensor([1., 4.]))
    """
    given = _check_tensors(inputs, "jacobian", "inputs given to")
    with enable_grad():
        moving = [_fresh(each, create_graph=create_graph) for each in given]
        found = func(*moving)
        outputs = _check_tensors(found, "jacobian", "outputs of the user-provided function given to")
        rows = [_differentiate(output, moving, create_graph=create_graph) for output in outputs]
    of_inputs = [tuple(row) if isinstance(inputs, tuple) else row[0] for row in rows]
    return tuple(of_inputs) if isinstance(found, tuple) else of_inputs[0]


def hessian(func: Callable[..., Tensor], inputs: Tensors, create_graph: bool = False) -> Any:  # noqa: FBT001, FBT002 - torch's signature
    """Return the second derivatives of a function by every two elements of its inputs.

    Args:
        func: Takes the tensors of ``inputs`` and returns one number.
        inputs: One tensor, or a tuple.
        create_graph: Record the passes, so that the result can be differentiated.

    Returns:
        A tensor of the input's shape, twice; for a tuple of inputs a tuple of tuples.

    Raises:
        RuntimeError: If the result is no number.
        TypeError: If ``inputs`` are neither a tensor nor a tuple of them.

    Example:
        >>> from graphviz_grad import tensor
        >>> hessian(lambda x: (x**3).sum(), tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """
    _check_tensors(inputs, "hessian", "inputs given to")

    def slope(*moving: Tensor) -> Tensors:
        output = func(*moving)
        if not isinstance(output, Tensor):
            raise RuntimeError(  # noqa: TRY004 - torch's
                f"The function given to hessian should return a single Tensor: {output!r}"
            )
        if output.numel() != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single element: "
                f"{output!r}"
            )
        seed = ones_like(output)
        found = _grad(output, moving, seed, create_graph=True)
        return tuple(found) if isinstance(inputs, tuple) else found[0]

    return jacobian(slope, inputs, create_graph)


def _check_tensors(value: Any, function: str, what: str) -> tuple[Tensor, ...]:
    tensors = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(each, Tensor) for each in tensors):
        verb = "have" if what.startswith("outputs") else "has"
        given = "given outputs of the user-provided function" if verb == "have" else "given inputs"
        raise TypeError(
            f"The {what} {function} must be either a Tensor or a tuple of Tensors but the {given} has type "
            f"{type(value)}: {value!r}"
        )
    return tensors


def _fresh(tensor: Tensor, *, create_graph: bool) -> Tensor:
    """Return a tensor that requires grad, with the same numbers; a view of it, where it is to be recorded."""
    if create_graph and tensor.requires_grad:
        return apply("clone", tensor)
    return leaf(Tensor, tensor.value, requires_grad=True)


def _differentiate(output: Tensor, inputs: Sequence[Tensor], *, create_graph: bool) -> list[Tensor]:
    """Return the jacobian of one result by each of the inputs: a pass for every element."""
    rows = []
    for place in np.ndindex(tuple(output.shape)):
        seed = np.zeros(output.shape)
        seed[place] = 1.0
        one = leaf(Tensor, seed if output.ndim else 1.0, requires_grad=False)
        rows.append(_grad(output, inputs, one, create_graph=create_graph))
    return [
        apply("reshape", apply("stack", *column), shape=(*output.shape, *each.shape))
        for each, column in zip(inputs, zip(*rows, strict=True), strict=True)
    ]


def _grad(output: Tensor, inputs: Sequence[Tensor], seed: Tensor, *, create_graph: bool) -> Sequence[Tensor]:
    if not output.requires_grad:
        return [zeros_like(each) for each in inputs]
    return grad(output, inputs, seed, retain_graph=True, create_graph=create_graph, materialize_grads=True)
