"""Git, as far as a check and a pull request's preview need it: which files differ from another commit, and what stood there."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from groundwire.errors import Refused

_LINK, _MODULE = "120000", "160000"  # Git's modes


@dataclass(frozen=True)
class Touched:
    """A file that differs from another commit. `path` is below the publication; it starts with / where the file is elsewhere in its repository.

    `target`: where it leads, of a link. `module`: it is another repository.
    """

    path: str
    gone: bool = False
    target: str = ""
    module: bool = False


def touched_files(root: Path, base: str) -> tuple[Touched, ...]:
    """Return every file of the repository that was added, changed or deleted since the branch left `base`, committed or not. Raises Refused."""
    prefix, top = _git(root, "rev-parse", "--show-prefix").strip(), Path(_git(root, "rev-parse", "--show-toplevel").strip())
    raw = _git(root, "diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none", _since(root, base), "--")
    fields = raw.split("\0")
    modes = {name: row.split()[1] for row, name in zip(fields[::2], fields[1::2], strict=False)}
    new = _git(root, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/")
    found = []
    for name in sorted({*modes, *filter(None, new.split("\0"))}):
        file, mode = top / name, modes.get(name, "")
        target = file.readlink().as_posix() if file.is_symlink() else "somewhere" if mode == _LINK else ""
        path = name.removeprefix(prefix) if name.startswith(prefix) else f"/{name}"
        found.append(Touched(path, gone=mode.strip("0") == "" and name in modes, target=target, module=mode == _MODULE))
    return tuple(found)


def changed_files(root: Path, base: str) -> tuple[str, ...]:
    """Files below `root` that were added or changed since the branch left `base`, committed or not. Raises Refused where Git can't say."""
    since = _since(root, base)
    differ = _git(root, "diff", "--name-only", "-z", "--relative", "--diff-filter=d", since, "--")
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return tuple(sorted({name for name in (differ + new).split("\0") if name}))


def text_at(root: Path, base: str, file: str) -> str:
    """Return a file's text where the branch left `base`; '' where there was none."""
    since = _since(root, base)
    prefix = _git(root, "rev-parse", "--show-prefix").strip()
    listed = _git(root, "ls-tree", "-z", "--name-only", "--full-tree", since, "--", f"{prefix}{file}")
    return _git(root, "show", f"{since}:{prefix}{file}") if listed else ""


def files_at(root: Path, base: str, folder: str) -> tuple[str, ...]:
    """Return the files of a folder (below `root`) where the branch left `base`."""
    return tuple(
        name for name in _git(root, "ls-tree", "-r", "-z", "--name-only", _since(root, base), "--", folder).split("\0") if name
    )


def _since(root: Path, base: str) -> str:
    """Return the commit that `base` and this branch have in common; `base` itself where a shallow clone doesn't know."""
    commit = _git(
        root,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{base}^{{commit}}",
        unless=f"Git knows no {base}; name a branch of the clone that you are in, for example --base origin/main",
    ).strip()
    try:
        return _git(root, "merge-base", commit, "HEAD").strip() or commit
    except Refused:
        return commit


def _git(root: Path, *words: str, unless: str = "") -> str:
    command = ["git", "-c", "core.quotePath=false", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # git, with arguments that are no options
    except FileNotFoundError:
        raise Refused(
            "git is not installed; name the changed files instead: groundwire check --changed content/articles/…"
        ) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refused(f"{unless or 'git ' + words[0]}" + (f": {said[-1]}" if said else ""))
    return done.stdout.decode("utf-8", "replace")
