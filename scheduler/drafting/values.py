"""The values that a template may use, as plain data; docs/templates.md describes each of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.articles.article import Article
from scheduler.awareness import Occurrence, fill_year
from scheduler.campaigns import Campaign, Slot, Support
from scheduler.drafting.fitting import Passage
from scheduler.drafting.quotation import quoted
from scheduler.excerpts.elected import listed_name
from scheduler.excerpts.excerpt import NOTHING, Acronym, Contact, Excerpt, ExcerptKind, Excerpts, Link

_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the values of one post come from, save the passage of its excerpt.

    scheduled_at: aware; time_zone: of the campaign. platform: whose template is used ("x"). links: those of the article;
    excerpts: all that was cut out of it.
    spared: what the text goes without because it does not fit otherwise: "link", "hashtags", "role".
    moved_from: the date of its slot before it was moved off a weekend or bank holiday.
    """

    campaign: Campaign
    slot: Slot
    occurrence: Occurrence
    organisation: str
    account: str
    platform: str
    scheduled_at: datetime
    time_zone: str
    article: Article | None
    links: Sequence[Link]
    spared: frozenset[str] = frozenset()
    excerpts: Excerpts = NOTHING
    language: str = "en-GB"
    moved_from: date | None = None

    @property
    def link(self) -> str | None:
        """The article's own address; None when it has none, or when it is spared.

        Whoever writes a text of their own and asks for a link gets the first that the article gives its readers.
        """
        if "link" in self.spared:
            return None
        own = self.article.url if self.article else None
        borrowed = self.links[0].url if self.links and self.slot.text is not None else None
        return own or borrowed

    @property
    def local_time(self) -> datetime:
        """The hour on a clock where the campaign is."""
        return self.scheduled_at.astimezone(ZoneInfo(self.time_zone))


def values(setting: Setting, passage: Passage | None) -> dict[str, Any]:
    """Returns every variable of a template by its name."""
    campaign, article = setting.campaign, setting.article
    return {
        "excerpt": excerpt_values(
            passage,
            article,
            _names_of_the_day(setting),
            with_role="role" not in setting.spared,
            elected=campaign.elected,
        ),
        "title": (article and article.title) or campaign.title,
        "link": setting.link,
        "links": [] if "link" in setting.spared else [{"url": link.url, "label": link.label} for link in setting.links],
        "facts": [_one_line(fact.text) for fact in setting.excerpts.facts],
        "call_to_action": call_values(setting.excerpts.calls_to_action),
        "acronyms": acronym_values(setting.excerpts.acronyms, " ".join(passage.kept) if passage else ""),
        "article": article_values(article),
        "day": day_values(setting.occurrence, setting.local_time.date(), setting.language),
        "campaign": {"id": campaign.id, "title": campaign.title, "topic": campaign.topic},
        "hashtags": [] if "hashtags" in setting.spared else [f"#{tag}" for tag in hashtags(setting)],
        "support": support_values(campaign.support),
        "organisation": setting.organisation,
        "account": setting.account,
        "platform": setting.platform,
        "slot": {
            "id": setting.slot.id,
            "date": spoken_date(setting.local_time.date()),
            "weekday": f"{setting.local_time:%A}",
            "time": f"{setting.local_time:%H:%M}",
        },
    }


def excerpt_values(
    passage: Passage | None,
    article: Article | None,
    day_names: Sequence[str],
    *,
    with_role: bool = True,
    elected: Sequence[str] = (),
) -> dict[str, Any] | None:
    """Returns the excerpt as far as it is used; None where the slot selects none."""
    if passage is None:
        return None
    excerpt = passage.excerpt
    return {
        "text": "\n\n".join(passage.paragraphs),
        "paragraphs": list(passage.paragraphs),
        "quoted": quoted(passage.paragraphs),
        "kind": excerpt.kind.value,
        "speaker": excerpt.speaker,
        "role": excerpt.role if with_role else None,
        "attribution": attribution(excerpt, article) if with_role else excerpt.speaker,
        "elected": excerpt.kind is ExcerptKind.QUOTE and listed_name(excerpt.speaker, elected) is not None,
        "names_day": names_day("\n\n".join(passage.kept), day_names),
        "shortened": passage.is_shortened,
    }


def names_day(text: str, day_names: Sequence[str]) -> bool:
    """Tells whether a text names the day by any of its names; "CSE (what it means) Awareness Day" does."""
    plain = " ".join(_BRACKETS.sub(" ", text).split()).casefold()
    return any(name.casefold() in plain for name in day_names)


def _names_of_the_day(setting: Setting) -> tuple[str, ...]:
    day = setting.occurrence.day
    return (day.name, *day.aliases, *day.names.values(), setting.campaign.title)


def attribution(excerpt: Excerpt, article: Article | None) -> str | None:
    """Names the speaker with the role, in the order the article has them; None when nobody is named."""
    if not excerpt.speaker or not excerpt.role:
        return excerpt.speaker
    rank_first = f"{excerpt.role} {excerpt.speaker}"
    if article and rank_first.casefold() in " ".join(article.text.split()).casefold():
        return rank_first
    return f"{excerpt.speaker}, {excerpt.role}"


