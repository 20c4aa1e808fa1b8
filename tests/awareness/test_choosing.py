"""Which days are chosen by month, nation, topic, status and kind."""

from datetime import date

import pytest

from scheduler.awareness import AwarenessDay, Calendar, DateStatus, EnteredDate, Kind
from scheduler.awareness.choosing import Choice, Dated, choose, coming, last_known
from tests.builders.awareness import make_day

UK = make_day("1 march", id="uk", name="UK Day", nations=("UK",), topics=("safety", "children"))
WELSH = make_day("2 march", id="welsh", name="Welsh Day", nations=("Wales",), topics=("language",))
SCOTTISH = make_day("3 april", id="scottish", name="Scottish Day", nations=("Scotland", "Ireland"))
WORLD = make_day("week containing 1 april", id="world", name="World Week", nations=("international",))
OWN = make_day("may", id="own", name="Own Month")
LATE = make_day(
    id="late",
    name="Late Day",
    nations=("UK",),
    dates={year: EnteredDate(date(year, 2, 10), date(year, 2, 10)) for year in (2024, 2025)},
)
CALENDAR = Calendar([UK, WELSH, SCOTTISH, WORLD, OWN, LATE])


def chosen(choice: Choice, first: date = date(2027, 1, 1), last: date = date(2027, 12, 31)) -> list[str]:
    return [each.day.id for each in choose(CALENDAR, CALENDAR.between(first, last), choice, first, last)]


def test_who_asks_nothing_gets_all():
    assert chosen(Choice()) == ["uk", "welsh", "world", "scottish", "own", "late"]


@pytest.mark.parametrize(
    ("nations", "ids"),
    [
        (["Wales"], ["uk", "welsh", "world", "own", "late"]),  # the whole UK, and the whole world; nobody said where
        (["Scotland"], ["uk", "world", "scottish", "own", "late"]),
        (["Ireland"], ["world", "scottish", "own"]),
        (["UK"], ["uk", "welsh", "world", "scottish", "own", "late"]),
        (["international"], ["world", "own"]),
        (["Wales", "Scotland"], ["uk", "welsh", "world", "scottish", "own", "late"]),
    ],
)
def test_a_nation_gets_all_that_holds_in_it(nations: list[str], ids: list[str]):
    assert chosen(Choice(nations=nations)) == ids


def test_a_nation_can_ask_for_its_own_days_only():
    assert chosen(Choice(nations=["Wales"], only=True)) == ["welsh"]
    assert chosen(Choice(nations=["UK"], only=True)) == ["uk", "late"]


def test_a_month_has_what_falls_into_it_in_part():
    assert chosen(Choice(months=[3])) == ["uk", "welsh", "world"]
    assert chosen(Choice(months=[4])) == ["world", "scottish"]


def test_a_day_not_announced_is_in_the_months_in_which_it_was_held():
    assert chosen(Choice(months=[2])) == ["late"]


@pytest.mark.parametrize(
    ("first", "last", "is_there"),
    [
        (date(2027, 1, 1), date(2027, 1, 26), False),
        (date(2027, 1, 1), date(2027, 1, 27), True),
        (date(2027, 2, 24), date(2027, 6, 1), True),
        (date(2027, 2, 25), date(2027, 6, 1), False),
    ],
)
def test_a_day_not_announced_is_in_a_span_near_the_dates_it_had(first: date, last: date, is_there: bool):
    assert ("late" in chosen(Choice(), first, last)) == is_there


def test_a_day_of_which_no_date_was_ever_known_may_be_in_any_span():
    calendar = Calendar([make_day()])
    first, last = date(2027, 3, 1), date(2027, 3, 7)

    assert choose(calendar, calendar.between(first, last), Choice(), first, last)


def test_status_kind_and_topic():
    assert chosen(Choice(statuses=[DateStatus.ANNOUNCED, DateStatus.COMPUTED])) == ["world", "late"]
    assert chosen(Choice(kinds=[Kind.WEEK, Kind.MONTH])) == ["world", "own"]
    assert chosen(Choice(topics=["children", "language"])) == ["uk", "welsh"]


def test_what_is_asked_together_holds_together():
    assert chosen(Choice(months=[3], nations=["Wales"], topics=["safety"], kinds=[Kind.DAY])) == ["uk"]
    assert chosen(Choice(months=[4], topics=["safety"])) == []


def next_of(day: AwarenessDay, today: date = date(2027, 3, 15)) -> Dated | None:
    return coming(Calendar([day]), day, today)


def test_the_next_of_a_day_is_the_one_that_is_not_over():
    later, this_year = next_of(UK), next_of(SCOTTISH)

    assert later
    assert this_year
    assert (later.year, this_year.year) == (2028, 2027)


@pytest.mark.parametrize(("today", "year"), [(date(2027, 2, 24), 2027), (date(2027, 3, 15), 2028)])
def test_the_next_of_a_day_nobody_knows_the_date_of_is_not_announced(today: date, year: int):
    late = next_of(LATE, today)

    assert late
    assert (late.status, late.year) == (DateStatus.ANNOUNCED, year)


def test_of_a_day_that_is_held_no_more_the_last_one_is_shown():
    ended = next_of(make_day("1 march", last_year=2020))

    assert ended
    assert ended.year == 2020


def test_the_last_date_that_is_known_of_a_day():
    last = last_known(CALENDAR, LATE, 2027)

    assert last
    assert last.start == date(2025, 2, 10)
    assert last_known(CALENDAR, LATE, 2024) is None
