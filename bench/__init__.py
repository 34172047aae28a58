"""Measurements that take too long for the suite, each a command of its own: python -m bench.NAME."""
