"""The page that this project set out to match, and beat: golden, from a scripted full answer and from the excerpt alone."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analysis import seed
from analysis.asking import CATEGORIES, claude
from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.llm.messages import Reply, Request, Usage
from groundwire.model import Analysis
from groundwire.ports import Analyst
from groundwire.publication.article_body import compose_body
from groundwire.publication.article_meta import article_meta
from groundwire.publication.frontmatter import ArticleMeta, compose, parse
from groundwire.text.plain import words

GOLDEN = Path(__file__).parents[1] / "golden" / "seed"
HEADINGS = """Full report|Analysis summary|Summary|Key details|The story|Business impact|For the companies involved|For competitors|For customers|For the market
|Technical implications|Strategic analysis|Industry reactions|Future outlook|For security professionals""".replace(
    "\n", ""
).split("|")


class Scripted:
    """Answers every request with the same data."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def ask(self, request: Request, attempt: int = 0) -> Reply:
        return Reply("answer", json.dumps(self._data), usage=Usage(2_700, 2_200), paid=True)


PAGES: dict[str, tuple[Analyst, bool]] = {
    "full-by-claude": (claude(Scripted(seed.full_answer())), True),
    "excerpt-by-claude": (claude(Scripted(seed.short_answer())), False),
    "full-by-rule": (ExtractiveAnalyst(CATEGORIES), True),
    "excerpt-by-rule": (ExtractiveAnalyst(CATEGORIES), False),
}


def _made(name: str) -> tuple[Analysis, str]:
    analyst, full = PAGES[name]
    sources = seed.sources(full=full)
    analysis = analyst.analyse(seed.story(), sources, category="industry-news")
    body = compose_body(analysis, sources)
    meta = article_meta(seed.story(), analysis, sources, body=body, now=datetime(2026, 2, 27, 17, tzinfo=UTC), language="en")
    return analysis, compose(meta, body)


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_the_golden_ones(name: str) -> None:
    _, text = _made(name)
    path = GOLDEN / f"{name}.md"
    if os.environ.get("GROUNDWIRE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "GROUNDWIRE_UPDATE_GOLDEN=1 rewrites the golden files; read the diff"
    assert parse(text, ArticleMeta, file=path.name).pristine


def test_all_sections_in_their_order() -> None:
    _, text = _made("full-by-claude")
    assert re.findall(r"^#+ (.+)$", text, re.MULTILINE) == HEADINGS


def test_none_of_its_faults() -> None:
    analysis, text = _made("full-by-claude")
    for fault in (
        "Morgan Stanley",
        "Observers",
        "Market analysts",
        "Palantir",
        "Defense Production Act",
        "unknown",
        "CONTEXT",
        "**Pentagon",
    ):
        assert fault not in text
    facts = [s for section in analysis.sections for s in section.statements if s.kind == "fact"]
    assert all(f.evidence and f.source for f in facts)
    assert text.count('!!! analysis "Analysis, not reported"') == 7
    assert text.count('!!! prediction "Prediction"') == 1


def test_from_the_excerpt_alone_a_page_in_proportion() -> None:
    for name in ("excerpt-by-claude", "excerpt-by-rule"):
        analysis, text = _made(name)
        body = text.split("---\n", 2)[2]
        own = [line for line in body.splitlines() if not line.startswith(("[^", ">", "|", "#"))]
        assert len(words(" ".join(own))) < 70
        assert all(s.kind == "fact" for section in analysis.sections for s in section.statements)
        assert "$200" not in text
