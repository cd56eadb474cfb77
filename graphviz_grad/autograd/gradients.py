"""`grad` returns gradients, `backward` stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from graphviz_grad.engine.factories import zeros_like
from graphviz_grad.engine.passes import run
from graphviz_grad.engine.record import Record, leaf
from graphviz_grad.engine.request import make_request
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

Tensors: TypeAlias = "Tensor | Sequence[Tensor]"
Gradients: TypeAlias = "Tensor | Sequence[Tensor | None] | None"


def grad(  # noqa: PLR0913, PLR0917 - torch's signature
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Gradients = None,
    retain_graph: bool | None = None,  # noqa: FBT001 - torch's signature
    create_graph: bool = False,  # noqa: FBT001, FBT002 - torch's signature
    only_inputs: bool = True,  # noqa: ARG001, FBT001, FBT002 - torch's signature, in which it has no effect
    allow_unused: bool | None = None,  # noqa: FBT001 - torch's signature
    *,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """Return the sum of the gradients of ``outputs`` with respect to each of ``inputs``; nothing is stored.

    Args:
        outputs: What to differentiate: a scalar, or several; or tensors with ``grad_outputs``.
        inputs: Leaves, or tensors on the way.
        grad_outputs: Upstream gradients, one per output, of its shape; None for 1.
        retain_graph: Keep what the ops saved, so that another pass can follow. Defaults to ``create_graph``.
        create_graph: Record the pass, so that the gradients can be differentiated, or drawn.
        only_inputs: As in torch, which has given it up: gradients are never stored here.
        allow_unused: Return None for an input that no output depends on, instead of raising.
        materialize_grads: Return zeros for it.

    Raises:
        RuntimeError: If something requires no grad or was not used, an output is no scalar, or the graph was
            consumed; torch's error.
        ValueError: If ``allow_unused`` is False and ``materialize_grads`` True.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(2.0, requires_grad=True)
        >>> (first,) = grad(x**3, x, create_graph=True)
        >>> (second,) = grad(first, x, create_graph=True)
        >>> first, second, grad(second, x)
        (tensor(12., grad_fn=<MulBackward0>), tensor(12., grad_fn=<MulBackward0>), (tensor(6.),))
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    roots, targets = _as_tuple(outputs), _as_tuple(inputs)
    request = make_request(
        roots,
        _gradients(roots, grad_outputs),
        targets,
        stores=False,
        retain_graph=retain_graph,
        create_graph=create_graph,
        kind=Tensor,
    )
    found = run(request)
    for position, target in enumerate(targets):
        if target.order not in found and not (allow_unused or materialize_grads):
            raise RuntimeError(
                f"The differentiated Tensor at index {position} appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
    return tuple(
        _as_tensor(found.get(target.order, zeros_like(target) if materialize_grads else None))
        for target in targets
    )


def backward(
    tensors: Tensors,
    grad_tensors: Gradients = None,
    retain_graph: bool | None = None,  # noqa: FBT001 - torch's signature
    create_graph: bool = False,  # noqa: FBT001, FBT002 - torch's signature
    inputs: Tensors | None = None,
) -> None:
    """Add the sum of the gradients of ``tensors`` to ``grad`` of every leaf; see `Tensor.backward`.

    Example:
        >>> from graphviz_grad import tensor
        >>> x = tensor(2.0, requires_grad=True)
        >>> backward([x * x, x * 3])
        >>> x.grad
        tensor(7.)
    """
    roots = _as_tuple(tensors)
    gradients = _gradients(roots, grad_tensors)
    if len(roots) == len(gradients) == 1:  # most often, and then there is a faster way
        roots[0].backward(gradients[0], retain_graph, create_graph, inputs)
        return
    run(
        make_request(
            roots,
            gradients,
            None if inputs is None else _as_tuple(inputs),
            stores=True,
            retain_graph=retain_graph,
            create_graph=create_graph,
            kind=Tensor,
        )
    )


def _as_tuple(tensors: Tensors) -> tuple[Tensor, ...]:
    return (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)


def _gradients(roots: Sequence[Tensor], gradients: Gradients) -> Sequence[Tensor | None]:
    if gradients is None:
        return (None,) * len(roots)
    return (gradients,) if isinstance(gradients, Tensor) else tuple(gradients)


def _as_tensor(gradient: Any) -> Any:
    if gradient is None or isinstance(gradient, Record):
        return gradient
    return leaf(Tensor, gradient, requires_grad=False)
