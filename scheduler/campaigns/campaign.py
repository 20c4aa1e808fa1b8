"""A campaign as its file says it: which day, whose accounts, which articles, and a slot for each planned moment."""

import json
import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    InstanceOf,
    PrivateAttr,
    StrictBool,
    StrictInt,
    Tag,
    WithJsonSchema,
)

from scheduler.articles import DateOrder, Wanted
from scheduler.articles.embargo import by_the_clocks, parse_embargo
from scheduler.awareness.rule_words import parse_rule
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR, FixedDate
from scheduler.campaigns.period import Period, parse_period
from scheduler.campaigns.when import When, at, parse_time, parse_when
from scheduler.config import check_account_name, check_language, check_time_zone
from scheduler.errors import Problem
from scheduler.tomlfile import Expected, TomlFile, did_you_mean, parse_duration, plain_key, plain_kind, problem

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TEMPLATE = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")
_HASHTAG = re.compile(r"(?:\w|\{yy\}|\{yyyy\})+")
SEVERAL = ("quotes", "keys", "facts", "calls to action")
_SELECTOR = re.compile(
    rf"lead|call to action|{'|'.join(SEVERAL)}|(?:quote|key|fact|call to action) [1-9]\d{{0,2}}|quote by \S.*"
)
_SELECTORS = (
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


def _hashtag(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    tag = value.strip().removeprefix("#")
    if not _HASHTAG.fullmatch(tag):
        raise ValueError(
            f'expected letters and digits, and {{yy}} or {{yyyy}} for the year, as in "CEADay{{yy}}"; found "{value}"'
        )
    if tag.isdigit():
        raise ValueError(f'platforms make no hashtag of digits alone: "{value}"')
    return tag


def _selector(value: str) -> str:
    plain = " ".join(value.split())
    if not _SELECTOR.fullmatch(plain):
        guess = did_you_mean(plain, ("lead", "call to action", *SEVERAL))
        raise ValueError(f'expected {_SELECTORS}, found "{value}"{guess}')
    return plain


def _when(value: Any) -> Any:
    if isinstance(value, time) and value.tzinfo is None:
        return When(0, value.replace(second=0, microsecond=0))
    if isinstance(value, When):
        return value
    if not isinstance(value, str):
        raise ValueError(f'expected an hour such as "09:00" or "-7d 10:00", found {plain_kind(value)}')
    return parse_when(value)


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
    if isinstance(value, date):
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


def _day(value: Any) -> Any:
    if not isinstance(value, str | dict | InlineDay):
        raise ValueError(
            f'expected the id or name of an awareness day, or {{ name = "Open Day", date = "18 march" }}, '
            f"found {plain_kind(value)}"
        )
    return value


def _dates(value: Any) -> Any:
    if value is None or value in list(DateOrder):
        return value
    found = f'"{value}"' if isinstance(value, str) else plain_kind(value)
    raise ValueError(f'expected "british" or "american", found {found}')


def _phrases(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _article(value: Any) -> Any:
    if not isinstance(value, str | dict | SourceTable):
        raise ValueError(
            'expected text (a file or web address), or a table such as { feed = "https://charity.example/news.xml" }, '
            f"found {plain_kind(value)}"
        )
    return value


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = sorted({str(value) for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"stands twice: {', '.join(twice)}")
    return values


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


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
Text = Annotated[str, AfterValidator(_not_blank)]
Duration = Annotated[timedelta, BeforeValidator(_length), WithJsonSchema({"type": "string", "pattern": _DURATION_FORM})]
Moment = Annotated[
    InstanceOf[When],
    BeforeValidator(_when),
    WithJsonSchema({"type": "string", "pattern": r"^([+-]\d{1,3}d )?([01]\d|2[0-3]):[0-5]\d$"}),
]
Lateness = timedelta | Literal["send", "hold"]
_LATENESS_FORM = {"anyOf": [{"type": "string", "pattern": _DURATION_FORM}, {"const": "send"}, {"const": "hold"}]}
Topics = Annotated[tuple[Name, ...], AfterValidator(_each_once), Expected("a list of topics")]
AccountNames = Annotated[
    tuple[Annotated[str, AfterValidator(check_account_name)], ...],
    Field(min_length=1),
    AfterValidator(_each_once),
    Expected("a list of account names"),
]
Hashtags = Annotated[
    tuple[Annotated[str, BeforeValidator(_hashtag)], ...], AfterValidator(_each_once), Expected("a list of hashtags")
]


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )


class InlineDay(_Model):
    """An awareness day of one's own, described inside the campaign."""

    name: Annotated[Text, Field(description="What the day is called.")]
    date: Annotated[
        str,
        BeforeValidator(_date_in_words),
        Field(description='Its date: every year as in "18 march", or in one year as in "2027-03-18".'),
    ]


class Support(_Model):
    """Where people find help: a name with a phone number, an address, or both."""

    name: Annotated[Text, Field(description="Who helps.")]
    phone: Annotated[Text | None, Field(description='The number as people dial it, as in "0800 555 111".')] = None
    url: Annotated[
        Annotated[str, AfterValidator(_web_address)] | None, Field(description="The web address of the help.")
    ] = None


class SourceTable(_Model):
    """An article with more to say of it than where it is: one of `source` and `feed`."""

    source: Annotated[Text | None, Field(description="The file or web address; this or `feed`.")] = None
    feed: Annotated[
        Text | None, Field(description="An RSS or Atom feed, of which one entry is the article; this or `source`.")
    ] = None
    matching: Annotated[
        tuple[Text, ...],
        BeforeValidator(_phrases),
        Expected("words, or a list of them"),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        Field(description="Only entries of the feed whose title, summary or categories hold these words."),
    ] = ()
    newest: Annotated[
        Annotated[StrictInt, Field(ge=1, le=100)],
        Field(description="Which of these entries: 1 is the newest, 2 the one before it."),
    ] = 1
    follow: Annotated[
        StrictBool | None,
        Field(
            description="Whether the page that the entry links to is read (true) or what the feed holds (false); "
            "otherwise the page where the feed holds only a summary."
        ),
    ] = None
    dates: Annotated[
        DateOrder | None,
        BeforeValidator(_dates),
        Field(description="How its dates are read, instead of the campaign's `dates`."),
    ] = None


class Slot(_Model):
    """One planned moment of a campaign; it makes one post for each account, or several with `every`."""

    id: Annotated[Name, Field(description="Names the slot in the book; never change it once posts are planned.")]
    when: Annotated[
        Moment,
        Field(description='The hour, in local time: "09:00" on the day, "-7d 10:00" a week before, "+1d 12:00" after.'),
    ]
    template: Annotated[
        Annotated[str, AfterValidator(_template)] | None,
        Field(description="The template that writes the text: a folder in templates/. Either this or text."),
    ] = None
    text: Annotated[
        Text | None, Field(description="The text itself; may use the variables of templates. Either this or template.")
    ] = None
    excerpt: Annotated[
        Annotated[str, AfterValidator(_selector)] | None,
        Field(description=f"Which piece of the article is used: {_SELECTORS}."),
    ] = None
    article: Annotated[
        Name | None, Field(description="Which article is used, by its short name; the first is the default.")
    ] = None
    accounts: Annotated[AccountNames | None, Field(description="Only these accounts, instead of the campaign's.")] = (
        None
    )
    every: Annotated[
        Duration | None,
        Field(description='How far apart several posts go out, as in "90m"; with "quotes", "keys" and the like.'),
    ] = None
    until: Annotated[
        time | None,
        BeforeValidator(_hour),
        WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
        Field(description='The hour after which none of several posts goes out, as in "17:00"; what is left is said.'),
    ] = None
    late: Annotated[
        Lateness | None,
        BeforeValidator(_late),
        WithJsonSchema(_LATENESS_FORM),
        Field(description="How late it may still go out, instead of the campaign's `late`."),
    ] = None
    expires: Annotated[
        Moment | None, Field(description="The moment after which it never goes out, instead of the campaign's.")
    ] = None
    topics: Annotated[Topics, Field(description="What it is about besides the campaign's topics, for holds.")] = ()
    hashtags: Annotated[Hashtags | None, Field(description="These hashtags, instead of the campaign's.")] = None


class Campaign(_Model):
    """One campaign file.

    file: how messages call it; not a key of the file.
    """

    id: Annotated[Name, Field(description="Names the campaign in the book; never change it once posts are planned.")]
    title: Annotated[Text, Field(description="What people call the campaign.")]
    day: Annotated[
        Annotated[Text, Tag("named")] | Annotated[InlineDay, Tag("inline")],
        Discriminator(lambda value: "named" if isinstance(value, str) else "inline"),
        BeforeValidator(_day),
        Field(description="The awareness day: its id, name or former name, or one of your own with name and date."),
    ]
    years: Annotated[
        tuple[Annotated[StrictInt, Field(ge=FIRST_YEAR, le=LAST_YEAR)], ...],
        AfterValidator(_each_once),
        Expected("a list of years"),
        Field(description="The years this campaign is made for; none means any year."),
    ] = ()
    accounts: Annotated[AccountNames, Field(description="The accounts that post, by their names in config.toml.")]
    hashtags: Annotated[
        Hashtags, Field(description='Hashtags without #; {yy} and {yyyy} become the year, as in "CEADay{yy}".')
    ] = ()
    late: Annotated[
        Lateness,
        BeforeValidator(_late),
        WithJsonSchema(_LATENESS_FORM),
        Field(
            description="How late a post may still go out; after that it is missed. "
            '"send": however late; "hold": a person says.'
        ),
    ] = timedelta(hours=2)
    expires: Annotated[
        Moment | None,
        Field(description='The moment after which no post goes out, written like `when`: "17:00", "+1d 12:00".'),
    ] = None
    embargo: Annotated[
        InstanceOf[When] | datetime | None,
        BeforeValidator(_embargo),
        WithJsonSchema({"type": "string"}),
        Field(
            description='The moment before which no post goes out: "2027-03-18 00:01", or like `when`, as in "00:01".'
        ),
    ] = None
    if_unreachable: Annotated[
        Literal["send", "hold"],
        BeforeValidator(_if_unreachable),
        Field(
            description='What becomes of a post whose article cannot be looked at shortly before: "send" lets it go out, '
            '"hold" lets it wait for a person.'
        ),
    ] = "send"
    topics: Annotated[
        Topics, Field(description='What the posts are about, for holds that reach or spare it: ["safety", "crime"].')
    ] = ()
    support: Annotated[
        tuple[Support, ...], Expected("a list of tables"), Field(description="Where people find help.")
    ] = ()
    elected: Annotated[
        tuple[Text, ...],
        AfterValidator(_each_once),
        Expected("a list of names"),
        Field(description="The people quoted who hold elected office, by name, for the pre-election period."),
    ] = ()
    pre_election: Annotated[
        Annotated[
            InstanceOf[Period],
            BeforeValidator(_period),
            WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}\s*\.\.\s*\d{4}-\d{2}-\d{2}$"}),
        ]
        | None,
        Field(description='The days in which no elected person is quoted, as in "2027-03-22..2027-05-06".'),
    ] = None
    articles: Annotated[
        dict[
            Name,
            Annotated[
                Annotated[Text, Tag("plain")] | Annotated[SourceTable, Tag("described")],
                Discriminator(lambda value: "plain" if isinstance(value, str) else "described"),
                BeforeValidator(_article),
            ],
        ],
        Expected("a table of short names and articles, [articles]"),
        Field(
            description="The articles: short name = file or web address, or a table with source or feed. "
            "The first is the default."
        ),
    ] = {}
    dates: Annotated[
        DateOrder,
        BeforeValidator(_dates),
        Field(description='How dates of digits are read in its articles: "british" (03/04 is 3 April) or "american".'),
    ] = DateOrder.BRITISH
    slots: Annotated[
        tuple[Slot, ...],
        Expected("a table for each slot, [[slot]]"),
        Field(alias="slot", description="The planned moments, one [[slot]] each.", min_length=1),
    ]
    time_zone: Annotated[
        Annotated[str, AfterValidator(check_time_zone)] | None,
        Field(description='The time zone of the hours, as in "Europe/London"; otherwise the one of config.toml.'),
    ] = None
    language: Annotated[
        Annotated[str, AfterValidator(check_language)] | None,
        Field(description='The language of the posts, as in "cy"; otherwise the one of config.toml.'),
    ] = None
    topic: Annotated[
        Text | None,
        Expected('text for templates, as in "child exploitation" (a list of names for holds is `topics`)'),
        Field(description="What the campaign is about in a few words, for templates."),
    ] = None
    content_warning: Annotated[
        Text | None, Field(description="A warning shown before the text where the platform can show one.")
    ] = None
    file: Annotated[str, Field(exclude=True)] = ""

    _toml: TomlFile | None = PrivateAttr(default=None)

    def problem(self, message: str, *keys: str | int) -> Problem:
        """Makes a problem of this campaign's file at a key path of the file, as in ("slot", 0, "template")."""
        if self._toml is None:
            return Problem(message, self.file or None, None, plain_key(keys))
        return problem(self._toml, keys, message)

    def accounts_of(self, slot: Slot) -> tuple[str, ...]:
        """Returns the names of the accounts that a slot posts with."""
        return self.accounts if slot.accounts is None else slot.accounts

    def hashtags_of(self, slot: Slot) -> tuple[str, ...]:
        """Returns a slot's hashtag patterns."""
        return self.hashtags if slot.hashtags is None else slot.hashtags

    def late_of(self, slot: Slot) -> Lateness:
        """Returns how late a slot's posts may go out: so long, "send" (however late), or "hold" (a person says)."""
        return self.late if slot.late is None else slot.late

    def expires_of(self, slot: Slot) -> When | None:
        """Returns after when a slot's posts never go out; None when there is no such moment."""
        return self.expires if slot.expires is None else slot.expires

    def embargo_in(self, occurrence_start: date, zone: ZoneInfo) -> datetime | None:
        """Returns before when nothing of it goes out (UTC); None when there is no such moment."""
        if self.embargo is None:
            return None
        if isinstance(self.embargo, When):
            return at(occurrence_start, self.embargo, zone)[0]
        return by_the_clocks(self.embargo, zone)

    def topics_of(self, slot: Slot) -> tuple[str, ...]:
        """Returns the topics of a slot's posts: the campaign's and its own."""
        return tuple(dict.fromkeys((*self.topics, *slot.topics)))

    def source_of(self, name: str) -> str:
        """Returns the file or address of an article, by its short name."""
        article = self.articles[name]
        return article if isinstance(article, str) else article.feed or article.source or ""

    def wanted_of(self, name: str) -> Wanted:
        """Returns what an article is wanted for beside its address: how its dates are read, and which entry of a feed."""
        article = self.articles[name]
        if isinstance(article, str):
            return Wanted(self.dates)
        return Wanted(
            article.dates or self.dates, article.feed is not None, article.matching, article.newest, article.follow
        )

    def article_of(self, slot: Slot) -> str | None:
        """Returns the short name of a slot's article; None in a campaign without articles."""
        return slot.article or next(iter(self.articles), None)
