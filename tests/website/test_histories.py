"""Whatever happened to a publication, and however often its builds were killed: the site is that of a full build, byte for byte.

Ten histories in every run; `make histories` tries many more, with a seed that it prints.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from groundwire.publication.content import load_articles
from groundwire.publication.editing import edited
from groundwire.website.build import build_site
from sitekit import NOON, Publication
from support import snapshot

pytestmark = pytest.mark.slow
NIGHTLY = os.environ.get("GROUNDWIRE_HISTORIES")
WRITES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir")
SETTINGS = "title: The Briefing\nurl: https://news.example/briefing/\ntimezone: Europe/Berlin\n"
CHANGES: dict[str, dict[str, Any]] = {
    "title": {"title": "Retitled *now*"},
    "category": {"category": "uncategorised"},
    "tags": {"tags": ["vpn", "other"]},
    "names": {"entities": {"organisations": ["Example Corp"], "cves": ["CVE-2026-41822"]}},
    "month": {"published": "2026-01-03T10:00:00Z"},
    "updated": {"updated": NOON.replace(hour=20)},
    "correction": {"corrections": [{"date": NOON, "note": "Not 3 but 4."}]},
    "prediction": {"watch": [{"claim": "It is fixed", "by": NOON.date()}]},
    "reviewed": {"reviewed": {"by": "A. Editor", "on": NOON.date()}},
    "withdrawn": {"withdrawn": {"date": NOON, "reason": "Wrong."}},
    "draft": {"status": "draft"},
}
GLOBALS = {
    "newsletter.yml": (SETTINGS, SETTINGS + "description: What is new.\n", SETTINGS + "site: {index_unreviewed: true}\n"),
    "categories/flaws.yml": ("id: flaws\nname: Flaws & fixes\norder: 1\n", "id: flaws\nname: Faults\norder: 90\n"),
    "entities.yml": ("", "organisations:\n- {name: Example, aliases: [Example Corp]}\n"),
    "overrides/groundwire/footer.html": ("<footer>one</footer>", "<footer>two</footer>"),
}


def pages_of(site: Path) -> dict[str, bytes]:
    """The site's files. The search is held to its answers, in test_search.py; the state is the builder's."""
    return {path: data for path, data in snapshot(site).items() if not path.startswith((".", "pagefind/"))}


def killed_after(writes: int, build: Callable[[], Any]) -> bool:
    """Run a build in a process that dies, without a word, before its nth change of the disk; whether it died."""
    child = os.fork()
    if child == 0:
        left = [writes]

        def watch(event: str, given: tuple[Any, ...]) -> None:
            if event in WRITES or (event == "open" and isinstance(given[1], str) and set(given[1]) & set("wa+x")):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)

        sys.addaudithook(watch)
        with suppress(Exception):
            build()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


class Histories(RuleBasedStateMachine):
    """One publication, its people, its machine and its accidents."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        self.pub = Publication.create(self.folder / "pub")
        self.count = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @property
    def site(self) -> Path:
        return self.pub.root / "site"

    def files(self) -> list[Path]:
        return sorted((self.pub.root / "content/articles").rglob("*.md"))

    def chosen(self, number: int) -> Path:
        return self.files()[number % len(self.files())]

    def full(self) -> dict[str, bytes]:
        """What a machine that knows nothing of any build makes."""
        elsewhere = self.folder / "elsewhere"
        build_site(self.pub.root, site_dir=elsewhere, strict=False)
        found = pages_of(elsewhere)
        shutil.rmtree(elsewhere)
        return found

    @initialize(stories=st.integers(1, 4))
    def begin(self, stories: int) -> None:
        for _ in range(stories):
            self.new(hours=20, tagged=True)
        self.pub.write("about.md", "# About\n\n[A picture](picture.svg)\n")
        self.pub.write("picture.svg", "<svg/>")
        self.build()

    @rule(hours=st.sampled_from((0, 1, 30, 24 * 20, 24 * 60)), tagged=st.booleans())
    def new(self, hours: int, tagged: bool) -> None:
        self.count += 1
        self.pub.article(f"Story {self.count}", hours=hours + self.count, tags=("vpn",) if tagged else ())

    @precondition(lambda self: self.files())
    @rule(number=st.integers(0, 9), change=st.sampled_from(sorted(CHANGES)))
    def edit(self, number: int, change: str) -> None:
        wanted = self.chosen(number)
        page = next(p for p in load_articles(self.pub.root / "content").pages if wanted.as_posix().endswith(p.path))
        key, value = next(iter(CHANGES[change].items()))
        put = {} if key in ("withdrawn", "status") and getattr(page.meta, key) else {key: value}
        wanted.write_text(edited(page, put=put, drop=() if put else (key,)), encoding="utf-8")

    @precondition(lambda self: self.files())
    @rule(number=st.integers(0, 9), words=st.sampled_from(("More.", "## A heading\n\nText.", "[about](../../../about.md)")))
    def write(self, number: int, words: str) -> None:
        file = self.chosen(number)
        file.write_text(file.read_text(encoding="utf-8") + f"\n{words}\n", encoding="utf-8")

    @precondition(lambda self: self.files())
    @rule(number=st.integers(0, 9))
    def delete(self, number: int) -> None:
        self.chosen(number).unlink()

    @precondition(lambda self: self.files())
    @rule(number=st.integers(0, 9))
    def rename(self, number: int) -> None:
        self.count += 1
        file = self.chosen(number)
        file.rename(file.with_name(f"moved-{self.count}.md"))

    @precondition(lambda self: self.files())
    @rule(number=st.integers(0, 9), place=st.sampled_from(("", "#overview", "#nowhere")))
    def link(self, number: int, place: str) -> None:
        target = self.chosen(number).relative_to(self.pub.root / "content").as_posix()
        self.pub.write("about.md", f"# About\n\n[A story]({target}{place}) ![A picture](picture.svg)\n")

    @rule(ready=st.booleans())
    def issue(self, ready: bool) -> None:
        self.pub.issue(status="ready" if ready else "draft")

    @rule(name=st.sampled_from(sorted(GLOBALS)), version=st.integers(0, 2))
    def everything(self, name: str, version: int) -> None:
        file = self.pub.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(GLOBALS[name][version % len(GLOBALS[name])], encoding="utf-8")

    @rule(there=st.booleans())
    def picture(self, there: bool) -> None:
        self.pub.write("picture.svg", "<svg/>" if there else "<svg><g/></svg>")

    @rule(harm=st.sampled_from(("state", "readings", "beside", "times", "output")))
    def accident(self, harm: str) -> None:
        root = self.pub.root
        if harm == "state":
            (self.site / ".groundwire-build").unlink(missing_ok=True)
        elif harm == "times":  # a fresh checkout
            for path in (root / "content").rglob("*"):
                os.utime(path, (1, 1))
        elif harm == "output":
            (self.site / "index.html").unlink(missing_ok=True)
        else:
            shutil.rmtree(root / {"readings": ".groundwire", "beside": ".groundwire-tmp-site"}[harm], ignore_errors=True)

    @rule(writes=st.integers(0, 120))
    def killed(self, writes: int) -> None:
        """Killed before any change of the disk: the old site or the new one stands, and the next build mends the rest."""
        before = snapshot(self.site)
        if killed_after(writes, lambda: build_site(self.pub.root, strict=False)):
            after = snapshot(self.site)
            assert after == before or pages_of(self.site) == self.full()

    @rule()
    def build(self) -> None:
        build_site(self.pub.root, strict=False)
        assert pages_of(self.site) == self.full()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=int(NIGHTLY) if NIGHTLY else 10,
    stateful_step_count=30 if NIGHTLY else 10,
    deadline=None,
    derandomize=not NIGHTLY,
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a history is short enough to be read as it is
    suppress_health_check=list(HealthCheck),
)
