"""Finds the sample images, which live beside the project and never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("PINBOARD_SAMPLES", Path(__file__).resolve().parents[2] / "shared" / "samples"))


def sample(name: str) -> Path:
    """Give the path of one sample, or skip by name where the samples are not at hand."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"sample {name} is not here (PINBOARD_SAMPLES)")
    return path


def samples(pattern: str) -> list[Path]:
    """List samples for parametrising; empty where the folder is absent."""
    return sorted(path for path in ROOT.glob(pattern) if path.is_file())
