"""A campaign as its file says it: which day, whose accounts, which articles, and a slot for each planned moment."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    Tag,
)

from scheduler.articles import DateOrder, Wanted
from scheduler.articles.embargo import by_the_clocks
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR
from scheduler.awareness.written import Text, WebAddress
from scheduler.campaigns.forms import (
    SELECTORS,
    AccountNames,
    Dates,
    Duration,
    Embargo,
    Hashtags,
    Hour,
    IfUnreachable,
    IfWeekend,
    Late,
    Lateness,
    Moment,
    Name,
    Nations,
    PeriodOfDays,
    Phrases,
    Selector,
    SlotMoment,
    TemplateName,
    Topics,
    each_once,
)
from scheduler.campaigns.own_day import InlineDay
from scheduler.campaigns.when import When, at
from scheduler.config import check_language, check_time_zone
from scheduler.errors import Problem
from scheduler.tomlfile import Expected, TomlFile, plain_key, plain_kind, problem


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )


class Support(_Model):
    """Where people find help: a name with a phone number, an address, or both."""

    name: Annotated[Text, Field(description="Who helps.")]
    phone: Annotated[Text | None, Field(description='The number as people dial it, as in "0800 555 111".')] = None
    url: Annotated[WebAddress | None, Field(description="The web address of the help.")] = None


class SourceTable(_Model):
    """An article with more to say of it than where it is: one of `source` and `feed`."""

    source: Annotated[Text | None, Field(description="The file or web address; this or `feed`.")] = None
    feed: Annotated[
        Text | None, Field(description="An RSS or Atom feed, of which one entry is the article; this or `source`.")
    ] = None
    matching: Annotated[
        Phrases,
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
        Dates | None,
        Field(description="How its dates are read, instead of the campaign's `dates`."),
    ] = None


def _article(value: Any) -> Any:
    if not isinstance(value, str | dict | SourceTable):
        raise ValueError(
            'expected text (a file or web address), or a table such as { feed = "https://charity.example/news.xml" }, '
            f"found {plain_kind(value)}"
        )
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, str | dict | InlineDay):
        raise ValueError(
            f'expected the id or name of an awareness day, or {{ name = "Open Day", date = "18 march" }}, '
            f"found {plain_kind(value)}"
        )
    return value


class Slot(_Model):
    """One planned moment of a campaign; it makes one post for each account, or several with `every`."""

    id: Annotated[Name, Field(description="Names the slot in the book; never change it once posts are planned.")]
    when: Annotated[
        SlotMoment,
        Field(
            description='The hour, in local time: "09:00" on the day, "-7d 10:00" a week before, "+1d 12:00" after; '
            '"each weekday 09:00" on each of its days.'
        ),
    ]
    if_weekend: Annotated[
        IfWeekend | None, Field(description="Where it goes from a weekend, instead of the campaign's `if_weekend`.")
    ] = None
    avoid_bank_holidays: Annotated[
        Nations | None, Field(description="Whose bank holidays it avoids, instead of the campaign's; [] for none.")
    ] = None
    template: Annotated[
        TemplateName | None,
        Field(description="The template that writes the text: a folder in templates/. Either this or text."),
    ] = None
    text: Annotated[
        Text | None, Field(description="The text itself; may use the variables of templates. Either this or template.")
    ] = None
    excerpt: Annotated[
        Selector | None,
        Field(description=f"Which piece of the article is used: {SELECTORS}."),
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
        Hour | None,
        Field(description='The hour after which none of several posts goes out, as in "17:00"; what is left is said.'),
    ] = None
    late: Annotated[
        Late | None, Field(description="How late it may still go out, instead of the campaign's `late`.")
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
        Field(
            description="The awareness day: any of its names, or a table: one of your own, or a known one and its date."
        ),
    ]
    years: Annotated[
        tuple[Annotated[StrictInt, Field(ge=FIRST_YEAR, le=LAST_YEAR)], ...],
        AfterValidator(each_once),
        Expected("a list of years"),
        Field(description="The years this campaign is made for; none means any year."),
    ] = ()
    if_weekend: Annotated[
        IfWeekend,
        Field(
            description="Where a slot goes whose date falls on a Saturday or Sunday: to the Friday before, the Monday "
            "after, or nowhere."
        ),
    ] = "keep"
    avoid_bank_holidays: Annotated[
        Nations, Field(description='Whose bank holidays no slot goes out on: "Wales", or a list of nations.')
    ] = ()
    accounts: Annotated[AccountNames, Field(description="The accounts that post, by their names in config.toml.")]
    hashtags: Annotated[
        Hashtags, Field(description='Hashtags without #; {yy} and {yyyy} become the year, as in "CEADay{yy}".')
    ] = ()
    late: Annotated[
        Late,
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
        Embargo | None,
        Field(
            description='The moment before which no post goes out: "2027-03-18 00:01", or like `when`, as in "00:01".'
        ),
    ] = None
    if_unreachable: Annotated[
        IfUnreachable,
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
        AfterValidator(each_once),
        Expected("a list of names"),
        Field(description="The people quoted who hold elected office, by name, for the pre-election period."),
    ] = ()
    pre_election: Annotated[
        PeriodOfDays | None,
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
        Dates,
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

    def if_weekend_of(self, slot: Slot) -> str:
        """Returns where a slot goes from a weekend: "friday before", "monday after" or "keep"."""
        return self.if_weekend if slot.if_weekend is None else slot.if_weekend

    def bank_holidays_of(self, slot: Slot) -> tuple[str, ...]:
        """Returns the nations whose bank holidays a slot avoids."""
        return self.avoid_bank_holidays if slot.avoid_bank_holidays is None else slot.avoid_bank_holidays

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
