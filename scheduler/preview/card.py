"""A card: all that a preview shows of one post, whether it is a draft or already in the book."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from scheduler.campaigns import Lateness
from scheduler.drafting.draft import Draft, Source
from scheduler.platforms.contract import Length, Receipt
from scheduler.posts.wording import clock_of

PLATFORM_NAMES = {"x": "X", "mastodon": "Mastodon", "bluesky": "Bluesky", "webhook": "Webhook", "outbox": "Outbox"}


@dataclass(frozen=True, slots=True)
class CardPart:
    """One text of a post, with every length that limits it; the first is the one that people know."""

    text: str
    lengths: tuple[Length, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What became of an article since a post was taken from it. was, now: the words that are others."""

    said: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Card:
    """One post as it is shown.

    scheduled_at: aware; shown in time_zone. late: how late it may still go out; "send" means however late, "hold" that a
    person says so then. expires_at: aware, after when it never goes out; embargo_until: aware, before when it never does.
    topics: what it is about, for holds. fingerprint: of the excerpt, where a slot makes several posts.
    post_id, status, version, receipts, note, news: of a post that is saved; a draft has none of them.
    """

    campaign: str
    campaign_title: str
    occurrence: str
    slot: str
    account: str
    platform: str
    looks_like: str
    scheduled_at: datetime
    time_zone: str
    parts: tuple[CardPart, ...]
    late: Lateness = "send"
    language: str = "en-GB"
    content_warning: str | None = None
    warnings: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    post_id: int | None = None
    status: str | None = None
    version: int | None = None
    receipts: tuple[Receipt, ...] = ()
    expires_at: datetime | None = None
    topics: tuple[str, ...] = ()
    embargo_until: datetime | None = None
    fingerprint: str = ""
    note: str | None = None
    news: tuple[News, ...] = ()

    @property
    def local_time(self) -> datetime:
        """The hour on a clock where the campaign is."""
        return self.scheduled_at.astimezone(clock_of(self.time_zone))

    @property
    def platform_name(self) -> str:
        """What people call the platform; an outbox says whom it stands in for."""
        name = PLATFORM_NAMES.get(self.looks_like, self.looks_like)
        return f"{name} (outbox)" if self.platform == "outbox" != self.looks_like else name


def card_of(draft: Draft) -> Card:
    """Makes the card of a draft."""
    message = draft.message
    pairs = zip(message.parts, draft.lengths, strict=True)
    return Card(
        campaign=draft.key.campaign,
        campaign_title=draft.campaign_title,
        occurrence=draft.key.occurrence,
        slot=draft.key.slot,
        account=draft.key.account,
        platform=draft.platform,
        looks_like=draft.looks_like,
        scheduled_at=draft.scheduled_at,
        time_zone=draft.time_zone,
        parts=tuple(CardPart(part.text, lengths) for part, lengths in pairs),
        late=draft.late,
        language=message.language,
        content_warning=message.content_warning,
        warnings=draft.warnings,
        sources=draft.sources,
        expires_at=draft.expires_at,
        topics=draft.topics,
        embargo_until=draft.embargo_until,
        fingerprint=draft.key.fingerprint,
    )


def by_day(cards: Iterable[Card]) -> Iterator[tuple[date, list[Card]]]:
    """Groups cards by local day, in the order of time; cards of one hour keep the order they came in."""
    ordered = sorted(cards, key=lambda card: card.scheduled_at)
    for day, group in groupby(ordered, key=lambda card: card.local_time.date()):
        yield day, list(group)


def day_heading(day: date) -> str:
    """Writes "Thursday 18 March 2027"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def hour(card: Card) -> str:
    """Writes the local time with its zone: "09:00 GMT"."""
    return f"{card.local_time:%H:%M %Z}"


def length_words(lengths: Sequence[Length]) -> str:
    """Writes the length that people know, and another only where it is over its limit: "243 of 280 characters"."""
    shown = [length for index, length in enumerate(lengths) if index == 0 or not length.fits]
    return ", ".join(f"{length.used} of {length.limit} {length.unit}" for length in shown)


def terms_words(card: Card) -> str:
    """Says under what terms a post goes out: "late: held for a word; expires Thu 18 Mar 17:00; topics: safety"."""
    terms = []
    if card.embargo_until is not None:
        terms.append(f"embargo until {_short(card.embargo_until, card)}")
    if card.late == "hold":
        terms.append("late: held for a word")
    if card.expires_at is not None:
        terms.append(f"expires {_short(card.expires_at, card)}")
    if card.topics:
        terms.append(f"topics: {', '.join(card.topics)}")
    return "; ".join(terms)


def _short(moment: datetime, card: Card) -> str:
    local = moment.astimezone(clock_of(card.time_zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def source_words(source: Source) -> str:
    """Says where words come from: "quote from articles/release.md, paragraph 4, characters 612 to 810".

    Of a post without an excerpt: "link of articles/release.md".
    """
    if not source.spans:
        return f"{source.kind} of {source.article}"
    stretches = " and ".join(f"{span.start} to {span.end}" for span in source.spans)
    numbers = list(dict.fromkeys(number + 1 for number in source.paragraphs[: len(source.spans)]))
    paragraphs = (
        f"{'paragraph' if len(numbers) == 1 else 'paragraphs'} {' and '.join(map(str, numbers))}, " if numbers else ""
    )
    return f"{source.kind} from {source.article}, {paragraphs}characters {stretches}"
