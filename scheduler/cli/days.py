"""`redletter days`: the awareness days that are coming up, those that are asked for, and all that is known of one."""

import calendar as months
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.dates import Day
from scheduler.cli.door import Door
from scheduler.cli.output import complain, plain, say, say_json, width

if TYPE_CHECKING:
    from scheduler.awareness import Calendar
    from scheduler.awareness.choosing import Choice, Dated

AHEAD = timedelta(days=90)
A_YEAR = timedelta(days=364)

_DAY = Day()


@dataclass(frozen=True, slots=True)
class Listed:
    """The days that were asked for, under which heading, and the year that it speaks of.

    match: "found" by words, or merely "near" to them; None where no words were given.
    """

    days: "Sequence[Dated]"
    said: str
    year: int
    match: str | None = None


@click.command()
@click.argument("words", nargs=-1)
@click.option("--year", type=click.IntRange(1900, 2100), help="All of a year.")
@click.option("--from", "first", type=_DAY, metavar="DATE", help="From this day on, as in 2027-03-01.")
@click.option("--to", "last", type=_DAY, metavar="DATE", help="Up to this day.")
@click.option("--month", multiple=True, metavar="MONTH", help="Only this month: march, mar or 3; may be repeated.")
@click.option("--nation", multiple=True, metavar="NATION", help="Only what holds in this nation; may be repeated.")
@click.option("--only", is_flag=True, help="With --nation: leave out what holds more widely.")
@click.option("--topic", multiple=True, metavar="TOPIC", help="Only days about this; may be repeated.")
@click.option("--status", multiple=True, metavar="STATUS", help="Only dates as sure as this; may be repeated.")
@click.option("--kind", multiple=True, metavar="KIND", help="Only a day, week, month or period; may be repeated.")
@click.option("--ics", metavar="FILE", help="Write a calendar file, of this year and the next; - is standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def days(door: Door, /, words: tuple[str, ...], ics: str | None, as_json: bool, **asked: Any) -> None:
    """List the awareness days that are coming up.

    Or those that are asked for; WORDS find days by their names, and by what they are about. Days of your own stand in
    days.toml of the workspace. Needs no workspace.
    """
    from scheduler.awareness import days_json, days_lines

    if words and words[0] in ("show", "check"):
        raise click.UsageError(f"say first what to do: redletter days {words[0]} …")
    if ics is not None and as_json:
        raise click.UsageError("--ics and --json are two forms of one list: choose one")
    calendar, today = _calendar(door), today_at(door)
    if ics is not None:
        _write_ics(ics, door, calendar, words, asked)
        return
    listed = list_days(calendar, today, words, **asked)
    if as_json:
        say_json([each | {"match": listed.match} for each in days_json(calendar, listed.days)])
    else:
        say(map(plain, days_lines(calendar, listed.days, listed.said, today, width(), year=listed.year)))


@click.command("days show")
@click.argument("day", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def days_show(door: Door, day: tuple[str, ...], as_json: bool) -> None:
    """Show all that is known of one awareness day.

    Its names, its rule in words, who holds it, where the date was read, and the dates of five years. DAY is its id, one of its
    names, or words that only this day has. Needs no workspace.
    """
    from scheduler.awareness.reading import own_keys
    from scheduler.awareness.search import find_day
    from scheduler.awareness.showing import show_json, show_lines

    calendar, own = _calendar(door), own_file(door)
    found = find_day(calendar, " ".join(day))
    keys = own_keys(own, found.id) if own else []
    if as_json:
        say_json(show_json(calendar, found, today_at(door), keys))
    else:
        say(map(plain, show_lines(calendar, found, today_at(door), width(), keys)))


def _write_ics(target: str, door: Door, calendar: "Calendar", words: Sequence[str], asked: dict[str, Any]) -> None:
    from scheduler.awareness import Occurrence
    from scheduler.awareness.ics import changed_at, days_file, is_held
    from scheduler.cli.calendar_file import where, write_calendar
    from scheduler.errors import RedletterError
    from scheduler.posts.wording import count

    today = today_at(door)
    if not (asked["year"] or asked["first"] or asked["last"]):
        asked = asked | {"first": datetime(today.year, 1, 1), "last": datetime(today.year + 1, 12, 31)}  # noqa: DTZ001
    listed = list_days(calendar, today, words, with_not_held=True, **asked)
    if listed.match == "near":
        near = ", ".join(dict.fromkeys(each.day.name for each in listed.days))
        raise RedletterError(f"{listed.said} {near}. Nothing was written to {target}")
    dated = [each for each in listed.days if isinstance(each, Occurrence)]
    unannounced = len(listed.days) - len(dated)
    left_out = f"; {count(unannounced, 'date')} not announced yet and left out" if unannounced else ""
    if not dated:
        raise RedletterError(f"there are no such days{left_out}; nothing was written to {target}")
    write_calendar(target, days_file(calendar, dated, changed_at(own_file(door))))
    held = sum(is_held(each.day, each.year) for each in dated)
    called_off = f"; {len(dated) - held} cancelled, for they do not take place" if held < len(dated) else ""
    complain(f"{count(held, 'awareness day')} in {where(target)}{called_off}{left_out}")


def list_days(
    calendar: "Calendar",
    today: date,
    words: Sequence[str] = (),
    *,
    year: int | None = None,
    first: datetime | None = None,
    last: datetime | None = None,
    with_not_held: bool = False,
    **asked: Any,
) -> Listed:
    """Returns the days that the options ask for: whatever prints or writes days asks here.

    with_not_held: also those that do not take place, where they would have been.
    asked: month, nation, only, topic, status and kind, as they were typed. Raises UsageError for all that is unknown.
    """
    from scheduler.awareness.choosing import choose, coming

    if year and (first or last):
        raise click.UsageError("--year is a whole year: say either it, or --from and --to")
    choice = _choice(calendar, **asked)
    start, end, said = _span(today, choice, year, first, last)
    if words and not (year or first or last):
        ahead = (coming(calendar, day, today) for day in calendar.days)
        return _found(calendar, words, choose(calendar, filter(None, ahead), choice), today.year)
    inside = calendar.in_year(year) if year else calendar.between(start, end)
    if with_not_held:
        from scheduler.awareness.ics import not_held

        missing = not_held(calendar, range(start.year, end.year + 1))
        inside += [each for each in missing if each.start <= end and each.end >= start]
    chosen = choose(calendar, inside, choice, start, end)
    if words:
        return _found(calendar, words, chosen, start.year)
    return Listed(chosen, said if chosen else f"No such days ({said})", start.year)


def _found(calendar: "Calendar", words: Sequence[str], among: "Sequence[Dated]", year: int) -> Listed:
    """Returns which of the dates belong to days that the words find, the best first."""
    from scheduler.awareness.search import search

    text = " ".join(words)
    found = search(calendar.days, text)
    dated = [each for day in found.days for each in among if each.day is day]
    if not dated:
        return Listed([], f'Nothing is found by "{text}".', year, "found")
    if found.is_near:
        return Listed(dated, f'Nothing has "{text}" in its names or topics; what comes near:', year, "near")
    return Listed(dated, f'Found by "{text}"', year, "found")


def _span(
    today: date, choice: "Choice", year: int | None, first: datetime | None, last: datetime | None
) -> tuple[date, date, str]:
    """Returns the first and the last day to look at, and how to say that."""
    if year:
        return date(year, 1, 1), date(year, 12, 31), str(year)
    if first or last:
        start = first.date() if first else today
        end = last.date() if last else start + AHEAD
        if not 1900 <= start.year <= end.year <= 2100 or end < start:
            raise click.UsageError("--to must not be before --from, and both lie from 1900 to 2100")
        return start, end, f"{_long(start)} to {_long(end)}"
    if choice.months:
        start = today.replace(day=1)  # each month once, the present one whole
        end = start.replace(year=start.year + 1) - timedelta(days=1)
        named = (f"{months.month_name[month]} {start.year + (month < start.month)}" for month in choice.months)
        return start, end, ", ".join(named)
    if choice.topics or choice.statuses or choice.kinds:
        end = today + A_YEAR
        return today, end, f"Coming up in the next twelve months, {_long(today)} to {_long(end)}"
    end = today + AHEAD
    said = f"Coming up in the next {AHEAD.days} days, {_long(today)} to {_long(end)}"
    return today, end, f"{said} (a whole year: redletter days --year {end.year})"


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _choice(
    calendar: "Calendar",
    *,
    month: Sequence[str] = (),
    nation: Sequence[str] = (),
    only: bool = False,
    topic: Sequence[str] = (),
    status: Sequence[str] = (),
    kind: Sequence[str] = (),
) -> "Choice":
    from scheduler.awareness import DateStatus, Kind
    from scheduler.awareness.choosing import INTERNATIONAL, NATIONS_OF_UK, UK, Choice

    if only and not nation:
        raise click.UsageError("--only goes with --nation")
    nations = {UK, INTERNATIONAL, *NATIONS_OF_UK, *(each for day in calendar.days for each in day.nations)}
    topics = {each for day in calendar.days for each in day.topics}
    numbers = {name.casefold(): number for number, name in enumerate(months.month_name) if number}
    known: Mapping[str, Mapping[str, Any]] = {
        "month": numbers,
        "nation": {each: each for each in nations},
        "topic": {each: each for each in topics},
        "status": {each.value: each for each in DateStatus},
        "kind": {each.value: each for each in Kind},
    }
    spelled = {
        "month": numbers
        | {name[:3]: number for name, number in numbers.items()}
        | {form: number for number in numbers.values() for form in (str(number), f"{number:02}")}
    }
    typed = {"month": month, "nation": nation, "topic": topic, "status": status, "kind": kind}
    unknown: list[str] = []
    chosen = {
        what: tuple(dict.fromkeys(_known(what, values, known[what], spelled.get(what, known[what]), unknown)))
        for what, values in typed.items()
    }
    if unknown:
        raise click.UsageError("\n".join(unknown))
    return Choice(chosen["month"], chosen["nation"], only, chosen["topic"], chosen["status"], chosen["kind"])


def _known(
    what: str, values: Iterable[str], known: Mapping[str, Any], spelled: Mapping[str, Any], unknown: list[str]
) -> Iterable[Any]:
    """Yields what was meant by each value, however it is spelled; what nobody knows is added to `unknown`."""
    from scheduler.awareness.calendar import plain_name
    from scheduler.tomlfile import did_you_mean

    by_name = {plain_name(name): meant for name, meant in spelled.items()}
    for value in values:
        if plain_name(value) in by_name:
            yield by_name[plain_name(value)]
        else:
            expected = f"; expected {', '.join(known if what in ('month', 'status', 'kind') else sorted(known))}"
            unknown.append(f'unknown {what} "{value}"{did_you_mean(value, known) or expected}')


def _calendar(door: Door) -> "Calendar":
    from scheduler.awareness import load_calendar

    return load_calendar(own_file(door))


def own_file(door: Door) -> Path | None:
    """Returns where the workspace's own days stand; None without a workspace."""
    from scheduler.awareness import OWN_FILE
    from scheduler.errors import ConfigError

    try:
        return door.workspace_folder() / OWN_FILE
    except ConfigError:
        return None


def today_at(door: Door) -> date:
    """Returns the day it is by the clocks of the workspace; where none can be read, of this machine."""
    from scheduler.errors import ConfigError

    try:
        zone = ZoneInfo(door.workspace.config.time_zone)
    except ConfigError:
        return door.now().astimezone().date()
    return door.now().astimezone(zone).date()
