"""A new publication, and a new version for an old one."""
