"""Getting in and out: set-up, sign in, lock, invitation, password, and one's own settings."""
