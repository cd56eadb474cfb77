"""The op table in JavaScript, for ``static/program.js``: printed from `graphviz_grad.engine.ops`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from graphviz_grad.engine.ops import OPS
from graphviz_grad.engine.printers import JAVASCRIPT, javascript_helpers, statements
from graphviz_grad.engine.scalar import record_contributions, record_forward, record_partials
from graphviz_grad.picture.page.terms import missing_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphviz_grad.engine.expr import Expr
    from graphviz_grad.program import Program


@functools.lru_cache(maxsize=64)
def op_table(names: frozenset[str] | None = None) -> str:
    """Return the source of ``static/ops.js``: a row for each op that JavaScript can compute.

    A row has ``arity``, ``forward`` of the operands and, where the op has derivatives, for each operand
    either a partial, of the result and the operands, or a vjp, of upstream gradient, result and operands. The
    result comes before the operands, so that the page may always pass as many as any row has.

    Args:
        names: The ops that get a row; all of them if omitted.

    Example:
        >>> [row] = [line for line in op_table().splitlines() if line.startswith("  mul:")]
        >>> row
        '  mul: { arity: 2, forward: (a, b) => a * b, partials: [(out, a, b) => b, (out, a) => a] },'
    """
    printed = [name for name in OPS if _is_printable(name) and (names is None or name in names)]
    rows = "".join(f"  {name}: {_row(name)},\n" for name in printed)
    return f"{javascript_helpers(rows)}\nexport const OPS = {{\n{rows}}};\n"


def missing_ops(program: Program) -> list[str]:
    """Return the ops of a program that the page cannot compute, in the order of the op table.

    Example:
        >>> from graphviz_grad import tensor
        >>> from graphviz_grad.graph import trace
        >>> from graphviz_grad.program import Program
        >>> missing_ops(Program.from_graph(trace([tensor(2.0).exp()])))
        []
    """
    lacking = missing_terms(program)
    return [*(name for name in OPS if name in lacking), *sorted(lacking - OPS.keys())]  # the user's own last


def used_ops(program: Program) -> frozenset[str]:
    """Return the names of the ops of a program."""
    return frozenset(step.op for step in program.steps)


def _is_printable(name: str) -> bool:
    return not OPS[name].is_structural


def _row(name: str) -> str:
    op = OPS[name]
    fields = {"arity": str(op.arity), "forward": _arrow(op.operands, record_forward(op))}
    given = ("out", *op.operands)
    if op.partials:
        fields["partials"] = f"[{', '.join(_arrow(given, tree) for tree in record_partials(op))}]"
    if op.vjps:
        fields["vjps"] = f"[{', '.join(_arrow(('g', *given), tree) for tree in record_contributions(op))}]"
    return "{ " + ", ".join(f"{key}: {text}" for key, text in fields.items()) + " }"


def _arrow(parameters: Sequence[str], tree: Expr) -> str:
    """Return a tree as a function, without the last parameters where it does not use them."""
    used = set(tree.variables())
    while parameters and parameters[-1] not in used:
        parameters = parameters[:-1]
    lines, [result] = statements([tree], JAVASCRIPT)
    body = f"{{ {' '.join(lines)} return {result}; }}" if lines else result
    return f"({', '.join(parameters)}) => {body}"
