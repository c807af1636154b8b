"""The craft of the web without any knowledge of the directory's subjects."""
