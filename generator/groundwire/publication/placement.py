"""Which files may stand in content/ and in the other folders that a site is made from, and under which names.

Whatever MkDocs would publish from content/ is a page by our rules, a file that is copied as it is, or refused here. Links and devices are
refused everywhere: what they lead to is outside the repository, where nobody reviewed it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from groundwire.errors import InputError, Problem

FOLDERS = ("content", "overrides", "categories")
_HEAD = 64 * 1024  # of a file: front matter is shorter
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdtxt", ".mdtext")
_LEFTOVER = re.compile(r"(\.(?:md|markdown|mdown|mkdn?))(?:~|#|\.~\d+~|\.(?:bak|orig|rej|old|save|swp|tmp))$", re.IGNORECASE)
_DRAFTS = ("draft", "drafts", "_draft", "_drafts")
_LISTING = re.compile(r"articles/(\d{4}/(\d{2}/)?)?index\.md|issues/index\.md")  # pages of an owner's above the articles
_FENCED = re.compile(r"\A---[ \t]*\r?\n(.*?)(?:^(?:---|\.\.\.)[ \t]*\r?$|\Z)", re.DOTALL | re.MULTILINE)
_HEADERS = re.compile(
    r"\A(?:[ ]{0,3}[\w-]+:.*(?:\r?\n|\Z)|(?:[ ]{4}|\t).*(?:\r?\n|\Z))+"
)  # MultiMarkdown's: MkDocs reads them too
_STATE = re.compile(  # where the front matter is no YAML
    r"""^[\s{,?-]*["']?(?:status["']?\s*:\s*["']?draft\b|withdrawn["']?\s*:|draft["']?\s*:\s*["']?(?:true|yes|on)\b|published["']?\s*:\s*["']?(?:false|no|off)\b"""
    r"""|id["']?\s*:\s*["']?s-[0-9a-f]{10}\b)""",
    re.IGNORECASE | re.MULTILINE,
)
_SUSPECT = re.compile(r"status|withdrawn|draft|published|s-[0-9a-f]|\\", re.IGNORECASE)  # a backslash may spell any of them
_MONTH = re.compile(r"""^[\s{,]*["']?date["']?\s*:\s*["']?(\d{4})-(\d{2})""", re.MULTILINE)


def require_sound_files(root: Path, *more: Path) -> None:
    """Raise InputError where a file of the publication in `root`, or of the folders `more`, must not be built from."""
    if problems := file_problems(root, *more):
        raise InputError(problems)


def file_problems(root: Path, *more: Path) -> list[Problem]:
    """Report what stands where it must not: links and devices, or else pages under names that are none of ours.

    Nothing that a link leads to is looked at, and no device is opened.
    """
    return unsafe_files(root, *more) or list(misplaced_pages(root / "content"))


def unsafe_files(root: Path, *more: Path) -> list[Problem]:
    """Report every link, device, pipe and socket in the folders that a site is made from."""
    folders = dict.fromkeys([*(root / name for name in FOLDERS), *more])
    return [problem for folder in folders for problem in _unsafe(folder, os.path.relpath(folder, root))]


def unsafe(file: str, mode: int) -> Problem | None:
    """Say what is wrong with a file of this mode (as `lstat` has it), None if it is a plain file or a folder."""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    if stat.S_ISLNK(mode):
        message = "this is a symbolic link, and what it leads to would be published unread; remove it, and put the file itself there if it is meant"
        return Problem(file, message, example=f"rm {file}")
    return Problem(file, "this is no plain file but a device, pipe or socket; remove it", example=f"rm {file}")


def _unsafe(folder: Path, shown: str) -> Iterator[Problem]:
    try:
        mode = folder.lstat().st_mode
    except FileNotFoundError:
        return
    if problem := unsafe(shown, mode):
        yield problem
    elif stat.S_ISDIR(mode):
        for path, entry in _below(folder):
            if entry.is_file(follow_symlinks=False) or entry.name.startswith(".#"):  # Emacs' mark of a file that is being edited
                continue
            if found := unsafe(f"{shown}/{path}", entry.stat(follow_symlinks=False).st_mode):
                yield found


def _below(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield all that stands below a folder, by path, in order; links are not followed.

    Names that are no UTF-8 are shown with escapes.
    """
    todo = [("", str(folder))]
    while todo:
        before, place = todo.pop()
        with os.scandir(place) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            path = before + os.fsencode(entry.name).decode("utf-8", "backslashreplace")
            if entry.is_dir(follow_symlinks=False):
                todo.append((f"{path}/", entry.path))
            else:
                yield path, entry


def is_hidden(path: str) -> bool:
    """Say whether a file of content/ is on no site, whatever mkdocs.yml says.

    Its name or a folder's begins with a dot. (`.well-known` is made for sites.)
    """
    return any(part.startswith(".") and part != ".well-known" for part in path.split("/"))


def misplaced_pages(content: Path) -> Iterator[Problem]:
    """Report files that MkDocs would publish and that we read as no page, each with the name to use.

    Call it where `unsafe_files` finds nothing.
    """
    if not content.is_dir():
        return
    for path, entry in _below(content):
        if is_hidden(path):
            continue
        problem = _by_name(path) or _by_state(path, entry.path)
        if problem:
            yield problem


def _by_name(path: str) -> Problem | None:
    """Report what the name of a file alone tells."""
    folder, slash, name = path.rpartition("/")
    stem, dot, last = name.rpartition(".")
    ending = dot + last
    place = path.split("/")[0]
    if draft := next((part for part in folder.split("/") if part.lower() in _DRAFTS), ""):
        message = f"what stands in content/ is published, in a folder {draft}/ too; an article that is not ready has `status: draft`, and notes stand outside content/"
        return _misplaced(path, message, f"articles/YEAR/MONTH/{stem}.md")
    if leftover := _LEFTOVER.search(name):
        message = (
            "this is left over from an edit or a merge, and would be copied to the site as it is: remove it, or name it as a page"
        )
        return _misplaced(path, message, f"{folder}{slash}{name[: leftover.start()].lstrip('#')}.md")
    if ending.lower() not in _MARKDOWN:
        return None
    if stem.lower() == "readme":
        message = "this would become the page of its folder, or the front page; name it so if that is meant, else put it outside content/"
        return _misplaced(path, message, f"{folder}{slash}index.md")
    if ending != ".md":
        return _misplaced(
            path,
            "a page's name ends in .md: under this one it would be published, and never read or checked",
            f"{folder}{slash}{stem}.md",
        )
    if place in ("articles", "issues") and name == "index.md" and not _LISTING.fullmatch(path):
        return _misplaced(
            path,
            "an article is one file, not a folder: under this name it would be published, and never read or checked",
            f"{folder}.md",
        )
    return None


def _by_state(path: str, file: str) -> Problem | None:
    """Report a draft, a withdrawn page or an article, told by its front matter, where it is not read as one."""
    if path.endswith(".md") and path.split("/")[0] in ("articles", "issues") and not path.endswith("/index.md"):
        return None
    front = _front_matter(file, markdown=path.endswith(".md"))
    if not _has_state(front):
        return None
    if not path.endswith(".md"):
        message = "this is a page by its front matter, and would be copied to the site as it is: pages end in .md, and what is left of an edit has no place in content/"
    else:
        message = "only articles and issues can be drafts or withdrawn: here the page would be published all the same"
    year, month = found.groups() if (found := _MONTH.search(front)) else ("YEAR", "MONTH")
    name = path.rpartition("/")[2].split(".")[0]
    stem = name if name.lower() != "index" else path.split("/")[-2] if "/" in path else "a-story"
    return _misplaced(path, message, f"articles/{year}/{month}/{stem}.md")


def _misplaced(path: str, message: str, right: str) -> Problem:
    return Problem(f"content/{path}", message, example=f"content/{right}")


def _front_matter(file: str, *, markdown: bool) -> str:
    """Return the keys at the top of a file, as text; '' where there are none."""
    with open(file, "rb") as handle:  # noqa: PTH123  # asked of every picture
        start = handle.read(64)
        if not markdown and not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---"):
            return ""
        raw = start + handle.read(_HEAD)
    text = raw.decode("utf-8-sig", "replace").lstrip()
    fenced = _FENCED.match(text)
    return fenced.group(1) if fenced else headers.group() if markdown and (headers := _HEADERS.match(text)) else ""


def _has_state(front: str) -> bool:
    if not _SUSPECT.search(front):
        return False
    from groundwire.checked_yaml import read_yaml  # slow to import, and most sites have no such file

    try:
        read = read_yaml(front, file="")
    except InputError:
        return bool(_STATE.search(front))
    if not isinstance(read.data, dict) or read.problems:
        return bool(_STATE.search(front))
    keys = {str(key).strip().lower(): value for key, value in read.data.items()}
    return (
        "withdrawn" in keys
        or _says(keys, "status", ("draft",))
        or _says(keys, "draft", ("true", "yes", "on"))
        or _says(keys, "published", ("false", "no", "off"))
        or bool(re.fullmatch(r"s-[0-9a-f]{10}", str(keys.get("id", ""))))
    )


def _says(keys: dict[str, object], key: str, words: Iterable[str]) -> bool:
    return str(keys.get(key, "")).strip().lower() in words
