"""YAML from people, read with true line numbers and validated by a pydantic model: every problem at once.

Aliases are refused (an alias bomb is 200 bytes), duplicate keys are errors, and each message carries a
"did you mean" and a right example taken from the model's own `examples`.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from groundwire.errors import InputError, Mend, Problem

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

DEEPEST = 50  # levels of one in the other
LONGEST = 1024  # bits of a number: a longer one can be neither shown nor kept
_INDENTED = re.compile(rf"^[ ?-]{{{DEEPEST},}}", re.MULTILINE)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Marked:
    """A YAML document's data and, for each path in it, the line and column (from 1) of its key."""

    data: Any
    marks: Mapping[Path, tuple[int, int]]
    problems: tuple[Problem, ...] = ()
    ends: Mapping[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> tuple[int, int]:
        """Return the line and column of the nearest known ancestor of `path`, both from 1."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))


def read_yaml(text: str, *, file: str, first_line: int = 1) -> Marked:
    """Parse one YAML document. Raises InputError where it is not YAML at all."""
    try:
        if "*" in text or text.count("[") + text.count("{") > DEEPEST or _INDENTED.search(text):
            _refuse_unread(text, file=file, first_line=first_line)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise InputError([_syntax(error, text, file=file, first_line=first_line)]) from None
    except RecursionError:
        raise InputError([Problem(file, "nested too deeply to be read", first_line, 1)]) from None
    except yaml.YAMLError as error:
        raise InputError([Problem(file, f"not readable as YAML: {error}".split("\n")[0], first_line, 1)]) from None
    marks: dict[Path, tuple[int, int]] = {}
    ends: dict[Path, int] = {}
    problems: list[Problem] = []
    loader = yaml.SafeLoader("")
    try:
        data = _build(node, (), loader=loader, marks=marks, ends=ends, problems=problems, at=(file, first_line))
    finally:
        loader.dispose()
    return Marked(data, marks, tuple(problems), ends)


def validate(marked: Marked, model: type[Model], *, file: str, root: Path = ()) -> Model:
    """Return the document as `model`. Raises InputError with every problem: line, "did you mean", a right example."""
    problems = list(marked.problems)
    value = None
    if not isinstance(marked.data, dict):
        line, column = marked.place(root)
        problems.append(Problem(file, "this should be keys and values", line, column, example=example_of(model)))
    else:
        try:
            value = model.model_validate(marked.data)
        except ValidationError as error:
            problems += [_problem(item, marked, model=model, file=file) for item in error.errors()]
    if problems or value is None:
        raise InputError(sorted(set(problems), key=lambda p: (p.line, p.column, p.message)))
    return value


def example_of(model: type[BaseModel], name: str | None = None) -> str:
    """Return a right example for one key of `model` (from its `examples`), or for its required keys."""
    if name is not None and name in model.model_fields:
        chosen = [name]
    else:
        chosen = [key for key, info in model.model_fields.items() if info.is_required()]
    fields = model.model_fields
    found = {key: examples[0] for key in chosen if (examples := fields[key].examples)}
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100).rstrip() if found else ""
    return re.sub(r"'(\d{4}-\d{2}-\d{2}(?:T[\d:]+Z)?)'", r"\1", text)  # as people write times


def _refuse_unread(text: str, *, file: str, first_line: int) -> None:
    """Raise InputError for an alias, or for what is nested so deeply that building it would end the program."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        alias = isinstance(event, yaml.AliasEvent)
        if alias or depth > DEEPEST:
            line, column = (event.start_mark.line, event.start_mark.column) if event.start_mark else (0, 0)
            message = "YAML aliases (*name) are not read" if alias else "nested too deeply to be read"
            raise InputError([Problem(file, message, line + first_line, column + 1)])


def _build(
    node: yaml.Node | None,
    path: Path,
    *,
    loader: yaml.SafeLoader,
    marks: dict[Path, tuple[int, int]],
    ends: dict[Path, int],
    problems: list[Problem],
    at: tuple[str, int],
) -> Any:
    if node is None:
        return None
    file, first = at
    marks.setdefault(path, (node.start_mark.line + first, node.start_mark.column + 1))
    ends[path] = node.end_mark.line + first
    rest: Any = {"loader": loader, "marks": marks, "ends": ends, "problems": problems, "at": at}
    if isinstance(node, yaml.MappingNode):
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.value)
            mark = (key_node.start_mark.line + first, key_node.start_mark.column + 1)
            if key in out:
                problems.append(Problem(file, "this key stands here twice; keep one of the two", *mark, key=key))
            marks[(*path, key)] = mark
            out[key] = _build(value_node, (*path, key), **rest)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, i), **rest) for i, item in enumerate(node.value)]
    try:
        value = loader.construct_object(node, deep=True)
        if not isinstance(value, int) or value.bit_length() <= LONGEST:
            return value
    except (yaml.YAMLError, KeyError, ValueError, OverflowError):  # `!!bool "foo"` is a KeyError
        pass
    problems.append(Problem(file, f"cannot read the value {node.value[:60]!r}", *marks[path], key=str(path[-1] if path else "")))
    return node.value


