"""The daily digest: what goes out tomorrow, and what needs a person; sent on empty days, too, so that silence means something."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.config import redact
from scheduler.posts.alarms import Message, Raised, in_common, open_alarms
from scheduler.posts.book import Book
from scheduler.posts.holds import ActiveHolds, reach_of, reaches_of, way_back
from scheduler.posts.queries import kept_between
from scheduler.posts.tables import Hold, Post, split_topics
from scheduler.posts.wording import clock_of, count, local_hour
from scheduler.publishing.alarms.notices import lines_of

_LISTED = 30
_ALARMS = 10
_WORDS = 60  # characters of a post's text
_GOES_OUT = ("approved", "publishing")
_Stated = tuple[Post, str | None]  # a post, and why it does not go out as things stand
_NOT_YET = {"draft": "NOT APPROVED", "held": "WAITS FOR A WORD", "unconfirmed": "MAY BE OUT ALREADY"}


def digest_key(today: date) -> str:
    """Returns the key under which the digest of a day is sent once."""
    return f"digest:{today.isoformat()}"


def is_time(now: datetime, hour: time | None, zone: ZoneInfo) -> bool:
    """Whether the digest of this day should have gone by now."""
    return hour is not None and now.astimezone(zone).time() >= hour


def make_digest(book: Book, now: datetime, zone: ZoneInfo) -> Message:
    """Writes what goes out tomorrow, by the clocks of `zone`, and what needs a person now; raises BookError."""
    today = now.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    start, end = (datetime.combine(day, time(), zone) for day in (tomorrow, tomorrow + timedelta(days=1)))
    with book.reading() as session:
        kept = kept_between(session, start, end - timedelta(microseconds=1))
        needs = in_common(open_alarms(session, now))
    held = reaches_of(kept.holds)
    posts = [(post, _state(post, held)) for post in kept.posts if post.status in (*_GOES_OUT, *_NOT_YET)]
    body = [
        f"As things stand {local_hour(now, str(zone))}.",
        "",
        *_tomorrow(posts, tomorrow, zone),
        *_holds(kept.holds),
        *_needs(needs),
    ]
    return Message(digest_key(today), _title(posts, tomorrow), redact("\n".join(body).strip()), now)


def _state(post: Post, held: ActiveHolds) -> str | None:
    """Says why a post does not go out as things stand; None where it does."""
    if post.status in _NOT_YET:
        return _NOT_YET[post.status]
    return "HELD" if held.reach(post.account, post.campaign, split_topics(post.topics)) else None


def _title(posts: Sequence[_Stated], tomorrow: date) -> str:
    if not posts:
        return f"Redletter: nothing is planned for tomorrow, {_day(tomorrow)}"
    unready = sum(state is not None for _, state in posts)
    warning = f", {unready} NOT READY" if unready else ""
    return f"Redletter: {count(len(posts), 'post')} tomorrow, {_day(tomorrow)}{warning}"


def _tomorrow(posts: Sequence[_Stated], tomorrow: date, zone: ZoneInfo) -> Iterator[str]:
    if not posts:
        yield f"Nothing is planned for tomorrow, {_day(tomorrow)}."
    else:
        yield f"Tomorrow, {_day(tomorrow)}:"
    for post, state in posts[:_LISTED]:
        yield ""
        yield f"{_hour(post, zone)} {post.account}: {_first_words(post)}"
        said = f"{state}: redletter show {post.id}" if state else f"approved by {post.approved_by}"
        yield f"  {post.campaign} {post.slot}, post {post.id}; {said}"
    if len(posts) > _LISTED:
        yield ""
        yield f"and {len(posts) - _LISTED} more: redletter posts"
    yield ""


def _hour(post: Post, zone: ZoneInfo) -> str:
    """Says when by the clocks that the list is made by, and by the post's own where these show another hour."""
    here, there = (f"{post.scheduled_at.astimezone(clock):%H:%M}" for clock in (zone, clock_of(post.time_zone)))
    return here if here == there else f"{here} ({there} by the clocks of {post.time_zone})"


def _holds(holds: Sequence[Hold]) -> Iterator[str]:
    for hold in holds:
        yield f"HELD: {reach_of(hold)}, by {hold.held_by}: {hold.reason}"
        yield f"  -> {way_back(hold.scope, hold.name)}"
        yield ""


def _needs(raised: Sequence[Raised]) -> Iterator[str]:
    if not raised:
        yield "Nothing needs a person."
        return
    yield f"Needs a person: {count(len(raised), 'thing')}"
    yield ""
    for each in raised[:_ALARMS]:
        yield from lines_of(each)
    if len(raised) > _ALARMS:
        yield f"and {len(raised) - _ALARMS} more: redletter status"


def _first_words(post: Post) -> str:
    try:
        text = " ".join(post.message.parts[0].text.split())
    except (ValueError, TypeError, LookupError):
        return "its words are damaged in the book and cannot be read"
    if len(text) <= _WORDS:
        return f"“{text}”"
    return f"“{text[:_WORDS].rsplit(' ', 1)[0].rstrip('.,;: ')} …”"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
