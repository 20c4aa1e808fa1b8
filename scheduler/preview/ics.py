"""Writes posts into a calendar file: each an event at its hour, with an identity that outlasts its hour and its words."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from scheduler.awareness.calendar_file import Event, EventStatus, calendar_file
from scheduler.posts.status import PostStatus
from scheduler.preview.card import Card, day_heading, hour, terms_words

_LENGTH = timedelta(minutes=15)  # calendars draw nothing shorter that could be read
_CERTAIN = (PostStatus.APPROVED, PostStatus.PUBLISHING, PostStatus.PUBLISHED)
_DROPPED = (PostStatus.REJECTED, PostStatus.CANCELLED)


def schedule_file(name: str, cards: Iterable[tuple[Card, datetime]]) -> bytes:
    """Returns a calendar file of posts, each with the moment, aware, at which it last changed. name: of the calendar."""
    events = [_event(card, changed_at) for card, changed_at in cards]
    return calendar_file(name, sorted(events, key=lambda event: (event.start, event.summary, event.uid)))


def _event(card: Card, changed_at: datetime) -> Event:
    """Returns the event of one post; one that will not go out is cancelled."""
    addresses = [receipt.url for receipt in card.receipts if receipt.url]
    return Event(
        uid=_uid(card),
        sequence=card.version or 0,
        changed_at=changed_at,
        start=card.scheduled_at,
        end=card.scheduled_at + _LENGTH,
        summary=f"{card.account}: {card.campaign_title} / {card.slot}",
        description="\n".join(_about(card)),
        status=_status(card),
        categories=(card.campaign_title, *([card.status] if card.status else []), *card.topics),
        url=addresses[0] if addresses else None,
        # Who shares a calendar shares no words that are under embargo.
        private=card.embargo_until is not None and card.status != PostStatus.PUBLISHED,
    )


def _uid(card: Card) -> str:
    # The excerpt is another one once a typo in it is mended; the post in the book stays the same.
    which = str(card.post_id) if card.fingerprint and card.post_id else card.fingerprint
    identity = json.dumps([card.campaign, card.occurrence, card.slot, card.account, which])
    return f"post-{sha256(identity.encode()).hexdigest()[:32]}@redletter"


def _status(card: Card) -> EventStatus:
    if card.status in _DROPPED:
        return EventStatus.CANCELLED
    return EventStatus.CONFIRMED if card.status in _CERTAIN else EventStatus.TENTATIVE


def _about(card: Card) -> Iterator[str]:
    yield "\n\n".join(part.text for part in card.parts)
    yield ""
    if card.post_id is None:
        yield "Status: not planned yet"
    else:
        yield f"Status: {card.status} (post {card.post_id}, version {card.version})"
    yield f"Hour: {day_heading(card.local_time.date())}, {hour(card)} ({card.time_zone})"
    yield f"Account: {card.account} on {card.platform_name}"
    yield f"Campaign: {card.campaign_title} ({card.campaign} {card.occurrence}), slot {card.slot}"
    if card.content_warning:
        yield f"Content warning: {card.content_warning}"
    terms = terms_words(card)
    if terms:
        yield terms[0].upper() + terms[1:]
    yield from (f"Warning: {warning}" for warning in card.warnings)
    yield from (f"Out: {receipt.url or receipt.platform_id}" for receipt in card.receipts)
