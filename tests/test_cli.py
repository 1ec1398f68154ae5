"""The command from outside: help, exit codes, errors, a publication from nothing."""

from __future__ import annotations

import errno
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from groundwire import cli as groundwire_cli
from groundwire.cli.main import SECTIONS, groundwire
from groundwire.errors import of_the_disk
from support import FeedServer, rss, snapshot

ROOT = Path(__file__).parents[1]
ITEM = {
    "title": "Agency warns of a flaw in routers for small offices",
    "link": "https://outlet.example/a",
    "description": "The agency has warned of a vulnerability in routers for small offices and asks owners to install the update.",
}


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "generator"), **environment}
    return subprocess.run(
        [sys.executable, "-m", "groundwire", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=env,
        timeout=120,
        check=False,
    )


def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    code = "import sys; from groundwire.cli.main import main; sys.argv = ['groundwire', '--help']\ntry: main()\nexcept SystemExit: pass\nprint(sorted({'pydantic', 'yaml', 'mkdocs', 'httpx2', 'feedparser', 'anthropic', 'trafilatura'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.endswith("[]\n")
    for word in ("run --sample", "groundwire init", "Exit codes", "update", "preview"):
        assert word in done.stdout


def test_a_publication_from_nothing(tmp_path: Path, server: FeedServer) -> None:
    url = server.put("/feed.xml", rss(ITEM))
    words = ("init", "pub", "--title", "My: Briefing", "--url", "https://me.example/briefing", "--feed", url)
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    before = snapshot(tmp_path / "pub")
    again = run(*words, cwd=tmp_path)
    assert "as it was" in again.stdout
    assert snapshot(tmp_path / "pub") == before
    settings = tmp_path / "pub" / "newsletter.yml"
    settings.write_text(settings.read_text() + "fetch: {allow_networks: [127.0.0.0/8]}\n")
    done = run("run", "-C", "pub", "--now", "2026-04-12T18:00:00Z", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "new pages: 1" in done.stdout
    assert (tmp_path / "pub" / "site" / "index.html").exists()
    assert run("check", "-C", "pub", cwd=tmp_path).stdout == "all right: 1 article, 0 issues, 1 feed\n"
    assert "feeds: 1, 0 failing" in run("status", "-C", "pub", cwd=tmp_path).stdout
    other = run("init", "pub", "--title", "Other", "--url", "https://me.example/", cwd=tmp_path)
    assert other.returncode == 1
    assert "publication's already" in other.stderr


def test_a_private_address_is_refused_unless_it_is_named(tmp_path: Path, server: FeedServer) -> None:
    run("init", "pub", "--title", "T", "--url", "https://me.example/", "--feed", server.put("/feed.xml", rss(ITEM)), cwd=tmp_path)
    done = run("update", "-C", "pub", cwd=tmp_path)
    assert done.returncode == 1
    assert "fetch.allow_networks" in done.stderr
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("update",), "groundwire init"),
        (("updat",), "No such command 'updat'"),
        (("update", "--now", "yesterday"), "2026-11-27T09:00:00Z"),
        (("init", "x", "--title", "T", "--url", "ftp://x"), "starts with https://"),
        (("send",), "groundwire init"),
        (("preview", "--sample"), "groundwire run --sample"),
    ],
)
def test_what_is_the_user_s_to_mend_exits_1_with_a_right_example(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_page_stops_the_build_and_check_names_it(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(ITEM)))
    assert run("update", "-C", str(root), "--now", "2026-04-12T18:00:00Z").returncode == 0
    page = next((root / "content" / "articles").rglob("*.md"))
    page.write_text(page.read_text().replace("category: ", "category: no-such-").replace("description:", "summary:"))
    shown = page.relative_to(root).as_posix()
    for command in ("build", "check"):
        done = run(command, "-C", str(root))
        assert done.returncode == 1
        assert f"{shown}:4:1: error: summary: unknown key" in done.stderr
        assert "write: description:" in done.stderr
        assert "Traceback" not in done.stderr
    page.write_text(page.read_text().replace("summary:", "description:"))
    done = run("check", "-C", str(root), shown)
    assert done.returncode == 1
    assert "no category 'no-such-" in done.stderr


def test_an_edited_site_name_is_refused(publication: Callable[..., Path]) -> None:
    root = publication("https://a.example/feed")
    config = root / "mkdocs.yml"
    config.write_text(config.read_text().replace("site_name: set in newsletter.yml", "site_name: Mine"))
    done = run("check", "-C", str(root))
    assert done.returncode == 1
    assert "site_name" in done.stderr


