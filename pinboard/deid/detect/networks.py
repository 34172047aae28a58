"""Opens the two networks of the extra `vision`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pinboard.deid.detect.boxes import Net
from pinboard.deid.detect.onnx_shapes import with_free_size
from pinboard.deid.detect.reading import Reader
from pinboard.deid.detect.weights import FACES, LINES, TEXT, weights


@dataclass(frozen=True, slots=True)
class Networks:
    """What is needed to look for text and, where wanted, for faces and for what text is harmless."""

    text: Net
    faces: Net | None
    reader: Reader | None = None


def open_networks(*, wants_faces: bool, wants_reader: bool = False) -> Networks:
    """Load the weights; raises `ImportError` where the extra is not installed."""
    text, faces, lines = weights(*TEXT), weights(*FACES), weights(*LINES)
    if text is None or faces is None or lines is None:
        raise ImportError("the extra `vision` is not installed")
    # The face network's file fixes the size of its input to 32 × 32.
    return Networks(
        text=_net(_session(text.read_bytes())),
        faces=_net(_session(with_free_size(faces.read_bytes()))) if wants_faces else None,
        reader=_reader(_session(lines.read_bytes())) if wants_reader else None,
    )


def _reader(session: Any) -> Reader:
    letters: str = session.get_modelmeta().custom_metadata_map["character"]
    return Reader(_net(session), ("", *letters.split("\n"), " "))


def _session(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Whoever waits at a screen gets the other cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The arena keeps the largest picture's memory for ever and rounds it up.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _net(session: Any) -> Net:
    (entry,) = session.get_inputs()
    run: Callable[..., list[npt.NDArray[Any]]] = session.run

    def net(pixels: npt.NDArray[np.float32]) -> list[npt.NDArray[Any]]:
        return run(None, {entry.name: pixels})

    return net
