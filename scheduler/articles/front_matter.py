"""The header above an article: YAML between `---`, TOML between `+++`, or YAML in a fenced block."""

import html
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from scheduler.articles.dates import DateOrder, parse_date
from scheduler.articles.document import fail
from scheduler.articles.embargo import parse_embargo
from scheduler.articles.stated import Stated

_FENCES = (
    (re.compile(r"---[ \t]*"), re.compile(r"(?:---|\.\.\.)[ \t]*"), "yaml"),
    (re.compile(r"\+\+\+[ \t]*"), re.compile(r"\+\+\+[ \t]*"), "toml"),
    (re.compile(r"```[ \t]*ya?ml[ \t]*", re.IGNORECASE), re.compile(r"```[ \t]*"), "yaml"),
    (re.compile(r"```[ \t]*toml[ \t]*", re.IGNORECASE), re.compile(r"```[ \t]*"), "toml"),
)
_KEY_LINE = re.compile(r"[ \t]*(?:[\w.\-\"' ]{1,40}[:=](?:[ \t]|$)|#)")
_DATE_KEYS = (
    "published",
    "date",
    "published_at",
    "publication_date",
    "publish_date",
    "pubdate",
    "datepublished",
    "release_date",
)
_LONGEST_HEADER = 100_000


def split_front_matter(text: str, source: str, order: DateOrder = DateOrder.BRITISH) -> tuple[Stated, str]:
    """The header and the text below it; an article without a header comes back whole. Broken headers are an ArticleError."""
    lines = text.lstrip("\ufeff").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    fence = next((fence for fence in _FENCES if fence[0].fullmatch(lines[first])), None)
    if fence is None:
        return Stated(), text
    _, closing, syntax = fence
    # A rule of dashes above prose is no header: the next line must look like one.
    if not _opens_header(lines[first + 1 : first + 3]):
        return Stated(), text
    end = next((number for number in range(first + 1, len(lines)) if closing.fullmatch(lines[number])), None)
    if end is None:
        fail(source, f"the header that opens with {lines[first].strip()!r} is never closed", first + 1)
    header = "\n".join(lines[first + 1 : end])
    if len(header) > _LONGEST_HEADER:
        fail(source, "the header is longer than 100 kB", first + 1)
    data = _parsed(header, syntax, source, first + 1)
    return _front_matter(data, source, header, first + 1, order), "\n".join(lines[end + 1 :])


def _opens_header(lines: list[str]) -> bool:
    written = [line for line in lines if line.strip()]
    return bool(written) and bool(
        _KEY_LINE.match(written[0]) or written[0].strip() in {"---", "+++", "```", "..."} or "[" in written[0][:1]
    )


def _parsed(header: str, syntax: str, source: str, above: int) -> Mapping[str, Any]:
    try:
        # BaseLoader leaves every scalar as written: 13:30 is not 810, and "no" is not False.
        data = tomllib.loads(header + "\n") if syntax == "toml" else yaml.load(header, yaml.BaseLoader)  # noqa: S506 - makes only text, lists and tables
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        fail(
            source,
            f"the header is not TOML: {str(error).partition(' (at ')[0]}",
            above + int(line[1]) if line else above,
        )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        fail(source, f"the header is not YAML: {problem}", above + mark.line + 1 if mark else above)
    except RecursionError:
        fail(source, "the header is nested too deeply", above)
    if not data:
        return {}
    if not isinstance(data, Mapping):
        fail(source, 'the header must be keys and values, such as "title: …"', above)
    return data


def _front_matter(data: Mapping[str, Any], source: str, header: str, above: int, order: DateOrder) -> Stated:
    values = _lowered(data)
    graph = _lowered(values.get("og"))
    graph |= {key.removeprefix("og:"): value for key, value in values.items() if key.startswith("og:")}
    own_title = _words(values.get("title") or values.get("headline"))
    site_name = _words(graph.get("site_name") or values.get("site_name"))
    return Stated(
        title=_words(graph.get("title")) or (without_site_name(own_title, site_name) if own_title else None),
        published=_published(values, source, header, above, order),
        url=_words(values.get("url") or values.get("canonical") or values.get("link") or graph.get("url")),
        description=_words(values.get("description") or values.get("summary") or graph.get("description")),
        site_name=site_name,
        image=_words(values.get("image") or graph.get("image")),
        language=_words(values.get("language") or values.get("lang") or graph.get("locale")),
        embargo=_embargo(values, source, header, above, order),
    )


def _lowered(value: object) -> dict[str, Any]:
    return {str(key).lower(): item for key, item in value.items()} if isinstance(value, Mapping) else {}


def _words(value: object) -> str | None:
    if value is None or isinstance(value, Mapping | list | tuple):
        return None
    return " ".join(html.unescape(str(value)).split()) or None


def _published(values: Mapping[str, Any], source: str, header: str, above: int, order: DateOrder) -> date | None:
    key = next((key for key in _DATE_KEYS if _words(values.get(key))), None)
    if key is None:
        return None
    written = _words(values[key]) or ""
    published = parse_date(written, order)
    if published is None:
        at = _line_of_key(key, header, above)
        fail(source, f"{written!r} is no date; write it as 2027-03-18 or 18 March 2027", at, key)
    return published


def _embargo(values: Mapping[str, Any], source: str, header: str, above: int, order: DateOrder) -> datetime | None:
    """The moment of a key that begins with "embargo": one that was misspelt must not let an article out."""
    key = next((key for key in values if key.startswith("embargo")), None)
    if key is None or values[key] == "":
        return None
    try:
        return parse_embargo(_words(values[key]) or f"{values[key]}", order)
    except ValueError as error:
        fail(source, str(error), _line_of_key(key, header, above), key)


def _line_of_key(key: str, header: str, above: int) -> int | None:
    line = re.search(rf"^[ \t]*[\"']?{re.escape(key)}\b", header, re.IGNORECASE | re.MULTILINE)
    return above + 1 + header.count("\n", 0, line.start()) if line else None


def without_site_name(title: str, site_name: str | None = None) -> str:
    """A page's title without " | Site name" at its end; other separators go only when the site's name is known."""
    head, bar, _ = title.rpartition(" | ")
    if bar and len(head.split()) > 1:
        return without_site_name(head.strip(), site_name)
    for separator in (" - ", " – ", " — ", " · ", ": "):
        if site_name and title.endswith(separator + site_name):
            return title.removesuffix(separator + site_name).strip()
    return title
