"""What a change decides about secrets, texts, mail, money and code, in plain words, for those who decide about the change.

Nothing is told by being known to be harmful: what is not known to be harmless is told. So every changed setting and every changed file appears, here or
where pages, feeds and categories are shown; what is sensitive comes first and says what it does.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from groundwire.checking.repository import Touched
from groundwire.llm.server import ANTHROPIC
from groundwire.settings import Feed, Settings

MOST = 10  # files that one line names
LONGEST = 300  # characters of a value that is shown
# A setting that decides where secrets, texts, mail, money or people go: what its change does, and what it is called where it is not set.
SENSITIVE: Mapping[str, tuple[str, str]] = {
    "analysis.base_url": ("sends the model’s requests, and so the sources’ texts, to another server", f"{ANTHROPIC} (Anthropic)"),
    "analysis.by": ("changes who analyses: a model costs money and gets the sources’ texts", ""),
    "analysis.model": ("asks another model, which may cost more", ""),
    "analysis.fallback_model": ("asks another model where the first one refuses, which may cost more", "none"),
    "analysis.budget_usd": ("changes what one run may cost, in US dollars", ""),
    "analysis.budget_usd_month": ("changes what a month may cost, in US dollars", ""),
    "analysis.price.input": (
        "changes the price by which the budget is counted, in US dollars a million tokens read",
        "the known price",
    ),
    "analysis.price.output": (
        "changes the price by which the budget is counted, in US dollars a million tokens written",
        "the known price",
    ),
    "email.transport": ("sends the mail another way", ""),
    "email.sender": ("sends the mail in the name of another address", "none"),
    "email.reply_to": ("sends readers’ answers to another address", "the sender’s"),
    "email.smtp.host": ("hands the mail, its subscribers’ addresses and the relay’s password to another server", ""),
    "email.smtp.port": ("hands the mail, its subscribers’ addresses and the relay’s password to another port", ""),
    "email.smtp.security": ("changes how the mail and the relay’s password are protected on their way to the relay", ""),
    "email.smtp.user": ("logs in at the relay as another user", "nobody"),
    "email.listmonk.url": ("sends the issue and LISTMONK_TOKEN to another server", "none"),
    "email.listmonk.user": ("logs in at listmonk as another user", ""),
    "email.listmonk.lists": ("mails other lists of listmonk", ""),
    "email.listmonk.template": ("puts the issue into another template of listmonk", "listmonk’s own"),
    "email.buttondown.url": ("sends the issue and BUTTONDOWN_API_KEY to another server", ""),
    "subscribers.database": ("takes the subscribers from another file", "none"),
    "subscribers.url": ("sends people who join and leave, and what they type, to another address", "none"),
    "subscribers.proxies": ("believes other proxies when they say who is calling", ""),
    "subscribers.form.buttondown": ("sends people who sign up, and what they type, to another service", "none"),
    "subscribers.form.listmonk": ("sends people who sign up, and what they type, to another server", "none"),
    "subscribers.form.list": ("puts people who sign up on another list", "none"),
    "fetch.allow_networks": ("lets feeds and articles be fetched from other private networks", ""),
    "review.hold": ("changes which stories wait for a person before they are published", ""),
    "url": ("moves the site: pages, feeds and mail link to another address", ""),
    "site.forge": ("sends readers who edit or report something to another repository", "none"),
    "site.branch": ("lets readers edit another branch", ""),
    "site.footer": ("links elsewhere from every page", ""),
    "site.report_email": ("sends readers’ reports to another address", "the publisher’s"),
    "publisher.email": ("sends readers’ letters to another address", "none"),
}
SENSITIVE_OF_FEEDS = {"license": "changes how much of a feed’s text is printed"}
# Keys of mkdocs.yml: what they decide.
_MKDOCS = {
    **dict.fromkeys(("hooks", "plugins", "markdown_extensions"), "runs other code while the site is built"),
    **dict.fromkeys(
        ("theme", "extra", "extra_css", "extra_javascript", "extra_templates"),
        "changes the templates, styles or scripts of every page",
    ),
    **dict.fromkeys(("INHERIT", "docs_dir", "site_dir"), "reads or writes other files when the site is built"),
}
_WORKFLOWS = "Changes what runs on the forge’s machines, some of it with the repository’s secrets"
_CODE = "Changes code that runs here and on the forge’s machines, and that made this list: read it line by line"
_PACKAGES = "Changes what is installed, whose code then runs wherever Groundwire runs"
_TEMPLATES = "Changes templates, styles or scripts, which run while the site is built and in every reader’s browser"
_LEDGER = "Changes what Groundwire remembers of pages, mail and money, as only its own runs should"
_ON_SITE = "Puts files on the site that can run in readers’ browsers"
_LINK = "Is a link, so that what it leads to is read in its place"
_MODULE = "Brings in another repository"
_REVIEW = "Changes whose review a change needs"
_DOMAIN = "Moves the site to another domain"
_SERVER = "Changes how the mail server is set up"
_GIT = "Changes what Git commits and how it merges"
_HIDDEN = "Changes hidden files, which tools read without being asked"
_OTHER = "Other files"
_RUNS = r"(?i:\.(html?|xhtml|xml|xslt?|svg|m?js|css|wasm|j2|jinja))"
_PROGRAMS = r"(?i:\.(pyi?|pyc|pth|so|sh|bash|rb|pl))"
# What a changed file does, by its path; the first that fits. Where the forge looks is the top of the repository, also for a publication in a folder of it.
_KINDS = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (r"(.*/)?CODEOWNERS", _REVIEW),
        (r"/?\.github/((ISSUE|PULL_REQUEST)_TEMPLATE/.*|[^/]*\.md)", _OTHER),
        (r"/?\.(github|forgejo|gitea|gitlab|circleci|woodpecker|ci)/.*", _WORKFLOWS),
        (r"/?(\.gitlab-ci\.yml|\.woodpecker\.ya?ml|\.travis\.yml|azure-pipelines\.yml|Jenkinsfile)", _WORKFLOWS),
        (r"/.*", _OTHER),
        (r"content/\.ledger/.*", _LEDGER),
        (r"content/(.*/)?CNAME", _DOMAIN),
        (r"content/(.*/)?\..*", _HIDDEN),
        (rf"content/.*{_PROGRAMS}", _CODE),
        (rf"content/.*{_RUNS}", _ON_SITE),
        (r"content/.*\.md|newsletter\.yml|mkdocs\.yml|(generator/groundwire/)?categories/.*\.yml", ""),  # told elsewhere
        (r"content/.*", _OTHER),
        (
            r"requirements.*|(.*/)?(pyproject\.toml|setup\.(py|cfg)|uv\.(toml|lock)|poetry\.lock|tox\.ini|pip\.conf|\.python-version|Makefile)",
            _PACKAGES,
        ),
        (rf"(generator|scripts)/.*|.*{_PROGRAMS}", _CODE),
        (r"(docs|tests)/.*", _OTHER),
        (rf"overrides/.*|.*{_RUNS}", _TEMPLATES),
        (r"deploy/.*", _SERVER),
        (r"(.*/)?\.git[^/]*", _GIT),
        (r"(.*/)?\..*", _HIDDEN),
        (r".*", _OTHER),
    )
)


def sensitive_settings(before: Settings, after: Settings) -> Iterator[str]:
    """Yield a sentence for each changed setting that decides where something goes, in the order of their weight."""
    old, new = _flat(before.model_dump(mode="json")), _flat(after.model_dump(mode="json"))
    for key, (does, unset) in SENSITIVE.items():
        if old.get(key) != new.get(key):
            yield f"newsletter.yml {does}: {_instead(new.get(key), old.get(key), unset or 'none')} (`{key}`)"
    for url, key, was, now in _feeds(before, after):
        if key in SENSITIVE_OF_FEEDS:
            yield f"newsletter.yml {SENSITIVE_OF_FEEDS[key]}: {_instead(now, was)} for {code(url)} (`feeds.{key}`)"


def other_settings(before: Settings, after: Settings) -> Iterator[str]:
    """Yield a line for each other changed setting; new feeds and those that go are told elsewhere."""
    old, new = _flat(before.model_dump(mode="json")), _flat(after.model_dump(mode="json"))
    for key in sorted({*old, *new} - {*SENSITIVE, "feeds"}):
        if old.get(key) != new.get(key):
            yield f"`{key}`: {_instead(new.get(key), old.get(key), prose=True)}"
    for url, key, was, now in _feeds(before, after):
        if key not in SENSITIVE_OF_FEEDS:
            yield f"`feeds.{key}` of {code(url)}: {_instead(now, was, prose=True)}"


def mkdocs_changes(before: str, after: str) -> Iterator[str]:
    """Yield a sentence for each key of mkdocs.yml that differs."""
    old, new = _sections(before), _sections(after)
    if old is None or new is None:
        yield "mkdocs.yml changes how the site is built, and cannot be read: look at each line"
        return
    for key in sorted({*old, *new}, key=lambda key: (key not in _MKDOCS, key)):
        if old.get(key) != new.get(key):
            does = _MKDOCS.get(key, "changes how the site is built")
            if "!ENV" in new.get(key, ""):
                does += ", and puts a variable of the environment into it"
            yield f"mkdocs.yml {does}: {_instead(new.get(key), old.get(key))}"


def sensitive_files(files: Sequence[Touched]) -> Iterator[str]:
    """Yield a sentence for each kind of files that decide what runs, what is remembered, or what is read; their names with it."""
    yield from (line for kind, line in _by_kind(files) if kind != _OTHER)


def other_files(files: Sequence[Touched]) -> Iterator[str]:
    """Yield a line with the files of which nothing more is known."""
    yield from (line for kind, line in _by_kind(files) if kind == _OTHER)


def code(text: str, *, prose: bool = False) -> str:
    """Return other people's words as code in Markdown, on one line and not too long. But in prose, letters that may look like others are spelled out."""
    seen = "".join(
        c if c.isprintable() and (prose or c.isascii()) else c.encode("unicode_escape").decode()
        for c in " ".join(text.replace("`", "'").split())
    )
    return f"`{seen[:LONGEST]}{'…' if len(seen) > LONGEST else ''}`"


