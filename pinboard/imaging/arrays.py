"""Names the array types that the imaging functions exchange."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""Pixels in their stored type: H×W or H×W×3."""

Display: TypeAlias = npt.NDArray[np.uint8]
"""Pixels ready to show: uint8, H×W or H×W×3 RGB."""
