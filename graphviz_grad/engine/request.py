"""What a backward pass is to do, checked in torch's words before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graphviz_grad.engine.check import seed_of, type_name
from graphviz_grad.engine.notice import warn_once
from graphviz_grad.engine.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

_CYCLE: Final = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its "
    "gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to "
    "avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to "
    "None after use to break the cycle and avoid the leak."
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a pass is to do.

    Attributes:
        roots: Records to differentiate; each requires grad.
        seeds: Their own gradients: payloads, or records.
        inputs: The only records whose gradients are wanted; None for all leaves.
        stores: Whether gradients are added to ``.grad`` (`backward`), and not only returned (`grad`).
        retain_graph: Whether what the ops saved is kept.
        create_graph: Whether the pass is recorded, so that gradients can be differentiated.
        kind: The class of tensors.
    """

    roots: Sequence[Record]
    seeds: Sequence[Any]
    inputs: Sequence[Record] | None
    stores: bool
    retain_graph: bool
    create_graph: bool
    kind: type[Record]


def make_request(  # noqa: PLR0913 - all that torch lets one say of a pass
    roots: Sequence[Record],
    gradients: Sequence[Any],
    inputs: Sequence[Record] | None,
    *,
    stores: bool,
    retain_graph: bool | None,
    create_graph: bool,
    kind: type[Record],
) -> Request:
    """Return a request for a pass, once it is checked.

    Args:
        roots: Tensors to differentiate.
        gradients: Their own gradients; None for 1.
        inputs: Tensors whose gradients alone are wanted, or None.
        stores: Whether gradients are added to ``.grad``.
        retain_graph: None for what ``create_graph`` is.
        create_graph: Whether the pass is recorded.
        kind: The class of tensors.

    Raises:
        RuntimeError: If a tensor requires no grad, a root is no scalar and has no gradient, or one of another
            shape, or there are no inputs; torch's error.
        TypeError: If something is no tensor.
    """
    function = "backward" if stores else "grad"
    if len(roots) != len(gradients):
        raise RuntimeError(f"got {len(roots)} tensors and {len(gradients)} gradients")
    if inputs is not None and not inputs:
        raise RuntimeError(f"`inputs` argument to `{function}()` cannot be empty.")
    seeds = [
        _seed(root, gradient, create_graph=create_graph)
        for root, gradient in zip(roots, gradients, strict=True)
    ]
    for position, root in enumerate(roots):
        if not root.flows:
            raise RuntimeError(
                f"element {position} of tensors does not require grad and does not have a grad_fn"
            )
    for each in inputs or ():
        _check_input(each, stores=stores)
    if stores and create_graph:
        warn_once(_CYCLE)
    retain = create_graph if retain_graph is None else bool(retain_graph)
    return Request(roots, seeds, inputs, stores, retain, create_graph, kind)


def _seed(root: Record, gradient: Any, *, create_graph: bool) -> Any:
    """Return the gradient of a root: the tensor itself, where the pass is recorded and that has a say."""
    if gradient is None and not root.flows:
        return None  # what is wrong with this root is not its size
    seed = seed_of(root.value, gradient)
    return gradient if create_graph and gradient is not None and gradient.value is seed else seed


def _check_input(value: Any, *, stores: bool) -> None:
    if not isinstance(value, Record):
        raise RuntimeError(  # noqa: TRY004 - torch's
            f"all inputs have to be Tensors or GradientEdges, but got {type_name(value)}: {value!r} "
            "(must be a Tensor)"
        )
    if not value.flows:
        raise RuntimeError(
            "can't retain_grad on Tensor that has requires_grad=False"
            if stores
            else "One of the differentiated Tensors does not require grad"
        )
    if stores and value.op is not None:
        value.add_extra().retains_grad = True
