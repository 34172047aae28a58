"""The way of a case to being published: upload, review, the case form, publishing."""
