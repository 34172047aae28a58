"""Pixels: telling what a file is, reading it within bounds, and making the pictures that are shown."""
