"""A build makes what changed: which pages, why, and that nothing else is touched. (That it equals a full build: test_histories.py.)"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from groundwire.errors import GroundwireError
from groundwire.website.build import BuildReport, build_site
from groundwire.website.builder.helpers import MANY, make_team
from groundwire.website.builder.settled import settled
from sitekit import NOON, Publication, sample
from support import snapshot

PLAIN = "# About\n\nSee [the story](articles/2026/01/january-story.md).\n"


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    """One of everything, built."""
    pub = sample(tmp_path / "pub")
    pub.write("about.md", PLAIN)
    build_site(pub.root)
    return pub


def pages_of(site: Path) -> dict[str, bytes]:
    """The site without its search, which is held to its answers in test_search.py, and without the builder's state."""
    return {path: data for path, data in snapshot(site).items() if not path.startswith((".", "pagefind/"))}


def reasons(report: BuildReport) -> dict[str, str]:
    return {what: why for what, _, why in (line.partition(": ") for line in report.reasons)}


def edit(pub: Publication, path: str, old: str, new: str) -> None:
    file = pub.root / "content" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_nothing_made(pub: Publication) -> None:
    before = snapshot(pub.root / "site")
    report = build_site(pub.root)
    assert (report.made, report.reasons) == (0, ())
    assert snapshot(pub.root / "site") == before


def test_that_nothing_changed_is_told_without_mkdocs(pub: Publication) -> None:
    script = (
        "import sys; from pathlib import Path; from groundwire.website.build import build_site\n"
        "print(build_site(Path(sys.argv[1])).made, 'mkdocs' in sys.modules, 'pydantic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", script, str(pub.root)], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["0", "False", "False"]


def left_alone(pub: Publication) -> bool:
    """Whether a build finds the site as it would leave it."""
    return settled(pub.root, None) is not None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("content/articles/2026/02/gateway-flaw-0.md", None),
        ("content/about.md", "# About us\n"),
        ("content/picture.png", "a picture"),
        ("content/.ledger/feeds-2026-02.jsonl", "{}\n"),
        ("newsletter.yml", "title: Another\nurl: https://news.example/briefing/\n"),
        ("entities.yml", "organisations: []\n"),
        ("categories/flaws.yml", "id: flaws\nname: Faults\n"),
        ("overrides/groundwire/footer.html", "<footer>ours</footer>"),
        ("site/stray.html", "not ours"),
        ("site/pagefind/pagefind-entry.json", None),
        ("site/.groundwire-build", "strange"),
    ],
)
def test_whatever_changed_is_seen_before_mkdocs_is_loaded(pub: Publication, path: str, text: str | None) -> None:
    assert left_alone(pub)
    file = pub.root / path
    if text is None:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert not left_alone(pub)
    build_site(pub.root)
    assert left_alone(pub)
    assert not pub.root.joinpath("site/stray.html").exists()


def test_a_warning_is_not_forgotten_because_nothing_changed(pub: Publication) -> None:
    pub.write("about.md", "# About\n\n[gone](nowhere.md)\n")
    for _ in range(2):
        build_site(pub.root, strict=False)
        assert not left_alone(pub)
    with pytest.raises(GroundwireError, match="nowhere"):
        build_site(pub.root)


@pytest.mark.parametrize(
    "line", ["copyright: !ENV [RIGHTS, nobody]", "extra_templates: [feed.txt]", "hooks: [hook.py]", "site_dir: site # here"]
)
def test_what_cannot_be_told_without_mkdocs_is_left_to_it(pub: Publication, line: str) -> None:
    pub.write("feed.txt", "text")
    (pub.root / "hook.py").write_text("def on_page_content(html, **rest):\n    return html\n", encoding="utf-8")
    config = pub.root / "mkdocs.yml"
    lines = config.read_text(encoding="utf-8").splitlines()
    config.write_text("\n".join([*(one for one in lines if not one.startswith(line.split(":")[0])), line, ""]), encoding="utf-8")
    build_site(pub.root)
    assert not left_alone(pub)


