"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, which is what the programs that are started here import."""


@dataclass(frozen=True)
class Settings:
    """How much is measured.

    Attributes:
        rounds: Blocks of each side of a comparison.
        largest: The most nodes that a graph has.
        chain: Ops of the chain.
        processes: How often each program is started.
        is_verbose: Whether to print what explains a figure.
        is_small: Whether it is only to be seen that the code runs.
    """

    rounds: int = 15
    largest: int = 10_000
    chain: int = 100_000
    processes: int = 20
    is_verbose: bool = False
    is_small: bool = False


SMALL = Settings(rounds=2, largest=200, chain=1_000, processes=2, is_small=True)
"""So little that the figures mean nothing: enough to see that the code runs."""
