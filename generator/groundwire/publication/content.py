"""Reading content/: its articles and issues, each file parsed when its text is new, and what is wrong with the rest.

A file that was read before is known by its hash (publication/cache.py); its text is read again only when somebody asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from groundwire.errors import InputError, Problem, Refused, not_utf8
from groundwire.publication import summary
from groundwire.publication.cache import Cache
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Meta, Page, parse, read, split
from groundwire.publication.placement import unsafe
from groundwire.publication.summary import ArticleSummary
from groundwire.text.plain import file_hash

M = TypeVar("M", bound=Meta)
Article = Page[ArticleMeta]
Issue = Page[IssueMeta]


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """The pages of one kind by path, what is wrong with the other files, and where those are."""

    pages: tuple[Page[M], ...]
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()

    def require(self) -> tuple[Page[M], ...]:
        """Return the pages. Raises InputError where there is any problem."""
        if self.problems:
            raise InputError(self.problems)
        return self.pages


@dataclass(frozen=True)
class Content:
    """Articles and issues by path; `problems` of files that break their contract, which are at the `unreadable` paths."""

    articles: tuple[Article, ...] = ()
    issues: tuple[Issue, ...] = ()
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()


def load_content(content: Path, *, cache: Path | None = None) -> Content:
    """Read all articles and issues. `cache`: the folder of what was read before."""
    articles, issues = load_articles(content, cache=cache), load_issues(content, cache=cache)
    problems = (*articles.problems, *issues.problems)
    return Content(articles.pages, issues.pages, problems, articles.unreadable | issues.unreadable)


def load_articles(content: Path, *, cache: Path | None = None) -> Loaded[ArticleMeta]:
    """Read every article. That two have one id is a problem, too."""
    loaded = _load(content, "articles", ArticleMeta, cache)
    first: dict[str, Article] = {}
    twins = [(page, first[page.id]) for page in loaded.pages if first.setdefault(page.id, page) is not page]
    doubled = (_same_id(page, other, folder=content.name) for page, other in twins)
    return Loaded(loaded.pages, (*loaded.problems, *doubled), loaded.unreadable)


def load_issues(content: Path, *, cache: Path | None = None) -> Loaded[IssueMeta]:
    """Read every issue."""
    return _load(content, "issues", IssueMeta, cache)


def read_article(content: Path, path: str) -> Article:
    """Read the article at this path below content/. Raises InputError where it breaks the contract."""
    return _parse((content / path).read_bytes(), path, ArticleMeta, shown=f"{content.name}/{path}")


def sorted_by_path(pages: Iterable[Page[M]]) -> tuple[Page[M], ...]:
    """Sort pages by path, folder by folder."""
    return tuple(sorted(pages, key=lambda page: page.path.split("/")))


class CachedPage(Page[M]):
    """A page of which front matter and summary are kept, and the text is read when somebody asks for it."""

    def __init__(self, path: str, *, file: str, model: type[M], content_hash: str, kept: str) -> None:
        """`kept`: what `_to_cache` wrote of it."""
        end = kept.index("\t")
        self.__dict__.update(path=path, content_hash=content_hash, pristine=kept[end + 1] == "1", id=kept[:end])
        self.__dict__.update(_file=file, _model=model, _kept=kept)

    @cached_property
    def meta(self) -> M:
        """The front matter."""
        model: type[M] = self.__dict__["_model"]
        return model.model_validate_json(self.__dict__["_kept"].split("\t")[3])

    @cached_property
    def text(self) -> str:
        """The text as it stands on disk when first asked for."""
        return Path(self.__dict__["_file"]).read_bytes().decode("utf-8")

    @cached_property
    def body(self) -> str:
        """The text after the front matter."""
        return split(self.text, file=self.path)[1]

    @cached_property
    def summary(self) -> ArticleSummary:
        """What is asked of an article without reading it."""
        return summary.from_json(self.__dict__["_kept"].split("\t")[2])


def _load(content: Path, folder: str, model: type[M], cache_folder: Path | None) -> Loaded[M]:
    cache = Cache(cache_folder, folder)
    pages: list[Page[M]] = []
    problems: list[Problem] = []
    unreadable: set[str] = set()
    for path in _files(content, folder):
        file = f"{content}/{path}"
        with open(file, "rb") as handle:  # noqa: PTH123  # a Path would cost as much as the reading, for every page there is
            raw = handle.read()
        key = file_hash(raw)
        try:
            if (kept := cache.get(key)) is None:
                page = _parse(raw, path, model, shown=f"{content.name}/{path}")
                kept = _to_cache(page)
                if kept is None:
                    pages.append(page)
                    continue
                cache.put(key, kept)
            pages.append(CachedPage(path, file=file, model=model, content_hash=key, kept=kept))
        except InputError as error:
            problems += error.problems
            unreadable.add(path)
    cache.save()
    return Loaded(tuple(pages), tuple(problems), frozenset(unreadable))


def _to_cache(page: Page[M]) -> str | None:
    """Return what is kept of a page; None where JSON cannot carry its front matter unchanged."""
    try:
        meta = page.meta.model_dump_json(exclude_unset=True)
        if type(page.meta).model_validate_json(meta) != page.meta:
            return None
    except (PydanticSerializationError, ValidationError, UnicodeError):
        return None
    summarised = summary.to_json(page.summary) if isinstance(page.meta, ArticleMeta) else ""
    return "\t".join((page.id, str(int(page.pristine)), summarised, meta))


def _files(content: Path, folder: str) -> list[str]:
    """Return the pages below a folder of content/, sorted; hidden files and listings are none.

    A folder that cannot be read is not an empty one: its pages would count as deleted by a person. Raises OSError, Refused.
    """
    found: list[str] = []
    top = content / folder
    if not os.path.lexists(top):
        return found
    _require_plain(str(top), f"{content.name}/{folder}")
    for place, folders, names in os.walk(top, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(place).relative_to(content).as_posix()
        pages = [name for name in names if name.endswith(".md") and name != "index.md" and not name.startswith(".")]
        for name in (*folders, *pages):
            _require_plain(f"{place}/{name}", f"{content.name}/{inside}/{name}")
        found += [f"{inside}/{name}" for name in (*pages, *(name for name in folders if name.endswith(".md")))]
    for path in found:
        try:
            path.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(path).decode("utf-8", "backslashreplace")
            raise Refused(f"{content}/{shown}: this name is not UTF-8, so it can be no address; rename it") from None
    return sorted(found, key=lambda path: path.split("/"))


def _require_plain(path: str, shown: str) -> None:
    """Raise InputError where it is a link or a device: what it leads to is not opened."""
    if problem := unsafe(shown, os.lstat(path).st_mode):
        raise InputError([problem])


def _raise(error: OSError) -> None:
    raise error


def _parse(raw: bytes, path: str, model: type[M], *, shown: str) -> Page[M]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(shown, error)]) from None
    page = parse(text, model, file=shown)
    return Page(path, page.meta, page.body, page.text)


def _same_id(page: Article, first: Article, *, folder: str) -> Problem:
    message = f"{first.path} has the same id; every page has its own: in the newer of the two delete this line, then groundwire check --fix writes another"
    return Problem(f"{folder}/{page.path}", message, _line(page, "id"), 1, key="id")


def _line(page: Page[Any], key: str) -> int:
    return read(page.text, file=page.path)[0].place((key,))[0]


def colliding_aliases(pages: Iterable[tuple[Article, Sequence[str]]], *, folder: str) -> Iterator[Problem]:
    """Report former addresses that are another page's address, or another's former one, too.

    They are problems of pages, each with its own. `folder`: content/'s name.
    """
    pages = tuple(pages)
    owner = {page.url: page.path for page, _ in pages}
    for page, aliases in pages:
        for number, alias in enumerate(aliases):
            if alias in owner:
                line, column = read(page.text, file=page.path)[0].place(("aliases", number))
                other = f"already the address, or an alias, of {folder}/{owner[alias]}"
                message = f"{alias} is {'its own address' if owner[alias] == page.path else other}; take it out here"
                yield Problem(f"{folder}/{page.path}", message, line, column, key="aliases")
            owner.setdefault(alias, page.path)
