"""What the values of a campaign file look like, and what is said of one that does not."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, WithJsonSchema

from scheduler.articles import DateOrder
from scheduler.articles.embargo import parse_embargo
from scheduler.awareness.rule_words import parse_rule
from scheduler.awareness.rules import FixedDate
from scheduler.awareness.written import Hashtag, Text
from scheduler.campaigns.bank_holidays import NATIONS
from scheduler.campaigns.period import Period, parse_period
from scheduler.campaigns.when import Each, When, parse_slot_when, parse_time, parse_when
from scheduler.config import check_account_name
from scheduler.tomlfile import Expected, did_you_mean, parse_duration, plain_kind

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TEMPLATE = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")
WEEKEND_RULES = ("friday before", "monday after", "keep")
SEVERAL = ("quotes", "keys", "facts", "calls to action")
_SELECTOR = re.compile(
    rf"lead|call to action|{'|'.join(SEVERAL)}|(?:quote|key|fact|call to action) [1-9]\d{{0,2}}|quote by \S.*"
)
SELECTORS = (
    '"lead", "quotes", "quote 2", "quote by Stone", "keys", "key 1", "facts", "fact 1", "calls to action" '
    'or "call to action"'
)
_DURATION_FORM = r"^(\d+d)?\s*(\d+h)?\s*(\d+m)?\s*(\d+s)?$"


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(f'expected small letters, digits and hyphens, as in "on-the-day", found "{value}"')
    return value


def _template(value: str) -> str:
    if not _TEMPLATE.fullmatch(value):
        raise ValueError(f'expected the name of a folder in templates/, as in "announcement", found "{value}"')
    return value


def _selector(value: str) -> str:
    plain = " ".join(value.split())
    if not _SELECTOR.fullmatch(plain):
        guess = did_you_mean(plain, ("lead", "call to action", *SEVERAL))
        raise ValueError(f'expected {SELECTORS}, found "{value}"{guess}')
    return plain


def _when(value: Any, parse: Callable[[str], When | Each] = parse_when) -> Any:
    if isinstance(value, time) and value.tzinfo is None:
        return When(0, value.replace(second=0, microsecond=0))
    if isinstance(value, When):
        return value
    if not isinstance(value, str):
        raise ValueError(f'expected an hour such as "09:00" or "-7d 10:00", found {plain_kind(value)}')
    return parse(value)


def _slot_when(value: Any) -> Any:
    return value if isinstance(value, Each) else _when(value, parse_slot_when)


def _if_weekend(value: Any) -> Any:
    plain = " ".join(value.casefold().split()) if isinstance(value, str) else value
    if plain not in WEEKEND_RULES:
        found = json.dumps(value, default=str, ensure_ascii=False)
        raise ValueError(f'expected "friday before", "monday after" or "keep", found {found}')
    return plain


def _nations(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _nation(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    spelled = {nation.casefold(): nation for nation in NATIONS}
    if value.casefold() not in spelled:
        guess = did_you_mean(value, NATIONS) or f"; expected {', '.join(NATIONS)}, or a list of them"
        raise ValueError(f'no nation whose bank holidays are known: "{value}"{guess}')
    return spelled[value.casefold()]


def _embargo(value: Any) -> Any:
    if isinstance(value, datetime | When):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, time) and value.tzinfo is None:
        return _when(value)
    if not isinstance(value, str):
        raise ValueError(f'expected a moment such as "2027-03-18 00:01", found {plain_kind(value)}')
    with suppress(ValueError):
        return parse_when(value)
    try:
        return parse_embargo(value)
    except ValueError as error:
        raise ValueError(f'{error}; or write it like `when`, as in "00:01" or "-7d 00:01"') from None


def _if_unreachable(value: Any) -> Any:
    if value not in ("send", "hold"):
        raise ValueError(f'expected "send" or "hold", found {json.dumps(value, default=str)}')
    return value


def _hour(value: Any) -> Any:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if not isinstance(value, str):
        raise ValueError(f'expected an hour such as "17:00", found {plain_kind(value)}')
    return parse_time(value)


def _length(value: Any) -> Any:
    if value is None or isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(f'expected a length of time such as "90m" or "2h", found {plain_kind(value)}')
    return parse_duration(value)


def _late(value: Any) -> Any:
    if value in ("send", "hold"):
        return value
    try:
        return _length(value)
    except ValueError as error:
        raise ValueError(f'{error}; or write "send" or "hold"') from None


def _period(value: Any) -> Any:
    if isinstance(value, Period):
        return value
    if not isinstance(value, str):
        raise ValueError(f'expected two dates such as "2027-03-22..2027-05-06", found {plain_kind(value)}')
    return parse_period(value)


def _date_in_words(value: Any) -> Any:
    """A date of one year as "2027-03-18", or of every year as "18 march"."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        raise ValueError(f'expected a date such as "18 march" or "2027-03-18", found {plain_kind(value)}')
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        try:
            return date.fromisoformat(value.strip()).isoformat()
        except ValueError:
            raise ValueError(f'there is no day "{value}"') from None
    if not re.fullmatch(r"\s*\d{1,2}\s+[^\W\d]+\s*", value):
        raise ValueError(f'expected a date such as "18 march" or "2027-03-18", found "{value}"')
    rule = parse_rule(value)
    if not isinstance(rule, FixedDate):
        raise TypeError("a day and a month always make a fixed date")
    return value.strip()


