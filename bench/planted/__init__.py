"""Pictures with text planted in them, made from the samples at run time, to measure a detector with."""

from bench.planted.make import Item, Picture, clean_set, planted_set
from bench.planted.sources import KINDS as PICTURE_KINDS
from bench.planted.text import KINDS as TEXT_KINDS

__all__ = ["PICTURE_KINDS", "TEXT_KINDS", "Item", "Picture", "clean_set", "planted_set"]
