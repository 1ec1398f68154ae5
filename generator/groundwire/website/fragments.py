"""Parts of a page that are the same on many: rendered once for all pages that stand in one folder of the site.

From there each link to somewhere else is written the same way. A part that an owner wrote may show anything of its page, so it is
rendered anew each time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from groundwire import resources
from groundwire.website.index import FOLDERS

# Nothing in a header or footer leads to one of the pages in these folders: a link to the page itself would differ.
_UNNAMED = frozenset({"articles", *FOLDERS.values()}) - {FOLDERS["category"]}


def shared_in(env: Environment) -> Callable[..., Markup]:
    """Make the templates' function `shared`, used instead of `include`.

    It takes a part's name, then the names of the parts that it includes.
    """
    known: dict[tuple[str, str], Markup] = {}
    ours = resources.bundled("overrides").resolve()

    @pass_context
    def shared(context: Context, name: str, *included: str) -> Markup:
        folder = _folder(context.get("page"))
        key = (name, folder)
        if folder and key in known:
            return known[key]
        template = env.get_template(name)
        text = Markup(template.render(context.get_all()))  # noqa: S704  # a template's output: it has escaped what needs it
        if folder and all(_stands_in(ours, env.get_template(one).filename) for one in (name, *included)):
            known[key] = text
        return text

    return shared


def _folder(page: Any) -> str:
    """Return the folder that contains a page's own folder; '' if pages there may be named by others."""
    folder: str = page.url.rstrip("/").rpartition("/")[0] if page else ""
    return folder if folder.partition("/")[0] in _UNNAMED else ""


def _stands_in(folder: Path, file: str | None) -> bool:
    return file is not None and Path(file).resolve().is_relative_to(folder)
