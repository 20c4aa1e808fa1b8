"""Awareness days as a calendar file, read back as calendar programs read it."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar as CalendarFile

from scheduler.awareness import Calendar, DateStatus, EnteredDate, Occurrence, load_calendar
from scheduler.awareness.calendar_file import Event, EventStatus, calendar_file
from scheduler.awareness.ics import changed_at, days_file, not_held
from tests.builders.awareness import make_day, own_calendar
from tests.builders.ics import checked, events_of, shown_between

THEN = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
YEARS = range(2020, 2034)

# What files and people write: right to left, joined emoji, and all that the format itself uses.
TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=40),
        st.sampled_from([*'\\;,:"\nN \t', "\\n", "\\N", "שלום", "مرحبا", "\u202e", "👩🏽‍🚒", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "Ŵ" * 99]),
    ),
    max_size=12,
).map("".join)


def make_event(**fields: object) -> Event:
    defaults: dict[str, object] = {
        "uid": "open-day-2027@redletter",
        "sequence": 3,
        "changed_at": THEN,
        "start": date(2027, 3, 18),
        "end": date(2027, 3, 18),
        "summary": "Open Day",
        "description": "Come and see.",
    }
    return Event(**(defaults | fields))  # type: ignore[arg-type]


def file_of(*days: object, years: range = range(2027, 2028), moment: datetime = THEN) -> bytes:
    calendar = Calendar(days)  # type: ignore[arg-type]
    listed = [each for year in years for each in calendar.in_year(year)]
    return days_file(calendar, [*listed, *not_held(calendar, years)], moment)


def test_the_whole_calendar_is_read_back_with_our_names_and_dates() -> None:
    calendar = load_calendar()
    occurrences = [each for year in YEARS for each in calendar.in_year(year) if isinstance(each, Occurrence)]

    content = days_file(calendar, occurrences, THEN)

    ours = {f"{each.day.id}-{each.year}@redletter": (each.day.name, each.start, each.end) for each in occurrences}
    read = {
        uid: (str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt - timedelta(days=1))
        for uid, event in events_of(content).items()
    }
    assert read == ours
    assert len(read) > 1000


def test_a_calendar_program_shows_each_day_when_it_is() -> None:
    calendar = load_calendar()
    listed = [each for year in YEARS for each in calendar.in_year(year)]
    first, last = date(2021, 1, 1), date(2032, 12, 31)

    shown = shown_between(days_file(calendar, listed, THEN), first, last)

    assert sorted((str(event["UID"]), event["DTSTART"].dt, event["DTEND"].dt) for event in shown) == sorted(
        (f"{each.day.id}-{each.year}@redletter", each.start, each.end + timedelta(days=1))
        for each in calendar.between(first, last)
        if isinstance(each, Occurrence)
    )


def test_a_day_is_an_event_of_whole_days_that_keeps_nobody_busy() -> None:
    week = make_day("monday on or after 10 november", days=5, id="road-week", name="Road Week", certain=True)

    lines = checked(file_of(week)).decode().splitlines()

    assert "DTSTART;VALUE=DATE:20271115" in lines
    assert "DTEND;VALUE=DATE:20271120" in lines  # the day after the last one
    assert {"TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "CLASS:PUBLIC"} <= set(lines)
    assert {"METHOD:PUBLISH", "X-WR-CALNAME:Awareness days", "NAME:Awareness days"} <= set(lines)


def test_the_event_says_all_that_is_known_of_the_day() -> None:
    day = make_day(
        "18 march",
        aliases=("OD",),
        former_names=("Door Day",),
        names={"cy": "Diwrnod Agored"},
        nations=("Wales",),
        organiser="Harbour Trust; and friends",
        url="https://harbour.example/open",
        hashtags=("Open{yy}",),
        themes={2027: "Gates, doors"},
        topics=("safety", "children"),
        sensitive=True,
        source="harbour.example",
        checked="2026-11",
        note="Two sources disagree.",
    )

    (event,) = events_of(file_of(day)).values()

    assert str(event["DESCRIPTION"]).split("\n") == [
        "Every year: 18 March.",
        "Theme: Gates, doors",
        "Also called: OD",
        "Formerly: Door Day",
        "In other languages: Diwrnod Agored",
        "Where: Wales",
        "Organiser: Harbour Trust; and friends",
        "https://harbour.example/open",
        "Hashtags: #Open27",
        "Sensitive: about death, abuse or violence.",
        "Note: Two sources disagree.",
        "Source: harbour.example, read in 2026-11",
    ]
    assert str(event["URL"]) == "https://harbour.example/open"
    assert event.categories == ["Awareness day", "safety", "children"]
    assert str(event["STATUS"]) == "CONFIRMED"


@pytest.mark.parametrize(
    ("day", "status", "said"),
    [
        (make_day("18 march"), "CONFIRMED", "Every year: 18 March."),
        (
            make_day("last monday of may"),
            "TENTATIVE",
            "The date is not certain: it is computed by a rule that has exceptions (the last Monday of May). Ask the organiser.",
        ),
        (
            make_day(dates={2027: EnteredDate(date(2027, 5, 3), date(2027, 5, 9))}),
            "CONFIRMED",
            "The date is confirmed for 2027.",
        ),
        (
            make_day(dates={2027: EnteredDate(date(2027, 5, 3), date(2027, 5, 9), checked=False)}),
            "TENTATIVE",
            "The date is not certain: no source of it was read. Ask the organiser.",
        ),
    ],
    ids=["fixed", "computed", "confirmed", "unchecked"],
)
def test_a_date_that_is_not_certain_is_tentative_and_says_why(day: object, status: str, said: str) -> None:
    (event,) = events_of(file_of(day)).values()

    assert str(event["STATUS"]) == status
    assert str(event["DESCRIPTION"]) == said


def test_what_is_not_announced_is_left_out() -> None:
    content = file_of(make_day("18 march"), make_day(id="late-day", name="Late Day"))

    assert list(events_of(content)) == ["open-day-2027@redletter"]


def test_a_date_that_moves_replaces_the_one_before() -> None:
    before = file_of(make_day("18 march"))
    moved = make_day("18 march", name="Doors' Day", dates={2027: EnteredDate(date(2027, 3, 19), date(2027, 3, 20))})

    after = file_of(moved, moment=THEN + timedelta(minutes=5))

    (uid, old), (same_uid, new) = *events_of(before).items(), *events_of(after).items()
    assert same_uid == uid
    assert int(new["SEQUENCE"]) > int(old["SEQUENCE"])
    assert new["DTSTAMP"].dt == new["LAST-MODIFIED"].dt > old["DTSTAMP"].dt
    assert new["DTSTART"].dt == date(2027, 3, 19)


@pytest.mark.parametrize(
    ("rule", "start"), [("last monday of may", date(2027, 5, 31)), (None, date(2027, 1, 1))], ids=["rule", "announced"]
)
def test_a_day_that_does_not_take_place_is_cancelled_under_the_same_identity(rule: str | None, start: date) -> None:
    (event,) = events_of(file_of(make_day(rule, dates={2027: None}))).values()

    assert (str(event["UID"]), str(event["STATUS"])) == ("open-day-2027@redletter", "CANCELLED")
    assert str(event["DESCRIPTION"]) == "It does not take place in 2027."
    assert event["DTSTART"].dt == start


def test_the_same_days_give_the_same_bytes() -> None:
    def export() -> bytes:
        calendar = load_calendar()
        return days_file(calendar, calendar.in_year(2027), THEN)

    assert export() == export()


def test_the_moment_of_change_is_that_of_the_file_changed_last(tmp_path: Path) -> None:
    shipped = changed_at()
    assert changed_at(tmp_path / "days.toml") == shipped  # there is none
    own_calendar(tmp_path, '[[day]]\nid = "open-day"\nname = "Open Day"\n')

    os.utime(tmp_path / "days.toml", (4_000_000_000.75,) * 2)
    assert changed_at(tmp_path / "days.toml") == datetime.fromtimestamp(4_000_000_000, UTC)

    os.utime(tmp_path / "days.toml", (1_000_000_000,) * 2)
    assert changed_at(tmp_path / "days.toml") == shipped


@pytest.mark.parametrize("year", [1970, 2019, 2150])
def test_a_file_with_an_impossible_time_still_gives_a_sequence_that_programs_take(year: int) -> None:
    (event,) = events_of(file_of(make_day("18 march"), moment=datetime(year, 1, 1, tzinfo=UTC))).values()

    assert 0 <= int(event["SEQUENCE"]) < 2**31


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, st.lists(TEXTS.filter(bool), max_size=3))
def test_what_is_read_back_is_what_was_written(summary: str, description: str, categories: list[str]) -> None:
    event = make_event(summary=summary, description=description, categories=tuple(categories))

    content = checked(calendar_file(summary, [event]))

    (read,) = CalendarFile.from_ical(content).walk("VEVENT")
    assert str(read["SUMMARY"]) == summary
    assert str(read["DESCRIPTION"]) == description


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("one\r\ntwo\rthree\u2028four\x85five\x0bsix\x0cseven", "one\ntwo\nthree\nfour\nfive\nsix\nseven"),
        ("no\x00thing\x1b[31m to\x07 see\x7f, tab\tstays", "nothing[31m to see, tab\tstays"),
        ("END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VALARM", "END:VEVENT\nEND:VCALENDAR\nBEGIN:VALARM"),
        ("half \ud83d a pair", "half ? a pair"),
        ("\\" * 301 + "n", "\\" * 301 + "n"),
        ("é" * 400, "é" * 400),
    ],
    ids=["line ends", "control characters", "what looks like the format", "surrogate", "backslashes", "long"],
)
def test_what_no_calendar_can_hold_is_written_as_near_as_can_be(written: str, read: str) -> None:
    (event,) = events_of(calendar_file("Days", [make_event(description=written)])).values()

    assert str(event["DESCRIPTION"]) == read


def test_categories_are_kept_apart_whatever_is_in_them() -> None:
    (event,) = events_of(calendar_file("Days", [make_event(categories=("a,b", "c;d", "e"))])).values()

    assert event.categories == ["a,b", "c;d", "e"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://harbour.example/\r\nATTACH:x", "", None])
def test_what_is_no_web_address_is_no_link(url: str | None) -> None:
    (event,) = events_of(calendar_file("Days", [make_event(url=url)])).values()

    assert "URL" not in event


def test_a_moment_is_written_in_utc() -> None:
    start = datetime.fromisoformat("2027-03-28T02:30:00+01:00")
    event = make_event(start=start, end=start + timedelta(minutes=15), status=EventStatus.CANCELLED, private=True)

    lines = checked(calendar_file("Days", [event])).decode().splitlines()

    assert {"DTSTART:20270328T013000Z", "DTEND:20270328T014500Z", "STATUS:CANCELLED", "CLASS:PRIVATE"} <= set(lines)


def test_days_that_are_not_held_are_those_of_the_years_asked_for() -> None:
    calendar = Calendar([make_day("18 march", dates={2026: None}), make_day("1 may", id="may", name="May")])

    assert [(each.day.id, each.year, each.start, each.status) for each in not_held(calendar, range(2025, 2028))] == [
        ("open-day", 2026, date(2026, 3, 18), DateStatus.FIXED)
    ]
    assert not_held(calendar, [2027]) == []