def _by_kind(files: Sequence[Touched]) -> Iterator[tuple[str, str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for file in files:
        if kind := _kind(file):
            where = f" → {code(file.target)}" if file.target else ""
            found[kind].append(code(file.path) + where + (" (deleted)" if file.gone else ""))
    for kind in (
        _LINK,
        _MODULE,
        _WORKFLOWS,
        _REVIEW,
        _CODE,
        _PACKAGES,
        _TEMPLATES,
        _ON_SITE,
        _DOMAIN,
        _LEDGER,
        _SERVER,
        _GIT,
        _HIDDEN,
        _OTHER,
    ):
        if names := found.get(kind):
            more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
            yield kind, f"{kind}: {', '.join(names[:MOST])}{more}"


def _kind(file: Touched) -> str:
    """Say what a changed file does; '' where it is told elsewhere."""
    if file.target or file.module:
        return _LINK if file.target else _MODULE
    return next(kind for pattern, kind in _KINDS if pattern.fullmatch(file.path))


def _feeds(before: Settings, after: Settings) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield what differs of feeds that are there before and after: address, key, old value, new one."""
    had = {feed.url: feed for feed in before.feeds}
    for feed in after.feeds:
        for key in Feed.model_fields:
            was, now = getattr(had.get(feed.url, feed), key), getattr(feed, key)
            if was != now:
                yield feed.url, key, was, now


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return settings by their dotted keys; what is not set is not there."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        elif value not in (None, "", []):
            found[prefix + key] = value
    return found


def _instead(new: Any, old: Any, unset: str = "none", *, prose: bool = False) -> str:
    now, was = (
        unset if value is None else code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), prose=prose)
        for value in (new, old)
    )
    return f"{now} instead of {was}"


def _sections(text: str) -> Mapping[str, str] | None:
    """Return what stands under each top-level key, with what aliases lead to; of a key that stands there twice, both. None where it is no mapping."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode):
            return None if text.strip() else {}
        found: dict[str, str] = defaultdict(str)
        for pair in node.value:
            found[str(pair[0].value)] += yaml.serialize(yaml.MappingNode(node.tag, [pair], flow_style=False))
    except (yaml.YAMLError, RecursionError):
        return None
    return found
