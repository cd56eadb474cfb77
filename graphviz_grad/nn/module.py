"""`Module`: what holds parameters and computes with them, as torch's does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from graphviz_grad.engine.check import typename
from graphviz_grad.engine.hooks import Hooks
from graphviz_grad.engine.stored import clear_grad
from graphviz_grad.engine.tensor import Tensor
from graphviz_grad.naming import Holder
from graphviz_grad.nn.parameter import Parameter
from graphviz_grad.nn.state import load_state, save_state

if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Callable, Iterator, Mapping

    from graphviz_grad.engine.hooks import RemovableHandle
    from graphviz_grad.nn.state import IncompatibleKeys


class Module(Holder):
    """Base class of networks and their layers: subclass it, and write `forward`.

    Parameters and modules that become attributes are registered under the names of those attributes. In the
    picture a parameter is called by the variable that holds the module and its name in there
    (``net.0.weight``).

    Example:
        >>> from graphviz_grad import nn, tensor
        >>> class Double(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.factor = nn.Parameter(tensor(2.0))
        ...
        ...     def forward(self, x):
        ...         return self.factor * x
        >>> double = Double()
        >>> double(tensor(3.0))
        tensor(6., grad_fn=<MulBackward0>)
        >>> dict(double.named_parameters())
        {'factor': Parameter containing:
        tensor(2., requires_grad=True)}
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _transient: set[str]
    _before: Hooks
    _after: Hooks

    def __init__(self) -> None:
        set_attribute = super().__setattr__
        set_attribute("training", True)  # noqa: FBT003 - a value
        set_attribute("_parameters", {})
        set_attribute("_buffers", {})
        set_attribute("_modules", {})
        set_attribute("_transient", set())  # the buffers that are not part of the state
        set_attribute("_before", Hooks())
        set_attribute("_after", Hooks())

    # --- computing
    def forward(self, *_: Any) -> Any:
        """Compute the result; a subclass says how."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what `forward` returns, with the hooks that were registered."""
        if not self._before and not self._after:
            return self.forward(*args, **kwargs)
        for hook in self._before:
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in self._after:
            changed = hook(self, args, result)
            if changed is not None:
                result = changed
        return result

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, args)`` before each `forward`; what it returns takes the place of args."""
        return self._before.add(hook)

    def register_forward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after each `forward`; what it returns is the output."""
        return self._after.add(hook)

    # --- what it holds
    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Hold ``param`` under ``name``.

        Raises:
            TypeError, KeyError, AttributeError: torch's, where the name is no name or is taken, ``param`` is
                no Parameter, or ``super().__init__()`` was not called.
        """
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Hold a tensor that is no parameter under ``name``; a persistent one is part of the state."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._transient.discard if persistent else self._transient.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Hold another module under ``name``."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = module

    register_module = add_module

    def _check_name(self, what: str, name: Any, held: Mapping[str, object]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {typename(name)}")
        if hasattr(self, name) and name not in held:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            got = f", got: {name}" if what == "module" else ""
            raise KeyError(f'{what} name can\'t contain "."{got}')
        if not name:
            raise KeyError(f'{what} name can\'t be empty string ""')

    def __getattr__(self, name: str) -> Any:
        for held in ("_parameters", "_buffers", "_modules"):
            values = self.__dict__.get(held, {})
            if name in values:
                return values[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Parameter, Module)):
            is_parameter = isinstance(value, Parameter)
            if "_parameters" not in self.__dict__:
                what = "parameters" if is_parameter else "module"
                raise AttributeError(f"cannot assign {what} before Module.__init__() call")
            mine: dict[str, Any] = self._parameters if is_parameter else self._modules
            for held in (self.__dict__, self._parameters, self._buffers, self._modules):
                if held is not mine:
                    held.pop(name, None)
            register: Any = self.register_parameter if is_parameter else self.add_module
            register(name, value)
            return
        for registry, what, expected in (
            ("_parameters", "parameter", "torch.nn.Parameter or None expected"),
            ("_modules", "child module", "torch.nn.Module or None expected"),
            ("_buffers", "buffer", "torch.nn.Buffer, torch.Tensor or None expected"),
        ):
            values = self.__dict__.get(registry, {})
            if name in values:
                if value is not None and not (registry == "_buffers" and isinstance(value, Tensor)):
                    raise TypeError(f"cannot assign '{typename(value)}' as {what} '{name}' ({expected})")
                values[name] = value
                return
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        for held in (self._parameters, self._buffers, self._modules):
            if name in held:
                del held[name]
                self._transient.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        held = [*self._parameters, *self._buffers, *self._modules]
        return sorted({*super().__dir__(), *(name for name in held if name.isidentifier())})

    # --- going through it
    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Yield this module (its name is ``prefix``) and every module in it, each once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, _join(prefix, name), remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """Yield this module and every module in it, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules right in this one, each once, with their names."""
        found = {}
        for name, module in self._modules.items():
            if module is not None and id(module) not in found:
                found[id(module)] = name, module
        return iter(found.values())

    def children(self) -> Iterator[Module]:
        """Yield the modules right in this one, each once."""
        return (module for _, module in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter, also of the modules in this one, with its name (``"0.weight"``)."""
        return self._named("_parameters", prefix, recurse=recurse, remove_duplicate=remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield every parameter, also of the modules in this one, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield every buffer with its name."""
        return self._named("_buffers", prefix, recurse=recurse, remove_duplicate=remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield every buffer."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named(
        self, held: str, prefix: str, *, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen = set()
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        for path, module in modules:
            for name, tensor in getattr(module, held).items():
                if tensor is not None and id(tensor) not in seen:
                    if remove_duplicate:
                        seen.add(id(tensor))
                    yield _join(path, name), tensor

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Yield every parameter and buffer with its name, for the picture."""
        yield from self.named_parameters()
        yield from self.named_buffers()

    def get_submodule(self, target: str) -> Module:
        """Return the module called ``target``, such as ``"0.1"``; of ``""`` this one."""
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")  # noqa: TRY004 - torch's
        return module  # type: ignore[no-any-return]

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter called ``target``, such as ``"0.weight"``."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        parameter = getattr(module, name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")  # noqa: TRY004 - torch's
        return parameter

    # --- changing it
    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call ``fn`` with every module in this one, and last with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and in every module within."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")  # noqa: TRY004 - torch's
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set ``training`` to False here and in every module within."""
        return self.train(mode=False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether gradients are computed for the parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of the parameters, or set them to zero."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none=set_to_none)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Return this module: everything is float64, on the CPU.

        Raises:
            RuntimeError, TypeError: If its tensors cannot be what is asked for; see `Tensor.to`.
        """
        for _, tensor in self.named_tensors():
            tensor.to(*args, **kwargs)
        return self

    def double(self) -> Self:
        """Return this module: everything is float64 here."""
        return self

    float = cpu = double

    # --- its state
    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> OrderedDict[str, Tensor]:
        """Return every parameter and persistent buffer by name, detached but not copied."""
        return save_state(self, prefix, keep_vars=keep_vars)

    def load_state_dict(self, state_dict: Mapping[str, Tensor], strict: bool = True) -> IncompatibleKeys:
        """Copy what `state_dict` returned into this module.

        Raises:
            RuntimeError: If a shape differs or, unless ``strict`` is False, a key is missing or unknown.
        """
        return load_state(self, state_dict, strict=strict)

    # --- what it prints
    def extra_repr(self) -> str:
        """Return what stands between the parentheses; a subclass says more."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): {indent(repr(module))}" for name, module in self._modules.items()]
        lines = [*(extra.split("\n") if extra else ()), *children]
        is_long = len(lines) > 1 or children
        body = "".join(f"\n  {line}" for line in lines) + "\n" if is_long else extra
        return f"{type(self).__name__}({body})"


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def indent(text: str) -> str:
    """Indent every line but the first."""
    return text.replace("\n", "\n  ")
