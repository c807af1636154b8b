"""German for search: spelling, stems, compound parts, synonyms. Nothing here knows the database."""
