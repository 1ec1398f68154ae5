"""What GitHub is told: at most ten annotations, changed files first, nothing that a page says can be a command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from groundwire.checking.github import commands, page
from groundwire.errors import Problem
from sitekit import Publication

ROOT = Path(__file__).parents[2]


def problems(*files: str, count: int, level: str = "error") -> list[Problem]:
    return [
        Problem(f, f"wrong {n}", n, 1, key="k", level="error" if level == "error" else "warning")
        for f in files
        for n in range(1, count + 1)
    ]


def test_one() -> None:
    problem = Problem("content/a,b.md", "100% wrong:\nhere", 3, 7, key="title", example="title: x")
    assert commands([problem], folder="pub/") == [
        "::error file=pub/content/a%2Cb.md,line=3,col=7,title=title::100%25 wrong:%0Ahere%0Awrite: title: x"
    ]


def test_ten_of_the_changed_files_first_and_all_on_the_page() -> None:
    found = [*problems("a.md", "b.md", count=6), *problems("c.md", count=2, level="warning")]
    lines = commands(found, changed=["b.md", "c.md"])
    assert [line.split("file=")[1][:4] for line in lines] == ["b.md"] * 6 + ["c.md"] * 2 + ["a.md"] * 2
    text = page(found, changed=["b.md", "c.md"], closing="12 errors, 2 warnings")
    assert all(text.count(str(p).splitlines()[0]) == 1 for p in found)
    assert text.index("b.md:1") < text.index("c.md:1") < text.index("### Elsewhere") < text.index("a.md:1")


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_out(message: str, file: str, example: str) -> None:
    problem = Problem(file, message, 1, 1, key="k", example=example)
    [line] = commands([problem])
    assert "\n" not in line
    assert "\r" not in line
    assert line.count("::") >= 2
    assert line.split("::")[1].count(",") == 3
    text = page([problem], closing="x")
    fence = max((row for row in text.split("\n") if row.startswith("```") and row.strip("`") in ("", "text")), key=len)
    assert text.rstrip().endswith(fence.removesuffix("text"))


def run(*words: str, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "generator"), **environment}
    command = [sys.executable, "-m", "groundwire", "check", "--now", "2026-03-01", *words]
    return subprocess.run(command, cwd=at, env=env, capture_output=True, text=True, check=False)


def test_the_command_in_a_pull_request(tmp_path: Path) -> None:
    pub = Publication.create(tmp_path / "repo")
    for number in range(12):
        pub.article(f"Story number {number}")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(pub.root)]
    (pub.root / ".gitignore").write_text(".groundwire/\n.cache/\n")
    pages = sorted((pub.root / "content").rglob("*.md"))

    def damage(*files: Path) -> None:
        for file in files:
            file.write_text(file.read_text().replace("category: flaws", "category: flwas"))

    damage(*pages[:-1])
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "one"], ["checkout", "-qb", "change"]):
        subprocess.run([*git, *words], check=True)
    damage(pages[-1])
    subprocess.run([*git, "commit", "-qam", "two"], check=True)
    done = run("--format", "github", "--base", "main", at=pub.root, GITHUB_STEP_SUMMARY=str(tmp_path / "page"))
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    assert len([line for line in lines if line.startswith("::error ")]) == 10
    assert f"file={pages[-1].relative_to(pub.root)}," in lines[0]
    assert done.stderr == lines[-1] + "\n" == "12 errors, 0 warnings: 12 articles, 0 issues, 0 feeds\n"
    told = (tmp_path / "page").read_text()
    assert told.count("did you mean 'flaws'?") == 12
    given_by_name = run("--format", "github", "--changed", str(pages[3].relative_to(pub.root)), at=pub.root)
    assert f"file={pages[3].relative_to(pub.root)}," in given_by_name.stdout.splitlines()[0]
    refused = run("--format", "github", "--base", "--no-such", at=pub.root)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    mended = run("--fix", "--format", "github", at=pub.root)
    assert mended.returncode == 0, mended.stderr
    assert mended.stdout.count("flwas → flaws") == 12
