"""The formula over the picture: ``y = exp(x · z) + x``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graphviz_grad.engine.rules import find_rule
from graphviz_grad.payload import write_number
from graphviz_grad.text import MINUS, clean

if TYPE_CHECKING:
    from graphviz_grad.graph import Graph, Node

LENGTH: Final = 60
"""Characters; what is longer the picture tells, a step per card."""
_BINDING: Final = {"+": 1, MINUS: 1, "·": 2, "/": 2, "@": 2, "⊗": 2, "^": 4}
_SIGN: Final = 3  # a leading minus binds tighter than a product, looser than a power
_CLOSED: Final = 9  # a name, a number, a function with its parentheses


class _Text(NamedTuple):
    text: str
    binding: int = _CLOSED


def formula_of(graph: Graph) -> str:
    """Write each output in terms of the leaves; in terms of its own operands where that would be long.

    Example:
        >>> from graphviz_grad import exp, tensor
        >>> from graphviz_grad.graph import trace
        >>> x, z = tensor(2.0), tensor(3.0)
        >>> formula_of(trace([exp((x + z) * z) / (2 * x)], names={"x": x, "z": z}))
        'y = exp((x + z) · z) / (2 · x)'
    """
    texts: dict[str, _Text] = {}
    for node in graph.nodes:
        text = _write(node, texts)
        # Too long is too long for whoever uses it, too: a sum doubled 50 times must not be written out.
        texts[node.id] = text if len(text.text) <= LENGTH else _Text(clean(node.name))
    return ", ".join(_equation(graph[output], texts) for output in graph.outputs)


def _equation(node: Node, texts: dict[str, _Text]) -> str:
    name, text = clean(node.name), texts[node.id].text
    if node.op is None:
        return name
    return f"{name} = {clean(node.formula) if text == name else text}"


def _write(node: Node, texts: dict[str, _Text]) -> _Text:
    if node.op is None:
        return _Text(clean(node.name))
    template = find_rule(node.op).bind(**dict(node.params)).template(len(node.arguments))
    operands = [texts[a] if isinstance(a, str) else _Text(write_number(a)) for a in node.arguments]
    sign = template.replace("{}", "").strip()
    if template == f"{{}} {sign} {{}}":
        binding = _BINDING.get(sign, 0)
        is_power, is_strict = sign == "^", sign in {MINUS, "/", "@", "⊗"}
        left, right = operands
        return _Text(
            template.format(_wrap(left, binding + is_power), _wrap(right, binding + is_strict)), binding
        )
    if template == f"{sign}{{}}":
        return _Text(template.format(_wrap(operands[0], _SIGN + 1)), _SIGN)
    if template.startswith("{}"):  # x[0]
        operands[0] = _Text(_wrap(operands[0], _CLOSED))
    if template.startswith("1 / "):
        return _Text(template.format(*(operand.text for operand in operands)), _BINDING["/"])
    return _Text(template.format(*(operand.text for operand in operands)))


def _wrap(operand: _Text, binding: int) -> str:
    """Put an operand into parentheses if it binds less tightly than its place asks for."""
    return operand.text if operand.binding >= binding else f"({operand.text})"
