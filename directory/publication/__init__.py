"""How an entry becomes public: status, decisions, revisions, and the catalogue's version."""
