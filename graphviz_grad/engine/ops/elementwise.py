"""Elementwise rows: numbers and functions of numbers, recorded and printed from one lambda each."""

from __future__ import annotations

from typing import Final

import numpy as np

from graphviz_grad.engine.ops.op import Op

ROWS: Final = (
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
        second_grad_fn="TanhBackwardBackward0",
    ),
    Op(
        name="sigmoid",
        symbol="σ",
        formula="σ({})",
        forward=lambda a: 1 / (1 + np.exp(-a)),
        partials=(lambda a, out: (1 - out) * out,),
        second_grad_fn="SigmoidBackwardBackward0",
    ),
    Op(
        name="relu",
        symbol="⌐",
        formula="relu({})",
        forward=lambda a: np.maximum(a, 0),
        vjps=(lambda g, a, out: np.where(out != 0, g, 0),),
        second_grad_fn="ThresholdBackwardBackward0",
    ),
    Op(  # torch's threshold: above 20 the function is its argument
        name="softplus",
        symbol="sp",
        formula="softplus({})",
        forward=lambda a: np.where(a > 20, a, np.log1p(np.exp(a))),
        vjps=(
            # Not exp(a), which may be infinite: a nan of the second derivative, though it is not chosen.
            lambda g, a, out: np.where(
                a > 20, g, g * np.exp(np.where(a > 20, 0, a)) / (np.exp(np.where(a > 20, 0, a)) + 1)
            ),
        ),
        second_grad_fn="SoftplusBackwardBackward0",
    ),
    # --- selection
    Op(
        name="abs",
        symbol="|·|",
        formula="|{}|",
        forward=lambda a: np.absolute(a),
        vjps=(lambda g, a, out: g * np.where(a == a, np.sign(a), 0),),  # noqa: PLR0124 - nan has no sign, in torch
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
    Op(name="double", symbol="1.", formula="double({})", forward=lambda a: a * 1.0),
    # --- comparisons
    Op(name="gt", symbol=">", formula="{} > {}", forward=lambda a, b: a > b),
    Op(name="ge", symbol="≥", formula="{} ≥ {}", forward=lambda a, b: a >= b),
    Op(name="lt", symbol="<", formula="{} < {}", forward=lambda a, b: a < b),
    Op(name="le", symbol="≤", formula="{} ≤ {}", forward=lambda a, b: a <= b),
    Op(name="eq", symbol="==", formula="{} == {}", forward=lambda a, b: a == b),
    Op(name="ne", symbol="≠", formula="{} ≠ {}", forward=lambda a, b: a != b),
)
