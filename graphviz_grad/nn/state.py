"""The state of a module: its parameters and buffers by name, out and in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from graphviz_grad.engine.grad_mode import no_grad
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphviz_grad.nn.module import Module


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` returns: the names that fit nothing."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def save_state(module: Module, prefix: str = "", *, keep_vars: bool = False) -> OrderedDict[str, Tensor]:
    """Return the state of a module; see `Module.state_dict`."""
    return OrderedDict(
        (name, tensor if keep_vars else tensor.detach()) for name, tensor in _walk(module, prefix)
    )


def _walk(module: Module, prefix: str) -> Iterator[tuple[str, Tensor]]:
    """Yield the parameters, then the buffers of a module, then those of the modules in it."""
    for name, tensor in (*module._parameters.items(), *module._buffers.items()):  # noqa: SLF001 - one house
        if tensor is not None and name not in module._transient:  # noqa: SLF001
            yield prefix + name, tensor
    for name, child in module._modules.items():  # noqa: SLF001
        if child is not None:
            yield from _walk(child, f"{prefix}{name}.")


def load_state(module: Module, state: Mapping[str, Any], *, strict: bool) -> IncompatibleKeys:
    """Copy a state into a module; see `Module.load_state_dict`."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    mine = dict(_walk(module, ""))
    missing = [key for key in mine if key not in state]
    unexpected = [key for key in state if key not in mine]
    faults: list[str] = []
    for what, keys in ("Unexpected", unexpected), ("Missing", missing):
        if keys and strict:
            named = ", ".join(f'"{key}"' for key in keys)
            faults.insert(0, f"{what} key(s) in state_dict: {named}. ")
    faults += [fault for key in mine if key in state and (fault := _copy(key, mine[key], state[key]))]
    if faults:
        raise RuntimeError(
            f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(faults)
        )
    return IncompatibleKeys(missing, unexpected)


def _copy(key: str, mine: Tensor, given: Any) -> str:
    """Copy one tensor into another; return what is wrong if it cannot be."""
    if not isinstance(given, Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
            f"checkpoint but received {type(given)}"
        )
    if given.shape != mine.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
            f"the shape in current model is {mine.shape}."
        )
    with no_grad():
        mine.copy_(given)
    return ""
