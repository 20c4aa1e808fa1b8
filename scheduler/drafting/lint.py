"""What a reviewer should look at before approving a draft: each finding is one sentence that says why."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from scheduler.articles.article import Article
from scheduler.campaigns.occurrence import DOUBTFUL
from scheduler.campaigns.timetable import MOVED
from scheduler.drafting.altering import Quotation, alterations, made_up
from scheduler.drafting.fitting import LEFT_OUT_MARK, Passage
from scheduler.drafting.quotation import nested
from scheduler.drafting.values import Setting, hashtags, spoken_date, unexplained
from scheduler.excerpts.elected import listed_name, sounds_elected
from scheduler.excerpts.excerpt import Certainty, ExcerptKind

NOBODY_NAMED = "nobody is named as the speaker: the article leaves doubt about who says this quote; find out, or pick another quote"
OF_THE_DATE = (DOUBTFUL, MOVED)  # how warnings begin that hold whatever the words are
MOST_HASHTAGS = 2  # https://www.comms.nihr.ac.uk/social-media/accessibility-and-guidance.htm and councils' rules alike
STALE = timedelta(days=60)  # a December release for a January day is of another year and still fresh
_HASHTAG = re.compile(r"(?<![\w&/#])#\w*[^\W\d_]\w*")
_RELATIVE = re.compile(
    r"\b(today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening)|(?:this|next|last) (?:week|month|year)"
    r"|heddiw|heno|yfory|ddoe)\b",  # Welsh: today, tonight, tomorrow, yesterday
    re.IGNORECASE,
)
_DAYS_FROM_NOW = {"tomorrow": 1, "yesterday": -1, "yfory": 1, "ddoe": -1}
# Signs that mourn or point at help are no cheer.
_QUIET = frozenset("🕯🎗🤍🖤☎📞📱📧✉💬ℹ⚠➡👉🔗")
_CHEERFUL = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50]|(?<!\\w)[:;]-?[)D](?!\\w)")
_SENSITIVE = (
    "abuse", "assault", "child exploitation", "cse", "domestic", "exploitation", "hate", "honour", "human trafficking",
    "killing", "mental health", "missing", "modern slavery", "rape", "self-harm", "sensitive", "sexual", "slavery",
    "stalking", "suicide", "trafficking", "violence",
)  # fmt: skip


def warnings(setting: Setting, passage: Passage | None, text: str) -> Iterator[str]:
    """Yields what a reviewer must see about this text, the most important first."""
    yield from _altered(passage, text)
    yield from _made_up(setting.article, passage, text)
    yield from _left_out(passage)
    yield from _spared(setting, passage)
    yield from _speaker(passage)
    yield from _inferred(passage)
    yield from _elected(setting, passage, text)
    yield from _borrowed_link(setting, text)
    yield from _support(setting, text)
    yield from _cheerful(setting, text)
    yield from _relative_words(setting, passage, text)
    yield from _old_article(setting)
    yield from _lost_links(setting.article, passage, text)
    yield from _acronyms(setting, text)
    yield from _hashtags(text)


def is_sensitive(setting: Setting) -> bool:
    """Tells whether the day, the campaign's topic or its content warning says that this is hard to read about."""
    topic = (setting.campaign.topic or "").casefold()
    is_marked = setting.occurrence.day.sensitive or bool(setting.campaign.content_warning)
    return is_marked or any(word in topic for word in _SENSITIVE)


def _altered(passage: Passage | None, text: str) -> Iterator[str]:
    """What a template made of somebody's words."""
    if passage and passage.excerpt.kind is ExcerptKind.QUOTE:
        yield from alterations(Quotation(passage.excerpt.paragraphs, passage.excerpt.speaker), text)


def _made_up(article: Article | None, passage: Passage | None, text: str) -> Iterator[str]:
    """What the campaign's own words quote, and nobody said in the article."""
    quotations = [Quotation(passage.excerpt.paragraphs)] if passage else []
    yield from made_up(text, [article.text] if article else [], quotations)


