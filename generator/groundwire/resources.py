"""Where the files that ship with the package are: in a wheel inside it, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
_BUNDLE = PACKAGE / "_bundle"


def bundled(name: str) -> Path:
    """Find a file or folder of the repository's top level (`overrides`, `mkdocs.yml`, …), in the wheel first."""
    inside = _BUNDLE / name
    return inside if inside.exists() else PACKAGE.parents[1] / name


def categories() -> Path:
    """Return the folder of the shipped categories, a YAML file each."""
    return PACKAGE / "categories"


def sample() -> Path:
    """Return the folder of the sample's outlets and articles."""
    return PACKAGE / "sample"


def email_templates() -> Path:
    """Return the folder of the email's Jinja2 templates."""
    return PACKAGE / "mail" / "templates"
