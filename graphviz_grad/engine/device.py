"""The one device there is, under torch's names; and what torch says of the others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

_TYPES: Final = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, "
    "hpu, mtia, privateuseone"
)


class Device:
    """Where a tensor lives. Any of torch's can be named; only the CPU can be used.

    Args:
        type: Such as ``"cpu"``, ``"cuda"`` or ``"cuda:0"``.
        index: The number of the device, if there are several.

    Raises:
        RuntimeError: If there is no such type.

    Example:
        >>> Device("cpu"), str(Device("cuda:0")), Device("cpu") == Device("cpu")
        (device(type='cpu'), 'cuda:0', True)
    """

    __slots__ = ("index", "type")

    def __init__(self, type: str | Device, index: int | None = None) -> None:  # noqa: A002 - torch's name
        name, colon, number = str(type).partition(":")
        if name not in _TYPES.split(", "):
            raise RuntimeError(
                f"Expected one of {_TYPES} device type at start of device string: {type} "
                "(only cpu is computed on)"
            )
        if colon and not number.isdecimal():
            raise RuntimeError(f"Invalid device string: '{type}' (must be like 'cpu' or 'cpu:0')")
        self.type: str = name
        self.index: int | None = int(number) if colon else index

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU: Final = Device("cpu")


def check_device(device: Any) -> None:
    """Raise torch's error unless ``device`` is None or the CPU.

    Example:
        >>> check_device("cpu"), check_device(None)
        (None, None)
    """
    if device is None or Device(device).type == "cpu":
        return
    if Device(device).type == "cuda":
        raise AssertionError(f"Torch not compiled with CUDA enabled: device={str(device)!r} (must be 'cpu')")
    raise RuntimeError(f"device={str(device)!r} (must be 'cpu')")


def _is_available() -> bool:
    return False


#: What lesson code asks before it uses a GPU: ``torch.cuda.is_available()``, and of ``torch.backends``.
cuda: Final = SimpleNamespace(is_available=_is_available, device_count=lambda: 0)
backends: Final = SimpleNamespace(mps=SimpleNamespace(is_available=_is_available, is_built=_is_available))
