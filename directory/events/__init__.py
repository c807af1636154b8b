"""The memory of the congress: series, events, sessions, who took part, and related material."""
