"""The gallery: example graphs whose pictures stand in ``assets/`` and are what the tests compare with.

Run ``python tests/gallery.py`` to write them anew; then look at what has changed.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import graphviz_grad as gg
from graphviz_grad.picture.diagram import Diagram, draw

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
SLOTS = ROOT / "tests" / "snapshots" / "slots.json"


def leaf(value: object) -> gg.Tensor:
    return gg.tensor(value, requires_grad=True)


def product() -> Diagram:
    """Chapter 1: multiply swaps."""
    x, z = leaf(4.0), leaf(-3.0)
    y = x * z
    y.backward()
    return draw(y, names={"x": x, "z": z})


def total() -> Diagram:
    """Chapter 2: a sum shares."""
    x, z = leaf(2.0), leaf(3.0)
    y = x + z
    y.backward()
    return draw(y, names={"x": x, "z": z})


def sigmoid() -> Diagram:
    """Chapter 3: the famous 0.2350."""
    x = leaf(0.5)
    y = gg.sigmoid(x)
    y.backward()
    return draw(y, names={"x": x})


def neuron(direction: str = "LR", theme: str = "default") -> Diagram:
    """Chapter 5: two paths lead to x, and their contributions add."""
    x, z = leaf(2.0), leaf(-0.25)
    a = x * z
    s = gg.sigmoid(a)
    y = s + x
    y.backward()
    return draw(y, names={"x": x, "z": z, "a": a, "s": s}, direction=direction, theme=theme)


def fork() -> Diagram:
    """A tensor used twice by one op and once by another: three edges, three terms."""
    x = leaf(3.0)
    p = x * x
    y = p + x
    y.backward()
    return draw(y, names={"x": x, "p": p})


def states() -> Diagram:
    """A dead relu, a frozen leaf, a logarithm of a negative number and what follows from it."""
    x, w, k = leaf(-1.5), gg.tensor(0.8), leaf(-3.0)
    h = w * x
    r = gg.relu(h)
    q = gg.log(k)
    m = 2 * r
    loss = q - m
    loss.backward()
    return draw(loss, names={"x": x, "w": w, "k": k, "h": h, "r": r, "q": q, "m": m, "L": loss})


def saturated() -> Diagram:
    """A constant, a cut, an inner gradient that is kept, and a sigmoid at its limit."""
    x = leaf(3.0)
    u = (x * x).detach()
    a = u * x + gg.tensor(0.5)
    a.retain_grad()
    y = gg.sigmoid(a)
    y.backward()
    return draw(y, names={"x": x, "u": u, "a": a})


def twice() -> Diagram:
    """Two passes: what is stored is not what this pass brought."""
    x = leaf(2.0)
    (x * x).backward()
    y = x * x
    y.backward()
    return draw(y, names={"x": x})


def before() -> Diagram:
    """No backward pass yet: nothing is computed, and nothing is shown as 0."""
    x, z = leaf(2.0), leaf(3.0)
    hidden = gg.tanh(x * z)
    loss = hidden * hidden
    return draw(loss, names={"x": x, "z": z, "hidden": hidden, "loss": loss})


def worst() -> Diagram:
    """The widest numbers and long names."""
    x, t = leaf(-9999.9999), leaf(5e-324)
    m = x * t
    n = -t
    loss = m + n * x
    loss.backward()
    names = {"a_leaf_with_a_very_long_name": x, "t": t, "m": m, "n": n, "loss_of_the_whole_batch": loss}
    return draw(loss, names=names)


def layer(width: int) -> Diagram:
    """Several tanh neurons, summed: above 25 nodes labels have one line, above 60 none."""
    inputs = [gg.tensor(0.5), gg.tensor(-1.25)]
    names = {f"x{place}": x for place, x in enumerate(inputs)}
    y = None
    for unit in range(width):
        weights = [leaf(0.25 * unit - 0.5), leaf(0.5 - 0.125 * unit)]
        names |= {f"w{unit}{place}": weight for place, weight in enumerate(weights)}
        h = gg.tanh(weights[0] * inputs[0] + weights[1] * inputs[1])
        y = h if y is None else y + h
    y.backward()
    return draw(y, names=names)


def linear_layer(direction: str = "LR", theme: str = "default") -> Diagram:
    """A matrix product, a bias that is broadcast over rows, and a sum: what their vjps do to shapes."""
    x = gg.tensor([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]])
    w, b = leaf([[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]]), leaf([0.01, -0.02])
    h = x @ w
    z = gg.tanh(h + b)
    loss = z.sum()
    loss.backward()
    names = {"x": x, "w": w, "b": b, "h": h, "z": z, "L": loss}
    return draw(loss, names=names, direction=direction, theme=theme)


def broadcast() -> Diagram:
    """A column and a row are spread; on the way back the engine sums, over columns and over rows."""
    c, r = leaf([[1.0], [-2.0]]), leaf([10.0, 0.5, -1e-5])
    s = c + r
    loss = (s * s).sum()
    loss.backward()
    return draw(loss, names={"c": c, "r": r, "s": s, "L": loss})


def vector() -> Diagram:
    """64 numbers, and 8: a strip of colours, and a grid."""
    x = leaf([math.sin(k / 5) for k in range(64)])
    v = leaf([1.0, -2.0, 3.0, 0.0, 5.0, -6.0, 7e6, 0.125])
    y = (gg.relu(x) * x).sum() + (v * v).sum()
    y.backward()
    return draw(y, names={"x": x, "v": v})


def image(theme: str = "default") -> Diagram:
    """28 by 28 numbers, of which a few are broken, truth values, and integers."""
    plane = [
        [math.exp(-((row - 14) ** 2 + (column - 9) ** 2) / 40) for column in range(28)] for row in range(28)
    ]
    weights = [[math.cos(row / 4) * math.sin(column / 3) for column in range(28)] for row in range(28)]
    weights[5][20], weights[6][20] = math.nan, -math.inf
    p, w, k = gg.tensor(plane), leaf(weights), gg.tensor([[1, -2], [3, 400]])
    m = p > 0.5
    y = (w * p).sum()
    y.backward()
    return draw(y, m, k, names={"p": p, "w": w, "m": m, "k": k}, theme=theme)


def hostile() -> Diagram:
    """Names that try to break out, or to overflow."""
    texts = ("<script>\"&'", "line\nbreak", "שלום", "a\u202eb", "e\u0301" * 30, "数学的梯度下降法的例子")
    leaves = [leaf(value) for value in (1.0, -2.0, 0.5, 3.0, -1.0, 2.0)]
    y = leaves[0]
    for other in leaves[1:]:
        y = y * other
    y.backward()
    return draw(y, names=dict(zip(texts, leaves, strict=True)), title='<b title="x">\u202e')


CASES: dict[str, Callable[[], Diagram]] = {
    "product": product,
    "sum": total,
    "sigmoid": sigmoid,
    "neuron": neuron,
    "neuron-top-down": lambda: neuron("TB"),
    "neuron-cs231n": lambda: neuron(theme="cs231n"),
    "neuron-print": lambda: neuron(theme="print"),
    "fork": fork,
    "states": states,
    "saturated": saturated,
    "twice": twice,
    "before": before,
    "worst": worst,
    "layer": lambda: layer(4),
    "wide-layer": lambda: layer(9),
    "hostile": hostile,
    "linear-layer": linear_layer,
    "linear-layer-top-down": lambda: linear_layer("TB"),
    "broadcast": broadcast,
    "vector": vector,
    "image": image,
    "image-print": lambda: image("print"),
}


def main() -> None:
    """Write every picture, and what its slots say."""
    ASSETS.mkdir(exist_ok=True)
    SLOTS.parent.mkdir(exist_ok=True)
    from slots import slots  # noqa: PLC0415  (beside this file; only needed here)

    said = {}
    for name, make in CASES.items():
        svg = make().svg()
        (ASSETS / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
        said[name] = slots(svg)
    SLOTS.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
