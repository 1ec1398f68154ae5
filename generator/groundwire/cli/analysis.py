"""`groundwire analyse` and `groundwire estimate`: a page's analysis again, how it came about, and what a model would cost.

The estimate comes from the feeds' last days, with no key, no call and no page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from groundwire.analysis.analyst import Voice, first_request
from groundwire.analysis.classify import category_of
from groundwire.analysis.prompt import is_short
from groundwire.cli.common import by_clock, in_folder, progress, say
from groundwire.cli.story import find
from groundwire.errors import Refused
from groundwire.events.choose import choose
from groundwire.events.group import group
from groundwire.feeds.fulltext import from_feed
from groundwire.llm.cost_report import Appetite, table
from groundwire.llm.kept_answers import FolderMemory
from groundwire.llm.messages import Usage
from groundwire.llm.models import chosen_models, tariff_of
from groundwire.model import Entry, FeedResult, Source, Story
from groundwire.ports import Tell
from groundwire.publication.content import load_articles
from groundwire.publication.log import Row
from groundwire.publication.publication import Publication
from groundwire.publication.reanalysis import edited_by_people, protected
from groundwire.settings import Settings
from groundwire.steps.keeping import analyse_again
from groundwire.wiring import Places, open_publication, voice_of

LONGEST = 7  # days that are looked at
BYTES_A_TOKEN = 4
ARTICLE = "word " * 700  # in the place of a text that would be fetched
WRITTEN, WRITTEN_OF_SHORT = 2_200, 700  # tokens of an answer, measured; of a story of which only an excerpt is known
ENOUGH = 20  # answers in the ledger from which on their own mean is taken


@click.command()
@in_folder
@by_clock
def estimate_command(root: Path, now: datetime) -> None:
    """Say what a model would cost: stories a day and dollars a month for each model, from the feeds' last days.

    It needs no key, asks no model and writes no page.
    """
    say(estimate(root, now=now, tell=progress))


@click.command()
@in_folder
@by_clock
@click.argument("page", required=False)
@click.option("--force", is_flag=True, help="Ask a model also what it answered before, and write over a text that people edited.")
@click.option(
    "--explain",
    "explained",
    type=click.Path(path_type=Path),
    metavar="PAGE",
    help="Only say how the page's analysis came about: what a model was asked and answered, what was kept and dropped, and why.",
)
def analyse_command(root: Path, now: datetime, page: str | None, force: bool, explained: Path | None) -> None:
    """Analyse PAGE again (its path, address or story's id), from its sources as they are now.

    A body that people edited is written over with --force alone, a locked page never; title, description, category and tags stay. Every run does so by itself where a page was
    made by rule for lack of money in the last three days, or where a page's sources have doubled.
    """
    if (page is None) == (explained is None):
        raise click.UsageError("give a page: groundwire analyse PAGE, or groundwire analyse --explain PAGE")
    say(explain(root, explained) if explained else analyse(root, str(page), anew=force, now=now, tell=progress))


@dataclass(frozen=True)
class Days:
    """The stories that would have got a page in some whole days, up to now."""

    days: int
    chosen: tuple[Story, ...]

    @property
    def a_day(self) -> float:
        """Count the stories of a day."""
        return len(self.chosen) / self.days


def analyse(root: Path, name: str, *, anew: bool, now: datetime, tell: Tell) -> str:
    """Make a page's analysis again. `anew`: a model is asked even what it answered before, and a text that people edited is written over.

    Raises Refused where people's words are in the way.
    """
    with open_publication(root, command="analyse", tell=tell, now=now, force=True, anew=anew) as workspace:
        publication, parts = workspace.publication, workspace.parts
        page = find(publication, name)
        if (why := protected(page)) and not (anew and edited_by_people(page)):
            hint = "; --force writes over it all the same (Git keeps what stood there)" if edited_by_people(page) else ""
            raise Refused(f"content/{page.path} is not analysed again: {why}{hint}")
        outlets = {source.feed for source in page.meta.sources}
        feeds = [feed for feed in publication.settings.feeds if feed.title in outlets]
        results = list(parts.reader.read(feeds, now=now))
        changes = list(analyse_again(publication, parts, results, now=now, named=page.meta.id))
        workspace.apply(changes, now=now)
        if not changes:
            raise Refused(f"the sources of content/{page.path} cannot be read any more; nothing was changed")
        cost = f"; {spent}" if (spent := parts.analyst.account()) else ""
        return f"analysed content/{page.path} again{cost}"


def explain(root: Path, page: Path) -> str:
    """Say what was asked for a page, what was answered, kept and dropped, and why. Raises Refused where that is not known any more."""
    places = Places(root)
    wanted = page.as_posix().split("content/")[-1]
    found = next((p for p in load_articles(places.content).pages if wanted in (p.path, p.meta.id)), None)
    if found is None:
        raise Refused(f"no article {page}; write for example\ngroundwire analyse --explain content/articles/2026/02/a-story.md")
    known = FolderMemory(places.private / "claude").explained(found.meta.id)
    if known is None:
        by = found.meta.analysis.by if found.meta.analysis else "a person"
        raise Refused(f"content/{found.path} was written by {by}; only an analysis by a model on this machine can be explained")
    return json.dumps(known, ensure_ascii=False, indent=2)


def estimate(root: Path, *, now: datetime, tell: Tell, settings: Settings | None = None) -> str:
    """Say how many stories a day and dollars a month, by model. Raises Refused where no feed has anything, or a model's price is not known.

    `settings`: in the place of the publication's own, asking its feeds whether they are due or not.
    """
    opened = open_publication(
        root, command="estimate", tell=tell, now=now, analyses=False, settings=settings, force=settings is not None
    )
    with opened as workspace:
        publication = workspace.publication
        chosen = publication.settings.analysis
        tariff = tariff_of(chosen)
        found = recent(publication, list(workspace.parts.reader.read(publication.settings.feeds, now=now)), now=now)
        written = _written(workspace.ledger.rows("spend"))
        each = tuple(_usages(found.chosen, publication, voice_of(publication.settings), written=written))
        appetite = Appetite(found.a_day, each)
    how = "as the ledger has it" if written else "assumed"
    return "\n".join(
        [
            f"about {found.a_day:.1f} stories a day would get a page (the feeds' last {found.days} days, by the rules of `select`)",
            f"a story takes about {appetite.mean.input:,} tokens to read ({BYTES_A_TOKEN} characters each) and {appetite.mean.output:,} to write ({how})",
            *table(appetite, chosen, tariff, today=now.date()),
            f"the wall: ${chosen.budget_usd:g} a run, ${chosen.budget_usd_month:g} a month; asked: {', '.join(chosen_models(chosen))}",
        ]
    )


def recent(publication: Publication, results: Sequence[FeedResult], *, now: datetime) -> Days:
    """Find what would have been chosen in the days that the feeds reach back to, each for itself."""
    entries = [entry for result in results for entry in result.entries if entry.published and entry.published <= now]
    if not entries:
        failed = "".join(f"\n  {result.feed.title}: {result.error}" for result in results if result.error)
        raise Refused(f"no feed has an entry with a date to judge by; see `groundwire feeds check`{failed}")
    days = _reach(entries, now=now)
    stories = [story for story in group(entries) if story.first.published and story.first.published > now - timedelta(days=days)]
    chosen: list[Story] = []
    for day in range(days):
        end = now - timedelta(days=day)
        of_day = [s for s in stories if s.first.published and end - timedelta(days=1) < s.first.published <= end]
        chosen += choose(
            of_day,
            select=publication.settings.select,
            today={},
            category_of=lambda s: category_of(s, publication.categories),
            now=end,
        ).chosen
    return Days(days, tuple(chosen))


def _reach(entries: Iterable[Entry], *, now: datetime) -> int:
    """Count the whole days that every busy feed still tells of: a feed whose oldest entry is of yesterday knows nothing of the day before."""
    oldest: dict[str, datetime] = {}
    for entry in entries:
        if entry.published:
            oldest[entry.feed.url] = min(entry.published, oldest.get(entry.feed.url, entry.published))
    since = now - timedelta(days=LONGEST)
    return max(1, (now - max((since, *(when for when in oldest.values() if when > since)))).days)


def _usages(stories: Sequence[Story], publication: Publication, voice: Voice, *, written: int | None) -> Iterator[Usage]:
    """Yield what each story's first question takes; stories that have nothing to ask about cost nothing."""
    for story in stories:
        sources = [_source(entry, number) for number, entry in enumerate(story.entries, start=1)]
        request = first_request(publication.categories[category_of(story, publication.categories)], sources, voice)
        if request is None:
            yield Usage()
            continue
        read = len((request.system + request.user + str(request.schema)).encode()) // BYTES_A_TOKEN
        yield Usage(read, written or (WRITTEN_OF_SHORT if is_short(sources) else WRITTEN))


def _source(entry: Entry, number: int) -> Source:
    carried = from_feed(entry) or (ARTICLE if entry.feed.fulltext is True else "")
    return Source(number, entry, carried or entry.excerpt or entry.title, bool(carried))


def _written(rows: Iterable[Row]) -> int | None:
    """Return the mean of the answers so far, in tokens; None while there are too few."""
    made = [int(row["out"]) for row in rows if row.get("event") == "charged" and isinstance(row.get("out"), int) and row["out"]]
    return sum(made) // len(made) if len(made) >= ENOUGH else None
