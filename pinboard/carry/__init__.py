"""Images go out again: an archive with a DICOMDIR and a page that shows it, single pictures, cines."""
