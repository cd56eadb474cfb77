"""A program read back from JSON, with everything in it checked; `program_json` says what there is."""

from __future__ import annotations

import json
import math
from reprlib import Repr
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graphviz_grad.engine.rules import RULES
from graphviz_grad.node import Edge, Node
from graphviz_grad.param_json import read_param
from graphviz_grad.payload import freeze, write_formula, write_number
from graphviz_grad.program_json import NOT_FINITE, VERSION, describe
from graphviz_grad.snapshot import Graph

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from graphviz_grad.engine.rules import Rule
    from graphviz_grad.payload import Number, Payload

_REPR: Final = Repr()  # what is wrong may be long
_STEP: Final = "[op, operands, result, edges]"
_STEP_LENGTHS: Final = {4, 5}  # with static arguments
_LONGEST_ID: Final = 12


def read_program(text: str | bytes) -> tuple[Graph, int | None]:
    """Return the graph of a program, its values computed, and the slot of its root.

    Raises:
        ValueError: If this is no program, or one of another version.
    """
    try:
        program = json.loads(text, parse_constant=_refuse_word, parse_float=_read_float)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"program: not JSON ({error})") from None
    _check(isinstance(program, dict), "", program, "an object")
    version = program.get("version")
    _check(_is_integer(version) and version == VERSION, "version ", version, str(VERSION))
    reader = _Reader(program)
    return reader.read_graph(), reader.root


class _Reader:
    """Makes a graph of a program, and checks it piece by piece on the way."""

    def __init__(self, program: Mapping[str, Any]) -> None:
        self.program = program
        leaves, self.steps, self.results = (self.rows(key) for key in ("leaves", "steps", "results"))
        _check(len(self.results) == len(self.steps), "results: ", self.results, "a name for each step")
        self.count = len(leaves) + len(self.steps)
        self.constants: list[Number] = [
            _read_number("constants: ", constant) for constant in self.rows("constants")
        ]
        self.leaves = dict(self.read_leaf(leaf) for leaf in leaves)
        _check(len(self.leaves) == len(leaves), "leaves: ", leaves, "each with an id of its own")
        self.frozen = self.slots("frozen")
        self.unnamed = self.slots("unnamed")
        self.retained = self.slots("retained", [slot for slot in self.leaves if slot not in self.frozen])
        self.root: int | None = program.get("root")
        if self.root is not None:
            self.check_slot("root: ", self.root)
            _check(self.root not in self.frozen, "root: ", self.root, "not frozen")
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def read_graph(self) -> Graph:
        """Return the graph."""
        steps = enumerate(zip(self.steps, self.results, strict=True))
        for slot in range(self.count):
            if slot in self.leaves:
                self.add(*self.leaves[slot])
            else:
                self.read_step(*next(steps))
        outputs = self.rows("outputs")
        _check(bool(outputs), "outputs: ", outputs, "at least one slot")
        for output in outputs:
            self.check_slot("outputs: ", output)
        kinds = describe(self.nodes)
        for key in ("shapes", "bools"):
            said, found = self.program.get(key), kinds.get(key)
            _check(said == found, f"{key}: ", said, str(found))
        ids = tuple(self.nodes[output].id for output in outputs)
        return Graph(tuple(self.nodes), tuple(self.edges), ids, None)

    def read_leaf(self, leaf: Any) -> tuple[int, tuple[str, Payload]]:
        """Return the slot, the name and the value of a leaf."""
        _check(isinstance(leaf, dict), "leaves: ", leaf, "objects")
        text = leaf.get("id")
        is_id = isinstance(text, str) and text[:1] == "n" and text[1:].isdecimal() and len(text) < _LONGEST_ID
        slot = int(text[1:]) if is_id else -1
        _check(f"n{slot}" == text and slot < self.count, "leaves: id ", text, f"n0 to n{self.count - 1}")
        return slot, (_read_name(leaf.get("name")), _read_value(f"{text}: ", leaf))

    def read_step(self, number: int, step: tuple[Any, Any]) -> None:
        """Add what a step computes, and its edges."""
        row, name = step
        what = f"steps[{number}]: "
        _check(isinstance(row, list) and len(row) in _STEP_LENGTHS, what, row, _STEP)
        op, inputs, out, edges, params = (*row, {})[:5]
        _check(isinstance(op, str) and op in RULES, f"{what}op ", op, f"one of {', '.join(RULES)}")
        _check(isinstance(params, dict), f"{what}static arguments ", params, "an object")
        rule = self.read_rule(what, op, params)
        arity = len(inputs) if rule.op.is_variadic and isinstance(inputs, list) else rule.op.arity
        _check(_is_list(inputs, arity) and rule.op.takes(arity), f"{what}operands ", inputs, f"{arity} slots")
        _check(_is_list(edges, arity), f"{what}edges ", edges, f"{arity} numbers")
        _check(_is_integer(out) and out == len(self.nodes), f"{what}result ", out, f"slot {len(self.nodes)}")
        flows = rule.is_differentiable and out not in self.frozen
        arguments = [
            self.read_operand(what, *use, flows=flows)
            for use in zip(range(arity), inputs, edges, strict=True)
        ]
        nodes = {node.id: node for node in (self.nodes[slot] for slot in inputs if slot < out)}
        values = [nodes[a].value if isinstance(a, str) else a for a in arguments]
        texts = [nodes[a].name if isinstance(a, str) else write_number(a) for a in arguments]
        try:
            value = rule.forward(*values)
        except (TypeError, ValueError, RuntimeError) as error:  # shapes that do not go together
            raise ValueError(f"program: {what}{error}") from None
        self.add(
            _read_name(name),
            value,
            op=op,
            symbol=rule.symbol,
            formula=write_formula(rule.template(arity), texts),
            parents=tuple(nodes[a].id for a in arguments if isinstance(a, str)),
            arguments=tuple(arguments),
            params=tuple(rule.params.items()),
        )

    def read_rule(self, what: str, op: str, params: Mapping[str, Any]) -> Rule:
        """Return the rule of a step with its static arguments."""
        try:
            return RULES[op].bind(**{name: read_param(value) for name, value in params.items()})
        except (TypeError, ValueError) as error:
            raise ValueError(f"program: {what}{error}") from None

    def read_operand(self, what: str, place: int, slot: Any, edge: Any, *, flows: bool) -> str | Number:
        """Return a constant, or the id of a node, whose edge is added."""
        child, number = len(self.nodes), len(self.edges)
        last = self.count + len(self.constants)
        is_node = _is_integer(slot) and 0 <= slot < child
        is_constant = _is_integer(slot) and self.count <= slot < last
        slots = f"below {child}, or {self.count} to {last - 1}"
        _check(is_node or is_constant, f"{what}operand ", slot, slots)
        may_flow = is_node and flows and slot not in self.frozen
        allowed = (-1, number) if may_flow else (-1,)
        _check(_is_integer(edge) and edge in allowed, f"{what}edge ", edge, " or ".join(map(str, allowed)))
        if is_constant:
            constant: Number = self.constants[slot - self.count]
            return constant
        ends = f"n{slot}", f"n{child}"
        self.edges.append(Edge(f"e{number}", *ends, place, None, None, requires_grad=edge >= 0))
        return ends[0]

    def add(self, name: str, value: Payload, **fields: Any) -> None:
        """Add a node."""
        slot = len(self.nodes)
        leaf: dict[str, Any] = {"op": None, "symbol": "", "formula": "", "parents": ()}
        node = Node(
            id=f"n{slot}",
            name=name,
            value=freeze(value),
            grad=None,
            stored=None,
            is_leaf=slot in self.leaves,
            requires_grad=slot not in self.frozen,
            retains_grad=slot in self.retained,
            is_named=slot not in self.unnamed,
            **(leaf | fields),
        )
        self.nodes.append(node)

    def rows(self, key: str) -> list[Any]:
        """Return the list that must be there under ``key``."""
        found = self.program.get(key)
        _check(isinstance(found, list), f"{key}: ", found, "a list")
        return found or []

    def slots(self, key: str, default: Collection[int] = ()) -> frozenset[int]:
        """Return the slots that may be listed under ``key``."""
        found = self.rows(key) if key in self.program else default
        for slot in found:
            self.check_slot(f"{key}: ", slot)
        return frozenset(found)

    def check_slot(self, what: str, slot: Any) -> None:
        """Refuse what is not the slot of a node."""
        _check(_is_integer(slot) and 0 <= slot < self.count, what, slot, f"a slot from 0 to {self.count - 1}")


