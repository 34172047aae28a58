from __future__ import annotations

from datetime import UTC

import pytest

from pinboard import clock, ids


def test_public_ids_are_long_lower_case_and_never_the_same():
    made = {ids.public_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(ids.is_public_id(one) and len(one) == 26 for one in made)


@pytest.mark.parametrize("text", ["", "a", "A" * 26, "a" * 27, "1" * 26, "a" * 26 + "\n", "../" + "a" * 23])
def test_nothing_else_is_a_public_id(text):
    assert not ids.is_public_id(text)


def test_tokens_hold_256_bits():
    made = {ids.token() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(one) for one in made} == {43}


def test_now_knows_its_zone():
    assert clock.now().tzinfo is UTC
