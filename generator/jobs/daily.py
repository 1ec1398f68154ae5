"""What each command does: parts from wiring, the job from the pipeline, and the words for the owner."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from generator import pipeline
from generator.errors import GroundwireError, Refused
from generator.jobs.build import build
from generator.jobs.housekeeping import tidy
from generator.jobs.status import summary
from generator.ports import Tell
from generator.record.store import Store
from generator.settings import PLACEHOLDER_URL, Settings
from generator.setup.scaffold import remove_sample
from generator.wiring import Places, open_publication


def run(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Update, the issue when one is due, build."""
    with open_publication(root, command="run", tell=tell, now=now, force=force) as parts:
        _without_sample(root, parts.settings, tell)
        done = pipeline.update(parts, now=now)
        tidy(Places(root), now=now, changed=done.changed, withdrawn=done.withdrawn)
        written = pipeline.issue(parts, now=now, shelf=done.shelf)
        built = build(root, strict=True)
    return "\n".join([summary(done, parts.store), written, built])


def update(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Read the feeds and publish."""
    with open_publication(root, command="update", tell=tell, now=now, force=force) as parts:
        _without_sample(root, parts.settings, tell)
        done = pipeline.update(parts, now=now)
        tidy(Places(root), now=now, changed=done.changed, withdrawn=done.withdrawn)
        return summary(done, parts.store)


def preview(root: Path, *, port: int, sample: bool, tell: Tell) -> None:
    """Serve the site, and the way of a subscriber, until interrupted."""
    from generator.jobs.preview import serve_preview

    where = root / ".groundwire" / "sample" if sample else root
    if sample and not (where / "newsletter.yml").exists():
        raise GroundwireError("there is no sample yet; make it with: groundwire run --sample")
    serve_preview(where, port=port, tell=tell)


def run_sample(root: Path, *, tell: Tell, command: str) -> str:
    """The whole way on the bundled sample."""
    from generator.sample.run import run_sample as run_it

    return run_it(root, tell=tell, command=command)


def explain(root: Path, page: Path) -> str:
    """What was asked for a page, what was answered, kept and dropped, and why. Raises Refused where that is not known any more."""
    import json

    from generator.analysis.claude.memory import FolderMemory

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


def _without_sample(root: Path, settings: Settings, tell: Tell) -> None:
    """A copy of the template that its owner has set up starts without the sample's pages."""
    if settings.url != PLACEHOLDER_URL and remove_sample(root):
        tell("removed the sample's pages from content/: this publication is yours now")
