"""Builders for drafting and preview: they say only what matters to a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.articles.article import Anchor, Article, Paragraph, Span
from scheduler.awareness import AwarenessDay, DateStatus, Occurrence
from scheduler.campaigns import Campaign
from scheduler.drafting import Draft, Drafted, PostKey, Templates, draft_campaign
from scheduler.platforms.contract import Length
from scheduler.platforms.message import Message, Part

DAY = AwarenessDay(id="open-day", name="Harbour Open Day")


@dataclass(frozen=True, slots=True)
class FakeCounter:
    """Counts code points up to a limit; without a limit everything fits."""

    limit: int = 1_000_000
    platform: str = "outbox"
    looks_like: str = "x"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        return (Length(len(message.parts[part].text), self.limit),)


def make_occurrence(start: date = date(2027, 3, 18), end: date | None = None, name: str | None = None) -> Occurrence:
    day = DAY if name is None else AwarenessDay(id="another-day", name=name)
    return Occurrence(day, start.year, start, end or start, DateStatus.FIXED, hashtags=("HarbourDay27",))


def make_article(text: str, **fields: Any) -> Article:
    """An article of body paragraphs, one for each stretch between empty lines; spans can be found by their words."""
    paragraphs, position = [], 0
    for paragraph in text.split("\n\n"):
        paragraphs.append(Paragraph(Span(position, position + len(paragraph))))
        position += len(paragraph) + 2
    return Article(
        source=fields.pop("source", "articles/release.md"), text=text, paragraphs=tuple(paragraphs), **fields
    )


def anchor(text: str, label: str, url: str) -> Anchor:
    start = text.index(label)
    return Anchor(url, label, Span(start, start + len(label)))


def make_slot(**keys: Any) -> dict[str, Any]:
    return {"id": "news", "when": "09:00"} | ({} if "template" in keys else {"text": "{{ excerpt.text }}"}) | keys


def make_campaign(*slots: Mapping[str, Any], **keys: Any) -> Campaign:
    """A campaign of one account without an article; `articles` is added where a slot takes an excerpt."""
    defaults: dict[str, Any] = {
        "id": "harbour",
        "title": "Harbour Open Day",
        "day": "open-day",
        "accounts": ["press"],
        "articles": {"release": "articles/release.md"},
        "slot": list(slots) or [make_slot(text="Come and see.")],
        "file": "campaigns/harbour.toml",
    }
    return Campaign.model_validate(defaults | keys)


def drafts_of(
    campaign: Campaign,
    text: str | Article = "The harbour opens its gates. Everyone is welcome.",
    *,
    workspace: Path = Path("/nonexistent"),
    limit: int = 1_000_000,
    occurrence: Occurrence | None = None,
    **options: Any,
) -> Drafted:
    """Drafts a campaign with one article for every short name and a counter of `limit` for every account."""
    article = make_article(text) if isinstance(text, str) else text
    accounts = [*campaign.accounts, *(name for slot in campaign.slots for name in slot.accounts or ())]
    counters = options.pop("counters", {name: FakeCounter(limit) for name in accounts})
    articles = options.pop("articles", dict.fromkeys(campaign.articles, article))
    return draft_campaign(
        campaign,
        occurrence or make_occurrence(),
        counters,
        articles,
        templates_of(workspace),
        options.pop("time_zone", "Europe/London"),
        options.pop("language", "en-GB"),
        **options,
    )


@cache
def templates_of(workspace: Path) -> Templates:
    """The templates of a workspace, with one rendering process for all tests: starting it takes longer than drafting."""
    return Templates(workspace)


def make_draft(text: str = "Come and see.", **fields: Any) -> Draft:
    """A draft for X of 18 March 2027, 09:00 in London."""
    key = PostKey(
        fields.pop("campaign", "harbour"), "2027", fields.pop("slot", "news"), fields.pop("account", "press-x")
    )
    message = Message((Part(text),), content_warning=fields.pop("content_warning", None))
    defaults: dict[str, Any] = {
        "key": key,
        "campaign_title": "Harbour Open Day",
        "platform": "x",
        "looks_like": "x",
        "scheduled_at": datetime(2027, 3, 18, 9, 0, tzinfo=UTC),
        "time_zone": "Europe/London",
        "late": "send",
        "message": message,
        "lengths": ((Length(len(text), 280),),),
    }
    return Draft(**(defaults | fields))
