"""Reads the electrocardiograms of a waveform object, as numbers and lead codes and nothing else of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pinboard.imaging.errors import Refused

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Values = npt.NDArray[np.float32]

LONGEST: Final = 120.0
"""Seconds; what is longer is a day's recording, of which somebody has to choose the stretch that matters."""
MOST_LEADS: Final = 24
_MOST_GROUPS: Final = 4
_FASTEST: Final = 40_000.0

LEADS: Final[dict[int, str]] = {
    1: "I", 2: "II", 61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6",
    9: "V7", 66: "V8", 67: "V9", 10: "V2R", 11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 15: "V7R", 65: "-aVR", 16: "X",
    17: "Y", 18: "Z",
}  # fmt: skip
"""Name of a lead by its number in ISO 11073-10101 and SCP-ECG (DICOM CID 3001)."""
_LEAD_CODE: Final = re.compile(r"(?:5\.6\.3-9-|2:)([0-9]{1,3})", re.ASCII)
_MILLIVOLTS: Final = {"nV": 1e-6, "uV": 1e-3, "mV": 1.0, "V": 1e3}
_SAMPLES: Final = {"SB": "i1", "UB": "u1", "SS": "i2", "US": "u2", "SL": "i4", "UL": "u4"}
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


@dataclass(frozen=True, slots=True)
class Recording:
    """Leads that were recorded together."""

    labels: tuple[str, ...]
    """One for each lead, "" for one that has no code in `LEADS`."""
    values: Values
    """Leads × samples in millivolts; not a number where nothing was recorded."""
    rate: float
    """Samples in a second."""
    is_computed: bool
    """An average beat, or something else that a device made of what it recorded."""

    @property
    def seconds(self) -> float:
        """Give how long it lasts."""
        return float(self.values.shape[1] / self.rate)


def read_recordings(dataset: Dataset) -> list[Recording]:
    """Read what can be drawn to scale.

    Parameters
    ----------
    dataset : Dataset
        From `dicom.read`, of a class in `kinds.TRACINGS`.

    Returns
    -------
    list of Recording
        At most four, in the order of the file. Channels that measure no voltage, or say no unit, are left out.

    Raises
    ------
    Refused
        "too-long-recording", "no-tracing" where nothing can be drawn, "damaged".

    Notes
    -----
    PS3.3 section C.10.9 (waveform), C.10.9.1.4 (sensitivity, correction factor and baseline).
    """
    order = ">" if str(dataset.file_meta.TransferSyntaxUID) == _BIG_ENDIAN else "<"
    groups = list(dataset.get("WaveformSequence") or [])[:_MOST_GROUPS]
    found = [one for group in groups if (one := _recording(group, order)) is not None]
    if not found:
        raise Refused("no-tracing")
    return found


def _recording(group: Dataset, order: str) -> Recording | None:
    rate, samples, channels = _shape(group)
    if samples / rate > LONGEST:
        raise Refused("too-long-recording")
    form = _SAMPLES.get(str(group.get("WaveformSampleInterpretation")))
    if form is None:
        return None
    kind = np.dtype(order + form)
    data = bytes(group.WaveformData)
    if len(data) < samples * channels * kind.itemsize:
        raise Refused("damaged")
    stored = np.frombuffer(data, kind, samples * channels).reshape(samples, channels)
    definitions = list(group.ChannelDefinitionSequence)
    if len(definitions) != channels:
        raise Refused("damaged")
    gap = _gap(group, kind)
    scales = [(at, scale) for at, one in enumerate(definitions) if (scale := _scale(one)) is not None][:MOST_LEADS]
    if not scales:
        return None
    values = np.stack([_millivolts(stored[:, at], scale, gap) for at, scale in scales])
    labels = tuple(_label(definitions[at]) for at, _ in scales)
    return Recording(labels, values, rate, str(group.get("WaveformOriginality")) == "DERIVED")


def _shape(group: Dataset) -> tuple[float, int, int]:
    rate = float(group.SamplingFrequency)
    samples, channels = int(group.NumberOfWaveformSamples), int(group.NumberOfWaveformChannels)
    if not (1 <= rate <= _FASTEST and samples >= 1 and 1 <= channels <= 256):
        raise Refused("damaged")
    return rate, samples, channels


@dataclass(frozen=True, slots=True)
class _Scale:
    """How stored numbers become millivolts."""

    step: float
    zero: float


def _scale(channel: Dataset) -> _Scale | None:
    units = channel.get("ChannelSensitivityUnitsSequence")
    unit = _MILLIVOLTS.get(str(units[0].get("CodeValue"))) if units else None
    step = _number(channel, "ChannelSensitivity", None)
    if unit is None or step is None or step == 0:
        return None
    correction = _number(channel, "ChannelSensitivityCorrectionFactor", 1.0) or 1.0
    return _Scale(step * correction * unit, (_number(channel, "ChannelBaseline", 0.0) or 0.0) * unit)


def _number(channel: Dataset, keyword: str, otherwise: float | None) -> float | None:
    value: Any = channel.get(keyword)
    if value is None or value == "":
        return otherwise
    number = float(value)
    if not np.isfinite(number):
        raise Refused("damaged")
    return number


def _gap(group: Dataset, kind: np.dtype[Any]) -> Any:
    """Give the stored number that stands for nothing recorded, None where there is none."""
    padding = bytes(group.get("WaveformPaddingValue") or b"")
    return np.frombuffer(padding, kind, 1)[0] if len(padding) >= kind.itemsize else None


def _millivolts(stored: npt.NDArray[Any], scale: _Scale, gap: Any) -> Values:
    values = stored.astype(np.float64) * scale.step + scale.zero
    if gap is not None:
        values[stored == gap] = np.nan
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _label(channel: Dataset) -> str:
    source = channel.get("ChannelSourceSequence")
    code = _LEAD_CODE.fullmatch(str(source[0].get("CodeValue", "")).strip()) if source else None
    return LEADS.get(int(code[1]), "") if code else ""
