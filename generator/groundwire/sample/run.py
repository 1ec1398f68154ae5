"""`run --sample`: a fortnight of daily runs over the sample's outlets, by real HTTP on loopback, at the sample's own time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from groundwire import pipeline, resources
from groundwire.checked_yaml import read_yaml
from groundwire.delivery.posting import post
from groundwire.files.atomic import write_atomic
from groundwire.mail.message import Recipient
from groundwire.ports import Tell
from groundwire.publication.changes import Change
from groundwire.publication.editing import edited
from groundwire.sample.press import BASE, Outlet, load_outlets, print_feeds, print_pages
from groundwire.settings import load_settings
from groundwire.text.plain import slugify
from groundwire.wiring import Places, Workspace, open_publication

FIRST_RUN = datetime(2021, 12, 6, 18, 0, tzinfo=UTC)
SUBSCRIBERS = tuple(
    Recipient(f"{slugify(name)}@example.org", f"https://mail.example.org/u/{slugify(name)}-of-the-sample", name=f"{name} Sample")
    for name in ("Ada", "Grace", "Jürgen")
)
RUNS = 15  # one a day; the last one is the sample's present


def run_sample(root: Path, *, tell: Tell, command: str = "groundwire") -> str:
    """Make the sample publication in ROOT/.groundwire/sample/ and say where to look."""
    folder = root / ".groundwire" / "sample"
    outlets = load_outlets()
    prepare(folder, outlets)
    pages = publish(folder, outlets, tell=tell)
    from groundwire.website.build import build_site

    report = build_site(folder)
    post(load_settings(folder), Places(folder), recipients=SUBSCRIBERS)
    return _where(folder, pages=pages, built=report.pages, command=command)


def prepare(folder: Path, outlets: list[Outlet]) -> None:
    """Make an empty publication with the sample's settings and its outlets' pages."""
    for name in ("content", "site", "outbox", ".groundwire", ".cache"):
        shutil.rmtree(folder / name, ignore_errors=True)
    feeds = "".join(
        f"- {{url: '{BASE}{o.feed}', name: {o.name}, weight: {o.weight}, license: {o.license}, language: {o.language}"
        f"{'' if o.carries_text else ', fulltext: true'}{f', category: {o.category}' if o.category else ''}}}\n"
        for o in outlets
    )
    text = (resources.sample() / "newsletter.yml").read_text(encoding="utf-8")
    write_atomic(folder / "newsletter.yml", text.rstrip() + "\n\nfeeds:\n" + feeds)
    write_atomic(folder / "mkdocs.yml", resources.bundled("mkdocs.yml").read_text(encoding="utf-8"))
    print_pages(folder / "content" / "outlets", outlets)


def publish(folder: Path, outlets: list[Outlet], *, tell: Tell) -> int:
    """Do the fortnight's runs; return the number of pages that they wrote."""
    served = folder / ".groundwire" / "outlets"
    shutil.copytree(folder / "content" / "outlets", served / "outlets")
    pages = 0
    with (
        serving(served) as port,
        open_publication(
            folder,
            command="run --sample",
            tell=lambda _: None,
            now=FIRST_RUN,
            force=True,
            routes={("127.0.0.1", 8000): ("127.0.0.1", port)},
        ) as opened,
    ):
        workspace = opened
        for day in range(RUNS):
            now = FIRST_RUN + timedelta(days=day)
            print_feeds(served / "outlets", outlets, now=now)
            done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)
            written = workspace.run(pipeline.issue(done.publication, workspace.parts, now=now), now=now)
            pages += len(done.published)
            workspace = _by_people(workspace.again(), day=now.date(), now=now + timedelta(hours=1))
            note = f"; {written}" if written.startswith("wrote") else ""
            tell(f"{now:%a %d %b %Y}: {len(done.published)} new pages, {len(done.joined)} joined{note}")
    shutil.rmtree(served)
    return pages


def _by_people(workspace: Workspace, *, day: date, now: datetime) -> Workspace:
    """Change pages as people did on that day: corrections, a withdrawal, promises to watch. Return the workspace after that."""
    for act in read_yaml((resources.sample() / "edits.yml").read_text(encoding="utf-8"), file="edits.yml").data:
        if act["day"] != day:
            continue
        pages = workspace.publication.articles
        page = next(p for p in pages if any(f"/{act['page']}.html" in s.url for s in p.meta.sources))
        text = edited(page, put=act.get("put", {}), add=act.get("add", {}), now=now)
        workspace.apply([Change("edit", page.path, files={page.path: text})], now=now)
        workspace = workspace.again()
    return workspace


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve a folder on a free loopback port; yield the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def send_header(self, keyword: str, value: str) -> None:
        """Send all headers but Last-Modified: a fortnight passes here within seconds, too fast for that header's precision."""
        if keyword != "Last-Modified":
            super().send_header(keyword, value)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _where(folder: Path, *, pages: int, built: int, command: str) -> str:
    places = Places(folder)
    issues = sorted((places.content / "issues").glob("*.md"))
    mails = sorted(places.outbox.glob("*.eml"))
    lines = [f"{pages} stories published, a site of {built} pages built. Look here:", f"  site   {places.site}/index.html"]
    lines += [f"  issue  {issues[-1]}"] if issues else []
    lines += [f"  email  {mails[0]}", f"         {places.outbox}/index.html shows it"] if mails else []
    lines += [
        "Next:",
        f"  {command} preview --sample    show it at http://127.0.0.1:8000/ (search works there)",
        f'  {command} init my-briefing --title "My Briefing" --url https://me.github.io/my-briefing/',
    ]
    return "\n".join(lines)
