"""What the page knows of a graph besides its numbers: plain data for JSON, read by ``static/structure.js``.

Most nodes are alike in most things, so what is as usual is left out; `USUAL` says what that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.picture.card import cards
from graphviz_grad.picture.state import CAUSES, resting_tag
from graphviz_grad.text import format_short

if TYPE_CHECKING:
    from graphviz_grad.graph import Edge, Graph, Node
    from graphviz_grad.picture.card import Card

USUAL: Final = {"changed": False, "rest": "", "stored": False, "type": "float"}
"""What a node is if nothing is said, beside everything that is None or an empty list."""


def describe(graph: Graph) -> dict[str, Any]:
    """Describe the structure of a graph to the page.

    Example:
        >>> from graphviz_grad import tensor
        >>> from graphviz_grad.graph import trace
        >>> x = tensor(3.0, requires_grad=True)
        >>> y = 2 * x
        >>> y.backward()
        >>> describe(trace([y], names={"x": x}))["nodes"]  # doctest: +NORMALIZE_WHITESPACE
        [{'name': 'x', 'rest': 'leaf', 'stored': True},
         {'name': 'y', 'op': 'mul', 'args': ['2', 0], 'rest': 'seed 1', 'what': '2.0000 times x',
          'title': 'y = 2 · x'}]
    """
    said = cards(graph)
    places = {node.id: place for place, node in enumerate(graph.nodes)}
    uses: dict[str, list[int]] = {}
    for place, edge in enumerate(graph.edges):
        if edge.requires_grad:
            uses.setdefault(edge.parent, []).append(place)
    described = {
        "nodes": [_describe_node(node, said[node.id], places, uses, graph) for node in graph.nodes],
        "edges": [_describe_edge(edge, places, graph) for edge in graph.edges],
        "outputs": [places[output] for output in graph.outputs],
    }
    _place_arrays(graph, described)
    return described


def _place_arrays(graph: Graph, described: dict[str, Any]) -> None:
    """Say where in `Graph.numbers` the elements of arrays are, and of what kind and shape they are."""
    place = 2 * (len(graph.nodes) + len(graph.edges))

    def take(array: np.ndarray) -> int:
        nonlocal place
        place += array.size
        return place - array.size

    for node, said in zip(graph.nodes, described["nodes"], strict=True):
        if isinstance(node.value, np.ndarray):
            said["shape"] = list(node.value.shape)
            said["at"] = [
                take(payload) for payload in (node.value, node.grad) if isinstance(payload, np.ndarray)
            ]
            if node.value.dtype.kind != "f":
                said["kind"] = "bool" if node.value.dtype.kind == "b" else "int"
    for edge, ends in zip(graph.edges, described["edges"], strict=True):
        if isinstance(edge.contribution, np.ndarray):
            ends.append(take(edge.contribution))
    if place > 2 * (len(graph.nodes) + len(graph.edges)):
        described["size"] = place


def _describe_node(
    node: Node, card: Card, places: dict[str, int], uses: dict[str, list[int]], graph: Graph
) -> dict[str, Any]:
    is_live = node.grad is not None and node.requires_grad
    fork = [place for place in uses.get(node.id, []) if graph.edges[place].contribution is not None]
    is_summed = bool(card.fork) and all(_is_number(graph.edges[place].contribution) for place in fork)
    rest, name = resting_tag(node, is_root=node.name == graph.root), card.name
    what = card.spoken.removeprefix(f"{name}, ").rpartition(", value ")[0]
    title = card.tooltip.partition("\n")[0]
    said = {
        "name": name,
        "op": node.op,
        "cause": CAUSES.get(node.op or ""),
        "args": [places[arg] if isinstance(arg, str) else format_short(arg) for arg in node.arguments],
        "type": _type(node),
        "value": card.value if _type(node) == "array" else None,
        "grad": None if is_live and _is_number(node.grad) else card.grad,
        "rest": rest,
        "changed": node.is_changed,
        "uses": fork if is_summed else None,
        "what": None if what == rest else what,
        "title": None if title == name else title,
        "note": None if is_live else f"gradient {node.grad}" if node.requires_grad else "",
        "stored": node.stored is not None,
    }
    return {key: value for key, value in said.items() if value not in (None, [], USUAL.get(key))}


def _describe_edge(edge: Edge, places: dict[str, int], graph: Graph) -> list[int]:
    """Describe an edge: parent, child, and unless all of it are numbers, whether the contribution is one."""
    child = graph.nodes[places[edge.child]]
    ends = [places[edge.parent], places[edge.child]]
    if not (edge.requires_grad and _is_number(edge.contribution)):
        return [*ends, 0]
    return ends if _is_number(child.grad) and _is_number(edge.partial) else [*ends, 1]


def _type(node: Node) -> str:
    value = node.value
    if isinstance(value, np.ndarray):
        return "array"
    return "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "float"


def _is_number(payload: object) -> bool:
    return payload is not None and not isinstance(payload, np.ndarray)
