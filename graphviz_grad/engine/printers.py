"""Turn a recorded rule into text: Python, JavaScript, LaTeX, Unicode.

A language is a `Notation`: for each primitive a template and how tightly it binds. A template that mentions
an operand twice (a guard such as ``{0} / {1} if {1} else ...``) needs that operand to be a name; `statements`
gives it one. Python's templates are guarded so that floats behave as IEEE 754 says where Python would raise.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphviz_grad.engine.expr import Expr

# How tightly a text binds; an operand that binds more loosely than its place asks for gets parentheses.
LOOSE, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)


@dataclass(frozen=True, slots=True)
class Template:
    """How one primitive is written.

    Attributes:
        text: The text, with ``{0}``, ``{1}``, ... for the operands.
        binds: How tightly the whole binds.
        needs: How tightly each operand has to bind.
    """

    text: str
    binds: int = ATOM
    needs: tuple[int, ...] = (LOOSE, LOOSE, LOOSE)

    def repeats(self, position: int) -> bool:
        """Whether the operand at ``position`` is mentioned more than once."""
        return self.text.count(f"{{{position}}}") > 1


@dataclass(frozen=True, slots=True)
class Notation:
    """A language that rules are printed in.

    Attributes:
        templates: The template of each primitive.
        constant: Text of a number.
        assign: Text of an assignment of ``{1}`` to the name ``{0}``.
    """

    templates: Mapping[str, Template]
    constant: Callable[[float], str]
    assign: str = "{0} = {1}"


def _infix(sign: str, binds: int) -> Template:
    return Template(f"{{0}} {sign} {{1}}", binds, (binds, binds + 1))


def _compare(sign: str) -> Template:
    return Template(f"{{0}} {sign} {{1}}", COMPARE, (SUM, SUM))  # a < b < c is something else in Python


def _calls(prefix: str, names: str) -> dict[str, Template]:
    return {name: Template(f"{prefix}{name}({{0}})") for name in names.split()}


_COMPARISONS: Final = {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}
_ARITHMETIC: Final = {
    "add": _infix("+", SUM),
    "subtract": _infix("-", SUM),
    "multiply": _infix("*", PRODUCT),
    "divide": _infix("/", PRODUCT),
    "negative": Template("-{0}", SIGN, (POWER,)),  # never "--", which is something else in JavaScript
} | {head: _compare(sign) for head, sign in _COMPARISONS.items()}
_INVERSES: Final = {"arctan": Template("atan({0})"), "arctan2": Template("atan2({0}, {1})")}
_GUARDED = (POWER, POWER, POWER)


def _python_constant(value: float) -> str:
    return repr(value) if isinstance(value, bool) else repr(float(value))


def _javascript_constant(value: float) -> str:
    return str(value).lower()


PYTHON: Final = Notation(
    {
        **_ARITHMETIC,
        "divide": Template("({0} / {1} if {1} else divide({0}, {1}))", ATOM, _GUARDED),
        "fmod": Template("fmod({0}, {1})"),
        "power": Template("power({0}, {1})"),
        "exp": Template("(exp({0}) if {0} < 709.0 else exp_big({0}))", ATOM, _GUARDED),
        "log1p": Template("(log1p({0}) if {0} > -1.0 else log_rest(1.0 + {0}))", ATOM, _GUARDED),
        "expm1": Template("(expm1({0}) if {0} < 709.0 else exp_big({0}))", ATOM, _GUARDED),
        "sqrt": Template("(sqrt({0}) if {0} >= 0.0 else nan)", ATOM, _GUARDED),
        "sign": Template("(1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else abs({0}))", ATOM, _GUARDED),
        "absolute": Template("abs({0})"),
        "maximum": Template("({0} if {0} >= {1} or {0} != {0} else {1})", ATOM, _GUARDED),
        "minimum": Template("({0} if {0} <= {1} or {0} != {0} else {1})", ATOM, _GUARDED),
        "where": Template("({1} if {0} else {2})", ATOM, (COMPARE, COMPARE, COMPARE)),
    }
    | {
        name: Template(f"({name}({{0}}) if -inf < {{0}} < inf else nan)", ATOM, _GUARDED)
        for name in ("sin", "cos", "tan")
    }
    | {
        name: Template(f"({name}({{0}}) if {{0}} > 0.0 else log_rest({{0}}))", ATOM, _GUARDED)
        for name in ("log", "log2", "log10")
    }
    | {
        f"arc{name}": Template(f"(a{name}({{0}}) if -1.0 <= {{0}} <= 1.0 else nan)", ATOM, _GUARDED)
        for name in ("sin", "cos")
    }
    | _calls("", "tanh sinh cosh erf floor ceil round")
    | _INVERSES,
    _python_constant,
)

JAVASCRIPT: Final = Notation(
    {
        **_ARITHMETIC,
        "equal": _compare("==="),
        "fmod": _infix("%", PRODUCT),
        "not_equal": _compare("!=="),
        **_calls("Math.", "exp expm1 log log1p log2 log10 sqrt sin cos tan sinh cosh tanh floor ceil"),
        **_calls("", "erf round"),
        **{f"arc{name}": Template(f"Math.a{name}({{0}})") for name in ("sin", "cos", "tan")},
        "arctan2": Template("Math.atan2({0}, {1})"),
        "sign": Template("({0} > 0 ? 1 : {0} < 0 ? -1 : Math.abs({0}))", ATOM, _GUARDED),
        "absolute": Template("Math.abs({0})"),
        "power": Template("power({0}, {1})"),
        # Math.max would prefer 0 to -0, whichever comes first.
        "maximum": Template("({0} >= {1} || {0} !== {0} ? {0} : {1})", ATOM, _GUARDED),
        "minimum": Template("({0} <= {1} || {0} !== {0} ? {0} : {1})", ATOM, _GUARDED),
        "where": Template("({0} ? {1} : {2})", ATOM, (COMPARE, COMPARE, COMPARE)),
    },
    _javascript_constant,
    "const {0} = {1};",
)

#: What printed JavaScript calls besides ``Math``, by name.
#:
#: ``power`` is C's pow, which unlike JavaScript's has 1**y = 1 for every y and (-1)**±inf = 1 (ISO C, Annex
#: F.10.4.4); with ±½ a square root, as in Python's rules. ``round`` takes the even one of two, as Python
#: does: beside 2**52 a float has no place for a fraction. ``erf`` is a series whose terms have all one sign
#: (https://dlmf.nist.gov/7.6.E2).
_HELPERS: Final = {
    "power": """\
