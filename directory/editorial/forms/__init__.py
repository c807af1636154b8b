"""What people type at the desk, one form for each kind of entry, in the order they think."""
