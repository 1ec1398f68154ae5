"""`groundwire new`: a file that passes `groundwire check` as it is written, for a person to fill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import click

from groundwire.checked_yaml import read_yaml, validate
from groundwire.cli.common import by_clock, in_folder, in_folder_of_group, say
from groundwire.errors import Refused
from groundwire.feeds.listing import with_feeds
from groundwire.files.atomic import write_atomic
from groundwire.files.lock import held
from groundwire.issues.schedule import issue_id
from groundwire.model import Feed
from groundwire.publication.article_meta import article_path
from groundwire.publication.categories import Category, load_categories
from groundwire.publication.content import load_articles
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Meta, Window, compose, flow, parse
from groundwire.publication.identity import story_id
from groundwire.publication.templates import ARTICLE, ISSUE
from groundwire.settings import FILE, Settings, load_settings, settings_in
from groundwire.text.addresses import canonical, host
from groundwire.text.escape import escape
from groundwire.text.plain import clean, slugify
from groundwire.wiring import Places

_CATEGORY = """# yaml-language-server: $schema=../schemas/category.schema.json
id: {id}
name: {name}
# For people and for a model: which stories belong here, and which do not.
applies: {applies}
order: 50 # its place in an issue and on the home page, small first
rules:
  # Words that recognise a story, case ignored; * stands for the rest of a word. In the headline 3 points, in the text 1; it takes {least}.
  title: [{word}]
  text: [{word}]
sections:
# What a page is made of, in order; a section with nothing behind it is left out.
- id: summary
  heading: Summary
  guidance: What happened, in a few sentences.
"""


@click.group()
@in_folder_of_group
def new() -> None:
    """Start an article, an issue, a category or a feed: a file that passes `groundwire check` as it is.

    \b
      groundwire new article "What we changed" --category industry-news
      groundwire new issue "The year in review" --name review
      groundwire new category Space
      groundwire new feed https://www.example.org/feed.xml
    """


@new.command()
@in_folder
@by_clock
@click.argument("title")
@click.option("--category", default="", help="Where it belongs; left out, the answer names them all.")
@click.option("--description", default="", help="One sentence for cards, feeds and email.  [default: the title]")
@click.option("--ready", is_flag=True, help="No draft: it is on the site with the next build.")
def article_command(root: Path, now: datetime, title: str, category: str, description: str, ready: bool) -> None:
    """Start an article of your own, as a draft."""
    say(article(root, title, category=category, description=description, ready=ready, now=now))


@new.command()
@in_folder
@by_clock
@click.argument("subject")
@click.option("--name", default="special", show_default=True, help="Stands behind the week in its address.")
def issue_command(root: Path, now: datetime, subject: str, name: str) -> None:
    """Start an issue by hand, as a draft, beside the weekly ones."""
    say(issue(root, subject, name=name, now=now))


@new.command()
@in_folder
@click.argument("name")
@click.option("--applies", default="", help="Which stories belong there.")
def category_command(root: Path, name: str, applies: str) -> None:
    """Start a category of your own."""
    say(category(root, name, applies=applies))


@new.command()
@in_folder
@click.argument("url")
@click.option("--name", default="", help="What readers see.  [default: the host]")
def feed_command(root: Path, url: str, name: str) -> None:
    """Add a feed to newsletter.yml without asking it (`feeds add` asks, and finds the feed behind a page)."""
    say(feed(root, url, name=name))


def article(root: Path, title: str, *, category: str, description: str, ready: bool, now: datetime) -> str:
    """Write a page of a person's own. As long as it is a draft it is in no output."""
    _fits("title", title, ArticleMeta)
    _fits("description", description or title, ArticleMeta)
    settings, categories, content = load_settings(root), load_categories(root), Places(root).content
    chosen = _category(category, categories)
    meta = ArticleMeta(
        id=_free_id(content, f"{now.isoformat()} {title}"),
        title=clean(title),
        description=clean(description) or clean(title),
        date=now.replace(microsecond=0),
        category=chosen,
        status=None if ready else "draft",
    )
    with held(Places(root).private, command="new article"):
        path = article_path(meta, taken=lambda path: (content / path).exists())
        _create(content, path, meta, f"{escape(meta.description)}\n" if ready else ARTICLE)
    then = "it is listed with the next build" if ready else "take out the line `status: draft` when it is ready"
    return f"wrote content/{path}; {then}\nlook at it with: groundwire preview" + _shown(settings, path)


