"""A clean clinic is proved with a line; whatever is planted in its database, store or vault is found by its code."""

import pytest

from pinboard.proof.line import is_genuine, signing_key
from pinboard.proof.prove import prove
from pinboard.proof.violations import SENTENCES
from tests.proof.plants import PLANTS


def test_a_clean_clinic_gets_a_line(clinic):
    proved = prove(clinic)
    assert proved.violations == ()
    assert is_genuine(proved.line, signing_key(clinic.config.keys).public_key())
    assert (proved.counts.cases, proved.counts.images, proved.counts.receipts) == (5, 3, 3)
    assert proved.counts.objects >= 3 * 3
    assert proved.counts.events > 5


def test_what_did_not_change_gives_the_same_hash(clinic):
    one, two = prove(clinic), prove(clinic)
    assert one.state == two.state
    PLANTS["the_device_of_a_published_image"][1](clinic)
    with clinic.writing() as session:
        session.connection().exec_driver_sql("update case_ set state = 'withdrawn' where state = 'published'")
    assert prove(clinic).state != one.state


@pytest.mark.parametrize("name", PLANTS)
def test_what_is_planted_is_found(clinic, name):
    code, damage = PLANTS[name]
    damage(clinic)
    proved = prove(clinic)
    assert proved.line is None
    assert code in {one.code for one in proved.violations}
    words = " ".join(one.thing + one.sentence for one in proved.violations)
    for value in ("DOE", "JOHN", "General", "Is this him"):
        assert value not in words


def test_a_planted_thing_is_found_alone(clinic):
    PLANTS["a_receipt_of_another_profile"][1](clinic)
    assert [one.code for one in prove(clinic).violations] == ["profile-unknown"]


def test_every_code_is_planted():
    assert {code for code, _ in PLANTS.values()} == set(SENTENCES)
    assert len(PLANTS) >= 16


def test_progress_is_told(clinic):
    told = []
    prove(clinic, lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert sorted(told) == told