def call_values(calls: Sequence[Excerpt]) -> dict[str, Any] | None:
    """Returns the article's first call to action, with the first of each way to follow it; None where it has none."""
    if not calls:
        return None
    contacts = [way for way in calls[0].ways if isinstance(way, Contact)]
    return {
        "text": _one_line(calls[0].text),
        "phone": next((contact.value for contact in contacts if contact.kind == "phone"), None),
        "email": next((contact.value for contact in contacts if contact.kind == "email"), None),
        "link": next((way.url for way in calls[0].ways if isinstance(way, Link)), None),
    }


def acronym_values(acronyms: Sequence[Acronym], excerpt: str) -> dict[str, Any]:
    """Returns the article's short forms, and a line on those that the excerpt uses and does not spell out."""
    line = "; ".join(f"{each.short}: {each.expansion}" for each in unexplained(acronyms, excerpt))
    return {"line": line, "all": [{"short": each.short, "expansion": each.expansion} for each in acronyms]}


def unexplained(acronyms: Sequence[Acronym], text: str) -> list[Acronym]:
    """Returns the short forms that a text uses without the words they stand for; hashtags and addresses use none."""
    plain = " ".join(text.split()).casefold()
    return [
        each
        for each in acronyms
        if re.search(rf"(?<![\w#@/.-]){re.escape(each.short)}(?:s|['’]s)?(?![\w/@-]|\.\w)", text)
        and each.expansion.casefold() not in plain
    ]


def _one_line(words: str) -> str:
    """An excerpt on one line: where the article broke a long line is no part of its words."""
    return " ".join(words.split())


def article_values(article: Article | None) -> dict[str, Any] | None:
    """Returns what the article says about itself."""
    if article is None:
        return None
    return {
        "title": article.title,
        "url": article.url,
        "published": spoken_date(article.published) if article.published else None,
        "site_name": article.site_name,
        "description": article.description,
    }


def day_values(occurrence: Occurrence, on: date, language: str = "en-GB") -> dict[str, Any]:
    """Returns the awareness day as it is seen on one date, by its name in the language of the post."""
    name, start, end = occurrence.day.name_in(language), occurrence.start, occurrence.end
    return {
        "name": name,
        "year": occurrence.year,
        "start": spoken_date(start),
        "end": spoken_date(end),
        "dates": spoken_date(start) if start == end else f"{spoken_date(start, year=False)} to {spoken_date(end)}",
        "days_to_go": (start - on).days,
        "number": (on - start).days + 1 if start <= on <= end else None,
        "days": occurrence.days,
        "when": spoken_when(start, end, on),
        "line": day_line(name, start, end, on),
        "theme": occurrence.theme,
        "hashtags": [f"#{tag}" for tag in occurrence.hashtags],
    }


def day_line(name: str, start: date, end: date, on: date) -> str:
    """Says in one sentence when the day is: "Road Safety Week runs until 21 November."."""
    when = spoken_when(start, end, on)
    is_long = start != end
    if on > end:
        return f"{name} {'ended' if is_long else 'was'} {when}."
    if on == end:
        return f"{name} {'ends' if is_long else 'is'} {when}."
    return f"{name} {'runs' if is_long else 'is'} {when}."


def spoken_when(start: date, end: date, on: date) -> str:
    """Says when the day is, from where we stand: "today", "tomorrow", "on Thursday 18 March", "until 21 November"."""
    if start == end or on >= end:
        return _spoken_near(end, on)
    if start <= on:
        return f"until {spoken_date(end, year=False)}"
    return f"from {spoken_date(start, year=False)} to {spoken_date(end, year=False)}"


def _spoken_near(day: date, on: date) -> str:
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get((day - on) // timedelta(days=1)) or f"on {day:%A} {spoken_date(day, year=False)}"


def spoken_date(day: date, *, year: bool = True) -> str:
    """Writes a date as British readers do: "18 March 2027"."""
    return f"{day.day} {day:%B %Y}" if year else f"{day.day} {day:%B}"


def hashtags(setting: Setting) -> tuple[str, ...]:
    """Returns the hashtags, filled for the year, without '#': the slot's, else the campaign's, else the day's."""
    patterns = setting.campaign.hashtags_of(setting.slot)
    if not patterns and setting.slot.hashtags is None:
        return tuple(setting.occurrence.hashtags)
    return tuple(fill_year(pattern, setting.occurrence.year) for pattern in patterns)


def support_values(support: Sequence[Support]) -> dict[str, Any]:
    """Returns where readers find help: a line that is ready to use, and the services one by one."""
    services = [{"name": each.name, "phone": each.phone, "url": each.url} for each in support]
    return {"line": support_line(support), "services": services}


def support_line(support: Sequence[Support]) -> str:
    """Writes "Crimestoppers 0800 555 111, Police 101"; empty where the campaign names no service."""
    return ", ".join(f"{each.name} {reach(each)}".strip() for each in support)


def reach(service: Support) -> str:
    """Returns how to reach a service: its number, else its address."""
    return service.phone or service.url or ""