def test_a_seal_is_for_its_own_folder_and_address(pub: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settled(pub.root, tmp_path / "elsewhere") is None
    settings = pub.root / "newsletter.yml"
    settings.write_text("title: The Briefing\ntimezone: Europe/Berlin\n", encoding="utf-8")
    for name in ("one", "one", "two"):
        monkeypatch.setenv("GITHUB_REPOSITORY", f"owner/{name}")
        build_site(pub.root)
        home = (pub.root / "site/index.html").read_text(encoding="utf-8")
        assert f"https://owner.github.io/{name}/" in home


def test_an_edited_body_makes_that_page_alone(pub: Publication) -> None:
    kept = (pub.root / "site/articles/2026/02/gateway-flaw-0/index.html").stat()
    edit(pub, "articles/2026/01/january-story.md", "A fix exists.", "A fix is out.")
    report = build_site(pub.root)
    told = reasons(report)
    assert told.pop("articles/2026/01/january-story.md") == "changed"
    # it was pristine, so listings say now that a person edited it
    listing = {"index.md", "archive/2026/01/index.md", "categories/flaws/index.md", "categories/flaws/2026/01/index.md"}
    listing |= {"sources/example-blog/index.md", "sources/example-blog/2026/01/index.md"}
    listing |= {"categories/index.md", "sources/index.md"}
    assert told.keys() == listing | {"feed.xml", "atom.xml", "feed.json", "categories/flaws/feed.xml", "sitemap.xml"}
    assert (pub.root / "site/articles/2026/02/gateway-flaw-0/index.html").stat().st_ino == kept.st_ino
    assert "A fix is out." in (pub.root / "site/articles/2026/01/january-story/index.html").read_text(encoding="utf-8")


def test_an_old_month_stays_when_a_new_story_comes(pub: Publication) -> None:
    pub.article("Gateway flaw 9", hours=-1)
    told = reasons(build_site(pub.root))
    assert told["articles/2026/02/gateway-flaw-9.md"] == "new"
    assert {"index.md", "archive/2026/02/index.md", "categories/flaws/2026/02/index.md", "sitemap.xml", "feed.xml"} <= told.keys()
    assert not [name for name in told if "2026/01" in name], "nothing of January is made"
    assert "articles/2026/02/gateway-flaw-0.md" not in told


def test_a_story_links_to_a_listing_from_the_day_it_is_there(pub: Publication) -> None:
    for number in range(2):
        pub.article(f"Another lone one {number}", hours=50 + number, tags=("rare",))
    told = reasons(build_site(pub.root))
    assert told["articles/2026/02/a-lone-story.md"] == "a listing that it names came or went"
    assert "tags/rare/" in (pub.root / "site/articles/2026/02/a-lone-story/index.html").read_text(encoding="utf-8")


def test_what_is_gone_disappears_with_its_folder(pub: Publication) -> None:
    (pub.root / "content/articles/2026/02/gateway-flaw-2.md").unlink()
    report = build_site(pub.root)
    assert reasons(report)["articles/2026/02/gateway-flaw-2/index.html"] == "gone"
    assert not (pub.root / "site/articles/2026/02/gateway-flaw-2").exists()
    assert not (pub.root / "site/tags/vpn").exists(), "two stories are no listing any more"


def test_deleting_a_page_fails_the_page_that_links_to_it_and_leaves_the_site(pub: Publication) -> None:
    before = snapshot(pub.root / "site")
    file = pub.root / "content/articles/2026/01/january-story.md"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    for _ in range(2):
        with pytest.raises(GroundwireError, match=r"about\.md.*january-story\.md.*not found"):
            build_site(pub.root)
        assert snapshot(pub.root / "site") == before, "the old site stands"
    assert reasons(build_site(pub.root, strict=False))["about.md"].startswith("links to articles/2026/01/january-story.md")
    with pytest.raises(GroundwireError, match=r"about\.md"):
        build_site(pub.root)  # it was warned of, so it is not kept
    file.write_text(text, encoding="utf-8")
    build_site(pub.root)
    assert "articles/2026/01/january-story/" in (pub.root / "site/about/index.html").read_text(encoding="utf-8")


def test_a_link_to_a_place_on_a_kept_page_is_checked(pub: Publication) -> None:
    settings = pub.root / "mkdocs.yml"
    settings.write_text(settings.read_text(encoding="utf-8") + "validation: {links: {anchors: warn}}\n", encoding="utf-8")
    build_site(pub.root)
    story = "articles/2026/01/january-story.md"
    pub.write("more.md", f"# More\n\n[there]({story}#overview)\n")
    assert "more.md" in reasons(build_site(pub.root))
    pub.write("more.md", f"# More\n\n[there]({story}#nowhere)\n")
    with pytest.raises(GroundwireError, match=r"more\.md.*does not contain an anchor '#nowhere'"):
        build_site(pub.root)
    pub.write("more.md", f"# More\n\n[there]({story}#overview)\n")
    build_site(pub.root)
    edit(pub, story, "### Overview", "### Summary")
    with pytest.raises(GroundwireError, match=r"more\.md.*does not contain an anchor '#overview'"):
        build_site(pub.root)


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("newsletter.yml", "title: Another\nurl: https://news.example/briefing/\n", "newsletter.yml changed"),
        ("entities.yml", "organisations:\n- {name: Example, aliases: [Example Corp]}\n", "entities.yml changed"),
        ("categories/flaws.yml", "id: flaws\nname: Faults\n", "categories changed"),
        ("overrides/groundwire/footer.html", "<footer>ours</footer>", "overrides changed"),
    ],
)
def test_what_every_page_depends_on_makes_everything(pub: Publication, file: str, text: str, why: str) -> None:
    (pub.root / file).parent.mkdir(parents=True, exist_ok=True)
    (pub.root / file).write_text(text, encoding="utf-8")
    report = build_site(pub.root)
    assert report.reasons == (f"everything: {why}",)
    assert report.made == report.pages - 2  # the owner's static page and the one for unknown addresses have no Markdown


