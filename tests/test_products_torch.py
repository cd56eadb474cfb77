"""Products print what torch prints, have its numbers and its gradients, and raise its errors."""

from __future__ import annotations

import itertools

import pytest
from both import LEAVES, check

SQUARE = ("s", "w", "q", "b", "c")
OTHERS = ("v", "x", "y", "i", "m", "empty", "3", "hostile")
PAIRS = [
    *itertools.product(SQUARE, repeat=2),
    *itertools.product(("x", "q", "b"), OTHERS),
    ("v", "y"),
    ("x", "y"),
]

EQUATIONS = {
    "q, q": (
        "ij,jk->ik",
        "ij,jk",
        "ij,ij->",
        "ij,ij->ij",
        "ij,ij",
        "ij,kl->ijkl",
        "i j, j k -> i k",
        "ij,jk->ki",
    ),
    "q": (
        "ij->j",
        "ii",
        "ii->",
        "ii->i",
        "ij->ji",
        "ij->",
        "ij",
        "ji",
        "...->...",
        "...i->...",
        "ij->ii",
        "ij;->",
    ),
    "w, w": ("i,i", "i,i->i", "i,j->ij", "i,j->ji", "i,i->"),
    "q, w": ("ij,j->i", "ij,j", "...,...->...", "ij,i->j", "ij,jk->i"),
    "w, q, w": ("i,ij,j->", "i,ij,j->j"),
    "b, q": ("...ij,jk->...ik", "bij,jk->bik", "bij,ij->b", "b...,...->b"),
    "b, b": ("bij,bjk->bik", "bhi,bhj->bij", "bij,bij->"),
    "b": ("bij->bji", "...i->...", "bii->b", "bij->b", "i...->...", "ij"),
    "q, s": ("ij,->ij",),
    "x, y": ("ij,jk->ik", "ij,kl->", "ij,ji->", "ij,jk->iq", "ij,ij->ij"),
    "x, v": ("ij,j->i",),
    "x": ("ij,jk->ik", "a->aa", "ij->j"),
    "i": ("i->",),
    "q, q, q": ("ij,jk,kl->il", "ij,jk->ik"),
    "q, z": ("ij,jk->ik",),
    "i, w": ("i,i",),
}

MORE = (
    *(
        f"t.{name}({a}, {b})"
        for name in ("mm", "mv", "dot", "bmm", "outer", "matmul")
        for a in "wqb"
        for b in "wqb"
    ),
    *(f"t.{name}(q, 3)" for name in ("mm", "mv", "matmul", "outer", "dot")),
    *(f"t.{name}(2.0, q)" for name in ("mm", "mv", "matmul", "outer", "dot", "bmm")),
    "t.mm(x, y)",
    "t.mm(x, x)",
    "x.mv(v)",
    "x.mv(w)",
    "v.dot(v)",
    "v.dot(w)",
    "v.outer(w)",
    "v.outer(i)",
    "t.bmm(b, y)",
    "q.detach() @ b",
    "b @ q.detach()",
    "w @ b.detach()",
    "t.matmul(x, other=y)",
    "t.einsum('ij,jk->ik', [x, y])",
    "t.einsum('ij->j', 3)",
    "(x @ y).sum(0) @ w",
    "3 @ q",
)


@pytest.fixture(autouse=True)
def _more_leaves(monkeypatch):
    monkeypatch.setitem(LEAVES, "w", [0.5, -1.5])
    monkeypatch.setitem(LEAVES, "c", [[[[1.0, 0.5], [-1.0, 2.0]]], [[[0.25, 3.0], [1.5, -2.0]]]])
    monkeypatch.setitem(LEAVES, "z", [[1, 2], [3, 4]])


@pytest.mark.parametrize("text", [f"{a} @ {b}" for a, b in dict.fromkeys(PAIRS)])
def test_matmul_as_torch(text, torch):
    check(torch, text)


@pytest.mark.parametrize(
    "text",
    [f"t.einsum('{equation}', {operands})" for operands, found in EQUATIONS.items() for equation in found],
)
def test_einsum_as_torch(text, torch):
    check(torch, text)


@pytest.mark.parametrize("text", dict.fromkeys(MORE))
def test_other_products_as_torch(text, torch):
    check(torch, text)
