"""The editorial desk over all kinds of entries: writing, reviewing, publishing."""
