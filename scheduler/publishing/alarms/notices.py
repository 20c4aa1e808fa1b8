"""What is told, in words: alarms put together into one short message, the worst first, each with what to do next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduler.config import redact
from scheduler.posts.alarms import GONE_BY, Message, Raised, in_common
from scheduler.posts.needs import CAMPAIGN_FILE
from scheduler.posts.wording import count

# Kinds, the worst first: what it says in the title of one, and of several.
_HEADLINES = {
    "book": ("nothing can be published", "nothing can be published"),
    "daemon": ("the daemon does not publish", "the daemon does not publish"),
    "watch": ("alarms may be missing", "alarms may be missing"),
    GONE_BY: ("the daemon was not publishing", "the daemon was not publishing"),
    "held": ("an account was refused", "{} accounts were refused"),
    "silence": ("a post is due and not out", "{} posts are due and not out"),
    "unconfirmed": ("a post may or may not be out", "{} posts may or may not be out"),
    "failed": ("a post failed", "{} posts failed"),
    "missed": ("a post was missed", "{} posts were missed"),
    "waiting": ("a post waits for a word", "{} posts wait for a word"),
    "not approved": ("a draft is not approved", "{} drafts are not approved"),
    CAMPAIGN_FILE: ("a campaign file cannot be read", "{} campaign files cannot be read"),
    "article changed": ("an article changed", "{} articles changed"),
}
# These keep posts from going out, or people from being told, at this very moment.
URGENT = frozenset({"book", "daemon", "watch", GONE_BY, "held", "silence"})

_LISTED = 10
_LONGEST = 300  # characters of one sentence: a platform's own words may be long


def message_about(raised: Sequence[Raised], now: datetime) -> Message:
    """Puts alarms together into one message; needs at least one."""
    ranks = list(_HEADLINES)
    ordered = sorted(raised, key=lambda each: (ranks.index(each.need.kind), each.at))
    things = in_common(ordered)
    lines = [line for each in things[:_LISTED] for line in lines_of(each)]
    if len(things) > _LISTED:
        lines += [f"and {len(things) - _LISTED} more: redletter status"]
    key = f"alarms:{now.isoformat()}:{ordered[0].need.key}"
    return Message(key, _title(things), redact("\n".join(lines).strip()), now, ordered)


def retold(message: Message) -> Message:
    """Says a message again as things stand now: with what still stands of it, in the words of this moment."""
    if not message.alarms:
        return message
    anew = message_about(message.alarms, message.made_at)
    return replace(message, title=anew.title, body=anew.body)


def lines_of(raised: Raised) -> list[str]:
    """Says one alarm, the first posts that it is about where it is about several, and what to do."""
    named = [f"    {name}" for name in raised.need.named]
    return [f"! {shortened(raised.need.said)}", *named, f"  -> {raised.need.answer}", ""]


def shortened(said: str) -> str:
    line = " ".join(said.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _title(things: Sequence[Raised]) -> str:
    worst = [each.need for each in things if each.need.kind == things[0].need.kind]
    number = sum(len(need.posts) or 1 for need in worst)
    one, several = _HEADLINES[worst[0].kind]
    headline = one if number == 1 else several.format(number)
    others = len(things) - len(worst)
    return f"Redletter: {headline}" + (f", and {count(others, 'thing')} more" if others else "")
