"""How moments, lengths of time and numbers are written for people, alike on a screen and in an alarm."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

# How the notes begin of posts that are held for what became of their article, or of what their campaign says of it.
ARTICLE_NOTE = "its article "
BACK_NOTE = f"{ARTICLE_NOTE}has its words again"
EMBARGO_NOTE = "its hour is before the embargo"
PRE_ELECTION_NOTE = "it would go out in the pre-election period"
CAMPAIGN_NOTE = "its campaign "
STOPPED_NOTE = "stopped by "  # how the note begins of a post whose story somebody stopped


def held_for(why: str) -> str:
    """Names in a word or two what a post is held for, by its note: "article", "embargo", "pre-election period", "campaign"."""
    named = {EMBARGO_NOTE: "embargo", PRE_ELECTION_NOTE: "pre-election period", CAMPAIGN_NOTE: "campaign"}
    return next((word for note, word in named.items() if note in why), "article")


def is_about_its_article(note: str | None) -> bool:
    """Whether a post is held for its article, or for what its campaign says of it, and not since its hour passed."""
    return (note or "").startswith((ARTICLE_NOTE, EMBARGO_NOTE, PRE_ELECTION_NOTE, CAMPAIGN_NOTE))


def parted(note: str) -> tuple[str, str, str]:
    """Parts such a note: what happened, which it has in common with other posts, a joint, and what it means for this post."""
    return note.partition(", and quotes " if note.startswith(PRE_ELECTION_NOTE) else ": ")


def clock_of(time_zone: str) -> tzinfo:
    """Returns the clock of a time zone; that of UTC where this machine does not know the zone, or not any more."""
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown; no name of one; the name of a folder of zones
        return UTC


def by_clocks(time_zone: str, home: str) -> str:
    """Says whose clocks hours are by, where they are not those of the workspace: ", by the clocks of Asia/Tokyo"."""
    return "" if time_zone == home else f", by the clocks of {time_zone}"


def local_hour(moment: datetime, time_zone: str) -> str:
    """Writes "Thu 18 Mar 2027 09:00", on a clock of that time zone; "… UTC" where this machine does not know it."""
    clock = clock_of(time_zone)
    local = moment.astimezone(clock)
    return f"{local:%a} {local.day:>2} {local:%b %Y %H:%M}{' UTC' if clock is UTC else ''}"


def ago(length: timedelta) -> str:
    """Writes "90 seconds", "5 minutes" or "3 hours"; what a clock that was set back puts ahead was just now."""
    seconds = max(int(length.total_seconds()), 0)
    minutes = seconds // 60
    if minutes < 2:
        return count(seconds, "second")
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def count(number: int, one: str, several: str | None = None) -> str:
    """Writes "1 post" or "3 posts"."""
    return f"{number} {one if number == 1 else several or one + 's'}"
