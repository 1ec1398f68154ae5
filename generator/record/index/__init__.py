"""What content/ comes to, kept from run to run: brought up to date by what changed, asked by `shelf.py` and `registry.py`."""
