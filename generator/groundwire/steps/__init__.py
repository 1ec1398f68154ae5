"""The steps of the flow; `pipeline.py` says in which order."""
