"""A photo is made smaller when it comes in, by what the clinic decided and no other measure."""

import pytest

from pinboard.models.clinic_settings import decide, forget
from tests.intake import files


@pytest.fixture
def side(stores):
    def set_to(value):
        with stores.writing() as session:
            decide(session, "photo_side", value, by_id=None)
        with stores.reading() as session:
            forget(session)

    yield set_to
    set_to(2048)


@pytest.mark.parametrize(("size", "bound", "kept"), [
    ((2500, 100), 2048, (2048, 82)), ((100, 2500), 2048, (82, 2048)), ((1500, 90), 1024, (1024, 61)),
    ((900, 90), 1024, (900, 90)),
])  # fmt: skip
def test_the_longest_side_is_bounded_by_the_setting(desk, side, size, bound, kept):
    side(bound)
    case = desk.draft()
    assert desk.upload(case, files.photo(size=size)).refusal is None
    (instance,) = desk.instances(case)
    assert (instance.columns, instance.rows) == kept
