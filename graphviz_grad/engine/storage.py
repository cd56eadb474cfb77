"""Numbers that several tensors look at: a view and its base, a detached tensor and what it came from.

Payloads are never written to: consumers may have saved them. When a tensor that shares its numbers is changed
in place, the whole is computed anew, and everyone who looks at it is given its part (see
`graphviz_grad.engine.inplace`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import ref

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.record import Record
    from graphviz_grad.engine.rules import Rule

_FEW: Final = 8


class Storage:
    """Numbers, and who looks at them; that is forgotten with the last who does.

    Args:
        value: The payload of the whole.
    """

    __slots__ = ("_crowd", "_lookers", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._lookers: list[ref[Any]] = []
        self._crowd = _FEW

    def add(self, record: Record) -> None:
        """Let a tensor look at the numbers; it is not kept alive by that."""
        if len(self._lookers) >= self._crowd:  # a loop makes views by the thousand, and drops them
            self._lookers = [looker for looker in self._lookers if looker() is not None]
            self._crowd = 2 * len(self._lookers) + _FEW
        self._lookers.append(ref(record))

    def lookers(self) -> list[Record]:
        """Return those who look at the numbers, and have not turned to others since."""
        found = [record for looker in self._lookers if (record := looker()) is not None]
        return [each for each in found if each.extra.alias and each.extra.alias.storage is self]


class Alias:
    """How one tensor looks at a storage.

    Attributes:
        storage: The numbers.
        path: Rules that lead from the whole to this tensor's part.
        base: The tensor that this one is a view of, to autograd; None if it is no view.
        counter: An object that those have in common whose changes autograd counts together.
        refusal: Why torch refuses to record a change of this view in place: because an op made "many" views,
            or because it was "unrecorded"; or nothing.
        number: Which of many views it is.
    """

    __slots__ = ("base", "counter", "number", "path", "refusal", "storage")

    def __init__(
        self, storage: Storage, path: tuple[Rule, ...], base: Record | None, counter: object
    ) -> None:
        self.storage = storage
        self.path = path
        self.base = base
        self.counter = counter
        self.refusal = ""
        self.number = 0


def alias_of(tensor: Record) -> Alias:
    """Return how a tensor looks at its numbers, which others may look at from now on."""
    extra = tensor.add_extra()
    if extra.alias is None:
        storage = Storage(tensor.value)
        storage.add(tensor)
        extra.alias = Alias(storage, (), None, storage)
    return extra.alias


def share(tensor: Record, other: Record, *, is_hidden: bool) -> None:
    """Make ``other`` look at the numbers of ``tensor``, with no way between them that autograd knows.

    Args:
        tensor: Any tensor.
        other: A new one with the same numbers.
        is_hidden: Whether autograd is not to mind when one is changed through the other.
    """
    alias = alias_of(tensor)
    counter = object() if is_hidden else alias.counter
    extra = other.add_extra()
    extra.alias = Alias(alias.storage, alias.path, None, counter)
    extra.forgotten = 0 if is_hidden else tensor.version()
    alias.storage.add(other)


def share_part(tensor: Record, view: Record, rule: Rule, refusal: str = "", number: int = 0) -> None:
    """Make ``view``, which ``rule`` has made of ``tensor``, look at that part of its numbers."""
    alias = alias_of(tensor)
    base = tensor if alias.base is None else alias.base
    extra = view.add_extra()
    extra.alias = made = Alias(alias.storage, (*alias.path, rule), base, alias.counter)
    made.refusal = refusal or alias.refusal
    made.number = number
    extra.forgotten = tensor.version()  # torch counts a view's versions with its base's
    alias.storage.add(view)


def unshare(tensor: Record) -> None:
    """Let a tensor have numbers of its own from now on."""
    if tensor.extra is not None:
        tensor.extra.alias = None


def follow(value: Any, path: Sequence[Rule]) -> Any:
    """Return the part of a payload to which a path leads.

    Example:
        >>> from graphviz_grad.engine.rules import RULES
        >>> path = [RULES["permute"].bind(dims=(1, 0)), RULES["index"].bind(index=(0,))]
        >>> follow(np.array([[1.0, 2.0], [3.0, 4.0]]), path)
        array([1., 3.])
    """
    for rule in path:
        value = rule.forward(value)
    return value


def locate(shape: Sequence[int], path: Sequence[Rule]) -> tuple[Any, ...]:
    """Return the index of the part of an array of ``shape`` to which a path leads.

    Example:
        >>> from graphviz_grad.engine.rules import RULES
        >>> path = [RULES["permute"].bind(dims=(1, 0)), RULES["index"].bind(index=(0,))]
        >>> locate((2, 2), path)
        (array([0, 1]), array([0, 0]))
    """
    if not path:
        return (Ellipsis,)
    if len(path) == 1 and path[0].name == "index":
        index: tuple[Any, ...] = path[0].params["index"]
        return index
    places = follow(np.arange(int(np.prod(shape))).reshape(shape), path)
    return np.unravel_index(places, tuple(shape)) if shape else (Ellipsis,)
