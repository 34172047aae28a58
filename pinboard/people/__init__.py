"""Who works at the clinic: the list of members and their pages."""
