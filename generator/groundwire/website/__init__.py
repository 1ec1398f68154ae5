"""The site: content/ in, pages, listings, search and feeds out. The only folder that imports MkDocs."""
