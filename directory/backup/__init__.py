"""The whole installation in one private parcel, and back: for the day when something is lost.

Rows are kept in no engine's own form: what was saved on SQLite can be restored on PostgreSQL, and
the other way round.
"""