def _left_out(passage: Passage | None) -> Iterator[str]:
    if passage is None or not passage.is_shortened:
        return
    count = len(passage.left_out)
    number = "1 sentence" if count == 1 else f"{count} sentences"
    words = " ".join(" ".join(passage.left_out).split("\n"))
    if passage.excerpt.kind is ExcerptKind.QUOTE:
        yield f"quote shortened to fit, marked with{LEFT_OUT_MARK}: {number} left out: “{words}”"
    else:
        yield f"{passage.excerpt.kind.value} shortened to fit: {number} left out: “{words}”"


def _spared(setting: Setting, passage: Passage | None) -> Iterator[str]:
    """What the text goes without, so that the excerpt and where to find help fit."""
    had = {
        "link": replace(setting, spared=frozenset()).link,
        "hashtags": hashtags(setting),
        "role": passage.excerpt.role if passage else None,
    }
    gone = [f"the {name}" for name, value in had.items() if value and name in setting.spared]
    if gone:
        yield f"left out to fit: {', '.join(gone)}"


def _borrowed_link(setting: Setting, text: str) -> Iterator[str]:
    article, link = setting.article, setting.link
    is_ours = link is not None and link not in (setting.slot.text or "")
    if article and link and is_ours and not article.url and link in text:
        yield f"the article “{article.source}” has no address of its own: the link is the first one in it; check it"


def _speaker(passage: Passage | None) -> Iterator[str]:
    if passage and passage.excerpt.kind is ExcerptKind.QUOTE and not passage.excerpt.speaker:
        yield NOBODY_NAMED


def _elected(setting: Setting, passage: Passage | None, text: str) -> Iterator[str]:
    """In a pre-election period, whoever holds office or seems to is looked at twice."""
    period, on = setting.campaign.pre_election, setting.local_time.date()
    if period is None or on not in period:
        return
    within = f"in the pre-election period ({spoken_date(period.first)} to {spoken_date(period.last)})"
    for name in setting.campaign.elected:
        if " ".join(name.split()).casefold() in " ".join(text.split()).casefold():
            yield f"names {name}, who is elected, {within}: ask whether it may go out"
    quote = passage.excerpt if passage and passage.excerpt.kind is ExcerptKind.QUOTE else None
    if quote and sounds_elected(quote.speaker, quote.role) and not listed_name(quote.speaker, setting.campaign.elected):
        who = ", ".join(filter(None, (quote.speaker, quote.role)))
        yield f"quotes {who} {within}: the campaign does not list the name as `elected`; check it"


def _acronyms(setting: Setting, text: str) -> Iterator[str]:
    for each in unexplained(setting.excerpts.acronyms, text):
        yield f"“{each.short}” is not spelled out: the article says “{each.expansion}”; use {{{{ acronyms.line }}}} or write it out"


def _inferred(passage: Passage | None) -> Iterator[str]:
    if passage and passage.excerpt.speaker and passage.excerpt.certainty is Certainty.INFERRED:
        said = "the article names nobody beside this quote and leaves one person to mean; check the name"
        yield f"{passage.excerpt.speaker} is inferred as the speaker: {said}"


def _support(setting: Setting, text: str) -> Iterator[str]:
    services = setting.campaign.support
    if not services:
        if is_sensitive(setting):
            yield "no support line: the topic is sensitive and the campaign names no service; add `support` to it"
        return
    if not any(reach in text for each in services for reach in (each.phone, each.url) if reach):
        yield f"no support line: none of {', '.join(each.name for each in services)} is in the text; use {{{{ support.line }}}}"


def _cheerful(setting: Setting, text: str) -> Iterator[str]:
    """What sounds cheerful beside death, abuse or violence."""
    if not setting.occurrence.day.sensitive:
        return
    signs = dict.fromkeys(sign for sign in _CHEERFUL.findall(text) if sign not in _QUIET)
    found = [*(["an exclamation mark"] if "!" in text else []), *signs]
    if found:
        name = setting.occurrence.day.name_in(setting.language)
        yield f"{name} is about what hurts people, and the text has {' and '.join(found)}: look at its tone"


