"""Numbers and names as text: one number format, one cleaning, one idea of what a character is.

The page writes the same numbers in JavaScript. Its rules, in full, for a float ``v``:

1. ``nan``, ``inf``, ``−inf``; both zeros are ``0.0000``.
2. Four decimals (``toFixed(4)``) if ``|v| >= 1e-4`` and the text without its sign has at most 9 characters.
3. Otherwise ``toExponential(3)``, or ``toExponential(2)`` where that leaves an exponent of three digits; the
   exponent has a sign and at least two digits. So a number never has more than 10 characters.
4. The minus, also the exponent's, is U+2212 on the screen and ``-`` elsewhere.

Python rounds exact ties to the even digit and JavaScript rounds them up: 0.03125 is ``0.0312`` here and
``0.0313`` there. A tie shows itself in ``toFixed(30)`` and ``toExponential(30)``: the digits dropped are a 5
and zeros only. There the page takes an odd last digit down by one (it is odd, so nothing is borrowed).
``tests/number_vectors.json`` holds both sides to this.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUS: Final = "\N{MINUS SIGN}"
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
GRAPHEMES: Final = 24
"""How much of a user's text a picture shows; the rest is in the tooltip."""
NUMBER_LENGTH: Final = 9
"""Characters of a number without its sign."""
SMALLEST_FIXED: Final = 1e-4
"""Below this, four decimals would say too little."""

_CLUSTER_MARKS: Final = 6  # more marks than any script stacks: they would climb over the neighbours
_CLUSTER_LENGTH: Final = 16  # code points; the longest emoji families have 11
_FIRST_MARK: Final = "\u0300"  # before it every character stands alone
_JOINER: Final = 0x200D
_PICTOGRAPHS: Final = ((0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2190, 0x2BFF), (0x1F000, 0x1FAFF))
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\u2028\u2029\ufff9-\ufffb"  # line and paragraph separators, interlinear anchors
    "\ud800-\udfff"  # surrogates
    "\ufdd0-\ufdef"  # noncharacters, here and at the end of every plane
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def format_ascii(value: float) -> str:
    """A number with an ASCII minus, for text/plain, aria labels and data.

    Args:
        value: A float, int or bool. Ints keep their digits while there are at most 9; bools are words.

    Example:
        >>> [format_ascii(v) for v in (0.03125, -0.0, 10000.0, -1.5e-5, 7, True)]
        ['0.0312', '0.0000', '1.000e+04', '-1.500e-05', '7', 'True']
    """
    if isinstance(value, int):
        return _format_int(value)
    if value == 0:
        return "0.0000"
    if abs(value) >= SMALLEST_FIXED or value != value:  # noqa: PLR0124  (nan)
        text = f"{value:.4f}"  # of nan and inf too: "nan", "inf", "-inf"
        if len(text) - (text[0] == "-") <= NUMBER_LENGTH:
            return text
    text = f"{value:.3e}"
    return text if text[-4] == "e" else f"{value:.2e}"


def _format_int(value: int) -> str:
    """An int or bool: exactly while that is short, then as a float would look."""
    if isinstance(value, bool):
        return str(value)
    if abs(value) < 10**NUMBER_LENGTH:
        return f"{value:d}"
    try:
        return format_ascii(float(value))
    except OverflowError:  # larger than any float
        exponent = math.log10(abs(value))
        return f"{'-' * (value < 0)}{10 ** (exponent % 1):.2f}e+{int(exponent)}"


def format_number(value: float) -> str:
    """A number as the screen shows it, with a true minus sign (U+2212).

    Args:
        value: As in `format_ascii`.

    Example:
        >>> format_number(-0.0588)
        '−0.0588'
    """
    text = format_ascii(value)
    return text.replace("-", MINUS) if "-" in text else text


def format_short(value: float) -> str:
    """`format_number` without the zeros that say nothing, for use within a sentence.

    Example:
        >>> format_short(-3.0), format_short(0.25), format_short(1e-9)
        ('−3', '0.25', '1e−09')
    """
    return shorten(format_number(value))


def shorten(text: str) -> str:
    """Take the zeros that say nothing from a formatted number.

    Example:
        >>> shorten("3.0000"), shorten("1.500e+04"), shorten("100")
        ('3', '1.5e+04', '100')
    """
    return re.sub(r"(\.\d*?)0+(?=e|$)", lambda match: match[1].rstrip("."), text)


def clean(text: str) -> str:
    r"""Make a user's text safe to show: NFC, and U+FFFD for what is invisible, misleading or not a character.

    Those are control characters (newlines too), surrogates, noncharacters and bidi controls.

    Example:
        >>> clean("a\nb"), clean("e\u0301") == "é"
        ('a�b', True)
    """
    if _is_simple(text) and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _UNSAFE.sub(REPLACEMENT, text))


def graphemes(text: str) -> Iterator[str]:
    r"""Split text into what a reader takes for one character each.

    Follows Unicode's rules (UAX 29) for combining marks, emoji sequences, flags and Hangul; Indic conjuncts
    may be split between their consonants. Beyond six marks on one letter, marks are dropped.

    Example:
        >>> list(graphemes("e\u0323\u0301x")) == ["e\u0323\u0301", "x"]
        True
    """
    if _is_simple(text):
        yield from text
        return
    cluster, marks = "", 0
    for char in text:
        if cluster and _joins(cluster, char):
            mark = unicodedata.combining(char) > 0
            marks += mark
            if len(cluster) < _CLUSTER_LENGTH and not (mark and marks > _CLUSTER_MARKS):
                cluster += char
        else:
            if cluster:
                yield cluster
            cluster, marks = char, 0
    if cluster:
        yield cluster


def truncate(text: str, limit: int = GRAPHEMES) -> str:
    """At most ``limit`` graphemes, then an ellipsis.

    Example:
        >>> truncate("abcdef", 3)
        'abc…'
    """
    if len(text) <= limit and _is_simple(text):
        return text
    clusters = list(graphemes(text))
    return "".join(clusters) if len(clusters) <= limit else "".join(clusters[:limit]) + ELLIPSIS


def _is_simple(text: str) -> bool:
    """Whether every character stands alone, and no splitting is needed."""
    return max(text, default="") < _FIRST_MARK


def _joins(cluster: str, char: str) -> bool:
    """Whether ``char`` belongs to the same grapheme as the cluster before it."""
    last, code = ord(cluster[-1]), ord(char)
    if code == _JOINER or _extends(code, char):
        return True
    if last == _JOINER:
        return _is_pictograph(code) and _is_pictograph(ord(cluster[0]))
    if _is_regional(code):
        return _is_regional(last) and len(cluster) == 1
    # Hangul letters that NFC left apart: a vowel or final belongs to the syllable before it.
    return (0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF) and (  # noqa: PLR2004
        0x1100 <= last <= 0x11FF or 0xA960 <= last <= 0xA97C or 0xAC00 <= last <= 0xD7FF  # noqa: PLR2004
    )


def _extends(code: int, char: str) -> bool:
    """Whether a character never stands alone: marks, variation selectors, skin tones, tags."""
    if char < _FIRST_MARK:
        return False
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F or code == 0x200C:  # noqa: PLR2004
        return True
    return unicodedata.category(char)[0] == "M"


def _is_regional(code: int) -> bool:
    """Whether this is half a flag."""
    return 0x1F1E6 <= code <= 0x1F1FF  # noqa: PLR2004


def _is_pictograph(code: int) -> bool:
    """Whether a joiner may bind this to an emoji: hearts, signs, arrows, and the emoji planes."""
    return any(first <= code <= last for first, last in _PICTOGRAPHS)
