"""Who somebody is: passwords, sessions, single-use links and the accounts themselves; no browser is known here."""
