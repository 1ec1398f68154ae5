"""`groundwire feeds`: the list of feeds. Only newsletter.yml is written, by inserting text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from groundwire import __version__
from groundwire.cli.common import by_clock, in_folder, in_folder_of_group, progress, say
from groundwire.errors import InputError, Problem, Refused
from groundwire.feeds.health import health
from groundwire.feeds.items import Item
from groundwire.feeds.listing import lines_of, twice, with_feeds
from groundwire.feeds.memory import Memories
from groundwire.feeds.opml import NotOpml, Outline, read_opml, write_opml
from groundwire.feeds.probe import Found, find, same_entries, wrong
from groundwire.feeds.reader import WebReader
from groundwire.feeds.web import Web, user_agent
from groundwire.feeds.workers import Parsers
from groundwire.files.atomic import write_atomic
from groundwire.files.lock import held
from groundwire.model import Feed, FeedResult
from groundwire.ports import Tell
from groundwire.publication.blocklist import refuser
from groundwire.publication.feed_health import STREAM as HEALTH
from groundwire.publication.feed_health import FeedHealth
from groundwire.publication.log import Ledger
from groundwire.settings import FILE, Settings, load_settings, settings_in
from groundwire.text.addresses import canonical, host
from groundwire.text.plain import words
from groundwire.wiring import Places

SHOWN = 5


@click.group()
@in_folder_of_group
def feeds() -> None:
    """Look after the list of feeds in newsletter.yml.

    \b
      groundwire feeds list                            how each is doing
      groundwire feeds add https://www.example.org/    find the feed behind a page and add it
      groundwire feeds check                           for pull requests: what does not answer, and why
    """


@feeds.command()
@in_folder
@by_clock
def list_command(root: Path, now: datetime) -> None:
    """Say how each feed is doing: its last entry, failing since when and why, stale by its own rhythm, its next check."""
    say(listed(root, now=now))


@feeds.command()
@in_folder
@by_clock
@click.argument("url")
@click.option("--name", default="", help="What readers see.  [default: the feed's own title]")
@click.option("--dry-run", is_flag=True, help="Show what it would bring and write nothing.")
def add_command(root: Path, url: str, now: datetime, name: str, dry_run: bool) -> None:
    """Find the feed at URL or behind it, show what it would bring, and add it to newsletter.yml.

    The list's comments and order stay. A feed that is there already is refused.
    """
    say(add(root, url, name=name, now=now, dry_run=dry_run, tell=progress))


@feeds.command()
@in_folder
@by_clock
@click.option("--offline", is_flag=True, help="Ask nobody: only what the file itself shows (duplicates, mistakes).")
def check_command(root: Path, now: datetime, offline: bool) -> None:
    """Ask every feed once: unreachable, not a feed, empty, stale or twice there is told with its line; then exit 1."""
    say(check(root, offline=offline, now=now, tell=progress))


@feeds.command()
@in_folder
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.opml")
def import_command(root: Path, file: Path) -> None:
    """Add the feeds of an OPML file that another reader has written."""
    say(take_in(root, file))


@feeds.command()
@in_folder
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.  [default: standard output]"
)
def export_command(root: Path, output: Path | None) -> None:
    """Write the list as OPML, for other readers."""
    text = give_out(root)
    if output:
        output.write_text(text, encoding="utf-8")
        say(f"wrote {output}")
    else:
        click.echo(text, nl=False)


def listed(root: Path, *, now: datetime) -> str:
    """Say how each feed is doing."""
    settings, places = load_settings(root), Places(root)
    memories = Memories(places.private / "feeds")
    known = {feed.url: memories.recall(feed.url) for feed in settings.feeds}
    states = health(settings.feeds, Ledger(places.ledger).rows(HEALTH), known, now=now)
    width = max((len(s.feed.title) for s in states), default=0)
    rows = [f"{s.state:<8}{s.feed.title:<{width}}  {_told(s)}" for s in states]
    return "\n".join([*rows, _count(states)])


def add(root: Path, url: str, *, name: str, now: datetime, dry_run: bool, tell: Tell) -> str:
    """Find the feed at or behind an address, show what it would bring, and write it into newsletter.yml."""
    settings = load_settings(root)
    url = url if "://" in url else f"https://{url}"
    _refuse_known(url, settings)
    with _web(settings) as (web, parsers):
        found = find(url, web=web, parsers=parsers, now=now, tell=tell)
    _refuse_known(found.url, settings)
    shown = _shown(found, now=now)
    if dry_run:
        return f"{shown}\nnothing was written; without --dry-run it is added to {FILE}"
    row = {"url": found.url, "name": (name or found.parsed.title)[:60].strip() or host(found.url)}
    _write(root, [row], command="feeds add")
    return f"{shown}\nadded to {FILE} as {row['name']!r}"


def brings(settings: Settings, feed: Feed, *, now: datetime, tell: Tell) -> str:
    """Say what a feed would bring, or why it brings nothing: for somebody who decides about it. Nothing is written."""
    try:
        with _web(settings) as (web, parsers):
            return _shown(find(feed.url, web=web, parsers=parsers, now=now, tell=tell), now=now)
    except Refused as error:
        return str(error)


def check(root: Path, *, offline: bool, now: datetime, tell: Tell) -> str:
    """Say what is wrong with the list of feeds. Raises InputError with each problem at its line."""
    settings = load_settings(root)
    lines = lines_of((root / FILE).read_text(encoding="utf-8"), file=FILE)
    at = dict(zip((feed.url for feed in settings.feeds), lines, strict=True))
    problems = twice(settings.feeds, lines, file=FILE)
    if not offline:
        results = _ask_all(settings, now=now, tell=tell)
        problems += [p for result in results if (p := wrong(result, at[result.feed.url], now=now))]
        problems += same_entries(results, at)
    if problems:
        raise InputError(sorted(problems, key=lambda p: p.line))
    return f"all right: {len(settings.feeds)} feeds" + (", not asked (--offline)" if offline else " answer")


def take_in(root: Path, file: Path) -> str:
    """Add the feeds of an OPML file that are not there yet."""
    settings = load_settings(root)
    try:
        outlines = read_opml(file.read_bytes())
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from None
    except NotOpml as error:
        raise InputError([Problem(str(file), str(error))]) from None
    known = {canonical(feed.url) for feed in settings.feeds}
    rows, left = [], []
    for outline in outlines:
        reason = _against(outline.url, known)
        if reason:
            left.append(f"left out: {outline.url[:200]} ({reason})")
        else:
            known.add(canonical(outline.url))
            rows.append({"url": outline.url, **({"name": outline.title[:60].strip()} if outline.title else {})})
    _write(root, rows, command="feeds import")
    return "\n".join([*left, f"added {len(rows)} of {len(outlines)} feeds to {FILE}; look at them with: groundwire feeds check"])


def give_out(root: Path) -> str:
    """Write the list as OPML."""
    settings = load_settings(root)
    return write_opml((Outline(f.url, f.title, f.category or "") for f in settings.feeds), title=settings.title)


def _shown(found: Found, *, now: datetime) -> str:
    """Say what a feed would bring, in a few lines."""
    items = sorted(found.parsed.items, key=lambda item: item.published or now, reverse=True)
    whole = sum(1 for item in items if len(words(item.content)) >= 120)
    languages = sorted({item.language for item in items if item.language})
    facts = [
        f"{len(items)} entries",
        f"{whole} with the whole text",
        *(["language " + ", ".join(languages)] if languages else []),
    ]
    newest = [f"  {_day(item)}  {item.title}" for item in items[:SHOWN]]
    return "\n".join([f"{found.parsed.title or host(found.url)} · {found.url}", ", ".join(facts), *newest])


def _pace(every: timedelta) -> str:
    days = every.total_seconds() / 86400
    return ", one a day or more" if days <= 1 else f", one every {days:g} days"


def _told(state: FeedHealth) -> str:
    last = f"last entry {state.newest:%Y-%m-%d}" if state.newest else "no dated entry yet"
    said = [last + (_pace(state.every) if state.every else "")]
    if state.failing_since:
        said.append(f"failing since {state.failing_since:%Y-%m-%d}: {state.why}")
    if state.stale_since:
        said.append(f"stale since {state.stale_since:%Y-%m-%d}")
    if state.advice:
        said.append(f"has moved for good: {state.advice}")
    said += [f"next check {state.next_check:%Y-%m-%d %H:%M} UTC"] if state.next_check else []
    return " · ".join(said)


def _count(states: Sequence[FeedHealth]) -> str:
    kinds = [s.state for s in states]
    return f"{len(states)} feeds, {kinds.count('failing')} failing, {kinds.count('stale')} stale"


def _ask_all(settings: Settings, *, now: datetime, tell: Tell) -> list[FeedResult]:
    """Return each feed's answer of now, past what is remembered of it."""
    results = []
    with tempfile.TemporaryDirectory() as folder, _web(settings) as (web, parsers):
        reader = WebReader(web, parsers, Memories(Path(folder)), concurrency=settings.fetch.concurrency, force=True)
        for result in reader.read(settings.feeds, now=now):
            results.append(result)
            tell(f"[{len(results)}/{len(settings.feeds)}] {result.feed.title}: {result.error or 'answers'}")
    return results


@contextmanager
def _web(settings: Settings) -> Iterator[tuple[Web, Parsers]]:
    agent = user_agent(__version__, settings.url)
    with Web(settings.fetch, user_agent=agent, refuse=refuser(settings.block)) as web, Parsers() as parsers:
        yield web, parsers


def _refuse_known(url: str, settings: Settings) -> None:
    for feed in settings.feeds:
        if canonical(feed.url) == canonical(url):
            raise Refused(f"{FILE} has this feed already: {feed.title} ({feed.url})")


def _against(url: str, known: set[str]) -> str:
    if canonical(url) in known:
        return "it is there already"
    try:
        Feed(url=url)
    except ValueError:
        return "no web address"
    return ""


def _write(root: Path, rows: Sequence[dict[str, str]], *, command: str) -> None:
    """Put the feeds into newsletter.yml; what would come out is validated before anything is written."""
    with held(Places(root).private, command=command):
        path = root / FILE
        text = path.read_bytes().decode("utf-8")
        changed = with_feeds(text, rows, file=FILE)
        settings_in(changed, root)
        write_atomic(path, changed)


def _day(item: Item) -> str:
    return f"{item.published:%Y-%m-%d}" if item.published else "no date   "
