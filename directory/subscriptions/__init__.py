"""Quiet mail for anyone: a saved search, and one letter about what became new in it.

A topic, a Kreis and a search are the same thing here: criteria with a name. Kept is the address,
the search and how often, nothing else about the person.
"""