def _dates(value: Any) -> Any:
    if value is None or value in list(DateOrder):
        return value
    found = f'"{value}"' if isinstance(value, str) else plain_kind(value)
    raise ValueError(f'expected "british" or "american", found {found}')


def _phrases(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = sorted({str(value) for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"stands twice: {', '.join(twice)}")
    return values


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
Duration = Annotated[timedelta, BeforeValidator(_length), WithJsonSchema({"type": "string", "pattern": _DURATION_FORM})]
Moment = Annotated[
    InstanceOf[When],
    BeforeValidator(_when),
    WithJsonSchema({"type": "string", "pattern": r"^([+-]\d{1,3}d )?([01]\d|2[0-3]):[0-5]\d$"}),
]
SlotMoment = Annotated[
    InstanceOf[When] | InstanceOf[Each],
    BeforeValidator(_slot_when),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([+-]\d{1,3}d |([Oo]n )?[Ee]ach [A-Za-z]+(( ?, ?| and )[A-Za-z]+)*( of the (week|month))?( at)? )?"
            r"([01]\d|2[0-3]):[0-5]\d$",
        }
    ),
]
IfWeekend = Annotated[Literal["friday before", "monday after", "keep"], BeforeValidator(_if_weekend)]
Nations = Annotated[
    tuple[Annotated[str, BeforeValidator(_nation)], ...],
    BeforeValidator(_nations),
    AfterValidator(each_once),
    Expected("a nation, or a list of them"),
    WithJsonSchema({"anyOf": [{"enum": [*NATIONS]}, {"type": "array", "items": {"enum": [*NATIONS]}}]}),
]
Lateness = timedelta | Literal["send", "hold"]
Late = Annotated[
    Lateness,
    BeforeValidator(_late),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _DURATION_FORM}, {"const": "send"}, {"const": "hold"}]}),
]
Hour = Annotated[
    time,
    BeforeValidator(_hour),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
]
Embargo = Annotated[InstanceOf[When] | datetime, BeforeValidator(_embargo), WithJsonSchema({"type": "string"})]
PeriodOfDays = Annotated[
    InstanceOf[Period],
    BeforeValidator(_period),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}\s*\.\.\s*\d{4}-\d{2}-\d{2}$"}),
]
DateInWords = Annotated[str, BeforeValidator(_date_in_words)]
Dates = Annotated[DateOrder, BeforeValidator(_dates)]
IfUnreachable = Annotated[Literal["send", "hold"], BeforeValidator(_if_unreachable)]
TemplateName = Annotated[str, AfterValidator(_template)]
Selector = Annotated[str, AfterValidator(_selector)]
Phrases = Annotated[
    tuple[Text, ...],
    BeforeValidator(_phrases),
    Expected("words, or a list of them"),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Topics = Annotated[tuple[Name, ...], AfterValidator(each_once), Expected("a list of topics")]
AccountNames = Annotated[
    tuple[Annotated[str, AfterValidator(check_account_name)], ...],
    Field(min_length=1),
    AfterValidator(each_once),
    Expected("a list of account names"),
]
Hashtags = Annotated[tuple[Hashtag, ...], AfterValidator(each_once), Expected("a list of hashtags")]
