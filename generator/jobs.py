"""What each command does: parts from wiring, the job from the pipeline, and the words for the owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from generator import pipeline
from generator.errors import GroundwireError, InputError, Problem, Refused
from generator.housekeeping import tidy
from generator.ports import Tell
from generator.record.blocklist import blocked_pages
from generator.record.categories import load_categories
from generator.record.store import Article, Store
from generator.scaffold import remove_sample
from generator.settings import PLACEHOLDER_URL, Settings, load_settings
from generator.status_jobs import summary
from generator.wiring import Places, open_publication

T = TypeVar("T")


def run(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Update, the issue when one is due, build."""
    with open_publication(root, command="run", tell=tell, now=now, force=force) as parts:
        _without_sample(root, parts.settings, tell)
        done = pipeline.update(parts, now=now)
        tidy(Places(root), now=now, changed=done.changed, withdrawn=_withdrawn(parts.store))
        written = pipeline.issue(parts, now=now)
        built = build(root, strict=True)
    return "\n".join([summary(done, parts.store), written, built])


def update(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Read the feeds and publish."""
    with open_publication(root, command="update", tell=tell, now=now, force=force) as parts:
        _without_sample(root, parts.settings, tell)
        done = pipeline.update(parts, now=now)
        tidy(Places(root), now=now, changed=done.changed, withdrawn=_withdrawn(parts.store))
        return summary(done, parts.store)


def _withdrawn(store: Store) -> list[Article]:
    return [page for page in store.articles().pages if page.meta.withdrawn]


def build(root: Path, *, strict: bool = True, full: bool = False, explain: bool = False) -> str:
    """Build the site: what changed, or all of it; with the reason for each page where that is asked for."""
    from generator.website.build import build_site

    report = build_site(root, strict=strict, full=full)
    made = "" if report.made == report.pages - 1 else f", {report.made} of them made anew"
    told = [*report.reasons, ""] if explain and report.reasons else []
    return "\n".join([*told, f"built {report.pages} pages{made}, in {report.seconds:.1f} s: {report.site_dir}/index.html"])


def preview(root: Path, *, port: int, sample: bool, tell: Tell) -> None:
    """Serve the site, and the way of a subscriber, until interrupted."""
    from generator.preview import serve_preview

    where = root / ".groundwire" / "sample" if sample else root
    if sample and not (where / "newsletter.yml").exists():
        raise GroundwireError("there is no sample yet; make it with: groundwire run --sample")
    serve_preview(where, port=port, tell=tell)


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
            if page.meta.category not in categories:
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
