"""Names where the fixtures are."""

pytest_plugins = ["tests.fixtures.database", "tests.fixtures.required", "tests.fixtures.web"]
