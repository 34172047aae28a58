"""Flask plumbing that every feature uses: who asks, how an answer is written, what goes wrong in words."""
