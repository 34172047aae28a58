"""Walls of pins: the feed, the boards and what is pinned to them."""
