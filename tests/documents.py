"""Makes documents as a CD holds them: reports in PDF, and electrocardiograms of which every length is known."""

from __future__ import annotations

import io

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from tests.dicoms import MARK

PDF, ECG = "1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.9.1.1"
TWELVE = (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8)
"""Numbers of the leads in the order of a usual recording."""


def pdf(*pages: str, size: tuple[int, int] = (595, 842), extra: bytes = b"") -> bytes:
    """Make a PDF with a line of text on each page; `extra` goes into the catalogue."""
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + extra + b">>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % count,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, text in enumerate(pages):
        drawn = b"BT /F1 24 Tf 60 %d Td (%s) Tj ET" % (size[1] - 90, text.encode("latin-1"))
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (*size, 5 + 2 * at),
            b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        ]
    return _put_together(objects)


def _put_together(objects: list[bytes]) -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def encapsulated(data: bytes, **elements) -> bytes:
    """Put a PDF into a DICOM object whose header names somebody."""
    dataset = _named(PDF, "DOC")
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.DocumentTitle = f"{MARK} title"
    dataset.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    return _written(dataset, elements)


def waveform(*groups: Dataset, **elements) -> bytes:
    """Make a 12-lead object of multiplex groups; without any, of ten seconds of square waves."""
    dataset = _named(ECG, "ECG")
    dataset.SOPInstanceUID = "1.2.3.4.7"
    dataset.WaveformSequence = Sequence(groups or [group(square())])
    return _written(dataset, elements)


def group(millivolts: np.ndarray, *, rate: float = 500, leads=TWELVE, unit: str = "uV", **elements) -> Dataset:
    """Make a multiplex group of leads × samples; a stored step is 2.5 of the unit's thousandth of a millivolt."""
    made = Dataset()
    step = {"uV": 2.5, "mV": 0.0025, "mm[Hg]": 2.5}[unit]
    stored = np.round(millivolts * 1000 / 2.5).astype("<i2")
    made.WaveformOriginality, made.MultiplexGroupLabel = "ORIGINAL", f"{MARK} label"
    made.NumberOfWaveformChannels, made.NumberOfWaveformSamples = stored.shape
    made.SamplingFrequency = rate
    made.ChannelDefinitionSequence = Sequence([_channel(lead, step, unit) for lead in leads])
    made.WaveformBitsAllocated, made.WaveformSampleInterpretation = 16, "SS"
    made.WaveformData = stored.T.tobytes()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def square(count: int = 12, *, seconds: float = 10, rate: float = 500, height: float = 1.0) -> np.ndarray:
    """Give a wave that is up for the second tenth of every second, on all leads."""
    time = np.arange(round(seconds * rate)) / rate
    return np.tile(np.where((time % 1 >= 0.1) & (time % 1 < 0.2), height, 0.0), (count, 1))


def _channel(lead: int, step: float, unit: str) -> Dataset:
    channel, source, measure = Dataset(), Dataset(), Dataset()
    source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = f"2:{lead}", "MDC", f"{MARK} meaning"
    measure.CodeValue, measure.CodingSchemeDesignator, measure.CodeMeaning = unit, "UCUM", unit
    channel.ChannelSourceSequence, channel.ChannelSensitivityUnitsSequence = Sequence([source]), Sequence([measure])
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline = step, 1, 0
    channel.ChannelLabel = f"{MARK} channel"
    return channel


def _named(sop_class: str, modality: str) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = sop_class, "1.2.3.4.5", modality
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = f"{MARK}^Jane", f"{MARK}-4711", "19270304"
    dataset.PatientSex, dataset.StudyDate, dataset.InstitutionName = "F", "20240219", f"{MARK} Hospital"
    dataset.Manufacturer, dataset.ManufacturerModelName = "GE Healthcare", f"{MARK} cart"
    # Of a report none of these can be meant for its pages.
    dataset.PixelSpacing, dataset.WindowCenter, dataset.WindowWidth = [0.7, 0.7], 40, 400
    return dataset


def _written(dataset: Dataset, elements) -> bytes:
    for keyword, value in elements.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()
