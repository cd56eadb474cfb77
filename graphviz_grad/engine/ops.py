"""The op table: the only place where an op exists.

A row is mathematics: the forward function and its local derivatives, as numpy lambdas of the operands
``a, b, ...``, the result ``out`` and, in a vjp, the upstream gradient ``g``. Elementwise rows give
``partials``, which the engine multiplies by ``g``. A row gives ``vjps`` where torch selects or divides
instead of multiplying, so that ``0 * inf`` does not make a nan that torch does not have. Derivatives at kinks
are torch's.

Everything else follows from the row: scalar Python, JavaScript, LaTeX, the formula on the card, what is saved
for the backward pass, and its tests.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """A primitive: one row of the table.

    Attributes:
        name: The name of the torch function.
        symbol: The glyph on the card's badge; unique in the table.
        formula: The right-hand side on the card, with ``{}`` for each operand.
        forward: ``forward(a, b, ...)`` gives the result.
        partials: One function per operand, ``partial(a, b, ..., out)``, the local derivative.
        vjps: One function per operand, ``vjp(g, a, b, ..., out)``, the contribution itself.

    A row with neither ``partials`` nor ``vjps`` has no gradient (a comparison, a detach).
    """

    name: str
    symbol: str
    formula: str
    forward: Callable[..., Any]
    partials: tuple[Callable[..., Any], ...] = ()
    vjps: tuple[Callable[..., Any], ...] = ()

    def __post_init__(self) -> None:
        if self.partials and self.vjps:
            raise ValueError(f"op {self.name!r}: partials and vjps (must be one of them)")
        derivatives = self.partials or self.vjps
        if derivatives and len(derivatives) != self.arity:
            raise ValueError(f"op {self.name!r}: {len(derivatives)} derivatives (must be {self.arity})")

    @property
    def arity(self) -> int:
        """Number of operands."""
        return len(inspect.signature(self.forward).parameters)

    @property
    def operands(self) -> tuple[str, ...]:
        """Names of the operands in the rules: ``a``, ``b``, ``c``."""
        return tuple(inspect.signature(self.forward).parameters)


def _rows(*rows: Op) -> dict[str, Op]:
    return {row.name: row for row in rows}


OPS: Final = _rows(
    # --- arithmetic
    Op(
        name="add",
        symbol="+",
        formula="{} + {}",
        forward=lambda a, b: a + b,
        partials=(lambda a, b, out: 1, lambda a, b, out: 1),
    ),
    Op(
        name="sub",
        symbol="−",
        formula="{} − {}",
        forward=lambda a, b: a - b,
        partials=(lambda a, b, out: 1, lambda a, b, out: -1),
    ),
    Op(
        name="mul",
        symbol="×",
        formula="{} · {}",
        forward=lambda a, b: a * b,
        partials=(lambda a, b, out: b, lambda a, b, out: a),
    ),
    Op(
        name="div",
        symbol="/",
        formula="{} / {}",
        forward=lambda a, b: a / b,
        vjps=(lambda g, a, b, out: g / b, lambda g, a, b, out: -g * (a / b / b)),
    ),
    Op(
        name="neg",
        symbol="±",
        formula="−{}",
        forward=lambda a: -a,
        partials=(lambda a, out: -1,),
    ),
    Op(  # torch: a**0 has no slope in a, even at 0, and 0**b none in b, even at 0
        name="pow",
        symbol="^",
        formula="{} ^ {}",
        forward=lambda a, b: a**b,
        vjps=(
            lambda g, a, b, out: np.where(b == 0, 0, g * (b * a ** (b - 1))),
            lambda g, a, b, out: g * np.where(np.where(a == 0, b >= 0, False), 0, out * np.log(a)),
        ),
    ),
    # --- elementary functions
    Op(
        name="exp",
        symbol="exp",
        formula="exp({})",
        forward=lambda a: np.exp(a),
        partials=(lambda a, out: out,),
    ),
    Op(
        name="log",
        symbol="ln",
        formula="ln({})",
        forward=lambda a: np.log(a),
        vjps=(lambda g, a, out: g / a,),
    ),
    Op(
        name="sqrt",
        symbol="√",
        formula="√({})",
        forward=lambda a: np.sqrt(a),
        vjps=(lambda g, a, out: g / (2 * out),),
    ),
    Op(
        name="sin",
        symbol="sin",
        formula="sin({})",
        forward=lambda a: np.sin(a),
        partials=(lambda a, out: np.cos(a),),
    ),
    Op(
        name="cos",
        symbol="cos",
        formula="cos({})",
        forward=lambda a: np.cos(a),
        partials=(lambda a, out: -np.sin(a),),
    ),
    Op(
        name="tan",
        symbol="tan",
        formula="tan({})",
        forward=lambda a: np.tan(a),
        partials=(lambda a, out: 1 + out * out,),
    ),
    # --- activations
    Op(
        name="tanh",
        symbol="tanh",
        formula="tanh({})",
        forward=lambda a: np.tanh(a),
        partials=(lambda a, out: 1 - out * out,),
    ),
    Op(
        name="sigmoid",
        symbol="σ",
        formula="σ({})",
        forward=lambda a: 1 / (1 + np.exp(-a)),
        partials=(lambda a, out: (1 - out) * out,),
    ),
    Op(
        name="relu",
        symbol="⌐",
        formula="relu({})",
        forward=lambda a: np.maximum(a, 0),
        vjps=(lambda g, a, out: np.where(out <= 0, 0, g),),
    ),
    Op(  # torch's threshold: above 20 the function is its argument
        name="softplus",
        symbol="sp",
        formula="softplus({})",
        forward=lambda a: np.where(a > 20, a, np.log1p(np.exp(a))),
        vjps=(lambda g, a, out: np.where(a > 20, g, g * np.exp(a) / (np.exp(a) + 1)),),
    ),
    # --- selection
    Op(
        name="abs",
        symbol="|·|",
        formula="|{}|",
        forward=lambda a: np.absolute(a),
        vjps=(lambda g, a, out: g * np.where(a > 0, 1, np.where(a < 0, -1, 0)),),
    ),
    Op(  # a tie shares: ½ and ½
        name="maximum",
        symbol="max",
        formula="max({}, {})",
        forward=lambda a, b: np.maximum(a, b),
        vjps=(
            lambda g, a, b, out: np.where(a == b, 0.5 * g, np.where(a < b, 0, g)),
            lambda g, a, b, out: np.where(a == b, 0.5 * g, np.where(b < a, 0, g)),
        ),
    ),
    Op(
        name="minimum",
        symbol="min",
        formula="min({}, {})",
        forward=lambda a, b: np.minimum(a, b),
        vjps=(
            lambda g, a, b, out: np.where(a == b, 0.5 * g, np.where(a > b, 0, g)),
            lambda g, a, b, out: np.where(a == b, 0.5 * g, np.where(b > a, 0, g)),
        ),
    ),
    # --- identity
    Op(
        name="clone",
        symbol="=",
        formula="clone({})",
        forward=lambda a: a,
        partials=(lambda a, out: 1,),
    ),
    Op(name="detach", symbol="✂", formula="detach({})", forward=lambda a: a),
    Op(  # 0 in the shape of a; of nan and inf too, and so is its gradient
        name="zero",
        symbol="0",
        formula="0",
        forward=lambda a: np.where(True, 0, a),
        vjps=(lambda g, a, out: np.where(True, 0, g),),
    ),
    # --- comparisons
    Op(name="gt", symbol=">", formula="{} > {}", forward=lambda a, b: a > b),
    Op(name="ge", symbol="≥", formula="{} ≥ {}", forward=lambda a, b: a >= b),
    Op(name="lt", symbol="<", formula="{} < {}", forward=lambda a, b: a < b),
    Op(name="le", symbol="≤", formula="{} ≤ {}", forward=lambda a, b: a <= b),
    Op(name="eq", symbol="==", formula="{} == {}", forward=lambda a, b: a == b),
    Op(name="ne", symbol="≠", formula="{} ≠ {}", forward=lambda a, b: a != b),
)
