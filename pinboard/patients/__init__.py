"""What the person in the images sees: one closed table of what was released, and nothing of the clinic's talk."""
