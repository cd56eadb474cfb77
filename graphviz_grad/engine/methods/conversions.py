"""Methods that give another dtype, or say where and of what a tensor is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from graphviz_grad.engine.check import check_tensor, type_name
from graphviz_grad.engine.creation import convert
from graphviz_grad.engine.device import CPU, Device, check_device
from graphviz_grad.engine.dtype import DType, as_dtype, bool_, float32, float64, int32, int64
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.record import leaf, literal
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.watch import note_look

if TYPE_CHECKING:
    import builtins

_TYPES: Final = {float64: "torch.DoubleTensor", int64: "torch.LongTensor", bool_: "torch.BoolTensor"}


class Conversions(Handle):
    """Other dtypes of the same numbers; the device, which is the CPU."""

    __slots__ = ()

    def to(
        self, *args: Any, dtype: Any = None, device: Any = None, copy: builtins.bool = False, **_: Any
    ) -> Self:
        """Return this tensor in another dtype: itself, if it has it already.

        Args:
            args: A dtype, a device, a device and a dtype, or a tensor that has the dtype.
            dtype: The dtype, as a keyword.
            device: The CPU.
            copy: Whether to return another tensor in any case.

        Example:
            >>> import graphviz_grad as gg
            >>> gg.tensor([1.9, -1.9]).to(gg.int64), gg.tensor([0, 2]).to("cpu", gg.bool)
            (tensor([ 1, -1]), tensor([False,  True]))
        """
        for arg in args:
            if isinstance(arg, (str, Device)):
                device = arg
            elif isinstance(arg, Handle):
                dtype = arg.dtype
            elif isinstance(arg, (DType, type)):
                dtype = arg
            elif arg is not None and not isinstance(arg, bool):
                raise TypeError(
                    f"to(): {arg!r} (must be a dtype, a device or a Tensor, not {type_name(arg)})"
                )
        check_device(device)
        found = self if dtype is None else self._convert("to", dtype)
        return apply("clone", self) if copy and found is self else found

    def _convert(self, function: str, dtype: Any) -> Self:
        """Return this tensor in another dtype, as a node of the graph where it can be moved with it."""
        dtype = as_dtype(function, dtype)
        if dtype is self.dtype:
            return self
        if dtype is float64:
            return apply("double", self)
        if dtype is bool_:
            return apply("ne", self, literal(self.kind, 0))
        note_look(self)  # towards ints fractions are cut off, which no page computes
        made: Self = leaf(self.kind, convert(self.value, dtype), requires_grad=False)
        return made

    def double(self) -> Self:
        """Return this tensor in float64."""
        return self._convert("double", float64)

    def float(self) -> Self:
        """Return this tensor as floats: in float64, said once."""
        return self._convert("float", float32)

    def long(self) -> Self:
        """Return this tensor in int64; fractions are cut off."""
        return self._convert("long", int64)

    def int(self) -> Self:
        """Return this tensor as ints: in int64, said once; fractions are cut off."""
        return self._convert("int", int32)

    def bool(self) -> Self:
        """Return whether each element is other than 0."""
        return self._convert("bool", bool_)

    def type_as(self, other: Handle) -> Self:
        """Return this tensor in the dtype of another."""
        check_tensor("type_as", other, "other")
        return self._convert("type_as", other.dtype)

    def type(self, dtype: Any = None) -> Any:
        """Return torch's name of the type; with ``dtype``, this tensor in that dtype.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1, 2]).type(), tensor([1, 2]).type("torch.DoubleTensor")
            ('torch.LongTensor', tensor([1., 2.]))
        """
        if dtype is None:
            return _TYPES[self.dtype]
        named = {name: found for found, name in _TYPES.items()} | {"torch.FloatTensor": float32}
        if isinstance(dtype, str) and dtype not in named:
            raise ValueError(f"invalid type: {dtype!r} (must be one of {', '.join(named)})")
        return self._convert("type", named.get(dtype, dtype))

    def is_floating_point(self) -> builtins.bool:
        """Return whether this is a tensor of floats."""
        return self.dtype.is_floating_point

    # --- where it is
    @property
    def device(self) -> Device:
        """Where the numbers are: on the CPU."""
        return CPU

    @property
    def is_cuda(self) -> builtins.bool:
        """Whether the numbers are on a GPU: they never are."""
        return False

    def cpu(self) -> Self:
        """Return this tensor, which is on the CPU."""
        return self

    def cuda(self, device: Any = "cuda") -> Self:
        """Refuse: there is only the CPU.

        Raises:
            AssertionError: Always; torch's, of a build without GPUs.
        """
        check_device(device if isinstance(device, (str, Device)) else "cuda")
        return self
