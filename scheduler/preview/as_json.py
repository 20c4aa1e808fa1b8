"""The preview as JSON, for other programs; its shape is documented and kept stable by tests."""

from collections.abc import Iterable
from typing import Any

from scheduler.errors import Problem
from scheduler.posts.wording import clock_of
from scheduler.preview.card import Card


def preview_json(cards: Iterable[Card], problems: Iterable[Problem] = (), notes: Iterable[str] = ()) -> dict[str, Any]:
    """Returns {"posts": […], "problems": […], "notes": […]}, posts in the order of `cards`.

    problems: posts that could not be drafted; notes: what was left out on purpose. Saved posts have "id", "status",
    "version" and "receipts" as well.
    """
    return {
        "posts": [post_json(card) for card in cards],
        "problems": [str(problem) for problem in problems],
        "notes": list(notes),
    }


def post_json(card: Card) -> dict[str, Any]:
    """Returns one post; times are ISO 8601 with the offset that holds where the campaign is; "late" is seconds, or text."""
    post: dict[str, Any] = {
        "campaign": card.campaign,
        "occurrence": card.occurrence,
        "slot": card.slot,
        "account": card.account,
        "platform": card.platform,
        "scheduled_at": card.local_time.isoformat(),
        "parts": [
            {"text": part.text, "length": part.lengths[0].used, "limit": part.lengths[0].limit} for part in card.parts
        ],
        "late": card.late if isinstance(card.late, str) else int(card.late.total_seconds()),
        "expires_at": card.expires_at.astimezone(clock_of(card.time_zone)).isoformat() if card.expires_at else None,
        "embargo_until": card.embargo_until.astimezone(clock_of(card.time_zone)).isoformat()
        if card.embargo_until
        else None,
        "topics": list(card.topics),
        "warnings": list(card.warnings),
    }
    if card.post_id is None:
        return post
    receipts = [
        {"part": part, "platform_id": receipt.platform_id, "url": receipt.url}
        for part, receipt in enumerate(card.receipts)
    ]
    return post | {"id": card.post_id, "status": card.status, "version": card.version, "receipts": receipts}
