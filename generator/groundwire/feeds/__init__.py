"""Feeds: documents fetched politely, parsed into entries; a feed that fails is a value, never an exception."""
