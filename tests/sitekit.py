"""A small publication for tests of the site: pages made from the real front matter model, in a folder of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from groundwire.publication.frontmatter import (
    AnalysisMeta,
    ArticleMeta,
    Entities,
    Generated,
    IssueMeta,
    Reviewed,
    Score,
    SourceMeta,
    Window,
    body_hash,
    compose,
)
from groundwire.text.escape import escape
from groundwire.text.plain import digest, slugify
from groundwire.website.build import build_site

REPOSITORY = Path(__file__).parents[1]
BASE = "https://news.example/briefing/"
NOON = datetime(2026, 2, 27, 12, tzinfo=UTC)
BODY = """## Full report

> {excerpt}
>
> — [Example Blog: A headline](<https://blog.example/post>)

## Analysis summary

### Overview

“The flaw lets anybody in.”[^1] “A fix exists.”[^2]

!!! analysis "Analysis, not reported"

    - **Challenges:** old versions stay open.

[^1]: “lets anybody in” — [Example Blog](<https://blog.example/post#:~:text=lets%20anybody%20in>)
[^2]: [Example Wire](<https://wire.example/post#:~:text=A%20fix>)
"""


@dataclass(frozen=True)
class Publication:
    """A publication in a folder; `write` adds pages, `build` builds it and gives the site's folder."""

    root: Path

    @classmethod
    def create(cls, root: Path, extra: str = "") -> Publication:
        """An empty one, with one category of its own beside the shipped ones."""
        (root / "content").mkdir(parents=True)
        (root / "categories").mkdir()
        (root / "categories" / "flaws.yml").write_text("id: flaws\nname: Flaws & fixes\norder: 1\n", encoding="utf-8")
        settings = f"title: The <Test> Briefing\nurl: {BASE}\ntimezone: Europe/Berlin\n{extra}"
        (root / "newsletter.yml").write_text(settings, encoding="utf-8")
        (root / "mkdocs.yml").write_text((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
        return cls(root)

    def article(self, title: str, *, hours: int = 0, body: str | None = None, **meta: Any) -> str:
        """Write an article, `hours` before noon of 27 February 2026; its address below the site's."""
        when = NOON - timedelta(hours=hours)
        text = BODY.format(excerpt=escape(f"About {title}.")) if body is None else body
        given: dict[str, Any] = {
            "id": f"s-{digest(title, str(hours), length=10)}",
            "title": title,
            "description": f"What is known about {title}.",
            "date": when,
            "published": when,
            "category": "flaws",
            "sources": (SourceMeta(feed="Example Blog", title="A headline", url="https://blog.example/post", words=500),),
            "analysis": AnalysisMeta(by="extractive", kept=2, dropped=1),
            "score": Score(total=5, why=("1 source",)),
            "generated": Generated(hash=body_hash(text)),
            **meta,
        }
        path = f"articles/{when:%Y/%m}/{slugify(title)}"
        self.write(f"{path}.md", compose(ArticleMeta(**given), text))
        return f"{path}/"

    def issue(self, identity: str = "2026-w09", *, status: str = "ready", body: str = "Hello, reader.") -> str:
        """Write an issue; its address."""
        window = Window(since=NOON - timedelta(days=7), until=NOON)
        meta = IssueMeta.model_validate(
            {
                "id": identity,
                "title": f"Issue {identity}",
                "subject": "What is in it",
                "date": NOON,
                "window": window,
                "status": status,
            }
        )
        self.write(f"issues/{identity}.md", compose(meta, body))
        return f"issues/{identity}/"

    def write(self, path: str, text: str) -> None:
        """Write any file below content/."""
        target = self.root / "content" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def build(self, **options: Any) -> Path:
        """Build it; the site's folder."""
        report = build_site(self.root, **options)
        return report.site_dir


def sample(root: Path, extra: str = "") -> Publication:
    """One of everything: listed, draft, withdrawn, moved, edited, an issue, a plain page, a static page."""
    pub = Publication.create(root, extra)
    names = Entities(organisations=("Example Corp",), products=("Gateway",), cves=("CVE-2026-41822",))
    for number in range(3):
        reviewed = Reviewed(by="A. Editor", on=NOON.date()) if number == 1 else None
        pub.article(f"Gateway flaw {number}", hours=number, tags=("vpn",), entities=names, reviewed=reviewed)
    pub.article("A lone story", hours=30, tags=("rare",), category="uncategorised")
    pub.article("January story", hours=24 * 40, aliases=("articles/2026/01/old-name/",))
    pub.article("Secretdraft unpublished", hours=2, status="draft", tags=("vpn",))
    pub.article("Secretgone withdrawn", hours=3, withdrawn={"date": NOON, "reason": "The <b>source</b> retracted it."})
    pub.issue()
    pub.issue("2026-w10", status="draft", body="Secretissue")
    pub.write("about.md", "# About & contact\n\nPlain words.\n")
    pub.write("outlets/wire.html", "<!doctype html><title>Outlet</title><p>zebrafish outlet</p>")
    return pub


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.tags[-1][0] if self.tags else "", data))


@dataclass(frozen=True)
class Html:
    """A page as a browser's parser sees it."""

    tags: list[tuple[str, dict[str, str | None]]]
    texts: list[tuple[str, str]]

    @classmethod
    def read(cls, path: Path) -> Html:
        """Parse a built page."""
        return cls.of(path.read_text(encoding="utf-8"))

    @classmethod
    def of(cls, text: str) -> Html:
        """Parse a page."""
        page = _Page()
        page.feed(text)
        return cls(page.tags, page.texts)

    @property
    def links(self) -> list[str]:
        """Every address in a link of the body."""
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a" and "href" in attrs]

    def text(self, tag: str | None = None) -> str:
        """The text right after tags of one name, or all of it but scripts."""
        return " ".join(
            " ".join(t for name, t in self.texts if name == tag or (tag is None and name not in ("script", "style"))).split()
        )
