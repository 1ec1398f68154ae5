"""What every page depends on, each part by a hash: our code and MkDocs' and the theme's, settings, templates, categories, names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from pathspec import PathSpec

from groundwire import resources
from groundwire.publication.cache import installed
from groundwire.settings import FILE
from groundwire.text.plain import digest
from groundwire.website import names
from groundwire.website.builder.inputs import below, code, hash_of


def parts_of(root: Path, config: MkDocsConfig) -> dict[str, str]:
    """Hash each thing that every page depends on, under names that an owner understands."""
    theme = [Path(config.theme.custom_dir)] if config.theme.custom_dir else []
    folders = [resources.bundled("overrides"), root / "overrides", *theme]
    return {
        "groundwire": code(),
        **installed(),
        FILE: hash_of([root / FILE]),
        names.FILE: hash_of([root / names.FILE]),
        "mkdocs.yml": digest(json.dumps(_given(config), default=_plain, sort_keys=True)),
        "overrides": hash_of(path for folder in folders for path in below(folder)),
        "categories": hash_of(below(root / "categories")),
    }


def _given(config: MkDocsConfig) -> object:
    """All that mkdocs.yml, what it inherits and the command say, the environment's values in it; not where the site is written to."""
    aside = ("site_dir", "config_file_path", "docs_dir", "strict", "plugins", "hooks", "theme", "dev_addr", "watch")
    given = {key: value for key, value in config.items() if key not in aside}
    address = urlsplit(config.site_url or "")
    if address.netloc == "{}:{}".format(*config.dev_addr):  # `mkdocs serve` puts its own there: the port means nothing
        given["site_url"] = address.path
    return [given, dict(config.theme), config.theme.name]


def _plain(value: object) -> object:
    """Turn a value that JSON lacks into one it has: a pattern into its text, a set into a list, anything else into a string."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PathSpec):
        return [str(getattr(pattern, "pattern", pattern)) for pattern in value.patterns]
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
