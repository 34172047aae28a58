"""What an author does with a published case: mend it in the open, take it out of sight, see who can see it."""