const power = (a, b) => {
  if (a <= 0 && (b === 0.5 || b === -0.5)) return b > 0 ? Math.sqrt(a) : 1 / Math.sqrt(a);
  return a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : Math.pow(a, b);
};
""",
    "round": """\
const round = (a) => (Math.abs(a) < 2 ** 52 ? Math.sign(a) * (Math.abs(a) + 2 ** 52 - 2 ** 52) : a);
""",
    "erf": """\
const erf = (a) => {
  if (!(Math.abs(a) < 6)) return Math.sign(a);
  let sum = a;
  for (let n = 1, term = a; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
};
""",
}


def javascript_helpers(text: str) -> str:
    """Return the source of what printed JavaScript calls besides ``Math``.

    Example:
        >>> javascript_helpers("round(a) + b").partition(" =")[0], javascript_helpers("a + b")
        ('const round', '')
    """
    called = {*re.findall(r"(?<![.\w])\w+(?=\()", text)}
    return "".join(source for name, source in _HELPERS.items() if name in called)


LATEX: Final = Notation(
    {
        **_ARITHMETIC,
        "multiply": _infix(r"\cdot", PRODUCT),
        "divide": Template(r"\frac{{{0}}}{{{1}}}"),
        "fmod": _infix(r"\bmod", PRODUCT),
        "power": Template("{0}^{{{1}}}", POWER, (ATOM, LOOSE)),
        "sqrt": Template(r"\sqrt{{{0}}}"),
        "exp": Template("e^{{{0}}}", POWER),
        "absolute": Template(r"\left|{0}\right|"),
        "log": Template(r"\ln\left({0}\right)"),
        "log1p": Template(r"\ln\left(1 + {0}\right)", ATOM, (SUM,)),
        "log2": Template(r"\log_{{2}}\left({0}\right)"),
        "log10": Template(r"\log_{{10}}\left({0}\right)"),
        "expm1": Template("e^{{{0}}} - 1", SUM),
        "arctan2": Template(r"\operatorname{{atan2}}\left({0}, {1}\right)"),
        "floor": Template(r"\left\lfloor {0} \right\rfloor"),
        "ceil": Template(r"\left\lceil {0} \right\rceil"),
        "greater_equal": _compare(r"\ge"),
        "less_equal": _compare(r"\le"),
        "equal": _compare("="),
        "not_equal": _compare(r"\ne"),
        "maximum": Template(r"\max\left({0}, {1}\right)"),
        "minimum": Template(r"\min\left({0}, {1}\right)"),
        "where": Template(
            r"\begin{{cases}}{1} & \text{{if }} {0} \\ {2} & \text{{otherwise}}\end{{cases}}",
        ),
    }
    | {
        name: Template(rf"\{name}\left({{0}}\right)")
        for name in ("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh")
    }
    | {
        head: Template(rf"\operatorname{{{{{name}}}}}\left({{0}}\right)")
        for head, name in {"erf": "erf", "sign": "sgn", "round": "round"}.items()
    },
    str,
    r"{0} = {1} \\",
)

UNICODE: Final = Notation(
    {
        **_ARITHMETIC,
        "subtract": _infix("−", SUM),
        "multiply": _infix("·", PRODUCT),
        "fmod": _infix("mod", PRODUCT),
        "negative": Template("−{0}", SIGN, (POWER,)),
        "power": Template("{0}^{1}", POWER, (ATOM, ATOM)),
        "sqrt": Template("√({0})"),
        "absolute": Template("|{0}|"),
        "log": Template("ln({0})"),
        "log1p": Template("ln(1 + {0})", ATOM, (SUM,)),
        "greater_equal": _compare("≥"),
        "less_equal": _compare("≤"),
        "equal": _compare("="),
        "not_equal": _compare("≠"),
        "maximum": Template("max({0}, {1})"),
        "minimum": Template("min({0}, {1})"),
        "where": Template("({1} if {0} else {2})", ATOM, (COMPARE, COMPARE, COMPARE)),
        "floor": Template("⌊{0}⌋"),
        "ceil": Template("⌈{0}⌉"),
        "log2": Template("log₂({0})"),
        "log10": Template("log₁₀({0})"),
        **_calls("", "exp expm1 sin cos tan arcsin arccos arctan sinh cosh tanh erf sign round"),
        "arctan2": Template("arctan2({0}, {1})"),
    },
    lambda value: str(value).replace("-", "−"),
)


def print_expr(
    expr: Expr, notation: Notation, names: Mapping[str, str] | None = None, *, needs: int = LOOSE
) -> str:
    """Return ``expr`` in ``notation``.

    Args:
        expr: The recorded tree.
        notation: One of `PYTHON`, `JAVASCRIPT`, `LATEX`, `UNICODE`.
        names: What variables are called, by their name in the rule, and whole subtrees, by their text.
        needs: How tightly the result has to bind; it is parenthesised if it does not.

    Example:
        >>> from graphviz_grad.engine.expr import variable
        >>> out = variable("out")
        >>> print_expr(out * (1 - out), UNICODE, {"out": "a"})
        'a · (1 − a)'
    """
    names = names or {}
    known = names.get(expr.text())
    if known is not None:
        return known
    if expr.head == "variable":
        return str(expr.args[0])
    if expr.head == "constant":
        text = notation.constant(expr.args[0])
        binds = SIGN if expr.args[0] < 0 else ATOM
    else:
        template = notation.templates[expr.head]
        operands = (
            print_expr(arg, notation, names, needs=need)
            for arg, need in zip(expr.args, template.needs, strict=False)
        )
        text, binds = template.text.format(*operands), template.binds
    return f"({text})" if binds < needs else text


def statements(exprs: Sequence[Expr], notation: Notation) -> tuple[list[str], list[str]]:
    """Return straight-line code: assignments, then the text of each of ``exprs``.

    A subtree is computed into a temporary ``t1, t2, ...`` where it is used twice, or where a guard needs a
    name.

    Example:
        >>> from graphviz_grad.engine.expr import variable
        >>> a = variable("a")
        >>> statements([1 / (1 + a)], PYTHON)
        (['t1 = 1.0 + a'], ['(1.0 / t1 if t1 else divide(1.0, t1))'])
    """
    uses: Counter[str] = Counter()
    in_guard: set[str] = set()
    ordered: dict[str, Expr] = {}

    def visit(expr: Expr) -> None:
        text = expr.text()
        uses[text] += 1
        if expr.is_atom or uses[text] > 1:
            return
        template = notation.templates[expr.head]
        for position, arg in enumerate(expr.args):
            visit(arg)
            if template.repeats(position) and not arg.is_atom:
                in_guard.add(arg.text())
        ordered[text] = expr  # operands stand before what uses them

    for expr in exprs:
        visit(expr)
    names: dict[str, str] = {}
    lines: list[str] = []
    for text, expr in ordered.items():
        if text in in_guard or uses[text] > 1:
            line = print_expr(expr, notation, names)
            names[text] = f"t{len(lines) + 1}"
            lines.append(notation.assign.format(names[text], line))
    return lines, [print_expr(expr, notation, names) for expr in exprs]
