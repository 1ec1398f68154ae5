"""Everything that can be wrong in a publication's files, found in one run, offline and without a key: `check.py` is the way in."""
