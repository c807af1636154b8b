"""Where things are: points and distances, places, boundaries, addresses."""
