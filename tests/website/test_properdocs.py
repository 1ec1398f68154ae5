"""MkDocs is a guest: its maintained fork, ProperDocs, builds the same site from the same files."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = re.compile(rb'<meta name="?generator"? content="?[^">]*"?>')


def built(folder: Path, tool: str) -> dict[str, bytes]:
    """The site of the sample's pages, made from nothing by a tool; by path, without the tag that names the tool."""
    folder.mkdir()
    for name in ("content", "overrides"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("mkdocs.yml", "newsletter.yml"):
        shutil.copy(ROOT / name, folder / name)
    command = [sys.executable, "-m", tool, "build", "--strict", "-f", "mkdocs.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    site = folder / "site"
    return {
        path.relative_to(site).as_posix(): GENERATOR.sub(b"", path.read_bytes())
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_properdocs_builds_the_same_site(tmp_path: Path) -> None:
    ours, theirs = built(tmp_path / "one", "mkdocs"), built(tmp_path / "two", "properdocs")
    assert len(ours) > 100
    assert theirs.keys() == ours.keys()
    different = {path for path, data in ours.items() if theirs[path] != data}
    assert not different
