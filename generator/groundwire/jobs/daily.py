"""What each command does: parts from wiring, the job from the pipeline, and the words for the owner."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from groundwire import pipeline
from groundwire.errors import GroundwireError, Refused
from groundwire.jobs.build import build
from groundwire.jobs.housekeeping import tidy
from groundwire.jobs.status import summary
from groundwire.pipeline import Update
from groundwire.ports import Tell
from groundwire.publication.changes import told
from groundwire.publication.content import load_articles
from groundwire.scaffolding.scaffold import remove_sample
from groundwire.settings import PLACEHOLDER_URL, Settings
from groundwire.wiring import Places, Workspace, open_publication


def run(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Update, the issue when one is due, build."""
    with open_publication(root, command="run", tell=tell, now=now, force=force) as workspace:
        done = _update(workspace, now=now, tell=tell)
        written = workspace.run(pipeline.issue(done.publication, workspace.parts, now=now), now=now)
        built = build(root, strict=True)
    return "\n".join([summary(done), written, built])


def update(root: Path, *, now: datetime, force: bool, tell: Tell, dry_run: bool = False) -> str:
    """Read the feeds and publish. A `dry_run` says what would be written, asks no model and leaves content/ as it is."""
    with open_publication(root, command="update", tell=tell, now=now, force=force, dry_run=dry_run) as workspace:
        if not dry_run:
            return summary(_update(workspace, now=now, tell=tell))
        done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)
    return "\n".join(
        [told(done.changes) or "nothing would be written", "dry run: nothing was written, no model was asked", summary(done)]
    )


def _update(workspace: Workspace, *, now: datetime, tell: Tell) -> Update:
    if _without_sample(workspace.places.root, workspace.publication.settings, tell):
        workspace = workspace.again()
    done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)
    tidy(workspace.places, now=now, withdrawn=done.publication.withdrawn())
    return done


def preview(root: Path, *, port: int, sample: bool, tell: Tell) -> None:
    """Serve the site, and the way of a subscriber, until interrupted."""
    from groundwire.jobs.preview import serve_preview

    where = root / ".groundwire" / "sample" if sample else root
    if sample and not (where / "newsletter.yml").exists():
        raise GroundwireError("there is no sample yet; make it with: groundwire run --sample")
    serve_preview(where, port=port, tell=tell)


def run_sample(root: Path, *, tell: Tell, command: str) -> str:
    """The whole way on the bundled sample."""
    from groundwire.sample.run import run_sample as run_it

    return run_it(root, tell=tell, command=command)


def explain(root: Path, page: Path) -> str:
    """What was asked for a page, what was answered, kept and dropped, and why. Raises Refused where that is not known any more."""
    import json

    from groundwire.llm.kept_answers import FolderMemory

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


def _without_sample(root: Path, settings: Settings, tell: Tell) -> bool:
    """A copy of the template that its owner has set up starts without the sample's pages; says whether any were there."""
    if settings.url == PLACEHOLDER_URL or not remove_sample(root):
        return False
    tell("removed the sample's pages from content/: this publication is yours now")
    return True
