"""`Function`: an op of the user's own, with a derivative of the user's own; drawn as one node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from graphviz_grad.autograd.custom import Custom
from graphviz_grad.engine.ops import OPS
from graphviz_grad.engine.recorder import apply_to
from graphviz_grad.engine.rules import OWN
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from graphviz_grad.autograd.context import Context


class Function:
    """An op with a derivative of its own: a subclass has two static methods, `forward` and `backward`.

    The op is recorded by `apply`. What `forward` computes is not; nor is what `backward` computes, unless the
    pass itself is (``create_graph=True``).

    Example:
        >>> import graphviz_grad as gg
        >>> class Sign(gg.autograd.Function):  # a straight-through estimator
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return gg.tensor(1.0 if x > 0 else -1.0)
        ...
        ...     @staticmethod
        ...     def backward(ctx, grad):
        ...         return grad
        >>> x = gg.tensor(0.3, requires_grad=True)
        >>> y = Sign.apply(x) * 5
        >>> y.backward()
        >>> y, x.grad
        (tensor(5., grad_fn=<MulBackward0>), tensor(5.))
    """

    _rule: ClassVar[Custom]

    @staticmethod
    def forward(*args: Any) -> Tensor:
        """Return the result of ``ctx`` and the arguments of `apply`; to be overridden.

        Where `setup_context` is overridden, too, without ``ctx``.
        """
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Context, inputs: tuple[Any, ...], output: Tensor) -> None:
        """Save what `backward` needs; may be overridden, so that `forward` is a function like any other."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Context, *grad_outputs: Tensor) -> Any:
        """Return the gradient of each argument of `apply`, None for what is no tensor; to be overridden."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use "
            "it with backward mode AD."
        )

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        name = cls.__name__ if cls.__name__ not in OPS else f"{cls.__name__}_"
        # Known by its name from now on, so that a graph with this op can be replayed.
        is_split = cls.setup_context is not Function.setup_context
        OWN[name] = cls._rule = Custom(cls, name, is_split=is_split)

    @classmethod
    def apply(cls, *args: Any) -> Tensor:
        """Return the result of `forward` as an op of the graph.

        Raises:
            TypeError: If ``forward`` returns something else than one tensor, or there is no tensor in
                ``args``.
        """
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        if not tensors:
            raise TypeError(f"{cls.__name__}.apply: {args!r} (must have a Tensor among them)")
        made = apply_to(cls._rule.called(args, tensors), tuple(tensors), Tensor)
        if made.op is not None:
            made.add_extra().is_own = True
        return made
