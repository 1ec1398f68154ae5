"""Pagefind's binary: some pages of the built site in, one bundle out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from groundwire.errors import GroundwireError
from groundwire.website.searching import canonical

IGNORED = ".footnote, .footnote-ref, .headerlink, .gw-body--made > h2, .gw-body--made thead"
ENTRY = "pagefind-entry.json"
PARTS = "parts.*.json"  # which words the parts of the index begin with
# Numbers (places of words) in a part of the index: a reader downloads the whole part in which a word stands. Pagefind's own 20,000
# makes parts of 27 kB; 8,000 makes 10 kB, and the list of parts, which every reader downloads, 4 kB longer for 4,000 pages.
PART = 8_000
# What the reader's browser needs besides the index; Pagefind's own interfaces, playground and highlighter are not used.
ENGINE = ("pagefind.js", "pagefind-worker.js", "wasm.*.pagefind")


def make_bundle(site: Path, urls: Iterable[str], target: Path, *, language: str) -> None:
    """Index the pages at these addresses of `site` into the new folder `target`, on the same disk.

    The same pages give the same bytes.

    Raises GroundwireError with Pagefind's own words.
    """
    import pagefind_bin

    pages = target.with_name(f"{target.name}-pages")
    try:
        _lay_out(site, urls, pages)
        command = [
            *(str(pagefind_bin.get_executable()), "--site", str(pages), "--output-path", str(target), "--silent"),
            *("--exclude-selectors", IGNORED, "--force-language", language),
        ]
        sized = {**os.environ, "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": str(PART)}  # one that doesn't know it makes larger parts
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=sized)  # noqa: S603  # a fixed command, our paths
        if done.returncode:
            raise GroundwireError(f"the search index could not be made:\n{(done.stderr or done.stdout).strip()}")
        canonical.settle(target)
        wanted = {path for pattern in (*ENGINE, "pagefind.*.pf_meta", PARTS, ENTRY) for path in target.glob(pattern)}
        for path in target.iterdir():
            if path.is_file() and path not in wanted:
                path.unlink()
    finally:
        shutil.rmtree(pages, ignore_errors=True)


def _lay_out(site: Path, urls: Iterable[str], pages: Path) -> None:
    """Link the pages at these addresses into a folder of their own: Pagefind reads a whole one."""
    for url in urls:
        page, place = site / url / "index.html", pages / url / "index.html"
        place.parent.mkdir(parents=True)
        try:
            os.link(page, place)
        except OSError:  # a file system without links
            shutil.copyfile(page, place)
