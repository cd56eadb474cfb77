"""Methods that make one number of many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Self, overload

import numpy as np

from graphviz_grad.engine.dims import along, check_dim
from graphviz_grad.engine.handle import Handle
from graphviz_grad.engine.notice import warn
from graphviz_grad.engine.numpy_names import take_numpy_names
from graphviz_grad.engine.recorder import apply
from graphviz_grad.engine.return_types import Largest, Smallest
from graphviz_grad.engine.rules import RULES

if TYPE_CHECKING:
    from graphviz_grad.engine.dims import Dims
    from graphviz_grad.engine.return_types import Pair

# ruff: noqa: FBT001, FBT002 - torch's signatures

#: The rules of all elements, and those along dimensions: torch has names for both.
_SUM, _SUM_ALONG = RULES["sum"], RULES["sum"].named("SumBackward1")
_MEAN, _MEAN_ALONG = RULES["mean"], RULES["mean"].named("MeanBackward1")
_PROD, _PROD_ALONG = RULES["prod"], RULES["prod"].named("ProdBackward1")
_MAX, _MAX_ALONG = RULES["max"].named("MaxBackward1"), RULES["max"]
_MIN, _MIN_ALONG = RULES["min"].named("MinBackward1"), RULES["min"]
_FLOATS: Final = "Expected a floating point or complex tensor as input. Got"


class Reductions(Handle):
    """What tensors reduce to; ``dim`` is a dimension or several, None for all, ``keepdim`` leaves size 1."""

    __slots__ = ()

    # --- sums
    def sum(self, dim: Dims = None, keepdim: bool = False) -> Self:
        """Return the sum of all elements, or along ``dim``.

        Args:
            dim: One dimension or several; None for all.
            keepdim: Whether they stay, of size 1.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=1)
            tensor([3., 7.])
        """
        return apply(
            _SUM if dim is None and not keepdim else _SUM_ALONG, self, **self._at("sum", dim, keepdim)
        )

    def mean(self, dim: Dims = None, keepdim: bool = False) -> Self:
        """Return the mean of all elements, or along ``dim``.

        Raises:
            RuntimeError: Of ints and truth values.
        """
        if not self.dtype.is_floating_point:
            raise RuntimeError(
                "mean(): could not infer output dtype. Input dtype must be either a floating point or "
                f"complex dtype. Got: {self.dtype.c_name}"
            )
        rule = _MEAN if dim is None and not keepdim else _MEAN_ALONG
        return apply(rule, self, **self._at("mean", dim, keepdim))

    def prod(self, dim: int | None = None, keepdim: bool = False) -> Self:
        """Return the product of all elements, or along ``dim``."""
        return apply(_PROD if dim is None else _PROD_ALONG, self, **self._one("prod", dim, keepdim))

    def var(
        self,
        dim: Dims | bool = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: float | None = None,
    ) -> Self:
        """Return the variance: the squared distances from the mean, by their number less ``correction``.

        Args:
            dim: One dimension or several; None for all.
            unbiased: Whether ``correction`` is 1 or 0.
            keepdim: Whether they stay, of size 1.
            correction: What is taken from the number of elements; 1, if nothing is said.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([1.0, 2.0, 6.0]).var(), tensor([1.0, 2.0, 6.0]).var(correction=0)
            (tensor(7.), tensor(4.6667))
        """
        return apply("var", self, **self._spread("var", dim, unbiased, keepdim, correction))

    def std(
        self,
        dim: Dims | bool = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: float | None = None,
    ) -> Self:
        """Return the standard deviation, the root of `var`."""
        return apply("std", self, **self._spread("std", dim, unbiased, keepdim, correction))

    def norm(self, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False) -> Self:
        """Return the p-norm, (Σ |a|^p)^(1/p): 2 if nothing is said, 1, inf for the largest, any other.

        Example:
            >>> from graphviz_grad import tensor
            >>> x = tensor([3.0, -4.0])
            >>> x.norm(), x.norm(1), x.norm(float("inf"))
            (tensor(5.), tensor(7.), tensor(4.))
        """
        self._check_float("linalg.vector_norm")
        p = 2 if p is None or p == "fro" else p
        if not isinstance(p, (int, float)):
            raise RuntimeError(f"norm(): unsupported p {p!r} (must be a number or 'fro')")  # noqa: TRY004
        return apply("norm", self, p=p, **self._at("norm", dim, keepdim))

    def logsumexp(self, dim: Dims, keepdim: bool = False) -> Self:
        """Return ln Σ exp(a), without overflow."""
        if dim is None:
            raise TypeError("logsumexp(): argument 'dim' must be tuple of ints, not NoneType")
        return apply("logsumexp", self, **self._at("logsumexp", dim, keepdim))

    def cumsum(self, dim: int) -> Self:
        """Return the sums of all elements up to each along ``dim``."""
        return apply("cumsum", self, dim=self._dim("cumsum", dim))

    # --- extremes
    @overload
    def max(self) -> Self: ...
    @overload
    def max(self, dim: int, keepdim: bool = False) -> Pair: ...
    @overload
    def max(self, dim: Self) -> Self: ...
    def max(self, dim: Any = None, keepdim: bool = False) -> Any:
        """Return the largest of all elements; along ``dim``, also where each is; of two tensors, `maximum`.

        Where several are the largest, all share the gradient; along a dimension the first has it.

        Example:
            >>> from graphviz_grad import tensor
            >>> values, indices = tensor([[1.0, 2.0], [4.0, 3.0]]).max(dim=0)
            >>> values, indices
            (tensor([4., 3.]), tensor([1, 1]))
        """
        if isinstance(dim, Handle):
            return self.maximum(dim)  # type: ignore[attr-defined]
        self._check_any("max", dim)
        if dim is None:
            return apply(_MAX, self)
        params = self._one("max", dim, keepdim)
        return Largest(apply(_MAX_ALONG, self, **params), apply("argmax", self, **params))

    @overload
    def min(self) -> Self: ...
    @overload
    def min(self, dim: int, keepdim: bool = False) -> Pair: ...
    @overload
    def min(self, dim: Self) -> Self: ...
    def min(self, dim: Any = None, keepdim: bool = False) -> Any:
        """Return the smallest of all elements; along ``dim``, also where each is; see `max`."""
        if isinstance(dim, Handle):
            return self.minimum(dim)  # type: ignore[attr-defined]
        self._check_any("min", dim)
        if dim is None:
            return apply(_MIN, self)
        params = self._one("min", dim, keepdim)
        return Smallest(apply(_MIN_ALONG, self, **params), apply("argmin", self, **params))

    def amax(self, dim: Dims = None, keepdim: bool = False) -> Self:
        """Return the largest element along ``dim``; several that are the largest share the gradient."""
        self._check_any("amax", dim)
        return apply("amax", self, **self._at("amax", dim, keepdim))

    def amin(self, dim: Dims = None, keepdim: bool = False) -> Self:
        """Return the smallest element along ``dim``; several that are the smallest share the gradient."""
        self._check_any("amin", dim)
        return apply("amin", self, **self._at("amin", dim, keepdim))

    def argmax(self, dim: int | None = None, keepdim: bool = False) -> Self:
        """Return where the largest element is; without ``dim``, among all, counted row by row."""
        self._check_ordered("argmax", dim)
        return apply("argmax", self, **self._one("argmax", dim, keepdim))

    def argmin(self, dim: int | None = None, keepdim: bool = False) -> Self:
        """Return where the smallest element is; without ``dim``, among all, counted row by row."""
        self._check_ordered("argmin", dim)
        return apply("argmin", self, **self._one("argmin", dim, keepdim))

    # --- counting
    def any(self, dim: Dims = None, keepdim: bool = False) -> Self:
        """Return whether any element is not 0."""
        return apply("any", self, **self._at("any", dim, keepdim))

    def all(self, dim: Dims = None, keepdim: bool = False) -> Self:
        """Return whether no element is 0."""
        return apply("all", self, **self._at("all", dim, keepdim))

    def count_nonzero(self, dim: Dims = None) -> Self:
        """Return how many elements are not 0."""
        return apply("count_nonzero", self, dim=along(dim, self.ndim, "count_nonzero"))

    # --- along one dimension
    def softmax(self, dim: int) -> Self:
        """Return exp(a) / Σ exp(a) along ``dim``.

        Example:
            >>> from graphviz_grad import tensor
            >>> tensor([0.0, 1.0, 2.0]).softmax(dim=0)
            tensor([0.0900, 0.2447, 0.6652])
        """
        self._check_implemented("softmax")
        return apply("softmax", self, dim=self._dim("softmax", dim))

    def log_softmax(self, dim: int) -> Self:
        """Return ln(exp(a) / Σ exp(a)) along ``dim``, without overflow."""
        self._check_implemented("log_softmax")
        return apply("log_softmax", self, dim=self._dim("log_softmax", dim))

    # --- arguments
    def _dim(self, function: str, dim: Any) -> int | None:
        """Return one dimension as rows take it; None for a scalar's."""
        check_dim(dim, self.ndim, function)
        return along(dim, self.ndim, function)  # type: ignore[no-any-return]

    def _at(self, function: str, dim: Dims, keepdim: bool) -> dict[str, Any]:
        return {"dim": along(dim, self.ndim, function), "keepdim": bool(keepdim and self.ndim)}

    def _one(self, function: str, dim: Any, keepdim: bool) -> dict[str, Any]:
        found = None if dim is None else self._dim(function, dim)
        return {"dim": found, "keepdim": bool(keepdim and self.ndim)}

    def _spread(
        self, function: str, dim: Any, unbiased: bool | None, keepdim: bool, correction: float | None
    ) -> dict[str, Any]:
        """Return the static arguments of a variance."""
        if not self.dtype.is_floating_point:
            raise RuntimeError("std and var only support floating point and complex dtypes")
        if isinstance(dim, bool):  # var(False), torch's oldest form
            dim, unbiased = None, dim
        if correction is None:
            correction = 1 if unbiased is None else int(unbiased)
        params = self._at(function, dim, keepdim)
        sizes = self.shape if params["dim"] is None else [self.shape[each] for each in _tuple(params["dim"])]
        if math.prod(sizes) - correction <= 0:
            warn(
                f"{function}(): degrees of freedom is <= 0. Correction should be strictly less than the "
                "reduction factor (input numel divided by output numel)."
            )
        return {**params, "correction": correction}

    def _check_float(self, function: str) -> None:
        if not self.dtype.is_floating_point:
            raise RuntimeError(f"{function}: {_FLOATS} {self.dtype.c_name}")

    def _check_implemented(self, function: str) -> None:
        if not self.dtype.is_floating_point:
            kernel = f"{function}_lastdim_kernel_impl"
            raise NotImplementedError(f'"{kernel}" not implemented for {self.dtype.c_name!r}')

    def _check_ordered(self, function: str, dim: Any) -> None:
        if isinstance(self.value, bool) or np.asarray(self.value).dtype.kind == "b":
            raise RuntimeError(f"{function}(): does not support bool input")
        self._check_any(function, dim, IndexError)

    def _check_any(self, function: str, dim: Any, error: type[Exception] = RuntimeError) -> None:
        """Raise torch's error if there is nothing to choose from."""
        if self.numel():
            return
        if dim is None or dim == ():
            rest = "" if error is IndexError else " Specify the reduction dim with the 'dim' argument."
            raise error(f"{function}(): Expected reduction dim to be specified for input.numel() == 0.{rest}")
        for each in _tuple(dim):
            place = check_dim(each, self.ndim, function)
            if not self.shape[place]:
                named = each if function in {"amax", "amin"} else place
                raise IndexError(f"{function}(): Expected reduction dim {named} to have non-zero size.")


def _tuple(dim: Any) -> tuple[int, ...]:
    return tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)


take_numpy_names(Reductions)
