"""What each tensor is called: one rule, as pure functions.

The first of these that exists: a name given in the call, the tensor's own name, its name in a network that a
variable is bound to (``net.0.weight``), a parameter of the explored function, a variable bound to that very
tensor (the caller's locals in definition order, then its globals); for a stored gradient ``x.grad``.
Where nobody named it, the single output is ``y`` (``y1, y2, ...`` for several), the rest are ``v1, v2, ...``.
"""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, TypeVar, cast

from graphviz_grad.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

T = TypeVar("T")


def variables(scopes: Iterable[Mapping[str, object]], kind: type[T]) -> Iterator[tuple[str, T]]:
    """Yield every variable that holds a ``kind``, nearest scope first, in the order of definition.

    Names that begin with ``_`` are skipped: IPython keeps old results in ``_``, ``__`` and ``_7``. Of a
    variable only the type is looked at, so that a dead weak reference or a lazy proxy does no harm.

    Example:
        >>> list(variables([{"a": 1.0, "s": "text", "_": 2.0}, {"b": 3.0}], float))
        [('a', 1.0), ('b', 3.0)]
    """
    for scope in scopes:
        # A copy, because a cell in another thread may define a variable meanwhile.
        for name, value in list(scope.items()):
            if issubclass(type(value), kind) and isinstance(name, str) and not name.startswith("_"):
                yield name, cast("T", value)


class Holder:
    """What holds tensors under names of its own: a network and its layers."""

    def named_tensors(self) -> Iterable[tuple[str, object]]:
        """Yield what it calls each of its tensors (``"0.weight"``), with the tensor."""
        raise NotImplementedError


def held(scopes: Iterable[Mapping[str, object]], kind: type[T]) -> Iterator[tuple[str, T]]:
    """Yield every ``kind`` that a variable's `Holder` holds, called by the variable and its name in there.

    Inside a method the holder is ``self``, which goes without saying.

    Example:
        >>> class Line(Holder):
        ...     def named_tensors(self):
        ...         return [("w", 2.0), ("b", 1.0)]
        >>> list(held([{"self": Line()}, {"line": Line()}], float))
        [('w', 2.0), ('b', 1.0), ('line.w', 2.0), ('line.b', 1.0)]
    """
    for name, holder in variables(scopes, Holder):
        for inner, value in holder.named_tensors():
            if isinstance(value, kind):
                yield inner if name == "self" else f"{name}.{inner}", value


def first_names(*sources: Iterable[tuple[int, str | None]]) -> dict[int, str]:
    """Return for each key the first name that a source has for it, cleaned; empty names are none.

    Args:
        sources: (key, name) pairs; earlier sources win.

    Example:
        >>> first_names([(7, "x")], [(7, "t"), (8, None), (9, "w0")])
        {7: 'x', 9: 'w0'}
    """
    found: dict[int, str] = {}
    for source in sources:
        for key, name in source:
            if name and key not in found and (title := clean(name).strip()):
                found[key] = title
    return found


def unique_names(wanted: Sequence[str | None], outputs: Collection[int] = ()) -> list[str]:
    """Give every node a name of its own.

    Args:
        wanted: For each node in topological order the name that somebody gave it, or None.
        outputs: Positions of the outputs, in the order of the call.

    Returns:
        A name per node, without repetition. Of two nodes that want one name, the later gets ``_2``, or the
        next number that nobody wants.

    Example:
        >>> unique_names(["x", "x", None, None], outputs=[3])
        ['x', 'x_2', 'v1', 'y']
        >>> unique_names(["y", None, None], outputs=[1, 2])
        ['y', 'y1', 'y2']
    """
    taken = {name for name in wanted if name}
    duplicates: dict[str, Iterator[str]] = {}
    names: list[str] = []
    for name in wanted:
        if name in duplicates:
            names.append(_free(duplicates[name], taken))
        else:
            names.append(name or "")
            if name:
                duplicates[name] = _numbered(f"{name}_", 2)
    for number, position in enumerate(outputs, start=1):
        if not names[position]:
            candidates = _numbered("y", number)
            names[position] = _free(chain("y", candidates) if len(outputs) == 1 else candidates, taken)
    rest = _numbered("v", 1)
    return [name or _free(rest, taken) for name in names]


def _numbered(stem: str, start: int) -> Iterator[str]:
    return (f"{stem}{number}" for number in count(start))


def _free(candidates: Iterator[str], taken: set[str]) -> str:
    """Take the first candidate that is free."""
    name = next(name for name in candidates if name not in taken)
    taken.add(name)
    return name
