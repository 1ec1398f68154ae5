"""`groundwire changes`: what a pull request shows, without a secret: pages as one file each, new feeds, changed categories."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from groundwire.checking.sensitive import SENSITIVE, code, other_settings, sensitive_settings
from groundwire.cli import changes as change_jobs
from groundwire.settings import Settings, documented_settings
from groundwire.website.onefile import one_file
from sitekit import BASE, Html, Publication
from support import FeedServer, rss

SAID = """## Full report

> The maker of the gateway has published a repair for the flaw, which lets anybody in who knows its address.
>
> — [Example Blog](<https://blog.example/post>)

“The maker advises everybody to install the repair of the gateway before the weekend begins.”[^1]

[^1]: [Example Blog](<https://blog.example/post>)
"""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def item(number: int) -> dict[str, str]:
    return {
        "title": f"Gateway number {number} has a flaw that lets anybody in",
        "link": f"https://outlet.example/{number}",
        "description": "It is grave, the maker says, and a fix is there. " * 30,
        "pubDate": f"Sat, 28 Feb 2026 1{number}:00:00 +0000",
    }


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    made = Publication.create(tmp_path / "pub", extra="fetch: {allow_networks: [127.0.0.0/8]}\nfeeds: []\n")
    for number in range(4):
        made.article(f"Gateway flaw {number}", hours=number, body=SAID)
    (made.root / ".gitignore").write_text(".groundwire/\n.cache/\nsite/\n")
    git(made, "init", "-qb", "main")
    git(made, "add", ".")
    git(made, "commit", "-qm", "start")
    return made


def git(pub: Publication, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(pub.root), *words], check=True)


def changes(pub: Publication) -> str:
    return change_jobs.changes(pub.root, "main", output=pub.root / ".groundwire" / "changes", now=NOW, tell=lambda line: None)


def put(pub: Publication, name: str, text: str) -> None:
    path = pub.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def set_to(pub: Publication, text: str) -> None:
    """Write settings on top of those that are there."""
    path = pub.root / "newsletter.yml"
    path.write_text(path.read_text() + text)


def first(pub: Publication) -> list[str]:
    """The lines of what is to be looked at first; it stands before all else."""
    head, _, rest = changes(pub).partition("\n\n")
    assert head == "## Look at this first"
    return rest.split("\n\n")[0].splitlines()


def test_nothing(pub: Publication) -> None:
    assert changes(pub) == "No page, feed or category changes."


def test_a_new_feed_is_asked_what_it_brings_and_costs(pub: Publication, server: FeedServer) -> None:
    url = server.put("/feed.xml", rss(*map(item, range(5)), title="Outlet ``` feed"))
    path = pub.root / "newsletter.yml"
    path.write_text(path.read_text().replace("feeds: []", f"feeds:\n- url: {url}"))
    before = path.read_bytes()
    told = changes(pub)
    assert "5 entries" in told
    assert re.search(r"\$ ?\d", told), told
    assert told.count("````") >= 2
    assert path.read_bytes() == before
    path.write_text(path.read_text().replace(url, "http://10.0.0.1/feed").replace("127.0.0.0/8", "10.0.0.0/8"))
    assert "private" in changes(pub) or "not allowed" in changes(pub)


def test_a_changed_category_is_tried_on_three_archived_stories(pub: Publication) -> None:
    path = pub.root / "categories" / "gateways.yml"
    path.write_text(
        "id: gateways\nname: Gateways\nrules: {title: [gateway, flaw], text: [gateway]}\nsections: [{id: summary, heading: In short}]\n"
    )
    told = changes(pub)
    assert "4 would now be put elsewhere" in told
    assert told.count("### ") == 3
    assert told.count("| gateways |") == 3
    assert "| In short | — |" in told


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("analysis: {base_url: 'https://evil.example/v1', price: {input: 1, output: 1}}", "model’s requests, and so the sources’ texts, to another server: `https://evil.example/v1` instead of https://api.anthropic.com"),
        ("analysis: {price: {input: 0, output: 0}}", "the price by which the budget is counted, in US dollars a million tokens read: `0.0` instead of the known price"),
        ("analysis: {budget_usd_month: 900}", "what a month may cost, in US dollars: `900.0` instead of `10.0`"),
        ("email: {smtp: {host: evil.example}}", "and the relay’s password to another server: `evil.example` instead of `localhost`"),
        ("email: {smtp: {port: 2525}}", "to another port: `2525` instead of `587`"),
        ("email: {smtp: {security: none}}", "protected on their way to the relay: `none` instead of `starttls`"),
        ("email: {smtp: {user: them}}", "as another user: `them` instead of nobody"),
        ("email: {transport: buttondown}", "sends the mail another way: `buttondown` instead of `none`"),
        ("email: {buttondown: {url: 'https://evil.example'}}", "BUTTONDOWN_API_KEY to another server: `https://evil.example` instead of `https://api.buttondown.com/v1`"),
        ("email: {listmonk: {url: 'https://evil.example'}}", "LISTMONK_TOKEN to another server: `https://evil.example` instead of none"),
        ("email: {sender: them@evil.example}", "in the name of another address: `them@evil.example`"),
        ("subscribers: {url: 'https://evil.example/'}", "people who join and leave, and what they type, to another address: `https://evil.example/`"),
        ("subscribers: {form: {buttondown: them}}", "people who sign up, and what they type, to another service: `them`"),
        ("site: {forge: 'https://evil.example/x'}", "to another repository: `https://evil.example/x`"),
    ],
)  # fmt: skip
def test_where_secrets_texts_mail_and_money_go_is_said_first(pub: Publication, settings: str, words: str) -> None:
    put(pub, "content/articles/2026/02/new.md", "---\nid: s-00000000aa\n---\nx\n")
    set_to(pub, settings)
    lines = first(pub)
    assert lines[0].startswith("- newsletter.yml ")
    assert words in lines[0]


def test_opened_networks_are_said_first(pub: Publication) -> None:
    path = pub.root / "newsletter.yml"
    path.write_text(path.read_text().replace("127.0.0.0/8", "127.0.0.0/8, 10.0.0.0/8"))
    assert 'from other private networks: `["127.0.0.0/8", "10.0.0.0/8"]` instead of `["127.0.0.0/8"]`' in first(pub)[0]


def test_a_feed_that_may_be_printed_whole_is_said_first(pub: Publication) -> None:
    path = pub.root / "newsletter.yml"
    path.write_text(path.read_text().replace("feeds: []", "feeds: [{url: https://a.example/f}]"))
    git(pub, "commit", "-qam", "a feed")
    path.write_text(path.read_text().replace("a.example/f}", "a.example/f, license: own, weight: 5}"))
    assert (
        "how much of a feed’s text is printed: `own` instead of `all-rights-reserved` for `https://a.example/f`" in first(pub)[0]
    )
    assert "`feeds.weight` of `https://a.example/f`: `5.0` instead of `1.0`" in changes(pub)


def test_other_settings_are_told_last(pub: Publication) -> None:
    set_to(pub, "select: {max_stories: 3}\n")
    assert changes(pub).endswith("## Other settings\n\n- `select.max_stories`: `3` instead of `20`")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".github/workflows/generate.yml", "the repository’s secrets"),
        (".github/scripts/push.sh", "the repository’s secrets"),
        (".github/actions/x/action.yml", "the repository’s secrets"),
        (".gitlab-ci.yml", "the repository’s secrets"),
        (".github/CODEOWNERS", "whose review"),
        ("pyproject.toml", "what is installed"),
        ("requirements/run.txt", "what is installed"),
        ("scripts/bootstrap.sh", "code that runs"),
        ("Makefile", "what is installed"),
        ("generator/groundwire/cli/main.py", "code that runs"),
        ("hook.py", "code that runs"),
        ("content/hook.py", "code that runs"),
        ("overrides/main.html", "every reader’s browser"),
        ("overrides/partials/x.html", "every reader’s browser"),
        ("branding/x.JS", "every reader’s browser"),
        ("deploy/groundwire-subscribers.service", "the mail server"),
        ("content/x.svg", "run in readers’ browsers"),
        ("content/deep/x.HTML", "run in readers’ browsers"),
        ("content/assets/x.js", "run in readers’ browsers"),
        ("content/CNAME", "another domain"),
        ("content/.ledger/spend-2026-02.jsonl", "remembers"),
        (".gitattributes", "Git"),
        (".envrc", "hidden files"),
    ],
)
def test_files_that_decide_what_runs_are_said_first_also_when_they_go(pub: Publication, name: str, words: str) -> None:
    put(pub, name, "one\n")
    assert [line for line in first(pub) if words in line and f": `{name}`" in line]
    git(pub, "add", ".")
    git(pub, "commit", "-qm", "there")
    git(pub, "checkout", "-qb", "change")
    (pub.root / name).unlink()
    assert [line for line in first(pub) if words in line and f": `{name}` (deleted)" in line]
    git(pub, "commit", "-qam", "gone")
    assert [line for line in first(pub) if words in line and f": `{name}` (deleted)" in line]


def test_a_file_of_which_nothing_is_known_is_named(pub: Publication) -> None:
    put(pub, "notes/x.bin", "x")
    put(pub, "content/assets/x.png", "x")
    assert changes(pub) == "## Other files\n\n- Other files: `content/assets/x.png`, `notes/x.bin`"


def test_a_deleted_page_is_no_draft(pub: Publication) -> None:
    [page, *_] = sorted((pub.root / "content" / "articles").rglob("*.md"))
    page.unlink()
    assert changes(pub) == f"## Pages\n\n- `{page.relative_to(pub.root)}`: deleted"


def test_links_and_other_repositories_are_said_first(pub: Publication) -> None:
    (pub.root / "content" / "x.md").symlink_to("/proc/self/environ")
    (pub.root / "newsletter.yml").rename(pub.root / "content" / "s.txt")
    (pub.root / "newsletter.yml").symlink_to("content/s.txt")
    assert "`content/x.md` → `/proc/self/environ`, `newsletter.yml` → `content/s.txt`" in first(pub)[0]
    git(pub, "add", ".")
    git(pub, "commit", "-qm", "links")
    git(pub, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},parts")
    (pub.root / "parts").mkdir()
    git(pub, "commit", "-qm", "a module")
    (pub.root / ".git" / "refs" / "heads" / "main").rename(pub.root / ".git" / "refs" / "heads" / "change")
    git(pub, "symbolic-ref", "HEAD", "refs/heads/change")
    git(pub, "branch", "main", "HEAD~1")
    assert first(pub) == ["- Brings in another repository: `parts`"]


def test_a_publication_in_a_folder_has_the_workflows_of_its_repository(tmp_path: Path) -> None:
    made = Publication.create(tmp_path / "repository" / "pub")
    top = made.root.parent
    subprocess.run(["git", "init", "-qb", "main", str(top)], check=True)
    git(made, "add", ":/")
    git(made, "commit", "-qm", "start")
    for name in (".github/workflows/x.yml", "elsewhere/x.py", "pub/overrides/main.html"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("x")
    told = changes(made)
    assert "the repository’s secrets: `/.github/workflows/x.yml`" in told
    assert "every reader’s browser: `overrides/main.html`" in told
    assert told.endswith("## Other files\n\n- Other files: `/elsewhere/x.py`")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("plugins:", "hooks: [evil.py]\nplugins:", "runs other code while the site is built: `hooks: [evil.py]` instead of none"),
        ("- groundwire", "- groundwire\n- macros", "runs other code while the site is built: `plugins: - groundwire - macros` instead of `plugins: - groundwire`"),
        ("- tables", "- tables\n- pymdownx.snippets: {base_path: /proc/self}", "runs other code while the site is built"),
        ("font: false", "font: false\n  custom_dir: theirs", "templates, styles or scripts of every page"),
        ("plugins:", "extra_javascript: ['https://evil.example/x.js']\nplugins:", "templates, styles or scripts of every page"),
        ("plugins:", "extra: {x: !ENV ANTHROPIC_API_KEY}\nplugins:", "puts a variable of the environment into it"),
        ("docs_dir: content", "docs_dir: /etc", "other files when the site is built: `docs_dir: /etc` instead of `docs_dir: content`"),
        ("plugins:", "INHERIT: theirs.yml\nplugins:", "other files when the site is built"),
        ("plugins:", "whatever: 1\nplugins:", "how the site is built: `whatever: 1` instead of none"),
        ("plugins:", "plugins: [", "cannot be read"),
    ],
)  # fmt: skip
def test_what_mkdocs_yml_runs_and_reads_is_said_first(pub: Publication, old: str, new: str, words: str) -> None:
    path = pub.root / "mkdocs.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert [line for line in first(pub) if line.startswith("- mkdocs.yml ") and words in line]


# --- what is told is told of every setting, and cannot be made to lie ---


@pytest.mark.parametrize("key", [key for key, _, example in documented_settings() if example])
def test_every_setting_that_changes_is_told(key: str) -> None:
    if key == "feeds" or key.startswith("feeds."):
        return  # what differs of a feed is told above
    plain = {"title": "T", "url": "https://x.example/"}
    examples = {one: example for one, _, example in documented_settings()}
    value: Any = yaml.safe_load(examples[key])[key.rpartition(".")[2]]
    for part in reversed(key.split(".")):
        value = {part: value}
    before, after = Settings.model_validate(plain), _with(plain, value)
    told = [*sensitive_settings(before, after), *other_settings(before, after)]
    back = [*sensitive_settings(after, before), *other_settings(after, before)]
    assert len(told) == len(back)
    assert bool(told) == (before != after)


def _with(plain: dict[str, Any], more: dict[str, Any]) -> Settings:
    """Settings of which some need others beside them."""
    beside = {
        "price": {"input": 1, "output": 1},
        "form": {"listmonk": "https://l.example", "list": "5a1d3a5c-6a35-4d0b-9e3f-2c1b7f0f6f11"},
    }
    for part, fields in beside.items():
        for value in more.values():
            if isinstance(value, dict) and isinstance(value.get(part), dict) and "buttondown" not in value[part]:
                value[part] = fields | value[part]
    footer = more.get("site", {}).get("footer") if isinstance(more.get("site"), dict) else None
    if isinstance(footer, dict):
        more["site"]["footer"] = [{"label": "L", "url": "https://l.example"} | footer]
    return Settings.model_validate(plain | more)


def test_whatever_holds_an_address_is_sensitive() -> None:
    """A setting that is added later and names a server, an address or a network has a sentence of its own."""
    holds = re.compile(r"https?://|@|\d+\.\d+\.\d+\.\d+/|\b(host|user|port|password|token|transport|database): ")
    for key, _, example in documented_settings():
        if not key.startswith(("feeds", "block")) and holds.search(example) and "\n" not in example:
            assert key in SENSITIVE or key.rpartition(".")[0] in SENSITIVE, (
                f"{key}: say in checking/sensitive.py what its change does"
            )
    known = {key for key, _, _ in documented_settings()}
    assert set(SENSITIVE) <= known


@given(st.text(max_size=400), st.text(max_size=400))
def test_what_others_wrote_stays_one_piece_of_code(one: str, two: str) -> None:
    for prose in (True, False):
        shown = code(one, prose=prose)
        assert (shown[0], shown[-1], shown.count("`")) == ("`", "`", 2)
        assert shown.isprintable()
        assert prose or shown.removesuffix("…`").rstrip("`").isascii()
        assert len(shown) < 320
    before = Settings(title="T", url="https://x.example/")
    lines = list(other_settings(before, before.model_copy(update={"title": one, "description": two})))
    assert all("\n" not in line and line.isprintable() for line in lines)


def test_letters_that_look_like_others_are_spelled_out(pub: Publication) -> None:
    set_to(pub, "analysis: {base_url: 'https://\u0430pi.anthropic.com', price: {input: 1, output: 1}}")
    assert "`https://\\u0430pi.anthropic.com`" in first(pub)[0]


@pytest.mark.slow
def test_a_page_in_one_file_opens_from_the_disk(pub: Publication, chromium: Any) -> None:
    pub.article("Changed story", hours=5)
    draft = "---\nid: s-00000000aa\ntitle: D\ndescription: D\ndate: 2026-02-20\ncategory: flaws\nstatus: draft\n---\nx\n"
    pub.write("articles/2026/02/draft.md", draft)
    site = pub.build()
    told = changes(pub)
    assert "`content/articles/2026/02/draft.md`: a draft" in told
    file = pub.root / ".groundwire/changes/articles-2026-02-changed-story.html"
    text = file.read_text(encoding="utf-8")
    assert text == one_file(site, "articles/2026/02/changed-story", url=BASE)
    assert not re.search(r"""<(?:link|script|img)[^>]*\s(?:href|src)=["']?(?!data:)[^"'\s>]""", text)
    assert f'href="{BASE}categories/flaws/"' in text
    asked: list[str] = []
    errors: list[str] = []
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") >= "600"
    assert errors == []
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


@pytest.mark.parametrize(
    "body",
    [
        '<a title=" onmouseover=alert(1) x" href="=">x</a>',
        '<p title="<script src=../../../../assets/groundwire/site.js></script>">x</p>',
        '<p title="<link rel=stylesheet href=../../../../assets/groundwire/site.css>">x</p>',
        '<a id=\'x" onclick="alert(1)\' href="a">x</a><img alt="a.png onerror=alert(1)" src="a.png">',
    ],
)
def test_a_page_as_one_file_runs_nothing_of_its_text(pub: Publication, body: str) -> None:
    pub.write("about.md", f"# About\n\n{body}\n")
    pub.write("a.png", "a picture")
    text = one_file(pub.build(strict=False), "about/", url=BASE)
    page = Html.of(text)
    handlers = [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert handlers == []
    inside = text.partition('<div class="gw-page md-typeset">')[2].partition("<footer")[0]
    assert "<script" not in inside
    assert "<style" not in inside
