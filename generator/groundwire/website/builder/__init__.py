"""One build of the site, from what MkDocs was configured with to the site in its place; what is made and what is kept."""
