"""Finding: criteria in the address, one index over all kinds, facets with counts."""
