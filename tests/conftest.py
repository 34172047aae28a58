"""Names where the fixtures are."""

pytest_plugins = [f"tests.fixtures.{name}" for name in ("database", "order", "required", "web")]
