"""OPML in and out; a hostile list is refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.feeds.opml import NotOpml, Outline, read_opml, write_opml
from groundwire.text.plain import clean

TEXTS = st.text(max_size=40).map(clean)
OUTLINES = st.builds(Outline, url=st.integers().map("https://o.example/?a&b={}".format), title=TEXTS.filter(bool), group=TEXTS)


@given(st.lists(OUTLINES, unique_by=lambda o: o.url, max_size=8), TEXTS)
def test_what_is_written_is_read(outlines: list[Outline], title: str) -> None:
    assert sorted(read_opml(write_opml(outlines, title=title).encode()), key=str) == sorted(outlines, key=str)


def test_folders_cases_and_repeats() -> None:
    text = """<?xml version="1.0" encoding="ISO-8859-1"?><OPML><body><outline text="Tech">
    <outline text="A" xmlurl="https://a.example/"/><outline title="A again" xmlUrl="https://a.example/"/></outline>
    <outline text="no feed"/><outline title="B" xmlUrl=" https://b.example/ "/></body></OPML>"""
    assert read_opml(text.encode()) == [Outline("https://a.example/", "A", "Tech"), Outline("https://b.example/", "B")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<html/>",
        b"<opml><body>",
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;" xmlUrl="https://a.example/"/></body></opml>',
        b'<!DOCTYPE opml SYSTEM "http://127.0.0.1/evil.dtd"><opml/>',
        b'<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><opml>&b;</opml>',
        b"<opml>" + b"<outline>" * 100_000,
        b" " * 11_000_000,
    ],
)
def test_what_harms_is_refused_at_once(body: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(NotOpml):
        read_opml(body)
    assert time.monotonic() - began < 2


def test_the_attack_folder_is_no_list_of_feeds(corpus: Path) -> None:
    for path in sorted((corpus / "attack").iterdir()):
        with pytest.raises(NotOpml):
            read_opml(path.read_bytes())
