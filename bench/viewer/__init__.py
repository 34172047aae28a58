"""The viewer of a series beside Cornerstone3D, which shows the same slices in the same browser."""
