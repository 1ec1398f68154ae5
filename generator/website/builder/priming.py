"""The first reading of a big archive, on all processors: where nothing of it was read before, each process reads its share.

What they read is put where every reading of pages looks first (`record/readings.py`). A file that cannot be read is left to
the store: it tells what is wrong.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from generator.errors import GroundwireError, InputError
from generator.record.frontmatter import ArticleMeta, parse
from generator.record.index.listing import stamp_of
from generator.record.readings import FILE, Reading, Readings, reading_of
from generator.record.text import file_hash
from generator.website.builder.helpers import MANY, Team, make_team


def prime(content: Path, derived: Path, *, clock_ns: Callable[[], int] = time.time_ns) -> None:
    """Read the articles of a publication of which `derived` holds nothing yet. Where little is to be read, this does nothing."""
    if (derived / FILE).exists():
        return
    paths = sorted(path.relative_to(content).as_posix() for path in (content / "articles").rglob("[!.]*.md"))
    if len(paths) < MANY:
        return
    now_ns, team = clock_ns(), make_team(len(paths))
    if team.helper:
        _help(team, content, paths, now_ns)
    rows = dict(_read(content, team.share(paths), now_ns))
    try:
        for found in team.gather():
            rows |= {path: Reading(*row) for path, row in found.items()}
    except GroundwireError:
        team.dismiss()  # its share is read again
    Readings(derived).keep("articles", rows, gone=())


def _help(team: Team, content: Path, paths: list[str], now_ns: int) -> None:
    try:
        team.tell(dict(_read(content, team.share(paths), now_ns)))
    finally:
        os._exit(1)  # whatever went wrong, this process is no second build


def _read(content: Path, paths: Iterable[str], now_ns: int) -> Iterable[tuple[str, Reading]]:
    for path in paths:
        file = content / path
        try:
            status, raw = file.stat(), file.read_bytes()
            page = parse(raw.decode("utf-8"), ArticleMeta, file=path)
        except (InputError, UnicodeDecodeError, OSError):
            continue
        if known := reading_of(page, file_hash(raw), stamp_of(status, now_ns=now_ns)):
            yield path, known
