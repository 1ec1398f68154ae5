"""The command's parts, a file a group: what can be typed, and nothing else."""