def _check(is_fine: bool, what: str, value: Any, must: str) -> None:  # noqa: FBT001 - as in assert
    if not is_fine:
        raise ValueError(f"program: {what}{_REPR.repr(value)} (must be {must})")


def _is_integer(value: object) -> bool:
    return value.__class__ is int  # True is no slot


def _is_list(value: object, length: int) -> bool:
    return isinstance(value, list) and len(value) == length


def _read_name(name: object) -> str:
    _check(isinstance(name, str), "name ", name, "text")
    return str(name)


def _read_value(what: str, leaf: Mapping[str, Any]) -> Payload:
    value, shape = leaf.get("value"), leaf.get("shape")
    if shape is None:
        return _read_number(what, value)
    is_shape = isinstance(shape, list) and all(_is_integer(size) and size >= 0 for size in shape)
    _check(is_shape, f"{what}shape ", shape, "a list of sizes")
    _check(_is_list(value, math.prod(shape)), what, value, f"{math.prod(shape)} numbers")
    numbers = [_read_number(what, number) for number in value or ()]
    kinds = {number.__class__ for number in numbers}
    _check(len(kinds) <= 1, what, value, "numbers of one kind")
    return np.array(numbers, kinds.pop() if kinds else float).reshape(shape)


def _read_number(what: str, number: Any) -> Number:
    if isinstance(number, str) and number in NOT_FINITE:
        return NOT_FINITE[number]
    if isinstance(number, float) or (isinstance(number, int) and -(2**63) <= number < 2**63):
        return number
    must = 'a number of 64 bits, "nan", "inf" or "-inf"'
    raise ValueError(f"program: {what}{_REPR.repr(number)} (must be {must})")


def _read_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is no float64")
    return number


def _refuse_word(text: str) -> float:
    raise ValueError(f"{text} is no number")
