"""Turns what pydantic found wrong with a file into problems in a person's words, each with line and key."""

import difflib
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, get_args, get_origin

from scheduler.errors import Problem
from scheduler.tomlfile.reading import TomlFile

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Expected:
    """Marks a field with what belongs there: `Annotated[..., Expected("a list of account names")]`."""

    words: str


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    ((int, float), "a number"),
    (datetime, "a date with a time"),
    ((date, time), "a date or time"),
    (list, "a list"),
    (dict, "a table"),
)
_EXPECTED_BY_TYPE = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dataclass_type": "a table",
}
_PLAINER = {
    "value_error": "{error}",
    "too_short": "is empty; expected one at least",
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Returns '; did you mean "accounts"?' for the nearest known word, or "" when none is near."""
    spelled = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(word.casefold(), spelled, n=1, cutoff=0.6)
    return f'; did you mean "{spelled[near[0]]}"?' if near else ""


def plain_kind(value: object) -> str:
    """Says what kind of value TOML gave: "text", "a number", "a list" …"""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "something else")


def problem(toml: TomlFile, keys: Sequence[str | int], message: str) -> Problem:
    """Makes a problem of this file at a key path, with its line."""
    return Problem(message, toml.name, toml.line(*keys), plain_key(keys))


def problems_of(toml: TomlFile, error: "ValidationError", model: "type[BaseModel]") -> list[Problem]:
    """Turns everything that pydantic found into problems, in the order of the file; no value is ever repeated."""
    problems = dict.fromkeys(_problems(toml, error, model))
    return sorted(problems, key=lambda each: each.line or 0)


def unknown_key(toml: TomlFile, keys: Sequence[str | int], known: Iterable[str] = ()) -> Problem:
    """Says that nobody knows the last key of a path, and which one was meant."""
    unknown = str(keys[-1])
    message = f'unknown key "{unknown}"{did_you_mean(unknown, known)}'
    return Problem(message, toml.name, toml.line(*keys), plain_key(keys[:-1]))


def _problems(toml: TomlFile, error: "ValidationError", model: "type[BaseModel]") -> Iterator[Problem]:
    for each in error.errors(include_url=False):
        keys = _keys_in(toml.data, each["loc"], each["type"])
        if each["type"] == "too_short" and _value(toml.data, keys):
            continue  # pydantic counts just the items that are right, and has said what is wrong with the others
        if each["type"] == "extra_forbidden":
            yield unknown_key(toml, keys, _known_keys(model, keys[:-1]))
        else:
            yield problem(toml, keys, _message(toml, each, keys, model))


def _message(toml: TomlFile, each: Any, keys: tuple[str | int, ...], model: "type[BaseModel]") -> str:
    kind, context = each["type"], each.get("ctx", {})
    if kind == "missing":
        return _missing(model, keys)
    if kind in _EXPECTED_BY_TYPE:
        expected = _expected(model, keys) or _EXPECTED_BY_TYPE[kind]
        return f"expected {expected}, found {plain_kind(_value(toml.data, keys))}"
    if kind in _PLAINER:
        return _PLAINER[kind].format(**context)
    return str(each["msg"][0].lower() + each["msg"][1:])


def _missing(model: "type[BaseModel]", keys: tuple[str | int, ...]) -> str:
    field = _field(model, keys)
    meaning = field.description if field else None
    expected = _expected(model, keys)
    if meaning:
        return f"is missing: {meaning[0].lower()}{meaning[1:].rstrip('.')}"
    return f"is missing; expected {expected}" if expected else "is missing"


def _keys_in(data: Any, location: tuple[str | int, ...], kind: str) -> tuple[str | int, ...]:
    """Leaves out of a location what pydantic adds for itself (the names of a union's members)."""
    keys: list[str | int] = []
    for place, part in enumerate(location):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]
            keys.append(part)
        elif kind == "missing" and place == len(location) - 1:
            keys.append(part)
    return tuple(keys)


def _value(data: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        data = data[key]
    return data


def plain_key(keys: Sequence[str | int]) -> str | None:
    """Writes a path as people do: `slot 2: when` for ("slot", 1, "when")."""
    written = ""
    for key in keys:
        written += f" {key + 1}" if isinstance(key, int) else f"{'.' if written else ''}{key}"
    return written or None


def _known_keys(model: "type[BaseModel]", keys: tuple[str | int, ...]) -> list[str]:
    inner = _model_at(model, keys)
    if inner is None:
        return []
    return [field.alias or name for name, field in inner.model_fields.items() if field.exclude is not True]


def _expected(model: "type[BaseModel]", keys: tuple[str | int, ...]) -> str | None:
    field = _field(model, keys)
    marks = field.metadata if field else ()
    return next((mark.words for mark in marks if isinstance(mark, Expected)), None)


def _field(model: "type[BaseModel]", keys: tuple[str | int, ...]) -> "FieldInfo | None":
    """The field that a path ends at; None for the items of a list, which have no field of their own."""
    inner = _model_at(model, keys[:-1]) if keys else None
    if inner is None:
        return None
    named = {field.alias or name: field for name, field in inner.model_fields.items()}
    return named.get(str(keys[-1]))


def _model_at(model: "type[BaseModel]", keys: tuple[str | int, ...]) -> "type[BaseModel] | None":
    """The model that stands at a path: through lists, tables of tables, and unions."""
    inner: type[BaseModel] | None = model
    annotation: Any = model
    for key in keys:
        if inner is not None:
            named = {field.alias or name: field for name, field in inner.model_fields.items()}
            if str(key) not in named:
                return None
            annotation = named[str(key)].annotation
        else:
            arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
            annotation = arguments[-1] if arguments else None
        annotation = _without_union(annotation)
        inner = annotation if _is_model(annotation) else None
    return inner


def _without_union(annotation: Any) -> Any:
    """Of a union, the member that has keys of its own; of Annotated, what it annotates."""
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if isinstance(annotation, types.UnionType) or str(get_origin(annotation)) == "typing.Union":
        members = [_without_union(member) for member in get_args(annotation)]
        containers = [member for member in members if _is_model(member) or get_args(member)]
        return containers[0] if containers else annotation
    return annotation


def _is_model(annotation: Any) -> bool:
    return hasattr(annotation, "model_fields")
