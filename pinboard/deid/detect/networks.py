"""Opens the two networks of the extra `vision`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pinboard.deid.detect.boxes import Net
from pinboard.deid.detect.onnx_shapes import with_free_size
from pinboard.deid.detect.weights import FACES, TEXT, weights


@dataclass(frozen=True, slots=True)
class Networks:
    """What is needed to look for text and, where wanted, for faces."""

    text: Net
    faces: Net | None


def open_networks(*, wants_faces: bool) -> Networks:
    """Load the weights; raises `ImportError` where the extra is not installed."""
    text, faces = weights(*TEXT), weights(*FACES)
    if text is None or faces is None:
        raise ImportError("the extra `vision` is not installed")
    # The face network's file fixes the size of its input to 32 × 32.
    return Networks(
        text=_session(text.read_bytes()),
        faces=_session(with_free_size(faces.read_bytes())) if wants_faces else None,
    )


def _session(model: bytes) -> Net:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Whoever waits at a screen gets the other cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The arena keeps the largest picture's memory for ever and rounds it up.
    options.enable_cpu_mem_arena = False
    session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    run: Callable[..., list[npt.NDArray[Any]]] = session.run

    def net(pixels: npt.NDArray[np.float32]) -> list[npt.NDArray[Any]]:
        return run(None, {entry.name: pixels})

    return net
