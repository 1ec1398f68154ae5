"""Which files of a publication reach its site: no link's target, no draft and no withdrawn page, whatever a file is called."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from groundwire.checking.check import check_publication
from groundwire.errors import GroundwireError, InputError
from groundwire.publication.content import load_articles
from groundwire.website.build import build_site, serve_site
from sitekit import Publication
from support import snapshot

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
MARK = "zebrafish"
TOOLS = ("mkdocs", "properdocs")


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    made = Publication.create(tmp_path / "pub")
    made.article("Gateway flaw")
    return made


def told_of(root: Path) -> list[str]:
    """The files of which `check` tells an error."""
    return [problem.file for problem in check_publication(root, now=NOW).problems if problem.level == "error"]


def by_tool(tool: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", tool, "build", "-f", "mkdocs.yml"]
    environment = {**os.environ, "ANTHROPIC_API_KEY": MARK, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)


def outputs_with(word: str, site: Path) -> list[str]:
    """The files of a site, its search among them, that have the word."""
    found = []
    for path, data in snapshot(site).items() if site.exists() else ():
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        found += [path] if word.encode() in text.lower() else []
    return found


# What is put where: each is given the path, and a folder outside the publication that has a file with the mark.
def a_link_to_a_file(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "secret.md")


def a_link_to_a_folder(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def a_link_within(path: Path, outside: Path) -> None:
    path.symlink_to(path.parent / "about.md")


def a_loop(path: Path, outside: Path) -> None:
    path.symlink_to(path.parent)


def a_link_to_nowhere(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "nowhere")


def a_pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path, outside: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path is short
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


KINDS: list[Callable[[Path, Path], None]] = [
    a_link_to_a_file, a_link_to_a_folder, a_link_within, a_loop, a_link_to_nowhere, a_pipe, a_socket,
]  # fmt: skip
PLACES = ["content/x.txt", "content/x.md", "content/pictures/x", "content/articles/2026/02/x.md", "content/articles/2027", "content/issues/x.md",
          "content/.ledger/stories-2026-02.jsonl", "content/.hidden", "overrides/x.txt", "overrides/groundwire/home.html", "categories/x.yml"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_plain_file_is_refused_by_its_path(pub: Publication, place: str, kind: Callable[[Path, Path], None]) -> None:
    outside = pub.root.parent / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text(f"# {MARK}\n")
    path = pub.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    kind(path, outside)
    assert told_of(pub.root) == [place]
    with pytest.raises(InputError) as refused:
        build_site(pub.root)
    assert [problem.file for problem in refused.value.problems] == [place]
    with pytest.raises(GroundwireError):
        serve_site(pub.root, port=1)
    assert not (pub.root / "site").exists()


@pytest.mark.parametrize("place", ["content", "content/articles", "content/issues", "overrides", "categories"])
def test_a_folder_elsewhere_is_not_followed(pub: Publication, place: str) -> None:
    folder, outside = pub.root / place, pub.root.parent / "outside"
    folder.mkdir(exist_ok=True)
    folder.rename(outside)
    folder.symlink_to(outside)
    assert told_of(pub.root) == [place]
    with pytest.raises(InputError, match=f"{place}: error: this is a symbolic link"):
        build_site(pub.root)


@pytest.mark.parametrize("kind", [a_link_to_a_file, a_link_within, a_pipe], ids=lambda kind: kind.__name__)
def test_no_command_opens_a_page_that_is_no_plain_file(pub: Publication, kind: Callable[[Path, Path], None]) -> None:
    path = pub.root / "content/articles/2026/02/x.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    kind(path, Path("/proc/self"))
    with pytest.raises(InputError, match=r"content/articles/2026/02/x\.md: error: this is (a symbolic link|no plain file)"):
        load_articles(pub.root / "content")


def test_a_folder_that_is_a_link_is_not_taken_for_pages_that_were_deleted(pub: Publication) -> None:
    folder = pub.root / "content/articles/2026/02"
    folder.parent.mkdir(parents=True, exist_ok=True)
    (pub.root / "elsewhere").mkdir()
    if folder.exists():
        folder.rename(pub.root / "before")
    folder.symlink_to(pub.root / "elsewhere")
    with pytest.raises(InputError, match=r"content/articles/2026/02: error: this is a symbolic link"):
        load_articles(pub.root / "content")


def test_a_link_that_comes_after_a_build_is_refused_though_nothing_else_changed(pub: Publication) -> None:
    pub.build()
    (pub.root / "content" / "x.bin").symlink_to(pub.root / "newsletter.yml")
    with pytest.raises(InputError, match=r"content/x\.bin"):
        build_site(pub.root)
    assert not (pub.root / "site" / "x.bin").exists()


def test_an_editor_s_mark_of_a_file_that_is_open_is_nobody_s_concern(pub: Publication) -> None:
    (pub.root / "content" / ".#about.md").symlink_to("me@host.1234:1700000000")
    assert told_of(pub.root) == []
    assert build_site(pub.root).pages
    assert build_site(pub.root).made == 0


def test_a_hard_link_is_a_file_like_any_other(pub: Publication) -> None:
    pub.write("a.txt", "a")
    os.link(pub.root / "content/a.txt", pub.root / "content/b.txt")
    assert told_of(pub.root) == []
    assert (pub.build() / "b.txt").read_text() == "a"


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("place", ["content/environ.txt", "overrides/environ.txt", "content/articles/environ"])
def test_the_environment_is_published_by_no_builder(pub: Publication, tool: str, place: str) -> None:
    path = pub.root / place
    path.parent.mkdir(exist_ok=True)
    path.symlink_to("/proc/self/environ")
    done = by_tool(tool, pub.root)
    assert done.returncode == 1
    assert f"{place}: error: this is a symbolic link" in done.stderr
    assert outputs_with(MARK, pub.root / "site") == []


@pytest.mark.slow
def test_hidden_files_are_published_under_no_setting(pub: Publication) -> None:
    for path in (".env", ".git/config", "notes/.secret.md", ".well-known/security.txt"):
        pub.write(path, f"{'contact' if 'security' in path else MARK}\n")
    settings_file = pub.root / "mkdocs.yml"
    settings_file.write_text(settings_file.read_text() + "exclude_docs: |\n  !.*\n")
    site = pub.build()
    assert outputs_with(MARK, site) == []
    assert (site / ".well-known/security.txt").is_file()
    assert not (site / ".ledger").exists()


def test_pages_come_from_content_alone(pub: Publication) -> None:
    pub.article("Secret", status="draft", body=MARK)
    settings_file = pub.root / "mkdocs.yml"
    for folder in (".", "content/articles", "/"):
        settings_file.write_text(settings_file.read_text().replace("docs_dir: content", f"docs_dir: {folder}"))
        assert told_of(pub.root) == ["mkdocs.yml"]
        with pytest.raises(GroundwireError):
            build_site(pub.root, site_dir=pub.root.parent / "site")
        settings_file.write_text(settings_file.read_text().replace(f"docs_dir: {folder}", "docs_dir: content"))


KEYS = "id: s-aaaaaaaaaa\ntitle: Held\ndescription: One sentence.\ndate: 2026-02-20T09:00:00Z\ncategory: flaws\n"
STATES = {
    "draft": "status: draft\n",
    "quoted draft": "\"status\": 'draft'\n",
    "withdrawn": "withdrawn: {date: 2026-02-21, reason: It is wrong.}\n",
    "withdrawn in lines": "withdrawn:\n  date: 2026-02-21\n  reason: It is wrong.\n",
}
ISSUE = "id: 2026-w09\nsubject: Held\ndate: 2026-02-27T08:00:00Z\nwindow: {since: 2026-02-20, until: 2026-02-27}\n"
BODY = f"\n{MARK.capitalize()} in the text.\n"


def flow(keys: str) -> str:
    """The keys in one line in braces, as nearly as an editor's habit would have them."""
    return "{" + ", ".join(line for line in keys.splitlines() if not line.startswith(" ")) + "}\n"