def _syntax(error: yaml.MarkedYAMLError, text: str, *, file: str, first_line: int) -> Problem:
    """Say what the parser stumbled over, in our words and where it began."""
    reason, example = error.problem or "not readable as YAML", ""
    at = error.problem_mark or error.context_mark
    line, column = (at.line + first_line, at.column + 1) if at else (first_line, 1)
    if "mapping values are not allowed" in reason and at and at.line and ":" not in text.splitlines()[at.line][: at.column]:
        reason, line, column = _NO_COLON, line - 1, 1  # the line above runs on into this one
    elif "could not find expected ':'" in reason and error.context_mark:
        reason, line, column = _NO_COLON, error.context_mark.line + first_line, error.context_mark.column + 1
    elif "mapping values are not allowed" in reason:
        reason, example = "a second ': ' on one line: put the text in quotes", 'title: "Zero-day: what is known"'
    elif "cannot start any token" in reason:
        reason = f"{reason}: put the text in quotes, and indent with spaces, not tabs"
    if reason == _NO_COLON:
        example = 'title: "Zero-day: what is known"'
    return Problem(file, reason, line, column, example=example)


_NO_COLON = "a key without ': ' behind it"


_MESSAGES = {
    "missing": "is missing",
    "string_type": "should be text",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "list_type": "should be a list",
    "tuple_type": "should be a list",
    "dict_type": "should be keys and values",
    "model_type": "should be keys and values",
}


def _problem(item: Any, marked: Marked, *, model: type[BaseModel], file: str) -> Problem:
    path = _yaml_path(item["loc"], marked.data)
    owner, name = _owner(model, path)
    line, column = marked.place(path)
    dotted = ".".join(str(part) for part in path)
    known = list(owner.model_fields) if owner else []
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(known)}"
        example = example_of(owner, near[0]) if owner and near else ""
        mend = Mend(path, key=near[0]) if near and near[0] not in _beside(path, marked.data) else None
        return Problem(file, f"unknown key{hint}", line, column, key=dotted, example=example, mend=mend)
    message = _MESSAGES.get(item["type"]) or str(item["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    given, mend = item.get("input"), None
    if instead := item.get("ctx", {}).get("instead"):
        mend = Mend(path, value=str(instead))
    if item["type"] == "literal_error":
        allowed = [a.strip(" '") for a in str(item["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        near = difflib.get_close_matches(str(given), allowed, n=1)
        message = f"{given!r} is not one of {', '.join(allowed)}" + (f"; did you mean {near[0]!r}?" if near else "")
        mend = Mend(path, value=near[0]) if near else None
    elif item["type"] != "missing" and isinstance(given, str | int | float | bool):
        message += f", not {(given[:60] if isinstance(given, str) else given)!r}" if item["type"] in _MESSAGES else ""
        if isinstance(given, bool) and item["type"] == "string_type":
            message += " (a bare yes, no, on or off is true or false in YAML: quote it)"
    example = example_of(owner, str(name)) if owner else ""
    return Problem(file, message, line, column, key=dotted, example=example, mend=mend)


def _beside(path: Path, data: Any) -> Collection[str]:
    """Return the keys of the mapping that a key stands in."""
    for part in path[:-1]:
        data = data[part]
    return data if isinstance(data, dict) else ()


def _yaml_path(loc: Sequence[str | int], data: Any) -> Path:
    """Return pydantic's location without the parts that name a union's member instead of a place in the file."""
    path: list[str | int] = []
    for i, part in enumerate(loc):
        last = i == len(loc) - 1
        if isinstance(data, dict):
            if part in data:
                data = data[part]
            elif not last:
                continue
            else:
                data = None
            path.append(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            path.append(part)
    return tuple(path)


def _owner(model: type[BaseModel], path: Path) -> tuple[type[BaseModel] | None, str | int]:
    """Return the model in which the last name of `path` is (or would be) a field, and that name."""
    owner: type[BaseModel] | None = model
    name: str | int = ""
    for part in path:
        if isinstance(part, int):
            continue
        if name != "":
            owner = _inner(owner.model_fields.get(str(name))) if owner else None
        name = part
    return owner, name


def _inner(info: FieldInfo | None) -> type[BaseModel] | None:
    stack: list[Any] = [info.annotation] if info else []
    while stack:
        kind = stack.pop()
        if isinstance(kind, type) and not isinstance(kind, types.GenericAlias) and issubclass(kind, BaseModel):
            return kind
        if get_origin(kind) is not None or get_origin(kind) in (Union, types.UnionType):
            stack += get_args(kind)
    return None
