"""Municipalities of all levels by AGS, their memberships and their postcodes."""
