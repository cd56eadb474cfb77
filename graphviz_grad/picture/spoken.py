"""A node in words, for screen readers: ``a, x times z, value -0.5000, gradient 0.2350``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphviz_grad.picture.array_text import array_words
from graphviz_grad.picture.grid import is_array
from graphviz_grad.text import MINUS, clean, format_ascii

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphviz_grad.graph import Node

WORDS: Final = {
    "add": "{} plus {}",
    "sub": "{} minus {}",
    "mul": "{} times {}",
    "div": "{} divided by {}",
    "pow": "{} to the power {}",
    "neg": "minus {}",
    "gt": "{} greater than {}",
    "ge": "{} at least {}",
    "lt": "{} less than {}",
    "le": "{} at most {}",
    "eq": "{} equal to {}",
    "ne": "{} not equal to {}",
}
GRADIENTS: Final = {"None": "no gradient", "\N{EN DASH}": "gradient not computed"}


def sentence(node: Node, nodes: Mapping[str, Node], value: str, grad: str, state: str) -> str:
    """A node in words; what changes with the numbers comes last, from ``", value "`` on.

    Args:
        node: The node.
        nodes: All nodes by id.
        value: Its value as shown.
        grad: Its gradient as shown.
        state: The card's state.
    """
    if is_array(node.value):
        value = array_words(node.value)
    if is_array(node.grad):
        grad = array_words(node.grad)
    gradient = GRADIENTS.get(grad) or f"gradient {grad}"
    words = f"{clean(node.name)}, {_what(node, nodes)}, value {value}, {gradient}"
    if state:
        words += ", not finite" if state == "nan" else f", {state}"
    return words.replace(MINUS, "-")


def _what(node: Node, nodes: Mapping[str, Node]) -> str:
    """What a node is: the kind of leaf, or the op with its operands."""
    if node.is_leaf:
        return "leaf" if node.requires_grad else "frozen leaf" if node.is_named else "constant"
    operands = [
        clean(nodes[item].name) if isinstance(item, str) else format_ascii(item)
        for item in node.arguments or node.parents
    ]
    pattern = WORDS.get(node.op or "")
    if pattern is not None and pattern.count("{}") == len(operands):
        return pattern.format(*operands)
    return f"{node.op} of {' and '.join(operands)}"