STYLES: dict[str, Callable[[str], str]] = {
    "usual": lambda keys: f"---\n{keys}---\n{BODY}",
    "windows": lambda keys: f"\ufeff---\n{keys}---\n{BODY}".replace("\n", "\r\n"),
    "indented": lambda keys: "---\n" + "".join(f"  {line}\n" for line in keys.splitlines()) + f"---\n{BODY}",
    "braces": lambda keys: f"---\n{flow(keys)}---\n{BODY}",
    "ended by dots": lambda keys: f"---\n{keys}...\n{BODY}",
    "below a blank line": lambda keys: f"\n---\n{keys}---\n{BODY}",
    "without fences": lambda keys: f"{keys}{BODY}",
    "never ended": lambda keys: f"---\n{keys}{BODY}",
    "unreadable": lambda keys: f"---\n{keys}extra: [\n---\n{BODY}",
}
FOLDERS = ["", "articles/", "articles/2026/", "articles/2026/02/", "articles/2026/02/my-post/", "Articles/2026/02/", "issues/", "issues/more/", "drafts/",
           "notes/_Drafts/", "notes/", "about/", "categories/flaws/", "templates/", ".hidden/", "articles/.hidden/"]  # fmt: skip
STEMS = ["idea", "index", "README", "readme", "Index", "2026-w09", ".idea", "_idea", "an idea", "idea.old", "~idea"]
ENDINGS = [
    ".md",
    ".MD",
    ".Md",
    ".markdown",
    ".Markdown",
    ".mdown",
    ".mkd",
    ".MKD",
    ".mkdn",
    ".txt",
    ".md.txt",
    ".md.bak",
    ".md~",
    ".md.orig",
    ".html",
    ".yml",
    "",
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    made = Publication.create(tmp_path_factory.mktemp("placement") / "pub")
    made.article("Gateway flaw")
    made.build()
    return made


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(
    folder=st.sampled_from(FOLDERS),
    stem=st.sampled_from(STEMS),
    ending=st.sampled_from(ENDINGS),
    state=st.sampled_from(sorted(STATES)),
    style=st.sampled_from(sorted(STYLES)),
    issue=st.booleans(),
)
def test_no_draft_and_no_withdrawn_page_reaches_the_site(
    shared: Publication, folder: str, stem: str, ending: str, state: str, style: str, issue: bool
) -> None:
    assume(
        style != "without fences" or ending.lower() not in (".txt", ".md.txt", ".html", ".yml", "")
    )  # else it is a text like any other
    keys = ISSUE + STATES["draft"] if issue else KEYS + STATES[state]
    path = f"{folder}{stem}{ending}"
    with placed(shared.root / "content" / path, STYLES[style](keys)):
        refused = refusal(shared.root)
        assert refused <= {f"content/{path}"}
        assert refused <= set(told_of(shared.root))
        assert outputs_with(MARK, shared.root / "site") == []


def refusal(root: Path) -> set[str]:
    """The files for which a build is refused."""
    try:
        build_site(root, strict=False)
    except InputError as error:
        return {problem.file for problem in error.problems}
    return set()


class placed:  # noqa: N801  # reads as a verb
    """A file that is there for a while."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text

    def __enter__(self) -> None:
        self.made = next((p for p in reversed(self.file.parents) if not p.exists()), None)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(self.text.encode("utf-8"))

    def __exit__(self, *_: object) -> None:
        self.file.unlink()
        if self.made:
            shutil.rmtree(self.made)


NAMES = {
    "articles/2026/02/page.markdown": "articles/2026/02/page.md",
    "articles/2026/02/page.MD": "articles/2026/02/page.md",
    "articles/2026/02/page.mkdn": "articles/2026/02/page.md",
    "articles/2026/02/my-post/index.md": "articles/2026/02/my-post.md",
    "articles/2026/02/page.md.bak": "articles/2026/02/page.md",
    "drafts/idea.md": "articles/YEAR/MONTH/idea.md",
    "notes/idea.md": "articles/2026/02/idea.md",
    "idea.txt": "articles/2026/02/idea.md",
    "README.md": "index.md",
    "about/readme.md": "about/index.md",
    "about.mdown": "about.md",
}


@pytest.mark.parametrize("path", NAMES)
def test_a_name_that_is_read_as_no_page_is_told_with_the_name_to_use(pub: Publication, path: str) -> None:
    pub.write(path, STYLES["usual"](KEYS + STATES["draft"]))
    with pytest.raises(InputError) as refused:
        build_site(pub.root)
    (problem,) = refused.value.problems
    assert (problem.file, problem.example) == (f"content/{path}", f"content/{NAMES[path]}")
    assert problem in check_publication(pub.root, now=NOW).problems


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("path", ["articles/2026/02/page.markdown", "drafts/idea.md", "articles/2026/02/page.MD"])
def test_every_builder_refuses_such_a_name(pub: Publication, tool: str, path: str) -> None:
    pub.write(path, STYLES["usual"](KEYS + STATES["draft"]))
    done = by_tool(tool, pub.root)
    assert done.returncode == 1
    assert f"content/{path}: error: " in done.stderr
    assert not (pub.root / "site").exists()


OWN = {
    "about.md": "# About\n",
    "about/imprint.md": "---\ntitle: Imprint\nstatus: new\nhide: [toc]\n---\n# Imprint\n",
    "index.md": "# Ours\n",
    "issues/index.md": "# All issues\n",
    "articles/2026/index.md": "# The year\n",
    "tags/index.md": "---\n\nA rule above, and one below.\n\n---\n",
    "draft-policy.md": "# How drafts become pages\n\nstatus: draft is written above a page.\n",
    "notes/letter.md": "Dear reader: this is no header.\n",
    "data/feeds.txt": "---\ntitle: Feeds\n---\nmore: 1\n",
    "pictures/dot.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "downloads/list.txt": "---- a table ----\nstatus: draft\n",
    "outlets/index.html": "<!doctype html><title>Outlets</title>",
}


@pytest.mark.slow
def test_an_owner_s_own_pages_and_files_are_published(pub: Publication) -> None:
    for path, text in OWN.items():
        pub.write(path, text)
    assert told_of(pub.root) == []
    site = pub.build()
    for path in OWN:
        name = path.removesuffix("index.md") + ("index.html" if path.endswith("index.md") else "")
        assert (site / (name if not path.endswith(".md") or name != path else f"{path[:-3]}/index.html")).is_file(), path
