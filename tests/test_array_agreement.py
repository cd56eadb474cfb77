"""A slice of the random programs over arrays that `array_agreement.py` compares with torch at scale."""

from __future__ import annotations

from array_agreement import Tally


def test_random_programs_agree_with_torch(torch):
    tally = Tally()
    for seed in range(300):
        tally.add(seed, torch)
    assert tally.is_good(), tally.text()
    assert tally.faults > 100
    assert tally.reworded <= 3
