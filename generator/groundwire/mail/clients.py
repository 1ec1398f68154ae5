"""What mail programs make of a letter: its features against caniemail.com's tables for Gmail, Outlook, Apple and Yahoo.

Our copy of their tables is caniemail.json (source and licence stand in it). What a program does not support must not be used,
unless the letter reads as well without it: those few stand below, each with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from groundwire.mail.features import used

TABLES = Path(__file__).with_name("caniemail.json")
# Used although a program does not know it, because nothing is lost there.
ALLOWED: Mapping[str, str] = {
    "css-at-media": "without it the letter is as wide as its window, at most 600 pixels, and in its light colours",
    "css-at-media-prefers-color-scheme": "without it the letter keeps its light colours, which can be read when a program inverts them",
    "css-color-scheme": "asks Apple to leave our dark colours alone; the others ask nobody",
    "css-display-none": "hides the preheader; where it shows, it is the letter's first line and no harm",
    "css-text-decoration-color": "a finer line below headlines; else they have a common one",
    "css-text-decoration-thickness": "the same",
    "css-text-underline-offset": "the same",
    "css-text-wrap": "headlines of even lines; else they break where they must",
    "html-aria-label": "tells screen readers whose letter it is, as its first heading does",
    "html-body": "its colour stands on the table inside as well",
    "html-meta-color-scheme": "css-color-scheme for older versions of Apple Mail",
    "html-style": "all that the letter needs stands on its elements",
}


@dataclass(frozen=True)
class Unsupported:
    """A feature that a letter uses, and the programs that don't know it."""

    feature: str
    title: str
    clients: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """How many listed features a letter uses, which are allowed though not known everywhere, and which must not stay."""

    features: int
    allowed: tuple[Unsupported, ...]
    unsupported: tuple[Unsupported, ...]


def judge(html: str) -> Verdict:
    """Judge a letter's HTML by the tables; a feature that they don't list is passed over."""
    found = used(html)
    inline, sheet = ({name for one in names if (name := _listed(one))} for names in (found.inline, found.sheet))
    blind = set(_without("html-style"))  # they see nothing of a style sheet, so that nothing in it can hurt
    listed = {name: [c for c in _without(name) if name in inline or c not in blind] for name in sorted(inline | sheet)}
    lacking = [Unsupported(name, tables()["features"][name][0], tuple(clients)) for name, clients in listed.items() if clients]
    return Verdict(
        features=len(listed),
        allowed=tuple(one for one in lacking if one.feature in ALLOWED),
        unsupported=tuple(one for one in lacking if one.feature not in ALLOWED),
    )


@cache
def tables() -> dict[str, Any]:
    """Read our copy of the tables: `clients`, and `features` by name, each with its title and a letter for each client."""
    loaded: dict[str, Any] = json.loads(TABLES.read_text(encoding="utf-8"))
    return loaded


def _without(feature: str) -> list[str]:
    """List the programs that don't support a listed feature."""
    return [client for client, value in zip(tables()["clients"], tables()["features"][feature][1], strict=True) if value == "n"]


def _listed(feature: str) -> str:
    """Return a feature's name in the tables: its own, or that of a broader one (`css-border-top-width`: `css-border`); or ''."""
    if feature in tables()["features"]:
        return feature
    shorter = feature.rpartition("-")[0]
    return _listed(shorter) if shorter.startswith("css-") and shorter not in _WHOLE else ""


# No features but the beginning of their names.
_WHOLE = frozenset({"css-at", "css-unit", "css-selector", "css-pseudo-class", "css-pseudo-element", "css-function"})
