"""Proves what Pinboard claims: looks at all that is stored, and lists what violates the profile or signs a line."""
