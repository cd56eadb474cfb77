"""Numbers and names as text."""

from __future__ import annotations

import json
import math
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_grad.text import (
    ELLIPSIS,
    GRAPHEMES,
    MINUS,
    REPLACEMENT,
    clean,
    format_ascii,
    format_number,
    format_short,
    graphemes,
    truncate,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (0.23500371, "0.2350"),
        (-0.0588, "−0.0588"),
        (1e-4, "0.0001"),
        (9.99e-5, "9.990e−05"),
        (9999.9999, "9999.9999"),
        (-9999.9999, "−9999.9999"),
        (9999.99996, "1.000e+04"),
        (10000.0, "1.000e+04"),
        (5e-324, "4.94e−324"),
        (-5e-324, "−4.94e−324"),
        (1e308, "1.00e+308"),
        (math.nan, "nan"),
        (-math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (3, "3"),
        (-12, "−12"),
        (999_999_999, "999999999"),
        (10**9, "1.000e+09"),
        (10**400, "1.00e+400"),
        (-(10**400), "−1.00e+400"),
        (True, "True"),
        (False, "False"),
    ],
)
def test_numbers_on_the_screen(number, text):
    assert format_number(number) == text
    assert format_ascii(number) == text.replace(MINUS, "-")


def test_shared_vectors(root):
    """The page's formatter is held to the same file."""
    for row in json.loads((root / "tests" / "number_vectors.json").read_text(encoding="utf-8")):
        number = float(row["number"])
        assert (format_ascii(number), format_number(number), format_short(number)) == (
            row["ascii"],
            row["screen"],
            row["short"],
        ), row


@given(st.floats())
def test_a_number_is_short_and_true(number):
    text = format_ascii(number)
    assert len(text.removeprefix("-")) <= 9
    if math.isfinite(number):
        error = abs(Decimal(text) - Decimal(number))  # 1.80e+308 is no float
        assert error <= max(
            Decimal("0.0051") * abs(Decimal(number)), Decimal("5.1e-5") * (abs(number) >= 1e-4)
        )
        assert text.startswith("-") == (number < 0)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-4, max_value=9e3))
def test_four_decimals_as_torch_prints(number):
    assert format_ascii(number) == f"{number:.4f}"


@pytest.mark.parametrize(
    "char",
    [chr(code) for code in (0, 9, 10, 13, 27, 127, 0x85, 0x9F)]  # controls
    + ["\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"]  # bidi controls
    + ["\ud800", "\udfff", "\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\U0010fffe"]
    + ["\u2028", "\u2029"],
    ids=lambda char: f"U+{ord(char):04X}",
)
def test_what_is_not_a_character_is_replaced(char):
    assert clean(f"a{char}b") == f"a{REPLACEMENT}b"


@given(st.text())
def test_clean_text_is_clean(text):
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in once)
    once.encode()


@pytest.mark.parametrize("text", ["x", "x y", "θ₁", "数学", "שלום", "résumé", "a~b"])
def test_good_names_stay(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    "cluster",
    [
        "e\u0323\u0302",  # combining marks
        "👨‍👩‍👧‍👦",  # joined family
        "👋🏽",  # skin tone
        "❤️",  # variation selector
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England: tags
        "🇫🇷",
        "नि",  # spacing vowel sign
        "\u1112\u1161\u11ab",  # Hangul letters
        "1️⃣",
    ],
)
def test_clusters_stay_whole(cluster):
    assert list(graphemes(cluster * 3)) == [cluster] * 3
    assert truncate(cluster * 30) == cluster * GRAPHEMES + ELLIPSIS


def test_flags_pair_up():
    assert list(graphemes("🇫🇷🇩🇪x")) == ["🇫🇷", "🇩🇪", "x"]


def test_marks_do_not_climb_over_the_neighbours():
    assert len(truncate("a" + "\u0301" * 1000)) == 7


def test_truncate():
    assert truncate("a" * 24) == "a" * 24
    assert truncate("a" * 25) == "a" * 24 + ELLIPSIS
    assert truncate("abc", 2) == "ab" + ELLIPSIS


@given(st.text())
def test_graphemes_lose_nothing_but_marks(text):
    joined = "".join(graphemes(text))
    rest = iter(text)
    assert all(char in rest for char in joined)  # a subsequence
    assert [char for char in joined if char.isalnum()] == [char for char in text if char.isalnum()]
