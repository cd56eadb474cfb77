"""What is notable about a node: its tag, and whether it is dead, saturated or broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphviz_grad.picture import style
from graphviz_grad.picture.number import fault, is_bad, scalar
from graphviz_grad.text import MINUS, format_short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphviz_grad.graph import Node

WARNING: Final = "⚠"
CAUSES: Final = {
    "log": "log of {}",
    "sqrt": "sqrt of {}",
    "exp": "exp of {}",
    "div": "{} / {}",
    "pow": "{} ^ {}",
}
"""Ops that can break by themselves, and what to say of their operands."""


def resting_tag(node: Node, *, is_root: bool) -> str:
    """The tag while all numbers are ordinary.

    Args:
        node: The node.
        is_root: Whether it is what was differentiated.
    """
    if node.is_changed:
        return "changed since"
    if is_root and node.grad is not None:
        seed = scalar(node.grad)
        return "seed" if seed is None else f"seed {format_short(seed)}"
    if node.is_leaf:
        return "leaf" if node.requires_grad else "frozen leaf" if node.is_named else "const"
    if node.requires_grad:
        return ""
    return "detached" if node.op == "detach" else "no grad"


def state_and_tag(node: Node, nodes: Mapping[str, Node], resting: str) -> tuple[str, str]:
    """The card's state and its tag; what is broken comes before what is merely notable.

    Args:
        node: The node.
        nodes: All nodes by id.
        resting: Its `resting_tag`.
    """
    if is_bad(node.value):
        return "nan", f"{WARNING} {_cause(node, nodes)}"
    if node.grad is not None and is_bad(node.grad):
        return "nan", f"{WARNING} ∂ {fault(node.grad)}"
    state = saturation(node.op, scalar(node.value))
    return state, state if state and not node.is_changed else resting


def saturation(op: str | None, value: float | None) -> str:
    """Whether an op passes next to no gradient where it stands.

    Example:
        >>> saturation("relu", 0.0), saturation("tanh", -0.995), saturation("sigmoid", 0.5)
        ('dead', 'saturated', '')
    """
    if value is None:
        return ""
    if op == "relu":
        return "dead" if value == 0 else ""
    if (op == "sigmoid" and not style.SATURATED < value < 1 - style.SATURATED) or (
        op == "tanh" and abs(value) > 1 - style.SATURATED
    ):
        return "saturated"
    return ""


def _cause(node: Node, nodes: Mapping[str, Node]) -> str:
    """What broke: said where it began, which is a node whose operands were all in order."""
    kind = fault(node.value)
    pattern = CAUSES.get(node.op or "")
    operands = [nodes[item].value if isinstance(item, str) else item for item in node.arguments]
    numbers = [scalar(item) for item in operands]
    if pattern is None or any(map(is_bad, operands)) or None in numbers:
        return kind
    texts = [format_short(number) for number in numbers if number is not None]
    if len(texts) > 1:
        texts = [f"({text})" if text[0] == MINUS else text for text in texts]
    cause = pattern.format(*texts)
    return cause if len(cause) <= style.CAUSE_LENGTH else kind
