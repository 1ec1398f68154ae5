"""A new version comes in and nothing of the owner's is touched: in a copy of the template, and where the machinery is the installed package."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from actions import runner_environment
from groundwire.cli.upgrade import upgrade
from groundwire.errors import Refused
from groundwire.scaffolding import renewal
from groundwire.scaffolding.scaffold import init
from support import FeedServer, rss, snapshot

ROOT = Path(__file__).resolve().parents[1]
FIRST = {
    "generator/groundwire/__init__.py": '__version__ = "1.0.0"\n',
    "generator/engine.py": "old\n",
    "generator/dropped.py": "dropped\n",
    "generator/changed_and_dropped.py": "dropped\n",
    ".github/workflows/generate.yml": 'cron: "17 5 * * *"\n',
    "overrides/main.html": "first\n",
    "README.md": "Readme\n",
    "newsletter.yml": "title: The template\nurl: https://newsletter.example/\n",
    "content/articles/sample.md": "sample\n",
}
SECOND = {
    "generator/groundwire/__init__.py": '__version__ = "2.0.0"\n',
    "generator/engine.py": "new\n",
    "generator/parts/more.py": "more\n",
    ".github/workflows/generate.yml": 'cron: "17 5 * * *"\npermissions: {}\n',
    "overrides/main.html": "second\n",
    "README.md": "Readme\n",
    "newsletter.yml": "title: The template\nurl: https://newsletter.example/\nmore: yes\n",
    "content/articles/sample.md": "another sample\n",
    "categories/shipped.yml": "id: shipped\n",
}
OWN = {
    "newsletter.yml": "title: Ours\nurl: https://news.example.org/\n",
    "content/articles/ours.md": "ours\n",
    "content/articles/sample.md": None,
    "categories/space.yml": "id: space\n",
    "overrides/partials/ours.html": "ours\n",
    ".github/workflows/generate.yml": 'cron: "17 9 * * *"\n',
    "generator/changed_and_dropped.py": "mine\n",
}


@dataclass
class Template:
    """The template's repository."""

    folder: Path

    def git(self, *words: str) -> None:
        env = runner_environment(self.folder.parent / "home")
        subprocess.run(["git", *words], cwd=self.folder, env=env, check=True, capture_output=True)

    def release(self, files: dict[str, str]) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file() and ".git" not in path.relative_to(self.folder).parts:
                path.unlink()
        put(self.folder, dict(files))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a version")


def put(folder: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@pytest.fixture
def template(tmp_path: Path) -> Template:
    folder = tmp_path / "template"
    folder.mkdir()
    made = Template(folder)
    made.git("init", "--quiet")
    made.release(FIRST)
    return made


@pytest.fixture
def copy(template: Template, tmp_path: Path) -> Path:
    """A copy of the first version, set up by its owner; then the second version comes out."""
    root = tmp_path / "ours"
    put(root, dict(FIRST))
    put(root, dict(OWN))
    (template.folder / "generator" / "engine.py").chmod(0o755)
    template.release(SECOND)
    return root


def test_the_machinery_is_new_and_what_is_the_owner_s_is_as_it_was(copy: Path, template: Template) -> None:
    before = snapshot(copy)
    told = upgrade(copy, str(template.folder), dry_run=False)
    after = snapshot(copy)
    for name, text in OWN.items():
        assert after.get(name) == (text.encode() if text else None), name
    assert after["generator/engine.py"] == b"new\n"
    assert after["overrides/main.html"] == b"second\n"
    assert after["generator/parts/more.py"] == b"more\n"
    assert "generator/dropped.py" not in after
    assert "categories/shipped.yml" not in after
    assert "upgraded to 2.0.0 from 1.0.0" in told
    assert "removed: 1: generator/dropped.py" in told
    assert "kept as you changed it: .github/workflows/generate.yml" in told
    assert "not touched: newsletter.yml" in told
    assert before.keys() - after.keys() == {"generator/dropped.py"}


def test_again_nothing_changes(copy: Path, template: Template) -> None:
    upgrade(copy, str(template.folder), dry_run=False)
    before = snapshot(copy)
    told = upgrade(copy, str(template.folder), dry_run=False)
    assert "is 2.0.0 already; nothing to do" in told
    assert snapshot(copy) == before


def test_a_dry_run_writes_nothing(copy: Path, template: Template) -> None:
    before = snapshot(copy)
    assert "would upgrade to 2.0.0" in upgrade(copy, str(template.folder), dry_run=True)
    assert snapshot(copy) == before


def test_killed_half_way_it_is_run_again(copy: Path, template: Template, tmp_path: Path) -> None:
    version = renewal.fetch(str(template.folder), tmp_path / "fetched")
    steps = renewal.plan(copy, version)
    for count in range(len(steps) + 1):
        renewal.carry_out(copy, steps[:count][-1:], version)
    upgrade(copy, str(template.folder), dry_run=False)
    whole = snapshot(copy)
    assert whole["generator/engine.py"] == b"new\n"
    assert renewal.plan(copy, version) == [step for step in steps if step.what == "kept"]


def test_what_is_no_template_is_refused(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="git clone failed"):
        upgrade(copy, str(tmp_path / "nowhere"), dry_run=False)
    with pytest.raises(Refused, match="git clone failed"):
        upgrade(copy, "--upload-pack=touch /tmp/x", dry_run=False)
    with pytest.raises(Refused, match="--from"):
        upgrade(copy, "", dry_run=False)


def test_after_an_update_of_the_package_only_untouched_files_are_new(tmp_path: Path) -> None:
    root = tmp_path / "pub"
    init(root, title="T", url="https://news.example.org/", feeds=(), language="en", timezone="UTC")
    assert "nothing to do" in upgrade(root, "", dry_run=False)
    # As an older version would have written two files, and its owner changed one of them.
    older = {"mkdocs.yml": "site_name: older\n", ".gitignore": "older\n"}
    put(root, {**older, ".gitignore": "older\nmine\n"})
    (root / renewal.NOTE).write_text(renewal.note_of(older))
    told = upgrade(root, "", dry_run=False)
    assert "groundwire" in (root / "mkdocs.yml").read_text()
    assert (root / ".gitignore").read_text() == "older\nmine\n"
    assert "kept as you changed it: .gitignore" in told
    assert "kept as you changed it: .gitignore" in upgrade(root, "", dry_run=False)


@pytest.mark.slow
def test_the_wheel_does_all_of_it_in_an_empty_folder(tmp_path: Path, server: FeedServer) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}

    def run(*words: str) -> str:
        told = subprocess.run(
            [sys.executable, "-m", "groundwire", *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    where = subprocess.run([sys.executable, "-c", "import groundwire; print(groundwire.__file__)"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)  # fmt: skip
    assert where.stdout.startswith(str(tmp_path / "installed"))
    item = {
        "title": "Ferries to the islands are late for a week",
        "link": "https://one.example/a",
        "description": "They are late.",
    }
    run("init", "pub", "--title", "T", "--url", "https://news.example.org/", "--feed", server.put("/f.xml", rss(item)))
    settings = tmp_path / "pub" / "newsletter.yml"
    settings.write_text(settings.read_text() + "fetch: {allow_networks: [127.0.0.0/8]}\n")
    assert "new pages: 1" in run("run", "-C", "pub")
    assert (tmp_path / "pub" / "site" / "assets" / "groundwire" / "site.css").exists(), "the theme came with the wheel"
    before = snapshot(tmp_path / "pub")
    assert "nothing to do" in run("upgrade", "-C", "pub")
    assert snapshot(tmp_path / "pub") == before
