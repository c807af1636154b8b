"""From a visitor's words to the entries they mean."""
