"""From a story's sources to a checked analysis: the category, the claims and their evidence."""