def issue(root: Path, subject: str, *, name: str, now: datetime) -> str:
    """Write an issue by hand, beside the weekly ones. A draft is neither mailed nor shown."""
    _fits("subject", subject, IssueMeta)
    settings, content = load_settings(root), Places(root).content
    week = issue_id(now.astimezone(settings.zone).date())
    identity = f"{week}-{slugify(name).replace('-', '')}" if slugify(name) else ""
    if not identity:
        raise Refused(
            "the issue needs a name of letters or digits; write for example\ngroundwire new issue 'The year in review' --name review"
        )
    path, moment = f"issues/{identity}.md", now.replace(microsecond=0)
    meta = IssueMeta(
        id=identity,
        title=clean(subject),
        subject=clean(subject),
        date=moment,
        window=Window(since=moment - timedelta(days=7), until=moment),
    )
    with held(Places(root).private, command="new issue"):
        if (content / path).exists():
            raise Refused(f"content/{path} is there already; give another --name")
        _create(content, path, meta, ISSUE)
    return f"wrote content/{path}; write `status: ready` into it when it may be mailed"


def category(root: Path, name: str, *, applies: str) -> str:
    """Write a category of the publication's own."""
    load_settings(root)
    identity = slugify(name)
    if not identity:
        raise Refused(f"no file can be named after {name!r}; write for example\ngroundwire new category Space")
    path = root / "categories" / f"{identity}.yml"
    if path.exists() or identity in load_categories(root):
        raise Refused(
            f"there is a category {identity} already; to change a shipped one, copy its file to {path.relative_to(root)}"
        )
    word = flow(clean(name).lower())
    text = _CATEGORY.format(
        id=flow(identity),
        name=flow(clean(name)),
        applies=flow(clean(applies) or f"Stories about {clean(name).lower()}."),
        word=word,
        least=3,
    )
    validate(read_yaml(text, file=path.name), Category, file=path.name)
    with held(Places(root).private, command="new category"):
        write_atomic(path, text)
    return f"wrote categories/{path.name}; give it the words that recognise its stories"


def feed(root: Path, url: str, *, name: str) -> str:
    """Write a line into newsletter.yml, asking nobody; `feeds add` finds the feed behind a page and shows what it would bring."""
    settings = load_settings(root)
    url = url if "://" in url else f"https://{url}"
    row = {"url": url, "name": clean(name) or host(url)}
    if any(canonical(one.url) == canonical(url) for one in settings.feeds):
        raise Refused(f"{FILE} has this feed already: {url}")
    if not urlsplit(url).hostname:
        raise Refused(
            f"{url} is no address; write for example\ngroundwire new feed https://www.example.org/feed.xml --name 'Example Blog'"
        )
    Feed(**row)
    path = root / FILE
    with held(Places(root).private, command="new feed"):
        changed = with_feeds(path.read_bytes().decode("utf-8"), [row], file=FILE)
        settings_in(changed, root)
        write_atomic(path, changed)
    return f"added {row['name']} to {FILE}; ask it with: groundwire feeds check"


def _create(content: Path, path: str, meta: Meta, body: str) -> None:
    """Write a new page, which must read again as what it is. Raises InputError."""
    text = compose(meta, body)
    parse(text, type(meta), file=f"content/{path}")
    write_atomic(content / path, text)


def _fits(what: str, text: str, model: type[Meta]) -> None:
    """Raise Refused where a text is longer than the front matter has room for, or empty."""
    most = next(limit.max_length for limit in model.model_fields[what].metadata if hasattr(limit, "max_length"))
    if not 0 < len(clean(text)) <= most:
        raise Refused(
            f"the {what} has {len(clean(text))} characters; give it 1 to {most}, for example\ngroundwire new article 'What we changed'"
        )


def _free_id(content: Path, seed: str) -> str:
    """Return an id that no page has."""
    taken = {page.id for page in load_articles(content).pages}
    return next(found for number in count() if (found := story_id("person", f"{seed} {number}")) not in taken)


def _category(given: str, known: Mapping[str, Category]) -> str:
    if given in known:
        return given
    listed = "\n".join(f"  {key:<26} {value.applies}" for key, value in known.items())
    raise Refused(
        f"there is no category {given!r}; there are\n{listed}"
        if given
        else f"which category? write --category and one of\n{listed}"
    )


def _shown(settings: Settings, path: str) -> str:
    return f"\nits address will be {settings.url}{path.removesuffix('.md')}/"
