"""How the year planner says things, alike in the terminal and on its page."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from scheduler.awareness import DateStatus, Occurrence, Unannounced
from scheduler.posts.wording import count
from scheduler.preview.year.findings import Finding, Topic, short, weekday
from scheduler.preview.year.planner import ClockChange, Plan, YearPlanner


class Heading(NamedTuple):
    """What stands over the findings of one topic, and what to do about any of them."""

    title: str
    answer: str = ""


HEADINGS = {
    Topic.CLASHES: Heading(
        "Clashes: two campaigns on one account within an hour",
        "Move one of them: redletter reschedule POST WHEN, or `when` of its slot.",
    ),
    Topic.CLOSE: Heading(
        "Close together: slots of one campaign within ten minutes", "Move one of them: `when` of its slot."
    ),
    Topic.SENSITIVE: Heading(
        "On a sensitive day of something else", "Read these posts with that day in mind, or move them."
    ),
    Topic.NOT_ANNOUNCED: Heading("Not announced yet, and a campaign waits for it"),
    Topic.TO_CONFIRM: Heading("Computed: to confirm with the organiser"),
    Topic.NOT_DATED: Heading("Campaigns without a date"),
    Topic.OTHER_YEARS: Heading("Campaigns of other years"),
    Topic.GAPS: Heading("Gaps: an account has nothing for four weeks or longer"),
    Topic.EMPTY_MONTHS: Heading("Months without a campaign"),
}


MOST = 20  # findings of one topic that people are shown


def by_topic(planner: YearPlanner) -> list[tuple[Topic, Sequence[Finding]]]:
    """Returns the topics that have findings, each with its own: those to come before those that are over."""
    grouped = [(topic, [each for each in planner.findings if each.topic is topic]) for topic in Topic]
    return [(topic, sorted(found, key=lambda each: each.over)) for topic, found in grouped if found]


def more_words(found: int) -> str:
    """Says that more was found than is shown."""
    return f"… and {found - MOST} more: redletter year --json has them all"


def other_unannounced(planner: YearPlanner) -> list[Unannounced]:
    """Returns the days shown that nobody knows the date of yet and no campaign waits for."""
    waited_for = {each.day for each in planner.findings if each.topic is Topic.NOT_ANNOUNCED}
    return [each for each in planner.unannounced if each.day.id not in waited_for]


def days_words(first: date, last: date) -> str:
    """Writes "Thu 18 Mar", "11 - 18 Mar" or "25 Nov - 10 Dec"."""
    if first == last:
        return weekday(first)
    start = str(first.day) if (first.year, first.month) == (last.year, last.month) else short(first)
    return f"{start} - {short(last)}"


def day_words(occurrence: Occurrence) -> str:
    """Says what day it is, and what to know of it: "White Ribbon Day (sensitive)"."""
    known = [
        *(["date computed"] if occurrence.status is DateStatus.COMPUTED else []),
        *(["sensitive"] if occurrence.day.sensitive else []),
    ]
    return occurrence.day.name + (f" ({', '.join(known)})" if known else "")


def posts_words(plan: Plan) -> str:
    """Writes "4 published, 2 draft", and "at least" where only the articles tell how many."""
    counts = ", ".join(f"{posts} {state}" for state, posts in plan.posts.items())
    return f"at least {counts}" if plan.at_least else counts


def change_words(change: ClockChange) -> str:
    """Writes "clocks go forward 1 hour"."""
    minutes = abs(change.minutes)
    length = count(minutes // 60, "hour") if minutes % 60 == 0 else count(minutes, "minute")
    return f"clocks go {'forward' if change.minutes > 0 else 'back'} {length}"


def number_words(posts: int) -> str:
    """Writes a number in at most three characters, and nothing as a dot."""
    if posts < 1000:
        return str(posts) if posts else "·"
    return f"{posts // 1000}k" if posts < 100_000 else "99k"


def summary_words(planner: YearPlanner) -> str:
    """Counts campaigns, posts and what wants a look: "3 campaigns, 24 posts, 1 clash, 2 days not announced yet"."""
    ahead = [each.topic for each in planner.findings if not each.over]
    clashes, unannounced = ahead.count(Topic.CLASHES), ahead.count(Topic.NOT_ANNOUNCED)
    what = f"{count(len(planner.plans), 'campaign')}, {count(sum(planner.posts_on.values()), 'post')}"
    waiting = f", {count(unannounced, 'day')} not announced yet" if unannounced else ""
    return f"{what}, {count(clashes, 'clash', 'clashes') if clashes else 'no clashes'}{waiting}"
