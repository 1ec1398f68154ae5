"""Groundwire: a newsletter in a Git repository in which every sentence can be traced to its source."""

__version__ = "0.1.0"
