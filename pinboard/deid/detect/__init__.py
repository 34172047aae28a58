"""Looks for what a person should look at: text, faces, and what lies outside an ultrasound's image.

It only ever suggests. The networks come with the extra `vision`; without it the strokes and the regions remain.
"""
