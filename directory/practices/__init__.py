"""Praxisbeispiele: what a municipality did, what helped and what got in the way."""
