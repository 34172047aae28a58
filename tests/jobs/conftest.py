"""The same clinic as the tests of intake."""

from tests.intake.conftest import author, desk, stores

__all__ = ["author", "desk", "stores"]
