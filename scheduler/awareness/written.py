"""A day as a TOML file writes it: the keys of a [[day]], what they may hold, and the awareness day they make."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    WithJsonSchema,
)

from scheduler.awareness.day import AwarenessDay, EnteredDate, Kind, Terms
from scheduler.awareness.rule_words import ANNOUNCED, parse_rule
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR
from scheduler.tomlfile import Expected, did_you_mean, plain_kind

NOT_HELD = "did not take place"
UNCHECKED = "unchecked"
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland", "UK", "international")

# Tables of a day whose entries are added to those of an earlier file, one by one.
BY_YEAR = ("changed", "dates", "themes")
TABLES = (*BY_YEAR, "names")

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATES = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:\s*\.\.\s*(\d{{4}}-\d\d-\d\d))?(\s+{UNCHECKED})?", re.ASCII)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_HASHTAG = re.compile(r"(?:\w|\{yy\}|\{yyyy\})+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_LONGEST = 366

Keys = tuple[str, ...]


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f'expected small letters, digits and hyphens, as in "anti-slavery-day", found "{value}"')
    return value


def _rule(value: str) -> str:
    if value.strip().casefold() != ANNOUNCED:
        parse_rule(value)
    return value


def _hashtag(value: str) -> str:
    tag = value.strip().removeprefix("#")
    if not _HASHTAG.fullmatch(tag):
        raise ValueError(
            f'expected letters and digits, and {{yy}} or {{yyyy}} for the year, as in "CEADay{{yy}}"; found "{value}"'
        )
    if tag.isdigit():
        raise ValueError(f'platforms make no hashtag of digits alone: "{value}"')
    return tag


def _nation(value: str) -> str:
    if value not in NATIONS and value.casefold() in [nation.casefold() for nation in NATIONS]:
        raise ValueError(f'unknown nation "{value}"{did_you_mean(value, NATIONS)}')
    if not value[:1].isupper() and value not in NATIONS:
        guess = did_you_mean(value, NATIONS)
        raise ValueError(f'expected {", ".join(NATIONS)} or the name of another country, found "{value}"{guess}')
    return value


def _kind(value: Any) -> Any:
    if value not in list(Kind):
        found = f'"{value}"' if isinstance(value, str) else plain_kind(value)
        raise ValueError(f'expected "day", "week", "month" or "period", found {found}')
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or any(character.isspace() for character in value):
        raise ValueError(f'expected a web address such as "https://charity.example", found "{value}"')
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


def _month(value: str) -> str:
    if not _MONTH.fullmatch(value):
        raise ValueError(f'expected a year and a month, as in "2027-01", found "{value}"')
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f'expected the code of a language, as in "cy", found "{value}"')
    return value


def _entered(value: Any) -> Any:
    """Reads "2025-04-07", "2025-04-07..2025-04-11", either with "unchecked", or "did not take place" (None)."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return EnteredDate(value, value)
    if not isinstance(value, str):
        raise ValueError(f'expected a date such as "2025-04-07" or "2025-04-07..2025-04-11", found {plain_kind(value)}')
    plain = value.strip().casefold()
    if plain == NOT_HELD:
        return None
    match = _DATES.fullmatch(plain)
    if match is None:
        raise ValueError(f'expected "2025-04-07", "2025-04-07..2025-04-11" or "{NOT_HELD}", found "{value}"')
    start = _date(match[1])
    end = _date(match[2]) if match[2] else start
    if end < start:
        raise ValueError(f"ends before it begins: {value}")
    return EnteredDate(start, end, checked=not match[3])


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


