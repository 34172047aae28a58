"""Upload, draft, review, publish: where sandbox, storage, tables, policy and audit meet."""
