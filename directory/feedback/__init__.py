"""What visitors tell us: barriers and outdated entries, each with a receipt number."""