def _relative_words(setting: Setting, passage: Passage | None, text: str) -> Iterator[str]:
    """Words such as "today" are true on one day only: the article's in an excerpt, the awareness day's elsewhere."""
    on = setting.local_time.date()
    excerpt = " ".join(passage.kept) if passage else ""
    written = setting.article.published if setting.article else None
    if written:
        said = next((said for said in _relative(excerpt) if not _same(said, written, on)), None)
        if said:
            when = f"its article is of {spoken_date(written)} and this goes out on {spoken_date(on)}"
            yield f"the excerpt says “{said}”, but {when}"
    else:
        yield from _off_the_day(setting, "excerpt", excerpt, on)
    yield from _off_the_day(setting, "text", _without(text, passage), on)


def _off_the_day(setting: Setting, what: str, text: str, on: date) -> Iterator[str]:
    words = list(_relative(text))
    said = next((said for said in words if not _in_occurrence(setting, said, on)), None)
    if said:
        yield f"the {what} says “{said}” and goes out on {spoken_date(on)}, which is not when {_the_day(setting)}"
    elif words and setting.moved_from and not words[0].endswith(("week", "month", "year")):
        meant = f"was meant for {spoken_date(setting.moved_from)}"
        yield f"the {what} says “{words[0]}”, {meant} and goes out on {spoken_date(on)}"


def _relative(text: str) -> Iterator[str]:
    return (found.group().casefold() for found in _RELATIVE.finditer(text))


def _without(text: str, passage: Passage | None) -> str:
    for paragraph in passage.kept if passage else ():
        text = text.replace(paragraph, " ").replace(nested(paragraph), " ")
    return text


def _same(said: str, one: date, other: date) -> bool:
    """Tells whether the words mean the same on both dates."""
    if said.endswith("year"):
        return one.year == other.year
    if said.endswith("month"):
        return (one.year, one.month) == (other.year, other.month)
    if said.endswith("week"):
        return one.isocalendar()[:2] == other.isocalendar()[:2]
    return one == other


def _in_occurrence(setting: Setting, said: str, on: date) -> bool:
    """Tells whether words of our own can mean the awareness day; of "next month" and "last year" nobody can tell."""
    start, end = setting.occurrence.start, setting.occurrence.end
    if said.endswith(("week", "month", "year")):
        is_then = start <= on <= end or _same(said, on, start) or _same(said, on, end)
        return is_then or not said.startswith("this")
    meant = on + timedelta(days=_DAYS_FROM_NOW.get(said, 0))
    return start <= meant <= end


def _the_day(setting: Setting) -> str:
    start, end = setting.occurrence.start, setting.occurrence.end
    when = spoken_date(start) if start == end else f"{spoken_date(start, year=False)} to {spoken_date(end)}"
    return f"{setting.occurrence.day.name_in(setting.language)} is ({when})"


def _old_article(setting: Setting) -> Iterator[str]:
    published = setting.article.published if setting.article else None
    start = setting.occurrence.start
    if setting.article and published and published.year != start.year and abs(start - published) > STALE:
        yield f"the article “{setting.article.source}” is of {spoken_date(published)}: check that it still holds"


def _lost_links(article: Article | None, passage: Passage | None, text: str) -> Iterator[str]:
    """Words that carried a link in the article point nowhere in a post: "click here"."""
    if article is None or passage is None:
        return
    for anchor in article.anchors:
        label, at = anchor.label.strip(), anchor.span
        used = at is not None and any(span.start <= at.start < span.end for span in passage.spans)
        if used and label != anchor.url and anchor.url not in text:
            yield f"“{label}” is a link in the article and plain words here"


def _hashtags(text: str) -> Iterator[str]:
    tags = _HASHTAG.findall(text)
    if len(tags) > MOST_HASHTAGS:
        yield f"{len(tags)} hashtags ({' '.join(tags)}): screen readers read each aloud; {MOST_HASHTAGS} are enough"
