"""mkdocs.yml: what newsletter.yml puts in its place, and the check that nobody set a thing twice."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import yaml
from mkdocs.config.defaults import MkDocsConfig

from groundwire import resources
from groundwire.errors import InputError, Problem, not_utf8
from groundwire.website.site import Site

FILE = "mkdocs.yml"
PLACEHOLDER = "set in newsletter.yml"
CONTENT = "pages are read from content/ and from nowhere else: from another folder drafts would be published"
ADDRESSES = "the site's addresses are those of folders; take it out here"
# MkDocs' key → the key of newsletter.yml that owns it.
_OWNED = {
    "site_url": "url",
    "site_description": "description",
    "site_author": "publisher.name",
    "copyright": "publisher.name",
}


def require_content(config: MkDocsConfig) -> None:
    """Raise InputError where MkDocs is told to publish another folder than content/."""
    if Path(config.docs_dir).resolve() != (Path(config.config_file_path).parent / "content").resolve():
        raise InputError([Problem(FILE, CONTENT, key="docs_dir", example="docs_dir: content")])


def apply_settings(config: MkDocsConfig, site: Site) -> None:
    """Put newsletter.yml's values and our templates into MkDocs' configuration.

    Raises InputError if the site cannot be made so.
    """
    if not config.use_directory_urls:
        raise InputError([Problem(FILE, ADDRESSES, key="use_directory_urls")])
    settings = site.settings
    config.site_name = settings.title
    config.site_description = settings.description
    if not config.site_url:  # `mkdocs serve` puts its own address there, for links that start with /
        config.site_url = settings.url
    config.theme["language"] = "en"  # its words come from our catalogue: partials/language.html
    # MkDocs dates its sitemap by the clock; ours dates each page by its content.
    config.theme.static_templates.discard("sitemap.xml")
    config.mdx_configs.setdefault("toc", {})["permalink_title"] = site.words("permalink")
    _place_templates(config, Path(config.config_file_path).parent)


def check_mkdocs_config(root: Path) -> list[Problem]:
    """Report what is wrong with the publication's mkdocs.yml: above all what newsletter.yml owns."""
    try:
        node = yaml.compose((root / FILE).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        return [Problem(FILE, f"there is none in {root}", example=_shipped())]
    except UnicodeDecodeError as error:
        return [not_utf8(FILE, error)]
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        return [Problem(FILE, error.problem or "not readable as YAML", at.line + 1 if at else 0, at.column + 1 if at else 0)]
    if not isinstance(node, yaml.MappingNode):
        return [Problem(FILE, "this should be keys and values", 1, 1, example=_shipped())]
    return _problems({key.value: (key, value) for key, value in node.value})


def _problems(keys: dict[str, tuple[yaml.Node, yaml.Node]]) -> list[Problem]:
    problems = []
    for name, (key, value) in keys.items():
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if name == "site_name" and value.value != PLACEHOLDER:
            message = "the site's name is `title` in newsletter.yml; leave the placeholder here"
            problems.append(Problem(FILE, message, line, column, key=name, example=f"site_name: {PLACEHOLDER}"))
        elif name == "use_directory_urls" and value.tag.endswith(":bool") and value.value.lower() not in ("true", "yes", "on"):
            problems.append(Problem(FILE, ADDRESSES, line, column, key=name))
        elif name == "docs_dir" and PurePosixPath(str(value.value)) != PurePosixPath("content"):
            problems.append(Problem(FILE, CONTENT, line, column, key=name, example="docs_dir: content"))
        elif name in _OWNED:
            message = f"newsletter.yml owns this as `{_OWNED[name]}`; take it out here"
            problems.append(Problem(FILE, message, line, column, key=name))
    if "site_name" not in keys:
        problems.append(Problem(FILE, "is missing", 1, 1, key="site_name", example=f"site_name: {PLACEHOLDER}"))
    if "plugins" not in keys or "groundwire" not in _names(keys["plugins"][1]):
        problems.append(Problem(FILE, "the groundwire plugin is missing", 1, 1, key="plugins", example="plugins:\n- groundwire"))
    return problems


def _names(node: yaml.Node) -> set[str]:
    """Collect the plain items and the mappings' keys of a list, or the keys of a mapping."""
    if isinstance(node, yaml.ScalarNode):
        return {str(node.value)}
    if isinstance(node, yaml.MappingNode):
        return {str(key.value) for key, _ in node.value}
    return {name for item in node.value for name in _names(item)}


def _place_templates(config: MkDocsConfig, root: Path) -> None:
    """Order the template folders: the publication's own overrides/ first, then ours, then Material's."""
    ours, own = str(resources.bundled("overrides")), root / "overrides"
    dirs = [d for d in config.theme.dirs if d != ours and Path(d).resolve() != own.resolve()]
    custom = [dirs.pop(0)] if config.theme.custom_dir and dirs and dirs[0] == config.theme.custom_dir else []
    mine = [str(own)] if own.is_dir() and own.resolve() != Path(ours).resolve() else []
    config.theme.dirs[:] = [*custom, *mine, ours, *dirs]


def _shipped() -> str:
    return resources.bundled(FILE).read_text(encoding="utf-8").rstrip()
