"""The year planner in a terminal: what each month has, posts by account and month, and what wants a look."""

from collections.abc import Iterator
from datetime import date

from scheduler.awareness import DateStatus
from scheduler.preview.terminal import NARROWEST, WIDEST, Paint, columns, plain, wrapped
from scheduler.preview.year.planner import Month, YearPlanner
from scheduler.preview.year.wording import (
    HEADINGS,
    MOST,
    by_topic,
    change_words,
    day_words,
    days_words,
    more_words,
    number_words,
    other_unannounced,
    posts_words,
    summary_words,
)

_DATES = len("25 Nov - 10 Dec")
_CELL = 4  # columns of one month in the table of accounts
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
LEGEND = "> campaign   * awareness day   ~ its date is computed   - bank holiday, clocks"


def year_lines(planner: YearPlanner, width: int = 80, colour: bool = False) -> Iterator[str]:
    """Yields the lines of the year; no line is wider than `width` columns.

    width: brought between 60 and 120. colour: marks only what words and signs say as well.
    """
    width = max(NARROWEST, min(width, WIDEST))
    paint = Paint(colour)
    title = f"Year planner {planner.year}{f', {planner.organisation}' if planner.organisation else ''}"
    yield from (paint.bold(line) for line in wrapped(title, width))
    yield summary_words(planner)
    yield from wrapped(LEGEND, width)
    for month in planner.months:
        yield from _month(month, width, paint)
    yield from _accounts(planner, width, paint)
    yield from _findings(planner, width, paint)


def _month(month: Month, width: int, paint: Paint) -> Iterator[str]:
    rows = sorted(_rows(month))
    if not rows:
        return
    yield ""
    yield paint.bold(f"{month.first:%B}")
    for _, _, mark, dates, words in rows:
        lines = _hanging(f"{mark} {dates:<{_DATES}}  ", words, width)
        yield from map(paint.dim, lines) if mark == "-" else lines


def _rows(month: Month) -> Iterator[tuple[date, int, str, str, str]]:
    """Yields a row of each thing: where it stands among the others, its mark, its dates, its words."""
    for occurrence in month.days:
        mark = "~" if occurrence.status is DateStatus.COMPUTED else "*"
        dates = days_words(occurrence.start, occurrence.end)
        yield max(occurrence.start, month.first), 0, mark, dates, day_words(occurrence)
    for plan in month.plans:
        yield plan.first, 1, ">", days_words(plan.first, plan.last), f"{plan.title}: {posts_words(plan)}"
    for day, name in month.holidays.items():
        yield day, 2, "-", days_words(day, day), f"bank holiday: {name}"
    for change in month.clock_changes:
        yield change.day, 3, "-", days_words(change.day, change.day), change_words(change)


def _accounts(planner: YearPlanner, width: int, paint: Paint) -> Iterator[str]:
    if not planner.accounts:
        return
    room = width - 12 * _CELL
    yield ""
    yield paint.bold(f"{'Posts':<{room}} {_MONTHS}")
    for account in planner.accounts:
        name = account.name if len(account.name) <= room else f"{account.name[: room - 1]}…"
        yield f"{name:<{room}}" + "".join(f"{number_words(posts):>{_CELL}}" for posts in account.months)


def _findings(planner: YearPlanner, width: int, paint: Paint) -> Iterator[str]:
    for topic, found in by_topic(planner):
        heading = HEADINGS[topic]
        yield ""
        yield from (paint.bold(line) for line in wrapped(heading.title, width))
        for each in found[:MOST]:
            yield from _hanging("  ", f"{each.said}{' (over)' if each.over else ''}", width)
            if each.answer:
                yield from _hanging("    -> ", each.answer, width)
        if len(found) > MOST:
            yield from _hanging("  ", more_words(len(found)), width)
        if heading.answer:
            yield from _hanging("  -> ", heading.answer, width)
    others = other_unannounced(planner)
    if others:
        yield ""
        yield paint.bold("Not announced yet")
        yield from _hanging("  ", "; ".join(each.day.name for each in others), width)


def _hanging(start: str, words: str, width: int) -> Iterator[str]:
    """Wraps words after a start, the following lines under the first word."""
    room = columns(start)
    for number, line in enumerate(wrapped(plain(words), width - room)):
        yield ((start if number == 0 else " " * room) + line).rstrip()
