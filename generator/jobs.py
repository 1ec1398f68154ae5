"""What each command does: parts from wiring, the job from the pipeline, and the words for the owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from generator import pipeline
from generator.errors import GroundwireError, InputError, Problem, Refused
from generator.pipeline import Update
from generator.ports import Tell
from generator.record.blocklist import blocked_pages
from generator.record.categories import load_categories
from generator.record.ledger import Ledger
from generator.record.registry import HEALTH
from generator.record.store import Article, Store
from generator.scaffold import remove_sample
from generator.settings import PLACEHOLDER_URL, Settings, load_settings
from generator.wiring import Places, open_publication

T = TypeVar("T")


def run(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Update, the issue when one is due, build."""
    with open_publication(root, command="run", tell=tell, now=now, force=force) as parts:
        _without_sample(root, parts.settings, tell)
        done = pipeline.update(parts, now=now)
        written = pipeline.issue(parts, now=now)
        built = build(root, strict=True)
    return "\n".join([summary(done), written, built])


def update(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Read the feeds and publish."""
    with open_publication(root, command="update", tell=tell, now=now, force=force) as parts:
        _without_sample(root, parts.settings, tell)
        return summary(pipeline.update(parts, now=now))


def issue(root: Path, *, now: datetime, tell: Tell) -> str:
    """Write the issue that is due."""
    with open_publication(root, command="issue", tell=tell, now=now) as parts:
        return pipeline.issue(parts, now=now)


def build(root: Path, *, strict: bool) -> str:
    """Build the site."""
    from generator.website.build import build_site

    report = build_site(root, strict=strict)
    return f"built {report.pages} pages in {report.seconds:.1f} s: {report.site_dir}/index.html"


def preview(root: Path, *, port: int, sample: bool, tell: Tell) -> None:
    """Serve the site until interrupted."""
    from generator.website.build import serve_site

    where = root / ".groundwire" / "sample" if sample else root
    if sample and not (where / "newsletter.yml").exists():
        raise GroundwireError("there is no sample yet; make it with: groundwire run --sample")
    tell(f"http://127.0.0.1:{port}/ (^C ends it)")
    serve_site(where, port=port)


def check(root: Path, paths: tuple[Path, ...]) -> str:
    """Everything that is wrong, at once. Raises InputError where anything is."""
    from generator.website.config import check_mkdocs_config

    problems: list[Problem] = []
    settings = _collect(problems, lambda: load_settings(root))
    categories = _collect(problems, lambda: load_categories(root))
    store = Store(Places(root).content)
    articles, issues = store.articles(), store.issues()
    problems += [*articles.problems, *issues.problems, *check_mkdocs_config(root)]
    if categories is not None:
        for page in articles.pages:
            problems += unknown_category(page.meta.category, tuple(categories), file=f"content/{page.path}", text=page.text)
        if settings is not None:
            problems += [
                p
                for feed in settings.feeds
                if feed.category
                for p in unknown_category(feed.category, tuple(categories), file="newsletter.yml", text="")
            ]
    if settings is not None:
        for page_id, why in blocked_pages(articles.pages, settings.block).items():
            path = next(page.path for page in articles.pages if page.meta.id == page_id)
            problems.append(Problem(f"content/{path}", f"{why}; it is published, and leaves issues and mail", level="warning"))
    chosen = [p for p in problems if not paths or any(_names(path, root, p.file) for path in paths)]
    if any(p.level == "error" for p in chosen):
        raise InputError(chosen)
    told = [str(p) for p in chosen]
    feeds = len(settings.feeds) if settings else 0
    return "\n".join([*told, f"all right: {len(articles.pages)} articles, {len(issues.pages)} issues, {feeds} feeds"])


def status(root: Path, *, now: datetime) -> str:
    """What there is and what needs a person."""
    settings = load_settings(root)
    places = Places(root)
    store, ledger = Store(places.content), Ledger(places.ledger)
    articles, issues = store.articles(), store.issues()
    lines = [
        f"{settings.title} · {settings.url}",
        _counted(articles.pages, settings, now=now),
        f"issues: {len(issues.pages)}"
        + (f", the newest {issues.pages[-1].meta.id} ({issues.pages[-1].meta.status})" if issues.pages else ""),
        *_feed_lines(settings, ledger),
    ]
    unread = [p.path for p in articles.pages if newest_unread(p)]
    edited_by_people = sum(1 for p in articles.pages if p.meta.generated and not p.pristine)
    drafts = [p.path for p in articles.pages if p.meta.status == "draft"]
    lines += [f"edited by people: {edited_by_people}"] if edited_by_people else []
    lines += [f"edited by people, its newest sources are not in the text: content/{path}" for path in unread]
    lines += [f"waiting for review: content/{path}" for path in drafts]
    lines += [str(problem) for problem in (*articles.problems, *issues.problems)]
    return "\n".join(lines)


def send_dry(root: Path) -> str:
    """Put the newest ready issue into the outbox."""
    from generator import posting

    return posting.dry_run(root)


def run_sample(root: Path, *, tell: Tell, command: str) -> str:
    """The whole way on the bundled sample."""
    from generator.sample.run import run_sample as run_it

    return run_it(root, tell=tell, command=command)


def explain(root: Path, page: Path) -> str:
    """What was asked for a page, what was answered, kept and dropped, and why. Raises Refused where that is not known any more."""
    import json

    from generator.analysis.claude_memory import FolderMemory

    places = Places(root)
    wanted = page.as_posix().split("content/")[-1]
    found = next((p for p in Store(places.content).articles().pages if wanted in (p.path, p.meta.id)), None)
    if found is None:
        raise Refused(f"no article {page}; write for example\ngroundwire analyse --explain content/articles/2026/02/a-story.md")
    known = FolderMemory(places.private / "claude").explained(found.meta.id)
    if known is None:
        by = found.meta.analysis.by if found.meta.analysis else "a person"
        raise Refused(f"content/{found.path} was written by {by}; only an analysis by a model on this machine can be explained")
    return json.dumps(known, ensure_ascii=False, indent=2)


def summary(done: Update) -> str:
    """An update in words: what was published, what was not and why, what is wrong."""
    failed = [f"feed failed: {r.feed.title}: {r.error}" for r in done.failed]
    warned = [f"feed warning: {r.feed.title}: {r.warning}" for r in done.feeds if r.warning and not r.error]
    reasons = Counter(reason for _, reason in done.left)
    left = [f"not chosen: {count} ({reason})" for reason, count in reasons.most_common()]
    held = [f"waits for review: content/{path} ({why})" for path, why in done.held]
    swallowed = [f"coverage of a withdrawn or deleted story, not shown: {title}" for title in done.swallowed]
    blocked = [f"blocked by newsletter.yml: {done.blocked}"] if done.blocked else []
    pages = [f"  content/{path}" for path in done.published]
    joined = [f"later coverage joined: content/{path}" for path in done.joined]
    head = f"feeds: {len(done.feeds) - len(failed)} read, {len(failed)} failed · new pages: {len(done.published)} · later coverage: {len(done.joined)}"
    noted = [f"analysis: {done.analyst}"] if done.analyst else []
    return "\n".join(
        [head, *pages, *joined, *held, *left, *swallowed, *blocked, *failed, *warned, *noted, *map(str, done.warnings)]
    )


def unknown_category(name: str, known: tuple[str, ...], *, file: str, text: str) -> list[Problem]:
    """The problem of a category that no file describes."""
    import difflib

    if name in known:
        return []
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    line = next((i for i, row in enumerate(text.splitlines(), start=1) if row.startswith("category:")), 0)
    return [
        Problem(
            file,
            f"no category {name!r}; {hint}",
            line,
            1 if line else 0,
            key="category",
            example=f"category: {near[0] if near else known[0]}",
        )
    ]


def newest_unread(page: Article) -> bool:
    """Whether people edited the text and sources have joined since: the machine adds them to the front matter only."""
    return page.meta.generated is not None and not page.pristine and any(source.added for source in page.meta.sources)


def _without_sample(root: Path, settings: Settings, tell: Tell) -> None:
    """A copy of the template that its owner has set up starts without the sample's pages."""
    if settings.url != PLACEHOLDER_URL and remove_sample(root):
        tell("removed the sample's pages from content/: this publication is yours now")


def _collect(problems: list[Problem], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except InputError as error:
        problems += error.problems
        return None


def _names(path: Path, root: Path, file: str) -> bool:
    """Whether a path on the command line is this file, or a folder around it."""
    shown = path.as_posix().removeprefix("./")
    inside = path.resolve().relative_to(root.resolve()).as_posix() if path.resolve().is_relative_to(root.resolve()) else shown
    return any(file == one or file.startswith(one.rstrip("/") + "/") for one in (shown, inside))


def _counted(pages: Sequence[Article], settings: Settings, *, now: datetime) -> str:
    today = sum(1 for p in pages if settings.day(p.meta.moment) == settings.day(now))
    newest = max((p.meta.moment for p in pages), default=None)
    last = f", the newest of {newest.astimezone(settings.zone):%Y-%m-%d %H:%M}" if newest else ""
    return f"articles: {len(pages)}, {today} today{last}"


def _feed_lines(settings: Settings, ledger: Ledger) -> list[str]:
    state = {str(row.get("feed")): row for row in ledger.rows(HEALTH)}
    failing = [(f, state[f.url]) for f in settings.feeds if state.get(f.url, {}).get("event") == "failing"]
    told = [f"feed failing since {row['at'][:10]}: {feed.title}: {row.get('why', '')}" for feed, row in failing]
    return [f"feeds: {len(settings.feeds)}, {len(failing)} failing", *told]
