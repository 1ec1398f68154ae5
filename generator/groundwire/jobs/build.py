"""What `build` does, and its words. Apart from the other jobs of the day: it needs nothing that reads feeds or asks a model."""

from __future__ import annotations

from pathlib import Path


def build(root: Path, *, strict: bool = True, full: bool = False, explain: bool = False) -> str:
    """Build the site: what changed, or all of it; with the reason for each page where that is asked for."""
    from groundwire.website.build import build_site

    report = build_site(root, strict=strict, full=full)
    made = "" if report.whole else f", {report.made} of them made anew"
    told = [*report.reasons, ""] if explain and report.reasons else []
    return "\n".join([*told, f"built {report.pages} pages{made}, in {report.seconds:.1f} s: {report.site_dir}/index.html"])
