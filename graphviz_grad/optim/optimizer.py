"""`Optimizer`: parameters in groups, the options of each group, what is remembered of each parameter."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.check import typename
from graphviz_grad.engine.grad_mode import enable_grad, no_grad
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.stored import clear_grad
from graphviz_grad.engine.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Optimizer:
    """Base class of optimisers.

    Args:
        params: The parameters; or dicts of ``"params"`` and options, or pairs of name and parameter.
        defaults: The options of groups that do not say otherwise.

    Attributes:
        param_groups: For each group a dict of ``"params"`` and its options.
        state: What is remembered of each parameter.

    Raises:
        TypeError: If something else is to be optimised than tensors.
        ValueError: If there is nothing to optimise, a tensor is no leaf, or is in two groups.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {typename(params)}"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self.has_stepped = False
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimise further parameters.

        Args:
            param_group: A dict of ``"params"`` and options.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = _set_params(param_group, param_group["params"])
        for name, default in self.defaults.items():
            param_group.setdefault(name, default)
        mine = {id(param) for param in params}
        if len(mine) != len(params):
            warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause "
                "an error; see github.com/pytorch/pytorch/issues/40967 for more information"
            )
        if not mine.isdisjoint(map(id, self._params())):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def _params(self) -> list[Tensor]:
        return [param for group in self.param_groups for param in group["params"]]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or set them to zero."""
        for param in self._params():
            clear_grad(param, set_to_none=set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change each parameter by its gradient; those without one stay.

        Args:
            closure: Computes the loss and its gradients first, and returns the loss.

        Returns:
            What ``closure`` returns, or None.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self.has_stepped = True
        with no_grad(), np.errstate(all="ignore"):
            for group in self.param_groups:
                for param in group["params"]:
                    grad = param.stored_payload
                    if grad is not None:
                        self.update(param, -grad if group.get("maximize") else grad, group)
        return loss

    def update(self, param: Tensor, grad: Any, group: Mapping[str, Any]) -> None:
        """Change one parameter in place; an optimiser says how.

        Args:
            param: The parameter.
            grad: The payload of its gradient.
            group: Its options.
        """
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Return what is remembered and the options, with a number in the place of each parameter."""
        places = {id(param): place for place, param in reversed([*enumerate(self._params())])}
        groups = [
            {
                **{name: option for name, option in group.items() if name != "params"},
                "params": [places[id(param)] for param in group["params"]],
            }
            for group in self.param_groups
        ]
        state = {places[id(param)]: remembered for param, remembered in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over a copy of what `state_dict` returned.

        Raises:
            ValueError: If the groups are not those of this optimiser.
        """
        saved = deepcopy(dict(state_dict))
        groups = saved["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        sizes = [len(group["params"]) for group in self.param_groups]
        if sizes != [len(group["params"]) for group in groups]:
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's "
                "group"
            )
        places = chain.from_iterable(group["params"] for group in groups)
        by_place = dict(zip(places, self._params(), strict=True))
        self.state.clear()
        self.state.update({by_place[place]: remembered for place, remembered in saved["state"].items()})
        for mine, group in zip(self.param_groups, groups, strict=True):
            mine.update({name: option for name, option in group.items() if name != "params"})

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            lines.append(f"\nParameter Group {number}\n")
            lines += [f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params"]
        return f"{type(self).__name__} ({''.join(lines)})"


def _set_params(group: dict[str, Any], given: Any) -> list[Tensor]:
    """Put the parameters of a new group in order, and their names where they were given."""
    if isinstance(given, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors "
            "in sets will change between runs. Please use a list instead."
        )
    given = [given] if isinstance(given, Tensor) else list(given)
    names = [item[0] for item in given if isinstance(item, tuple)]
    if names and len(names) != len(given):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    params = [item[1] if isinstance(item, tuple) else item for item in given]
    for param in params:
        if not isinstance(param, Tensor):
            raise TypeError(
                f"optimizer can only optimize Tensors, but one of the params is {typename(param)}"
            )
        if not (param.is_leaf or param.retains_grad):
            raise ValueError("can't optimize a non-leaf Tensor")
    group["params"] = params
    if names:
        group["param_names"] = names
    return params


def check_option(what: str, value: Any, *, is_valid: bool | None = None) -> None:
    """Raise torch's error for an option that is out of range; by default below 0."""
    if not (value >= 0 if is_valid is None else is_valid):
        raise ValueError(f"Invalid {what}: {value}")
