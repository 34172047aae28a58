"""The one thread of a case."""
