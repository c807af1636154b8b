"""The controlled vocabulary: topics, target groups and instruments with their synonyms."""
