"""What can be typed: one module a group of commands, with what it does and what it prints."""
