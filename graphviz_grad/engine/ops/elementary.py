"""Further elementwise rows: logarithms and exponentials, angles, rounding, and the smoother activations."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from graphviz_grad.engine.ops.op import Op
from graphviz_grad.engine.ops.special import erf

# torch's constants of the approximation of gelu (Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415).
_BETA: Final = math.sqrt(2) * (2 / math.sqrt(math.pi)) * 0.5
_KAPPA: Final = 0.044715

ROWS: Final = (
    # --- logarithms and exponentials
    Op(
        name="log1p",
        symbol="ln1p",
        formula="ln(1 + {})",
        forward=lambda a: np.log1p(a),
        vjps=(lambda g, a, out: g / (a + 1),),
        grad_fn="Log1PBackward0",
    ),
    Op(
        name="log2",
        symbol="log₂",
        formula="log₂({})",
        forward=lambda a: np.log2(a),
        vjps=(lambda g, a, out: g / (a * math.log(2)),),
    ),
    Op(
        name="log10",
        symbol="lg",
        formula="log₁₀({})",
        forward=lambda a: np.log10(a),
        vjps=(lambda g, a, out: g / (a * math.log(10)),),
    ),
    Op(
        name="expm1",
        symbol="em1",
        formula="expm1({})",
        forward=lambda a: np.expm1(a),
        partials=(lambda a, out: out + 1,),
    ),
    Op(
        name="reciprocal",
        symbol="1/x",
        formula="1 / ({})",
        forward=lambda a: 1 / a,
        partials=(lambda a, out: -(out * out),),
    ),
    Op(
        name="rsqrt",
        symbol="1/√",
        formula="1 / √({})",
        forward=lambda a: 1 / np.sqrt(a),
        partials=(lambda a, out: -0.5 * (out * out * out),),
    ),
    Op(
        name="erf",
        symbol="erf",
        formula="erf({})",
        forward=lambda a: erf(a),
        partials=(lambda a, out: 2 / math.sqrt(math.pi) * np.exp(-(a * a)),),
    ),
    # --- angles, and their hyperbolic kin
    Op(
        name="sinh",
        symbol="sinh",
        formula="sinh({})",
        forward=lambda a: np.sinh(a),
        partials=(lambda a, out: np.cosh(a),),
    ),
    Op(
        name="cosh",
        symbol="cosh",
        formula="cosh({})",
        forward=lambda a: np.cosh(a),
        partials=(lambda a, out: np.sinh(a),),
    ),
    Op(
        name="asin",
        symbol="asin",
        formula="asin({})",
        forward=lambda a: np.arcsin(a),
        partials=(lambda a, out: 1 / np.sqrt(1 - a * a),),
    ),
    Op(
        name="acos",
        symbol="acos",
        formula="acos({})",
        forward=lambda a: np.arccos(a),
        partials=(lambda a, out: -(1 / np.sqrt(1 - a * a)),),
    ),
    Op(
        name="atan",
        symbol="atan",
        formula="atan({})",
        forward=lambda a: np.arctan(a),
        vjps=(lambda g, a, out: g / (a * a + 1),),
    ),
    Op(
        name="atan2",
        symbol="∠",
        formula="atan2({}, {})",
        forward=lambda a, b: np.arctan2(a, b),
        vjps=(
            lambda g, a, b, out: g * b * np.where(a * a + b * b == 0, 0, 1 / (a * a + b * b)),
            lambda g, a, b, out: g * -a * np.where(a * a + b * b == 0, 0, 1 / (a * a + b * b)),
        ),
    ),
    # --- steps, flat wherever they have a slope
    Op(
        name="floor",
        symbol="⌊·⌋",
        formula="⌊{}⌋",
        forward=lambda a: np.floor(a),
        vjps=(lambda g, a, out: np.where(True, 0, g),),
    ),
    Op(
        name="ceil",
        symbol="⌈·⌉",
        formula="⌈{}⌉",
        forward=lambda a: np.ceil(a),
        vjps=(lambda g, a, out: np.where(True, 0, g),),
    ),
    Op(  # of two nearest the even one
        name="round",
        symbol="≈",
        formula="round({})",
        forward=lambda a: np.round(a),
        vjps=(lambda g, a, out: np.where(True, 0, g),),
    ),
    Op(  # torch: nan has no sign
        name="sign",
        symbol="sgn",
        formula="sign({})",
        forward=lambda a: np.where(np.absolute(a) > 0, np.sign(a), 0),
        vjps=(lambda g, a, out: np.where(True, 0, g),),
    ),
    # --- activations; a slope or a scale is one more operand
    Op(
        name="silu",
        symbol="silu",
        formula="silu({})",
        forward=lambda a: a / (1 + np.exp(-a)),
        partials=(lambda a, out: (1 / (1 + np.exp(-a))) * (1 + a * (1 - 1 / (1 + np.exp(-a)))),),
    ),
    Op(
        name="gelu",
        symbol="gelu",
        formula="gelu({})",
        forward=lambda a: 0.5 * a * (1 + erf(a * math.sqrt(0.5))),
        partials=(
            lambda a, out: (
                0.5 * (1 + erf(a * math.sqrt(0.5)))
                + a * (np.exp(-0.5 * (a * a)) * (1 / math.sqrt(2 * math.pi)))
            ),
        ),
        second_grad_fn="GeluBackwardBackward0",
    ),
    Op(
        name="gelu_tanh",
        symbol="ge≈",
        formula="gelu≈({})",
        forward=lambda a: 0.5 * a * (1 + np.tanh(_BETA * (a + _KAPPA * (a * a * a)))),
        partials=(
            lambda a, out: (
                0.5 * (1 + np.tanh(_BETA * (a + _KAPPA * (a * a * a))))
                + 0.5
                * a
                * (
                    1
                    - np.tanh(_BETA * (a + _KAPPA * (a * a * a)))
                    * np.tanh(_BETA * (a + _KAPPA * (a * a * a)))
                )
                * (_BETA * (1 + 3 * _KAPPA * (a * a)))
            ),
        ),
        grad_fn="GeluBackward0",
        second_grad_fn="GeluBackwardBackward0",
    ),
    Op(
        name="leaky_relu",
        symbol="⌐̷",
        formula="leaky_relu({}, {})",
        forward=lambda a, b: np.where(a > 0, a, a * b),
        vjps=(
            lambda g, a, b, out: np.where(a > 0, g, g * b),
            lambda g, a, b, out: np.where(a > 0, 0, g * a),
        ),
        grad_fn="LeakyReluBackward0",
        second_grad_fn="LeakyReluBackwardBackward0",
    ),
    Op(
        name="elu",
        symbol="elu",
        formula="elu({}, {})",
        forward=lambda a, b: np.where(a <= 0, b * np.expm1(a), a),
        vjps=(
            lambda g, a, b, out: np.where(a <= 0, g * b * np.exp(a), g),
            lambda g, a, b, out: np.where(a <= 0, g * np.expm1(a), 0),
        ),
        second_grad_fn="EluBackwardBackward0",
    ),
    Op(
        name="logsigmoid",
        symbol="ln σ",
        formula="ln σ({})",
        forward=lambda a: np.minimum(a, 0) - np.log1p(np.exp(-np.absolute(a))),
        vjps=(
            lambda g, a, out: (
                g
                * np.where(
                    a < 0,
                    1 - np.exp(np.where(a < 0, a, -a)) / (1 + np.exp(np.where(a < 0, a, -a))),
                    np.exp(np.where(a < 0, a, -a)) / (1 + np.exp(np.where(a < 0, a, -a))),
                )
            ),
        ),
        grad_fn="LogSigmoidBackward0",
        second_grad_fn="LogSigmoidBackwardBackward0",
    ),
)
