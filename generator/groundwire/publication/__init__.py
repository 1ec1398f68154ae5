"""What all stages share: the record on disk (front matter, store, ledger) and the pure rules about text."""
