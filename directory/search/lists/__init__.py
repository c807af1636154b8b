"""The lists as columns in memory: what they are narrowed, counted and sorted by."""
