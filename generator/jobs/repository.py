"""Git, as far as a check and a pull request's preview need it: which files differ from another commit, and what stood there."""

from __future__ import annotations

import subprocess
from pathlib import Path

from generator.errors import Refused


def changed_files(root: Path, base: str) -> tuple[str, ...]:
    """Files below `root` that were added or changed since the branch left `base`, committed or not. Raises Refused where Git can't say."""
    since = _since(root, base)
    differ = _git(root, "diff", "--name-only", "-z", "--relative", "--diff-filter=d", since, "--")
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return tuple(sorted({name for name in (differ + new).split("\0") if name}))


def text_at(root: Path, base: str, file: str) -> str:
    """A file's text where the branch left `base`; '' where there was none."""
    since = _since(root, base)
    prefix = _git(root, "rev-parse", "--show-prefix").strip()
    listed = _git(root, "ls-tree", "-z", "--name-only", "--full-tree", since, "--", f"{prefix}{file}")
    return _git(root, "show", f"{since}:{prefix}{file}") if listed else ""


def files_at(root: Path, base: str, folder: str) -> tuple[str, ...]:
    """The files of a folder (below `root`) where the branch left `base`."""
    return tuple(
        name for name in _git(root, "ls-tree", "-r", "-z", "--name-only", _since(root, base), "--", folder).split("\0") if name
    )


def _since(root: Path, base: str) -> str:
    """The commit that `base` and this branch have in common; `base` itself where a shallow clone doesn't know."""
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
