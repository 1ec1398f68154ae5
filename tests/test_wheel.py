"""The wheel as people install it: without the lock, into an empty environment, by the pip of Debian 12 and by the newest one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from groundwire.publication.content import load_articles

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).parent / "golden" / "sample"
OUR_OWN = ("PYTHONPATH", "VIRTUAL_ENV", "GITHUB_STEP_SUMMARY")  # what an empty environment does not know


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built once."""
    folder = tmp_path_factory.mktemp("dist")
    said(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (found,) = folder.glob("groundwire-*.whl")
    return found


# pip 23.0 does not start under Python 3.12, which never brought it.
PIPS = ["pip==23.0", "pip"] if sys.version_info < (3, 12) else ["pip"]


# Its scope also lets it keep the proxies that lead to the registry, which no test has (tests/conftest.py).
@pytest.fixture(scope="module", params=PIPS)
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """An environment that holds the wheel and what this pip brings with it; skipped where no registry can be reached."""
    folder = tmp_path_factory.mktemp("env")
    said(sys.executable, "-m", "venv", str(folder))
    pip = (str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input")
    try:
        said(*pip, "install", "--quiet", "--upgrade", request.param)
    except AssertionError as error:
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            raise
        pytest.skip(f"no package registry can be reached: {error}")
    assert request.param.replace("==", " ") in said(*pip, "--version")
    said(*pip, "install", "--quiet", "--no-compile", str(wheel))
    return folder / "bin"


def said(*words: str, folder: Path | None = None) -> str:
    """What a command says; a failure is told with its words."""
    env = {name: value for name, value in os.environ.items() if name not in OUR_OWN}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_runs_the_whole_sample_with_full_texts(installed: Path, tmp_path: Path) -> None:
    told = said(str(installed / "groundwire"), "run", "--sample", folder=tmp_path)
    made = tmp_path / ".groundwire" / "sample"
    assert "stories published" in told
    assert list((made / "outbox").glob("*.eml"))
    assert (made / "site" / "index.html").exists()
    assert (made / "site" / "pagefind").exists()
    read = texts_read(made / "content")
    assert len(read) > 30
    assert read == texts_read(GOLDEN)


def texts_read(content: Path) -> set[tuple[str, str]]:
    """Each page with each source whose article was read whole."""
    pages = load_articles(content).require()
    return {(page.path, source.url) for page in pages for source in page.meta.sources if source.fulltext}


def test_what_an_extra_brings_does_not_hang_on_its_spelling() -> None:
    """Extras are compared by letter by older versions of pip, which then leave out what the extra would have brought."""
    asked = [Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
    direct = {canonicalize_name(one.name) for one in asked}
    for by, wanted in everything_asked(asked):
        found = here(wanted.name)
        spelled = set(found.metadata.get_all("Provides-Extra") or []) if found else set()
        for extra in wanted.extras - spelled:
            for line in found.requires or [] if found else []:
                brought = Requirement(line)
                if names_extra(brought, extra):
                    assert canonicalize_name(brought.name) in direct, (
                        f"{by} asks for {wanted}, which is spelled {sorted(spelled)}: name {brought.name} in pyproject.toml"
                    )


def everything_asked(asked: list[Requirement]) -> Iterator[tuple[str, Requirement]]:
    """What we ask for and what that asks for, all the way down, with who asks."""
    todo, done = [("groundwire", one) for one in asked], set()
    while todo:
        by, wanted = todo.pop()
        if (by, str(wanted)) in done:
            continue
        done.add((by, str(wanted)))
        yield by, wanted
        for line in (found.requires or []) if (found := here(wanted.name)) else []:
            more = Requirement(line)
            if not more.marker or any(more.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                todo.append((wanted.name, more))


def here(name: str) -> Distribution | None:
    """An installed distribution."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def names_extra(wanted: Requirement, extra: str) -> bool:
    """Whether a requirement belongs to an extra, however that is spelled."""
    named = re.findall(r"""extra == ["']([^"']+)["']""", str(wanted.marker or ""))
    return canonicalize_name(extra) in {canonicalize_name(name) for name in named}
