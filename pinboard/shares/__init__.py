"""Links and slips that let somebody without an account look, and end when they should."""
