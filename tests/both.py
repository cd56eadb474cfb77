"""One expression evaluated with torch and with this package: text, numbers and gradients compared."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

import graphviz_grad as gg

NAN, INF = math.nan, math.inf

#: Leaves by name, as nested lists; those that are no floats require no gradient.
LEAVES: dict[str, Any] = {
    "s": 2.0,
    "v": [1.5, -2.0, 0.25],
    "u": [0.5, 3.0, -1.0],
    "x": [[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]],
    "y": [[1.0, 0.5], [-2.0, 3.0], [0.25, -1.0]],
    "q": [[2.0, -1.0], [0.5, 3.0]],
    "b": [[[1.0, 2.0], [3.0, -4.0]], [[0.5, -1.0], [2.0, 0.25]]],
    "ties": [[2.0, 2.0, 1.0], [2.0, 0.0, 0.0]],
    "zeros": [[0.0, 2.0, 3.0], [0.0, 0.0, -1.0], [4.0, -0.0, 5.0]],
    "hostile": [[NAN, 1.0, INF], [-INF, 0.0, -0.0], [INF, INF, -1.0], [-INF, -INF, -INF]],
    "huge": [[1e308, 1e308], [-1e308, 710.0], [5e-324, 0.0]],
    "empty": [],
    "i": [3, 1, 2],
    "m": [[True, False, True], [False, False, True]],
}


def evaluate(t: Any, text: str) -> tuple[str, list[Any]]:
    """Return what an expression prints, and all of its numbers; or its error's type and first sentence.

    Args:
        t: torch, or this package.
        text: An expression in ``t`` and `LEAVES`, for a tensor or a tuple of tensors.
    """
    leaves = {name: t.tensor(data) for name, data in LEAVES.items() if name in text}
    for leaf in leaves.values():
        if leaf.dtype == t.float64:
            leaf.requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = eval(text, {"t": t, "inf": INF, "nan": NAN, "F": getattr(t, "nn", t)}, leaves)  # noqa: S307 - ours
        except Exception as error:  # noqa: BLE001 - whatever torch raises
            return f"{type(error).__name__}: {first_sentence(error)}", []
        printed = repr(found)
        outputs = [found] if isinstance(found, (gg.Tensor, getattr(t, "Tensor", gg.Tensor))) else [*found]
        numbers = [output.tolist() for output in map(_plain, outputs)]
        for output in outputs:
            if output.requires_grad:
                weights = np.cos(np.arange(output.numel())).reshape(tuple(output.shape))
                output.backward(t.tensor(weights if output.ndim else float(weights)), retain_graph=True)
        numbers += [_plain(leaf.grad).tolist() for leaf in leaves.values() if leaf.grad is not None]
    return printed, numbers


def first_sentence(error: Exception) -> str:
    """Return torch's own sentence of an error, without what torch or this package adds."""
    return str(error).partition("\n")[0].partition(". ")[0].partition(" - got")[0].rstrip(".")


def _plain(output: Any) -> Any:
    return output.detach() if output.requires_grad else output


def check(torch: Any, text: str) -> None:
    """Compare torch's evaluation with ours."""
    theirs, their_numbers = evaluate(torch, text)
    assert not theirs.startswith(("NameError", "SyntaxError")), (text, theirs)
    ours, our_numbers = evaluate(gg, text)
    if "Error: " in theirs.partition("(")[0]:
        assert ours.startswith(theirs), (text, ours, theirs)
        return
    assert ours == theirs, (text, ours, theirs)
    assert len(our_numbers) == len(their_numbers), text
    for place, (our, their) in enumerate(zip(our_numbers, their_numbers, strict=True)):
        assert np.shape(our) == np.shape(their), (text, place)
        assert np.allclose(our, their, rtol=1e-12, atol=1e-300, equal_nan=True), (text, place, our, their)
