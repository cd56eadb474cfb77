"""Functions that numpy has not, for rows to use as if it had."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_erf = np.frompyfunc(math.erf, 1, 1)


def erf(a: Any) -> Any:
    """Return the error function, of an array or of anything else that takes part in numpy's ufuncs.

    Example:
        >>> float(erf(np.float64(0.5)))
        0.5204998778130465
    """
    found = _erf(a)
    if isinstance(found, float):
        return np.float64(found)
    return found.astype(np.float64) if isinstance(found, np.ndarray) else found
