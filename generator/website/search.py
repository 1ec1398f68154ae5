"""The search index: Pagefind over the built site, articles and issues only."""

from __future__ import annotations

import subprocess
from pathlib import Path

from generator.errors import GroundwireError
from generator.website import canonical

FOLDER = "pagefind"
_IGNORED = ".footnote, .footnote-ref, .headerlink, .gw-body--made > h2"
# Its own interfaces, playground and highlighter are not used; the reader's browser needs the rest.
_UNUSED = ("pagefind-ui.js", "pagefind-ui.css", "pagefind-modular-ui.js", "pagefind-modular-ui.css", "pagefind-highlight.js")
_UNUSED_TOO = ("pagefind-component-ui.js", "pagefind-component-ui.css")


def index_site(site: Path, *, language: str) -> None:
    """Write the search bundle into `site`/pagefind/. Raises GroundwireError with Pagefind's own words."""
    import pagefind_bin

    command = [
        str(pagefind_bin.get_executable()),
        *("--site", str(site), "--output-subdir", FOLDER, "--glob", "{articles,issues}/**/*.html"),
        *("--exclude-selectors", _IGNORED, "--force-language", language.split("-")[0].lower(), "--silent"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # a fixed command, our paths
    if done.returncode:
        raise GroundwireError(f"the search index could not be made:\n{(done.stderr or done.stdout).strip()}")
    canonical.settle(site / FOLDER)
    for name in (*_UNUSED, *_UNUSED_TOO):
        (site / FOLDER / name).unlink(missing_ok=True)
