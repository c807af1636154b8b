"""Files that people upload: checked by content, made harmless, kept behind one door."""
