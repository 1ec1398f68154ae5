"""Where GitHub Pages shows a repository, so that an owner need not write it down.

https://docs.github.com/pages/getting-started-with-github-pages/about-github-pages: `owner.github.io/name/`, and `owner.github.io/` for the
repository of that name. Elsewhere (GitHub Enterprise, other forges, a domain of one's own) nothing can be told from the repository's name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

_GITHUB = "https://github.com"
_ORIGIN = re.compile(r'^\[remote "origin"\]\s*$(?:\n(?!\[).*)*?\n\s*url\s*=\s*(\S+)', re.MULTILINE)
_PLACE = re.compile(r"(?:https://(?:[^@/]+@)?github\.com/|(?:ssh://)?git@github\.com[:/])([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def pages_address(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the site's address by the repository's name; '' where it cannot be told.

    In a workflow the name is GitHub's (`GITHUB_REPOSITORY`), on a machine that of the clone's `origin`; both give the same.
    """
    name = ""
    if environment.get("GITHUB_SERVER_URL", _GITHUB) == _GITHUB:
        name = environment.get("GITHUB_REPOSITORY", "")
    return _address(name or _origin(root))


def _address(name: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
        return ""
    owner, repository = name.split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if repository.lower() == host else f"https://{host}/{repository}/"


def _origin(root: Path) -> str:
    try:
        config = (root / ".git" / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no repository, or a worktree of one
        return ""
    found = _ORIGIN.search(config)
    place = _PLACE.fullmatch(found[1]) if found else None
    return place[1] if place else ""
