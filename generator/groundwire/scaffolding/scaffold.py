"""`init`: a publication in a folder, empty or a fresh copy of the template. Run again with the same words, nothing changes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from groundwire import resources
from groundwire.checked_yaml import read_yaml, validate
from groundwire.errors import Refused
from groundwire.files.atomic import write_atomic
from groundwire.publication.frontmatter import flow
from groundwire.scaffolding.renewal import NOTE, note_of
from groundwire.settings import FILE, PLACEHOLDER_URL, Settings, load_settings

SAMPLE_MARK = ".sample"  # in content/: these pages are the sample's, not the owner's
_GITIGNORE = ".venv/\n.groundwire/\n.cache/\nsite/\n__pycache__/\n.groundwire-tmp-*\n"
_GITATTRIBUTES = "content/.ledger/*.jsonl merge=union\n"


def init(folder: Path, *, title: str, url: str, feeds: Sequence[str], language: str, timezone: str) -> str:
    """Write what a publication needs, and say what was done. Raises InputError, Refused."""
    text = settings_text(title=title, url=url, feeds=feeds, language=language, timezone=timezone)
    wanted = validate(read_yaml(text, file=FILE), Settings, file=FILE)
    target = folder / FILE
    if target.exists() and target.read_text(encoding="utf-8") != text and not is_template(folder):
        raise Refused(f"{target} is a publication's already; edit it, or give another folder: groundwire init my-briefing …")
    removed = remove_sample(folder)
    done = [
        name for name, data in _files(folder, text).items() if _missing(folder / name, name) and write_atomic(folder / name, data)
    ]
    (folder / "content").mkdir(parents=True, exist_ok=True)
    lines = [f"wrote {', '.join(done)} in {folder}" if done else f"{folder} is as it was"]
    lines += ["removed the sample's pages"] if removed else []
    if not wanted.feeds:
        lines.append(f"name a feed in {target}:\nfeeds:\n- {{url: https://www.example.org/feed.xml, name: Example}}")
    return "\n".join([*lines, f"next: groundwire run -C {folder}"])


def settings_text(*, title: str, url: str, feeds: Sequence[str], language: str, timezone: str) -> str:
    """Write a new newsletter.yml with what most owners set, and where to read about the rest."""
    listed = "".join(f"- url: {flow(feed)}\n" for feed in feeds) or "# - {url: https://www.example.org/feed.xml, name: Example}\n"
    head = "feeds:\n" if feeds else "feeds: []\n"
    return f"""# yaml-language-server: $schema=schemas/newsletter.schema.json
# Everything that you set. The schema in the first line tells an editor all keys; `groundwire check` reads this file over.
title: {flow(title)}
url: {flow(url)}
language: {flow(language)}
timezone: {flow(timezone)}
description: ""

# Who answers for it: shown on the site and in every email. Mail is sent only with all four.
publisher: {{name: "", postal_address: "", email: "", responsible: ""}}

{head}{listed}
# At most so many new pages a day, in your time zone.
select: {{max_age_days: 7, max_stories: 20, max_per_category: 8}}

# The weekly issue is made by the first run after this hour.
issue: {{weekday: friday, hour: 9, max_items: 20, min_items: 3}}
"""


def is_template(folder: Path) -> bool:
    """Say whether the folder is a copy of the template that nobody has set up yet."""
    return load_settings(folder).url == PLACEHOLDER_URL


def remove_sample(folder: Path) -> bool:
    """Take the sample's pages out of content/; pages of people are not touched."""
    content = folder / "content"
    if not (content / SAMPLE_MARK).exists():
        return False
    for name in ("articles", "issues", "outlets", ".ledger"):
        shutil.rmtree(content / name, ignore_errors=True)
    (content / SAMPLE_MARK).unlink()
    return True


def package_files() -> dict[str, str]:
    """Return the files that a publication has of an installed package, by name, as this version writes them."""
    schemas = sorted(resources.bundled("schemas").glob("*.schema.json"))
    return {
        "mkdocs.yml": resources.bundled("mkdocs.yml").read_text(encoding="utf-8"),
        ".gitignore": _GITIGNORE,
        ".gitattributes": _GITATTRIBUTES,
        **{f"schemas/{path.name}": path.read_text(encoding="utf-8") for path in schemas},
    }


def _files(folder: Path, settings: str) -> dict[str, str]:
    ours = package_files()
    note = {} if (folder / "generator").exists() else {NOTE: note_of(ours)}  # a copy of the template has a history instead
    return {FILE: settings, **ours, **note}


def _missing(path: Path, name: str) -> bool:
    return name == FILE or not path.exists()
