"""Whether a site is as a build would leave it, answered before MkDocs is loaded: most builds of a publication change nothing.

A build seals the site (`incremental.py`) where all that decides about it is known here: not with others' plugins, hooks, templates outside the publication or
values of the environment in mkdocs.yml, nor where MkDocs warned, or makes files of which we know no name. `settled` compares the seal with the
publication's files, our code, the libraries and the names of the site's files; anything else is the build's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from groundwire.text.plain import digest
from groundwire.website.builder.inputs import inputs_of
from groundwire.website.builder.state import Seal, load_seal
from groundwire.website.builder.tree import one_at_a_time, recover, tree_for

FILE, SITE = "mkdocs.yml", "site"
_MORE = re.compile(r"INHERIT|!ENV|!!python")  # MkDocs reads more than this file
_ELSEWHERE = re.compile(r"^(?!site_dir: site\s*$).*\bsite_dir\b", re.MULTILINE)


def settled(root: Path, site_dir: Path | None) -> Seal | None:
    """Return the seal of a site for which a build has nothing to do; None if there is work, or that cannot be known here.

    Raises Refused where another build goes on for too long.
    """
    text = (root / FILE).read_text(encoding="utf-8", errors="replace")
    if not stands_alone(text) or (site_dir is None and _ELSEWHERE.search(text)):
        return None
    tree = tree_for(root / (site_dir or SITE), in_place=False)
    seal = load_seal(tree.live)
    if seal is None or seal.inputs != inputs_of(root):
        return None
    with one_at_a_time(tree):
        recover(tree)
        return seal if seal == load_seal(tree.live) and seal.outputs == outputs_of(tree.present()) else None


def stands_alone(text: str) -> bool:
    """Say whether MkDocs reads nothing besides this mkdocs.yml: no INHERIT, no !ENV, no !!python."""
    return not _MORE.search(text)


def outputs_of(paths: Iterable[str]) -> str:
    """Hash the names of a site's files into one."""
    return digest(*sorted(paths), length=32)
