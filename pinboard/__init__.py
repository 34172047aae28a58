"""Pinboard: a wall of de-identified medical images for small clinics."""

__version__ = "0.1.0"
