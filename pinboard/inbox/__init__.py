"""What waits for one member."""
