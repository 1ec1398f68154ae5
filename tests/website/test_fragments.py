"""What many pages share is rendered once: the site is the same as if each page had rendered it."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundwire.website import fragments
from groundwire.website.build import build_site
from sitekit import sample
from support import snapshot


def test_the_site_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pub = sample(tmp_path / "pub")
    build_site(pub.root)
    shared = snapshot(pub.root / "site")
    monkeypatch.setattr(fragments, "_folder", lambda page: "")
    build_site(pub.root, full=True)
    assert snapshot(pub.root / "site") == shared


@pytest.mark.parametrize("part", ["header", "footer", "searchbox"])
def test_an_owners_own_part_is_rendered_for_each_page(tmp_path: Path, part: str) -> None:
    pub = sample(tmp_path / "pub")
    own = pub.root / f"overrides/groundwire/{part}.html"
    own.parent.mkdir(parents=True)
    own.write_text("<p>{{ page.url if page else '' }}</p>", encoding="utf-8")
    build_site(pub.root)
    pages = [
        path.parent.relative_to(pub.root / "site") for path in (pub.root / "site/articles").rglob("gateway-flaw-*/index.html")
    ]
    assert len(pages) == 3
    for page in pages:
        assert f"<p>{page.as_posix()}/</p>" in (pub.root / "site" / page / "index.html").read_text(encoding="utf-8")