def test_interrupting_exits_130_and_leaves_nothing_torn(publication: Callable[..., Path], server: FeedServer) -> None:
    def slow(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        time.sleep(20)
        return 200, {}, b""

    server.pages["/slow.xml"] = slow
    root = publication(server.put("/feed.xml", rss(ITEM)), server.url("/slow.xml"))
    env = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
    process = subprocess.Popen(
        [sys.executable, "-m", "groundwire", "update", "-C", str(root)], stderr=subprocess.PIPE, text=True, env=env
    )
    for _ in range(100):
        time.sleep(0.1)
        if server.count("/slow.xml"):
            break
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert "interrupted" in told
    assert time.monotonic() - started < 10
    assert not list(root.rglob(".groundwire-tmp-*"))


def test_the_job_s_summary_is_written_where_a_runner_wants_it(
    publication: Callable[..., Path], server: FeedServer, tmp_path: Path
) -> None:
    root = publication(server.put("/feed.xml", rss(ITEM)), server.url("/missing.xml"))
    summary = tmp_path / "summary.md"
    done = run("update", "-C", str(root), "--now", "2026-04-12T18:00:00Z", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0
    assert "feed failed" in summary.read_text()
    assert "404" in summary.read_text()


def test_mail_into_the_outbox_twice_changes_nothing(publication: Callable[..., Path], server: FeedServer) -> None:
    told = (
        "Bakers of Exampleton strike for shorter nights",
        "A comet passes Mars",
        "Ferries to the islands are late",
        "New rules for bees",
    )
    items = [
        {"title": t, "link": f"https://outlet.example/{n}", "description": f"{t}, a paper says."} for n, t in enumerate(told)
    ]
    root = publication(
        server.put("/feed.xml", rss(*items)),
        extra="publisher: {name: P, postal_address: A, email: e@example.org, responsible: R}",
    )
    run("update", "-C", str(root), "--now", "2026-04-12T18:00:00Z")
    assert "wrote content/issues/" in run("issue", "-C", str(root), "--now", "2026-04-17T10:00:00Z").stdout
    assert "no issue is due" in run("issue", "-C", str(root), "--now", "2026-04-17T11:00:00Z").stdout
    issue = next((root / "content" / "issues").glob("*.md"))
    issue.write_text(issue.read_text().replace("status: draft", "status: ready"))
    first = run("send", "--dry-run", "-C", str(root))
    assert first.returncode == 0, first.stderr
    outbox = snapshot(root / ".groundwire" / "outbox")
    assert any(name.endswith(".eml") for name in outbox)
    assert "unchanged" in run("send", "--dry-run", "-C", str(root)).stdout
    assert snapshot(root / ".groundwire" / "outbox") == outbox


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder(tmp_path: Path, server: FeedServer) -> None:
    """Built, unpacked and run without the repository: its templates, categories and sample are inside."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)],
        check=True,
        capture_output=True,
    )
    wheel = next((tmp_path / "dist").glob("groundwire-*.whl"))
    inside = tmp_path / "unpacked"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(inside)], check=True)
    env = {**os.environ, "PYTHONPATH": str(inside)}
    where = [sys.executable, "-c", "import groundwire; print(groundwire.__file__)"]
    assert str(inside) in subprocess.run(where, capture_output=True, text=True, env=env, cwd=tmp_path, check=True).stdout
    command = [sys.executable, "-m", "groundwire"]
    feed = server.put("/feed.xml", rss(ITEM))
    for words in (["init", "pub", "--title", "T", "--url", "https://me.example/", "--feed", feed], ["run", "-C", "pub"]):
        if words[0] == "run":
            settings = tmp_path / "pub" / "newsletter.yml"
            settings.write_text(settings.read_text() + "fetch: {allow_networks: [127.0.0.0/8]}\n")
        done = subprocess.run([*command, *words], capture_output=True, text=True, env=env, cwd=tmp_path, check=False)
        assert done.returncode == 0, done.stderr
    assert "T</title>" in (tmp_path / "pub" / "site" / "index.html").read_text()
    assert json.loads((tmp_path / "pub" / "site" / "feed.json").read_text())["title"] == "T"


def test_a_fresh_copy_of_the_template_loses_the_sample_and_keeps_people_s_pages(tmp_path: Path) -> None:
    """As after "Use this template": the settings are the placeholder's, content/ holds the sample."""
    copy = tmp_path / "copy"
    (copy / "content" / "articles").mkdir(parents=True)
    (copy / "content" / "articles" / "sample.md").write_text("the sample's")
    (copy / "content" / ".ledger").mkdir()
    (copy / "content" / "about.md").write_text("# About us\n")
    (copy / "content" / ".sample").write_text("")
    (copy / "newsletter.yml").write_text((ROOT / "newsletter.yml").read_text())
    words = ("init", "copy", "--title", "Mine", "--url", "https://me.example/", "--feed", "https://a.example/feed")
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "removed the sample's pages" in done.stdout
    assert sorted(p.name for p in (copy / "content").iterdir()) == ["about.md"]
    assert "title: Mine" in (copy / "newsletter.yml").read_text()
    assert "as it was" in run(*words, cwd=tmp_path).stdout


def test_an_owner_who_only_edits_the_settings_starts_without_the_sample_too(
    publication: Callable[..., Path], server: FeedServer
) -> None:
    root = publication(server.put("/feed.xml", rss(ITEM)))
    (root / "content" / "articles").mkdir(parents=True)
    (root / "content" / "articles" / "sample.md").write_text("the sample's")
    (root / "content" / ".sample").write_text("")
    done = run("update", "-C", str(root), "--now", "2026-04-12T18:00:00Z")
    assert (done.returncode, "removed the sample's pages" in done.stderr) == (0, True)
    assert len(list((root / "content" / "articles").rglob("*.md"))) == 1


def defined_commands() -> Iterator[tuple[str, str]]:
    """Find every command that a module below cli/ defines and no group there holds: its module and its name there."""
    for _, module, _ in pkgutil.iter_modules(groundwire_cli.__path__, "groundwire.cli."):
        found = {name: one for name, one in vars(importlib.import_module(module)).items() if isinstance(one, click.Command)}
        below = [one for group in found.values() if isinstance(group, click.Group) for one in group.commands.values()]
        yield from ((module, name) for name, one in found.items() if one is not groundwire and one not in below)


def test_the_help_lists_every_command_once_in_a_section() -> None:
    entries = [(name, entry) for commands in SECTIONS.values() for name, entry in commands.items()]
    assert sorted((entry.module, entry.name) for _, entry in entries) == sorted(defined_commands())
    for name, entry in entries:
        command = groundwire.get_command(click.Context(groundwire), name)
        assert command is not None
        assert command.name == name, entry
    said = CliRunner().invoke(groundwire, ["--help"]).output
    assert "Every day:" in said
    assert "..." not in said.partition("Start:")[2]


@pytest.mark.parametrize(
    "words",
    [
        "-C pub feeds list",
        "feeds -C pub list",
        "feeds list -C pub",
        "-C elsewhere feeds list -C pub",
        "-C pub status",
        "status -C pub",
    ],
)
def test_the_folder_is_named_before_or_after_the_command(tmp_path: Path, words: str) -> None:
    for name in ("pub", "elsewhere"):
        run(
            "init",
            name,
            "--title",
            f"The {name}",
            "--url",
            "https://me.example/",
            "--feed",
            f"https://{name}.example/f",
            cwd=tmp_path,
        )
    done = run(*words.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pub" in done.stdout
    assert "elsewhere" not in done.stdout


def test_init_makes_its_folder_in_the_one_that_is_named_before(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    done = run("-C", "mine", "init", "pub", "--title", "T", "--url", "https://me.example/", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "pub" / "newsletter.yml").is_file()


@pytest.mark.parametrize("place", ["newsletter.yml", "entities.yml", "categories/x.yml", "content/articles/2026/11/x.md"])
def test_a_folder_where_a_file_belongs_is_named_without_a_traceback(tmp_path: Path, place: str) -> None:
    run("init", "pub", "--title", "T", "--url", "https://me.example/", cwd=tmp_path)
    target = tmp_path / "pub" / place
    target.unlink(missing_ok=True)
    target.mkdir(parents=True)
    done = run("check", cwd=tmp_path / "pub")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{place}: error: this is a folder")
    assert f"write: mv {place} {place}-folder" in done.stderr


def test_a_link_is_named_without_a_traceback(tmp_path: Path) -> None:
    run("init", "pub", "--title", "T", "--url", "https://me.example/", "--feed", "https://a.example/feed.xml", cwd=tmp_path)
    page = tmp_path / "pub/content/articles/2026/11/x.md"
    page.parent.mkdir(parents=True)
    page.symlink_to("/nowhere/x.md")
    told = "content/articles/2026/11/x.md: error: this is a symbolic link"
    for command in ("check", "build"):
        done = run(command, cwd=tmp_path / "pub")
        assert done.returncode == 1
        assert done.stderr.startswith(told)
    done = run("status", cwd=tmp_path / "pub")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"\n- {told}" in done.stdout, "it tells that, and the rest"


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "no space is left"), (errno.EACCES, "may not read or write"), (errno.EROFS, "can only be read")],
)
def test_a_fault_of_the_disk_is_the_owners_to_mend(number: int, words: str) -> None:
    told = of_the_disk(OSError(number, "said by the system", "content/a.md"))
    assert str(told).startswith("content/a.md: error: ")
    assert words in str(told)
    assert of_the_disk(OSError(number, "without a file")) is not None
    half = of_the_disk(OSError(number, "said by the system", "content/articles/.groundwire-tmp-17-a.md"))
    assert str(half).startswith("content/articles: error: ")
    assert of_the_disk(FileNotFoundError(errno.ENOENT, "no such file", "content/never-was.md")) is None
