"""The gate: what a sentence says must stand in its sources. Pure."""
