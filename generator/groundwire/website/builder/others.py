"""Who else has a say in what a site becomes: others' plugins and hooks, templates from elsewhere, values of the environment."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from groundwire.website.builder.settled import stands_alone

# The theme's own templates that are no page of anybody's. The first is made of what every page depends on, and of nothing else.
MISSING = "404.html"
SITEMAP = "sitemap.xml"  # MkDocs dates its own by the clock; ours dates each page by its content


def named(config: MkDocsConfig) -> list[str]:
    """List the plugins and hooks that are not ours: they may look at any page."""
    return sorted({*config.plugins, *config.hooks} - {"groundwire"})


def all_known(config: MkDocsConfig, root: Path) -> bool:
    """Say whether everything that decides about the site, and its files' names, is known without MkDocs: see `settled.py`."""
    content, overrides = root / "content", root / "overrides"
    return (
        not named(config)
        and Path(config.docs_dir).resolve() == content.resolve()
        and Path(config.theme.custom_dir or overrides).resolve() == overrides.resolve()
        and config.theme.static_templates <= {MISSING, SITEMAP}
        and not config.extra_templates
        and stands_alone(Path(config.config_file_path).read_text(encoding="utf-8"))
    )
