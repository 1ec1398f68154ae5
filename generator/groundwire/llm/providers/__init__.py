"""The services that answer: one file each."""
