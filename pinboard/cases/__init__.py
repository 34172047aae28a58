"""The page of one case: its stage, its words, and what may be done with it."""
