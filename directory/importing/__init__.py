"""Practices, contact points and memberships out of spreadsheets."""
