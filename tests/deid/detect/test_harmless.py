"""The closed vocabulary: what a machine writes may stay, everything that could be anybody's may not."""

import pytest

from pinboard.deid.detect.harmless import SURE, Meaning, meaning

MEASURES = (
    "1.05 cm", "Dist 1.43 cm", "Rt Follicle1 Vol 0.27 cm³", "HR= 61bpm", "85BPM", "16CM", "180mm", "4.0cm⁻", "6.0cm-",
    "75 mm/s", "14,2 cm", "Area 3.1 cm²", "+ 12 mm",
)  # fmt: skip
SETTINGS = (
    "+ 64.1", "-.62", "-10", "0", "14.", "52.", "10~", "MI 0.6", "TIs 0.4", "50%", "2.7MHZ", "Gain= 13dB", "1.3 2.6",
    "Rt Follicle1 L", "+ Endometrium", "cm/s", "HR",
)  # fmt: skip
MARKS = ("+", "×", "×>", "■", "▲", "十", "-")
DOUBTFUL = (
    "DOE", "DOE, JOHN", "Test,Belle", "Lastname, Firstname", "SCOTT FIXED", "MON GENERAL HOSPITAL", "CardioLaTou",
    "1234", "1971 cm/s", "1971cm",
    "12975", "12975-20-2", "00079241539", "CL-285BT-1811492", "01/01/1988", "08/29/1951", "17 Oct 16", "06.16",
    "01.09.2012", "4 11 62", "12 11", "1:25:29", "9:04:47 am", "03-02", "M 44", "ADM", "ED", "L", "R", "A", "GYN",
    "Dr. Rossi", "J. Tanaka 86426", "+49 30 1234567", "(863) 555-3725", "12.1955", "Иванова", "陈伟", "", " ",
)  # fmt: skip


@pytest.mark.parametrize("line", MEASURES)
def test_a_value_with_its_unit_is_a_measurement(line):
    assert meaning(line, 0.9) is Meaning.MEASURE


@pytest.mark.parametrize("line", SETTINGS)
def test_a_scale_or_setting_is_harmless(line):
    assert meaning(line, 0.9) is Meaning.SETTING


@pytest.mark.parametrize("line", MARKS)
def test_a_mark_is_harmless_even_when_hardly_read(line):
    assert meaning(line, 0.45) is Meaning.MARK
    assert meaning(line, 0.3) is None


@pytest.mark.parametrize("line", DOUBTFUL)
def test_what_could_identify_is_not_harmless(line):
    assert meaning(line, 0.99) is None


@pytest.mark.parametrize("line", MEASURES + SETTINGS)
def test_an_uncertain_reading_is_not_harmless(line):
    if line != "-":
        assert meaning(line, SURE - 0.01) is None


@pytest.mark.parametrize("line", MEASURES + SETTINGS)
@pytest.mark.parametrize("name", ["Doe", "Miller", "1971", "M"])
def test_one_doubtful_word_makes_the_line_doubtful(line, name):
    assert meaning(f"{name} {line}", 0.99) is None
