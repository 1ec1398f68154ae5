"""What each command does, and the words for the owner."""
