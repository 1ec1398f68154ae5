"""What every way of sending shares: which issues may go, an issue's letter as it stands, the wait for its pages on the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from groundwire import __version__
from groundwire.errors import GroundwireError, Refused
from groundwire.feeds.web import FetchError, Web, user_agent
from groundwire.mail.letter import Letter, compose_letter
from groundwire.mail.links import Answer, Fetch, Site, await_pages, missing_pages
from groundwire.publication.blocklist import blocked_pages
from groundwire.publication.content import Article, Issue, load_articles, load_issues
from groundwire.publication.log import Ledger
from groundwire.settings import Settings
from groundwire.subscribers.dispatch import World
from groundwire.wiring import Places

WAIT_MIN = 15.0  # for the site to show what the letter links to
NONE_READY = "no issue is ready; write one with `groundwire issue`, read it, and set in its front matter\nstatus: ready"


@dataclass(frozen=True)
class Desk:
    """A publication whose issues are about to be mailed. `fetch` gets the site's pages; `minutes`: how long they are waited for."""

    settings: Settings
    places: Places
    fetch: Fetch
    minutes: float = WAIT_MIN

    def ready(self) -> tuple[Issue, ...]:
        """List the issues that somebody has approved, oldest first. Raises InputError if one of the files breaks its contract."""
        pages = load_issues(self.places.content, cache=self.places.cache).require()
        return tuple(sorted((page for page in pages if page.meta.status == "ready"), key=lambda page: page.meta.date))

    def newest(self) -> Issue:
        """Return the newest issue that is ready. Raises Refused if there is none."""
        ready = self.ready()
        if not ready:
            raise Refused(NONE_READY)
        return ready[-1]

    def barred(self, page: Issue, *, now: datetime) -> str:
        """Say why an issue that nobody has got yet must not go any more; '' if it may."""
        rows = Ledger(self.places.ledger).rows("issues")
        if any(row.get("event") == "skipped" and row.get("issue") == page.meta.id for row in rows):
            return "was skipped: nobody had approved it in time, and its stories went on into the next issue"
        if page.meta.expires and page.meta.expires <= now:
            until = f"{page.meta.expires:%Y-%m-%d %H:%M} UTC"
            return f"expired on {until}; to send it all the same, set a later `expires` in its front matter"
        return ""

    def letter(self, page: Issue) -> Letter:
        """Compose the letter from its file and the stories' pages as they are now, without what `block` keeps out."""
        articles = self._articles()
        unwanted = blocked_pages(articles, self.settings.block)
        return compose_letter(page, articles=[p for p in articles if p.meta.id not in unwanted], settings=self.settings)

    def await_site(self, letter: Letter, world: World) -> None:
        """Wait until every own page that the letter links to is on the site. Raises Refused after `minutes`."""
        await_pages(letter, self._site, minutes=self.minutes, ticks=world.ticks, sleep=world.sleep, tell=world.tell)

    def missing(self, page: Issue) -> list[str]:
        """Report what the site lacks of an issue now, a line for each page."""
        return missing_pages(self.letter(page), self._site)

    @property
    def _site(self) -> Site:
        aliases = {alias: page.url for page in self._articles() for alias in page.meta.aliases}
        return Site(self.settings.url, aliases, self.fetch)

    def _articles(self) -> tuple[Article, ...]:
        return load_articles(self.places.content, cache=self.places.cache).pages


def each_issue(pages: Iterable[Issue], send: Callable[[Issue], str]) -> str:
    """Send one issue after the other, and return a line for each.

    One that cannot go does not hold up the others. Raises Refused, with all lines, if one could not go.
    """
    lines, failed = [], False
    for page in pages:
        try:
            lines.append(send(page))
        except GroundwireError as error:
            failed = True
            lines.append(str(error))
    if failed:
        raise Refused("\n".join(lines))
    return "\n".join(lines)


def web_fetch(settings: Settings) -> Fetch:
    """Make a function that gets pages from the real web, with the bounds of `fetch` in newsletter.yml."""

    def fetch(url: str) -> Answer:
        with Web(settings.fetch, user_agent=user_agent(__version__, settings.url)) as web:
            try:
                return Answer(web.get(url).body.decode("utf-8", "replace"))
            except FetchError as error:
                return Answer(trouble=str(error))

    return fetch


def lacking_publisher(settings: Settings) -> list[str]:
    """List the keys of `publisher` without which no real mail goes."""
    return [f"publisher.{key}" for key, value in settings.publisher.model_dump().items() if not value]
