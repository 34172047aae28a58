"""Cases that readers report, and what reviewers decide about them."""
