"""Where bytes rest: keys in files, unreviewed pixels encrypted in the vault, reviewed ones in the media store."""
