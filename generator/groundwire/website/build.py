"""Build the site: MkDocs in process, through the same plugin as `mkdocs build`."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundwire.errors import GroundwireError, InputError, Problem
from groundwire.publication.placement import require_sound_files
from groundwire.website.builder.settled import FILE, SITE, settled

if TYPE_CHECKING:
    from groundwire.website.front import Front


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the number of HTML pages on the site (`pages`) and of those made anew (`made`).

    `reasons` says why, one line each. `whole`: everything was made.

    `whole`: everything was made.
    """

    pages: int
    made: int
    seconds: float
    site_dir: Path
    reasons: tuple[str, ...] = ()
    whole: bool = False


class _Warnings(logging.Handler):
    """Keeps MkDocs' warnings and errors, so that they can be reported instead of printed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())


def build_site(root: Path, *, site_dir: Path | None = None, strict: bool = True, full: bool = False) -> BuildReport:
    """Build the publication in `root`: what changed since the last build, or everything (`full`).

    The result is a pure function of its content, overrides and settings.

    Raises InputError with every problem of the pages and settings, GroundwireError with MkDocs' own warnings (`strict`).
    """
    started = time.monotonic()
    _config_file(root)
    require_sound_files(root)
    if not full and (seal := settled(root, site_dir)):
        return BuildReport(seal.pages, 0, time.monotonic() - started, (root / (site_dir or SITE)).absolute())
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    heard = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(heard)
    propagate, logger.propagate = logger.propagate, False
    try:
        return _build(root, site_dir=site_dir, strict=strict, full=full, heard=heard)
    finally:
        logger.propagate = propagate
        logger.removeHandler(heard)


def serve_site(root: Path, *, port: int = 8000, open_in_browser: bool = False, front: Front | None = None) -> None:
    """Serve the publication on this machine and rebuild it when a file changes, until ^C. `front` answers requests first.

    Raises what `build_site` raises for the first build; a page broken later is told in the log, and the server stays.
    """
    from mkdocs.commands.serve import serve
    from mkdocs.exceptions import Abort

    from groundwire.website.front import FRONT

    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    before = FRONT.set(front)
    try:
        serve(str(_config_file(root)), open_in_browser=open_in_browser, dev_addr=f"127.0.0.1:{port}", strict=False)
    except Abort as error:
        raise GroundwireError(f"the site was not built: {error}") from None
    except OSError as error:
        raise GroundwireError(f"port {port}: {error.strerror}; another one: groundwire preview --port {port + 1}") from None
    finally:
        FRONT.reset(before)


def _build(root: Path, *, site_dir: Path | None, strict: bool, full: bool, heard: _Warnings) -> BuildReport:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, ConfigurationError

    from groundwire.website.builder.incremental import Choice
    from groundwire.website.plugin import GroundwirePlugin

    started = time.monotonic()
    config_file = _config_file(root)
    options = {"site_dir": str(site_dir)} if site_dir else {}
    plugin = None
    try:
        config = load_config(str(config_file), strict=strict, **options)
        plugin = config.plugins.get("groundwire")
        if not isinstance(plugin, GroundwirePlugin):
            example = "plugins:\n- groundwire"
            raise InputError([Problem(FILE, "the groundwire plugin is missing", key="plugins", example=example)])
        config.plugins.on_startup(command="build", dirty=False)
        plugin.choice = Choice(full=full)
        build(config)
    except (Abort, ConfigurationError) as error:
        cause = plugin.failure.__cause__ if isinstance(plugin, GroundwirePlugin) and plugin.failure else None
        if isinstance(cause, GroundwireError):
            raise cause from None
        lines = heard.lines or [str(error)]
        raise GroundwireError("\n".join(["the site was not built:", *(f"  {line}" for line in lines)])) from None
    pages, plan = plugin.build.pages, plugin.build.plan
    return BuildReport(
        pages, len(plan.make), time.monotonic() - started, Path(config.site_dir), tuple(plan.reasons), bool(plan.everything)
    )


def _config_file(root: Path) -> Path:
    path = root / FILE
    if not path.is_file():
        from groundwire import resources

        example = resources.bundled(FILE).read_text(encoding="utf-8").rstrip()
        raise InputError([Problem(FILE, f"there is none in {root}", example=example)])
    return path
