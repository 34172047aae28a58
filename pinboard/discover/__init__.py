"""What outsiders may see of the clinic: its public sample, offered by authors and picked by administrators."""
