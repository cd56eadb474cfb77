"""Modules of modules: `Sequential`, `ModuleList`, `ModuleDict`."""

from __future__ import annotations

import operator
from collections import OrderedDict
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Self

from graphviz_grad.nn.module import Module, indent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class _Numbered(Module):
    """Modules in a row, each called by its place."""

    def _place(self, index: int) -> int:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} is out of range")
        return place % len(self)

    def _renumber(self, modules: Iterable[Module | None]) -> None:
        self._modules.clear()
        self._modules.update((str(place), module) for place, module in enumerate(modules))

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._part(index)
        return [*self._modules.values()][self._place(index)]

    def _part(self, index: slice) -> Module:
        raise NotImplementedError

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, [*self._modules][self._place(index)], module)

    def __delitem__(self, index: int | slice) -> None:
        modules = [*self._modules.values()]
        del modules[index if isinstance(index, slice) else self._place(index)]
        self._renumber(modules)

    def append(self, module: Module) -> Self:
        """Put a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Put modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before that of a place.

        Raises:
            IndexError: If there is no such place.
        """
        modules = [*self._modules.values()]
        if not -len(modules) <= index <= len(modules):
            raise IndexError(f"Index out of range: {index}")
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, key: int) -> Any:
        """Take a module out."""
        module = self[key]
        del self[key]
        return module


class Sequential(_Numbered):
    """Modules one after the other: each is given what the one before returns.

    Args:
        modules: The modules, or one OrderedDict of them by name.

    Example:
        >>> from graphviz_grad import nn
        >>> nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        Sequential(
          (0): Linear(in_features=2, out_features=3, bias=True)
          (1): ReLU()
        )
    """

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        is_named = len(modules) == 1 and isinstance(modules[0], OrderedDict)
        named = modules[0] if is_named else {str(place): module for place, module in enumerate(modules)}
        for name, module in named.items():
            self.add_module(name, module)

    def _part(self, index: slice) -> Module:
        return type(self)(OrderedDict(list(self._modules.items())[index]))

    def forward(self, input: Any) -> Any:
        """Return what the last module makes of it."""
        for module in self:
            input = module(input)  # noqa: A001
        return input

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self, *other)

    def __mul__(self, times: int) -> Sequential:
        return Sequential(*[*self] * times)


class ModuleList(_Numbered):
    """A list of modules whose parameters count.

    Example:
        >>> from graphviz_grad import nn
        >>> nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
        ModuleList(
          (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)
        )
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__()
        self.extend(modules)

    def _part(self, index: slice) -> Module:
        return type(self)(list(self)[index])

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, modules: Iterable[Module]) -> ModuleList:
        return ModuleList(chain(self, modules))

    def __repr__(self) -> str:
        lines = []
        for text, places in groupby(range(len(self)), key=lambda place: repr(self[place])):
            first, *rest = places
            where = f"({first}-{rest[-1]}): {len(rest) + 1} x" if rest else f"({first}):"
            lines.append(f"\n  {where} {indent(text)}")
        body = "".join([*lines, "\n"] if lines else [])
        return f"{type(self).__name__}({body})"


class ModuleDict(Module):
    """Modules by name, whose parameters count."""

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        self.update(modules or {})

    def update(self, modules: Mapping[str, Module]) -> None:
        """Add modules by name, or put them in the place of others."""
        for name, module in modules.items():
            self[name] = module

    def __getitem__(self, name: str) -> Any:
        return self._modules[name]

    def __setitem__(self, name: str, module: Module) -> None:
        self.add_module(name, module)

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._modules.keys()

    def values(self) -> Iterable[Any]:
        """Return the modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return the names with the modules."""
        return self._modules.items()
