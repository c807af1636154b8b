"""How alike two municipalities are, and in which respects."""
