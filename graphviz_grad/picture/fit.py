"""Making text fit a given width without asking a font.

Nobody knows which fonts the reader has, so widths are estimated from above: DejaVu Sans, the widest of the
usual ones. Text in scripts that this table does not know is marked `Fit.is_forced`, and the painter then
tells the renderer the width (``textLength``), so that it cannot leave its card whatever the glyphs are.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass
from typing import Final

from graphviz_grad.text import ELLIPSIS, graphemes

MONO_EM: Final = 0.618
"""Width of a character of the widest usual mono font (SF Mono), in em."""
BOLD: Final = 1.1
WIDE_EM: Final = 1.05
EMOJI_EM: Final = 1.3
OTHER_EM: Final = 0.85
_BLOCKS: Final = (
    ("\u00c0", "\u024f", 0.74),  # Latin with accents
    ("\u0370", "\u03ff", 0.74),  # Greek
    ("\u0400", "\u052f", 0.86),  # Cyrillic
    ("\u0590", "\u05ff", 0.7),  # Hebrew
    ("\u3040", "\u9fff", WIDE_EM),  # kana and ideographs
    ("\uac00", "\ud7a3", WIDE_EM),  # Hangul
    ("\ufffd", "\ufffd", WIDE_EM),  # what cleaning puts in
)
_EM: Final[dict[str, float]] = {
    char: em
    for em, chars in (
        (0.32, " ijl|!.,:;'`·"),
        (0.42, 'Ifrt()[]{}/\\-"'),
        (0.53, "*szcJ_∂√\N{EN DASH}"),
        (0.64, "abdeghknopquvxy0123456789$?LTFαβγδεζηθκλμνξοπρςστυχψ"),
        (0.72, "ABCDEGHKNOPQRSUVXYZ&ΓΔΘΛΞΠΣΥΦΨΩφω"),
        (0.86, "wM=+<>~^#−×÷±≤≥≠≈⚠⌐"),
        (1.0, "mW@%✂…"),
    )
    for char in chars
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Text that fits.

    Attributes:
        text: What is left of it.
        size: Font size in px.
        width: Estimated width in px, from above.
        is_forced: Whether the estimate is a guess that the renderer has to be held to.
    """

    text: str
    size: float
    width: float
    is_forced: bool = False


def em_width(text: str, *, bold: bool = False) -> float:
    """Estimated width in em, from above.

    Example:
        >>> round(em_width("a = x"), 2)
        2.78
    """
    try:
        em = sum(map(_EM.__getitem__, text))
    except KeyError:
        em = sum([_EM[char] if char in _EM else _unknown(char) for char in text])
    return em * BOLD if bold else em


def is_known(text: str) -> bool:
    """Whether every character's width can be told."""
    if _EM.keys() >= set(text):  # most text
        return True
    return all(char in _EM or _is_mark(char) or _block(char) is not None for char in text)


@functools.lru_cache(maxsize=4096)
def fit(text: str, room: float, sizes: tuple[float, ...], *, bold: bool = False) -> Fit:
    """Shrink text through the given font sizes, then cut it, until it fits.

    Args:
        text: Clean text.
        room: Width in px.
        sizes: Font sizes to try, the largest first.
        bold: Whether it is set bold.

    Example:
        >>> fit("tanh(pre_activation)", 60, (13, 11)).text
        'tanh(pr…'
    """
    forced = not is_known(text)
    em = em_width(text, bold=bold)
    for size in sizes:
        if em * size <= room:
            return Fit(text, size, round(em * size, 2), forced)
    size = sizes[-1]
    left = room / size - em_width(ELLIPSIS, bold=bold)
    kept = ""
    for cluster in graphemes(text):
        left -= em_width(cluster, bold=bold)
        if left < 0:
            break
        kept += cluster
    kept = kept.rstrip() + ELLIPSIS
    return Fit(kept, size, round(min(em_width(kept, bold=bold) * size, room), 2), forced)


@functools.lru_cache(maxsize=4096)
def _unknown(char: str) -> float:
    """Width in em of a character that is not in the table."""
    if _is_mark(char) or char == "\u200d" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return 0.0
    em = _block(char)
    if em is not None:
        return em
    if char >= "\U0001f000":
        return EMOJI_EM
    return WIDE_EM if unicodedata.east_asian_width(char) in "WF" else OTHER_EM


def _block(char: str) -> float | None:
    """Width in em of a character of a script whose letters are much alike."""
    return next((em for first, last, em in _BLOCKS if first <= char <= last), None)


def _is_mark(char: str) -> bool:
    """Whether a character sits on the one before it."""
    return unicodedata.category(char)[0] == "M"