def test_an_owners_hook_may_see_all_pages(pub: Publication) -> None:
    (pub.root / "hook.py").write_text("def on_page_content(html, **rest):\n    return html\n", encoding="utf-8")
    settings = pub.root / "mkdocs.yml"
    settings.write_text(settings.read_text(encoding="utf-8") + "hooks: [hook.py]\n", encoding="utf-8")
    for _ in range(2):
        assert build_site(pub.root).reasons == ("everything: with hook.py, any page may depend on any other",)


@pytest.mark.parametrize("plugins", [["groundwire", "search"], ["search", "groundwire"]], ids="-".join)
def test_another_plugin_sees_all_pages_in_one_process(
    pub: Publication, plugins: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Material's own search, for one: it asks our templates for words before they are prepared, and gathers every page's text."""
    before = pages_of(pub.root / "site")
    settings = pub.root / "mkdocs.yml"
    listed = "".join(f"- {name}\n" for name in plugins)
    settings.write_text(settings.read_text(encoding="utf-8").replace("- groundwire\n", listed), encoding="utf-8")
    monkeypatch.setattr("groundwire.website.builder.helpers.MANY", 1)
    monkeypatch.setattr("groundwire.website.builder.helpers._processors", lambda: 2)
    assert build_site(pub.root).reasons == ("everything: with material/search, any page may depend on any other",)
    after = pages_of(pub.root / "site")
    index = json.loads(after.pop("search/search_index.json"))
    assert after == before
    assert index["config"]["lang"] == ["en"]
    flaws = {path.removesuffix("index.html") for path in before if "/gateway-flaw-" in path}
    assert len(flaws) == 3
    assert flaws | {"about/"} <= {one["location"] for one in index["docs"]}


def test_full_is_a_wish(pub: Publication) -> None:
    before = snapshot(pub.root / "site")
    assert build_site(pub.root, full=True).reasons == ("everything: asked for",)
    assert snapshot(pub.root / "site") == before


@pytest.mark.parametrize(
    "harm", ["file deleted", "file added", "state lost", "state broken", "other times", "folder beside deleted"]
)
def test_a_site_that_somebody_touched_is_mended(pub: Publication, harm: str) -> None:
    before, site = snapshot(pub.root / "site"), pub.root / "site"
    if harm == "file deleted":
        (site / "articles/2026/01/january-story/index.html").unlink()
    elif harm == "file added":
        (site / "articles/stray").mkdir()
        (site / "articles/stray/index.html").write_text("<p>not ours")
    elif harm == "state lost":
        (site / ".groundwire-build").unlink()
    elif harm == "state broken":
        (site / ".groundwire-build").write_bytes(b"\0 no state")
    elif harm == "other times":
        for path in (pub.root / "content").rglob("*.md"):
            path.touch()
    else:
        build_site(pub.root, full=True)
        shutil.rmtree(pub.root / ".groundwire-tmp-site")
    for turn in range(3):  # each of the two folders has its turn
        build_site(pub.root, full=turn == 1)
        assert snapshot(site) == before


def test_what_is_not_ours_in_the_folder_stays(pub: Publication) -> None:
    git = pub.root / "site/.git"
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/gh-pages\n")
    for hour in range(3):
        pub.article(f"Later {hour}", hours=-1 - hour, date=NOON)
        build_site(pub.root)
        assert (git / "HEAD").read_text() == "ref: refs/heads/gh-pages\n"


def git(*words: str, at: Path) -> None:
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    subprocess.run(["git", *who, *words], cwd=at, check=True, capture_output=True)


def test_two_runs_on_fresh_runners(pub: Publication, tmp_path: Path) -> None:
    """As the workflows do it: a clone, the last site out of the cache, a build, the site into the cache."""
    (pub.root / ".gitignore").write_text("site/\n.groundwire/\n.groundwire-tmp-*\n", encoding="utf-8")
    git("init", "-b", "main", at=pub.root)
    reports, cache = [], tmp_path / "cache.tar"
    for run in ("one", "two"):
        git("add", "-A", at=pub.root)
        git("commit", "-m", run, at=pub.root)
        git("clone", str(pub.root), str(tmp_path / run), at=tmp_path)
        if cache.exists():
            subprocess.run(["tar", "-xf", str(cache)], cwd=tmp_path / run, check=True)
        reports.append(build_site(tmp_path / run))
        subprocess.run(["tar", "-cf", str(cache), "site"], cwd=tmp_path / run, check=True)
        pub.article("Story of the second day", hours=-20)
    assert reports[0].reasons == ("everything: no build before this one",)
    told = reasons(reports[1])
    assert told["articles/2026/02/story-of-the-second-day.md"] == "new"
    assert not [path for path in told if path.startswith(("articles/2026/01", "articles/2026/02/gateway"))]
    build_site(tmp_path / "two", site_dir=tmp_path / "afresh")
    assert pages_of(tmp_path / "two/site") == pages_of(tmp_path / "afresh")


@pytest.fixture
def many(tmp_path: Path) -> Publication:
    """More pages than one process makes; two of them link to nothing, and they fall to different processes."""
    pub = Publication.create(tmp_path / "pub")
    for number in range(MANY):
        pub.article(f"Story {number}", hours=number, body="Short.")
    for name in ("one", "two"):
        pub.write(f"{name}.md", f"# {name}\n\n[gone](nowhere-{name}.md)\n")
    return pub


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system gives a process all processors")
def test_many_processes_make_the_site_of_one(many: Publication) -> None:
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    try:
        build_site(many.root, strict=False)
        alone = snapshot(many.root / "site")
    finally:
        os.sched_setaffinity(0, processors)
    with pytest.raises(GroundwireError) as caught:
        build_site(many.root, full=True)
    assert all(f"nowhere-{name}.md" in str(caught.value) for name in ("one", "two")), "each is told of, whoever met it"
    build_site(many.root, strict=False, full=True)
    assert snapshot(many.root / "site") == alone


def test_a_team_gathers_what_its_helpers_found() -> None:
    team = make_team(MANY, processors=3)
    mine = team.share([str(number) for number in range(10)])
    if team.helper:
        logging.getLogger("mkdocs").warning("from %s", team.number)
        team.tell(mine)
    assert sorted([*mine, *(one for found in team.gather() for one in found)]) == [str(number) for number in range(10)]


def test_a_helper_that_dies_fails_the_build() -> None:
    team = make_team(MANY, processors=3)
    if team.helper:
        os.kill(os.getpid(), signal.SIGKILL)
    with pytest.raises(GroundwireError, match="ended early"):
        team.gather()
    team.dismiss()  # the other one
    assert not team.others