Identifier = Annotated[str, AfterValidator(_identifier)]
Year = Annotated[StrictInt, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Text = Annotated[str, AfterValidator(_not_blank)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Hashtag = Annotated[str, AfterValidator(_hashtag)]
Texts = tuple[Text, ...]
RuleWords = Annotated[str, AfterValidator(_rule)]
Length = Annotated[StrictInt, Field(ge=1, le=_LONGEST)]
Hashtags = Annotated[
    tuple[Hashtag, ...],
    Expected("a list of hashtags"),
]
DatesByYear = Annotated[
    dict[str, Annotated[EnteredDate | None, BeforeValidator(_entered)]],
    Expected("a table of dates by year, as in dates.2025"),
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)


class WrittenTerms(_Model):
    """The keys that may change from a year on; those that are not written stay as they were."""

    rule: Annotated[RuleWords | None, Field(description='The date in words, or "announced".')] = None
    days: Annotated[Length | None, Field(description="How many days it lasts.")] = None
    certain: Annotated[StrictBool, Field(description="Whether the rule has no exceptions.")] = False
    hashtags: Annotated[Hashtags, Field(description="Without #; {yy} and {yyyy} become the year.")] = ()

    @property
    def written_terms(self) -> dict[str, Any]:
        """The keys that are written, with their values."""
        return {key: getattr(self, key) for key in WrittenTerms.model_fields if key in self.model_fields_set}

    def without(self, keys: Collection[str]) -> "WrittenTerms":
        """Returns what is left of them without these keys."""
        return WrittenTerms(**{key: value for key, value in self.written_terms.items() if key not in keys})


class DescribedDay(WrittenTerms):
    """What a file may say of a day, apart from which one it is."""

    name: Annotated[Text | None, Field(description="What the day is called.")] = None
    aliases: Annotated[Texts, Expected("a list of names"), Field(description="What else it is called.")] = ()
    former_names: Annotated[Texts, Expected("a list of names"), Field(description="What it was called before.")] = ()
    names: Annotated[
        dict[Annotated[str, AfterValidator(_language)], Text],
        Expected("a table of names by language, as in names.cy"),
        Field(description='Its name in other languages, as in names.cy = "Diwrnod Agored".'),
    ] = {}
    changed: Annotated[
        dict[str, WrittenTerms],
        Expected("a table of what holds from a year on, as in changed.2024 = { days = 5 }"),
        Field(description="What is otherwise from a year on, as in changed.2024 = { days = 5 }."),
    ] = {}
    dates: Annotated[
        DatesByYear,
        WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
        Field(description='Its dates by year, before the rule, as in dates.2027 = "2027-02-09".'),
    ] = {}
    kind: Annotated[
        Annotated[Kind, BeforeValidator(_kind)] | None, Field(description="What it is, where its length does not tell.")
    ] = None
    first_year: Annotated[Year | None, Field(description="Before it there is no such day.")] = None
    last_year: Annotated[Year | None, Field(description="After it there is no such day.")] = None
    nations: Annotated[
        tuple[Annotated[str, AfterValidator(_nation)], ...],
        Expected("a list of nations"),
        Field(description="Where it is held."),
    ] = ()
    organiser: Annotated[Text | None, Field(description="Who holds it.")] = None
    url: Annotated[WebAddress | None, Field(description="Its official web address.")] = None
    themes: Annotated[
        dict[str, Text],
        Expected("a table of themes by year, as in themes.2025"),
        Field(description='Its themes by year, as in themes.2027 = "Choose Respect".'),
    ] = {}
    topics: Annotated[
        tuple[Identifier, ...], Expected("a list of topics"), Field(description="What it is about, in small letters.")
    ] = ()
    sensitive: Annotated[StrictBool, Field(description="Whether it is about death, abuse or violence.")] = False
    source: Annotated[str | None, Field(description="Where its date was read.")] = None
    checked: Annotated[
        Annotated[str, AfterValidator(_month), WithJsonSchema({"type": "string", "pattern": f"^{_MONTH.pattern}$"})]
        | None,
        Field(description='The month in which that was read, as in "2027-01".'),
    ] = None
    note: Annotated[str | None, Field(description="What else is to be known.")] = None

    def disagreements(self) -> Iterator[tuple[Keys, str]]:
        """Yields what does not go together, each with its keys."""
        for table in BY_YEAR:
            for year in getattr(self, table):
                if not _is_year(year):
                    yield (table, year), f'expected a year from {FIRST_YEAR} to {LAST_YEAR}, found "{year}"'
        for year, entered in self.dates.items():
            if entered is not None and _is_year(year):
                yield from ((("dates", year), wrong) for wrong in _wrong_with(entered, int(year)))
        changed = list(self.changed)
        for earlier, later in pairwise(changed):
            if later < earlier:
                yield ("changed", later), f"stands below changed.{earlier}; write the years in their order"


class WrittenDay(DescribedDay):
    """The keys of one [[day]]; an own file may give only those that it changes."""

    id: Annotated[Identifier, Field(description="The name of the day in campaigns.")]


def sound_part(keys: Mapping[str, Any], error: ValidationError) -> dict[str, Any]:
    """Returns what is left of the keys of a day without those that were found wrong; of its tables, single entries go."""
    wrong = {each["loc"][:2] for each in error.errors()}
    left = {key: value for key, value in keys.items() if key in TABLES or not any(loc[0] == key for loc in wrong)}
    for table in left.keys() & TABLES:
        if isinstance(left[table], dict):
            left[table] = {entry: value for entry, value in left[table].items() if (table, entry) not in wrong}
        else:
            del left[table]
    return left


def terms_by_year(keys: Mapping[str, Any]) -> tuple[Terms, dict[int, Terms]]:
    """Returns what holds from the beginning, and what from each year on in which something changed, years ascending.

    keys: the keys of a day as they are written, with those of `changed` as tables by year.
    """
    holds = {key: keys[key] for key in WrittenTerms.model_fields if key in keys}
    first, since = _terms(holds), {}
    for year, written in sorted(keys.get("changed", {}).items()):
        holds = holds | written.written_terms
        since[int(year)] = _terms(holds)
    return first, since


def make_day(keys: Mapping[str, Any]) -> AwarenessDay:
    """Makes the awareness day of keys as they are written, with at least an id and a name."""
    terms, changed = terms_by_year(keys)
    plain = {key: value for key, value in keys.items() if key not in WrittenTerms.model_fields}
    by_year = {
        table: {int(year): value for year, value in keys.get(table, {}).items()} for table in ("dates", "themes")
    }
    return AwarenessDay(**plain | by_year | {"terms": terms, "changed": changed})


def _terms(keys: Mapping[str, Any]) -> Terms:
    rule = keys.get("rule") or ANNOUNCED
    announced = rule.strip().casefold() == ANNOUNCED
    return Terms(**{**keys, "rule": None if announced else parse_rule(rule)})


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR


def _wrong_with(entered: EnteredDate, year: int) -> Iterator[str]:
    if entered.start.year != year:
        yield f"begins in {entered.start.year}, not in {year}"
    if entered.end - entered.start >= timedelta(days=_LONGEST):
        yield "lasts longer than a year"
