"""What an administrator does: people, invitations, the clinic's settings, the record of changes."""
