"""The chain rule at one op: local derivatives, and what each operand receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_grad.engine.broadcast import unbroadcast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.rules import Rule


def apply_chain_rule(rule: Rule, upstream: Any, given: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return for each operand the partial and the contribution.

    Args:
        rule: A differentiable op.
        upstream: Gradient of the result, or None where no pass has reached it.
        given: The operands' payloads, then the result's.

    Returns:
        Partials (None for a structural op) and contributions, summed to the operand's shape where that was
        broadcast (None without an upstream gradient).

    Example:
        >>> from graphviz_grad.engine.rules import RULES
        >>> apply_chain_rule(RULES["mul"], 10.0, (2.0, 3.0, 6.0))
        ((3.0, 2.0), (30.0, 20.0))
    """
    nothing = (None,) * (len(given) - 1)
    partials = rule.partials(*given) or nothing
    if upstream is None:
        return partials, nothing
    contributions = rule.backward(upstream, *given)
    if all(contribution.__class__ is float for contribution in contributions):
        return partials, contributions
    shaped = zip(contributions, given, strict=False)  # without the result
    return partials, tuple(
        None if contribution is None else unbroadcast(contribution, np.shape(operand))
        for contribution, operand in shaped
    )
