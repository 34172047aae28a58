"""De-identification: rebuilding headers from an allow list, keyed pseudonyms, and painting pixels."""
