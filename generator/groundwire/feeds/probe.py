"""Feeds asked once, past what is remembered of them: the one behind an address, and what is wrong with each as it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundwire.errors import Problem, Refused
from groundwire.feeds.article import decoded
from groundwire.feeds.discover import named_feeds, usual_places
from groundwire.feeds.health import health, rhythm
from groundwire.feeds.items import NotAFeed, Parsed
from groundwire.feeds.web import FetchError, Web
from groundwire.feeds.workers import Parsers
from groundwire.model import Feed, FeedResult
from groundwire.ports import Tell
from groundwire.settings import FILE
from groundwire.text.addresses import canonical

_SAME = 0.8  # of the entries of the smaller of two feeds, in both: then they are one


@dataclass(frozen=True)
class Found:
    """A feed as it answers: its address, and what is in it."""

    url: str
    parsed: Parsed


def find(url: str, *, web: Web, parsers: Parsers, now: datetime, tell: Tell) -> Found:
    """Return the feed at this address, else the first that answers of those its page names, else of the usual places."""
    try:
        document = web.get(url)
    except FetchError as error:
        raise Refused(f"{url}: {error}") from None
    try:
        parsed = parsers.parse(document.body, url=document.url, headers=document.headers, now=now)
        return Found(document.moved_to or url, parsed)
    except NotAFeed as error:
        why = str(error)
    page = decoded(document.body[:1_000_000], document.headers)
    for place in [*named_feeds(page, url=document.url), *usual_places(document.url)]:
        tell(f"trying {place}")
        try:
            answer = web.get(place)
            parsed = parsers.parse(answer.body, url=answer.url, headers=answer.headers, now=now)
        except (FetchError, NotAFeed):
            continue
        if parsed.items:
            return Found(answer.moved_to or place, parsed)
    raise Refused(
        f"{url}: {why}, and no feed was found behind it. Look for a link called RSS or Atom there and give its address."
    )


def wrong(result: FeedResult, line: int, *, now: datetime) -> Problem | None:
    """Say what speaks against a feed as it answers, as a problem at its line."""
    if result.error:
        return _problem(line, f"{result.feed.url}: {result.error}")
    if not result.entries:
        return _problem(line, f"{result.feed.url}: the feed is empty")
    if result.warning.startswith("has moved"):
        return _problem(line, f"{result.feed.url}: {result.warning}")
    newest, every = rhythm(result.entries, now=now)
    row = {"feed": result.feed.url, "event": "news", "newest": newest and newest.isoformat(), "at": now.isoformat()}
    state = health([result.feed], [{**row, "every_days": every.days} if every else row], now=now)[0]
    if state.stale_since and newest:
        pause = f", after one every {every.days} days" if every and every.days else ""
        return _problem(line, f"{result.feed.url}: stale; its last entry is of {newest:%Y-%m-%d}{pause}")
    return None


def same_entries(results: Sequence[FeedResult], at: dict[str, int]) -> list[Problem]:
    """Find feeds at two addresses that bring the same entries."""
    out: list[Problem] = []
    seen: list[tuple[Feed, set[str]]] = []
    for result in sorted(results, key=lambda r: at[r.feed.url]):
        links = {canonical(entry.url) for entry in result.entries}
        other = next((feed for feed, had in seen if len(links & had) >= max(3, _SAME * min(len(links), len(had)))), None)
        if other and canonical(other.url) != canonical(result.feed.url):
            out.append(
                _problem(at[result.feed.url], f"{result.feed.url}: brings the same entries as line {at[other.url]} ({other.url})")
            )
        seen.append((result.feed, links))
    return out


def _problem(line: int, message: str) -> Problem:
    return Problem(FILE, message, line, 1, key="feeds")
