"""The calendar finds days by all their names, and their dates with how sure these are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.awareness import AwarenessDay, Calendar, DateStatus, EnteredDate, Kind, Occurrence, Terms, Unannounced
from scheduler.errors import CalendarError
from tests.builders.awareness import make_day

HELD = EnteredDate(date(2027, 5, 3), date(2027, 5, 7))


@pytest.mark.parametrize(
    "text", ["open-day", "Open Day", "OPEN DAY", " open  day ", "Doors’ Day", "doors' day", "openday"]
)
def test_a_day_is_found_by_id_name_and_alias_however_typed(text: str):
    day = make_day("18 march", aliases=("Doors' Day",))

    assert Calendar([day]).find(text) is day


def test_an_unknown_day_says_which_was_meant():
    calendar = Calendar([make_day("18 march")])

    with pytest.raises(CalendarError, match=r'^unknown awareness day "Opn Day"; did you mean "Open Day"[?]$'):
        calendar.find("Opn Day")
    with pytest.raises(CalendarError, match="see them all with: redletter days"):
        calendar.find("something else entirely")


@pytest.mark.parametrize(
    ("day", "status"),
    [
        pytest.param(make_day("18 march"), DateStatus.FIXED, id="the same date every year"),
        pytest.param(make_day("october"), DateStatus.FIXED, id="a month"),
        pytest.param(make_day("2nd monday of may"), DateStatus.COMPUTED, id="a rule that may be broken"),
        pytest.param(make_day("easter - 21 days", certain=True), DateStatus.FIXED, id="a rule without exceptions"),
        pytest.param(make_day("2nd monday of may", dates={2027: HELD}), DateStatus.CONFIRMED, id="entered"),
        pytest.param(
            make_day(dates={2027: EnteredDate(HELD.start, HELD.end, checked=False)}),
            DateStatus.COMPUTED,
            id="entered, but unchecked",
        ),
    ],
)
def test_the_status_says_how_sure_a_date_is(day, status: DateStatus):
    assert Calendar([day]).occurrence(day, 2027).status is status


def test_an_entered_date_comes_before_the_rule_in_its_year_alone():
    day = make_day("2nd monday of may", days=7, dates={2020: EnteredDate(date(2020, 5, 18), date(2020, 5, 24))})
    calendar = Calendar([day])

    assert _span(calendar.occurrence(day, 2020)) == (date(2020, 5, 18), date(2020, 5, 24))
    assert _span(calendar.occurrence(day, 2021)) == (date(2021, 5, 10), date(2021, 5, 16))


def test_an_occurrence_carries_the_years_hashtags():
    day = make_day("18 march", hashtags=("CEADay{yy}", "Year{yyyy}", "Help"))

    occurrence = Calendar([day]).occurrence(day, 2007)

    assert occurrence.hashtags == ("CEADay07", "Year2007", "Help")
    assert occurrence.id == "2007"


def test_a_day_that_did_not_take_place_has_no_occurrence():
    day = make_day("18 march", dates={2020: None})
    calendar = Calendar([day])

    with pytest.raises(CalendarError, match=r'^"Open Day" did not take place in 2020$'):
        calendar.occurrence(day, 2020)
    assert calendar.in_year(2020) == []
    assert calendar.next_occurrence(day, date(2020, 1, 1)).year == 2021


def test_a_day_that_is_not_announced_says_where_to_enter_it():
    day = make_day(dates={2026: EnteredDate(date(2026, 2, 10), date(2026, 2, 10))})
    calendar = Calendar([day])

    with pytest.raises(
        CalendarError, match=r'"Open Day" in 2027 is announced .* days\.toml: .*id = "open-day".*dates\.2027'
    ):
        calendar.occurrence(day, 2027)
    with pytest.raises(CalendarError, match="in 2027 is announced"):
        calendar.next_occurrence(day, date(2026, 11, 22))
    assert calendar.in_year(2027) == [Unannounced(day, 2027)]


@pytest.mark.parametrize(("year", "reason"), [(2014, "has been held since 2015"), (2021, "was last held in 2020")])
def test_a_day_has_no_occurrence_outside_its_years(year: int, reason: str):
    day = make_day("18 march", first_year=2015, last_year=2020)
    calendar = Calendar([day])

    with pytest.raises(CalendarError, match=reason):
        calendar.occurrence(day, year)
    assert calendar.in_year(year) == []


@pytest.mark.parametrize("year", [1899, 2101, 0, -5])
def test_a_year_beyond_the_calendar_is_refused(year: int):
    day = make_day("18 march")

    with pytest.raises(CalendarError, match="expected a year from 1900 to 2100"):
        Calendar([day]).occurrence(day, year)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 11, 22), 2026, id="before it"),
        pytest.param(date(2026, 11, 25), 2026, id="on its first day"),
        pytest.param(date(2026, 12, 10), 2026, id="on its last day"),
        pytest.param(date(2026, 12, 11), 2027, id="after it"),
    ],
)
def test_the_next_occurrence_is_the_first_that_is_not_over(today: date, expected: int):
    day = make_day("25 november", days=16)

    assert Calendar([day]).next_occurrence(day, today).year == expected


def test_an_occurrence_over_the_turn_of_the_year_is_still_on_in_january():
    day = make_day("20 december", days=20)

    assert Calendar([day]).next_occurrence(day, date(2027, 1, 5)).year == 2026


def test_a_day_that_ended_for_good_has_no_next_occurrence():
    day = make_day("18 march", last_year=2020)

    with pytest.raises(CalendarError, match="has no occurrence after 2026-01-01"):
        Calendar([day]).next_occurrence(day, date(2026, 1, 1))


def test_a_year_lists_dates_in_order_and_what_is_not_announced_last():
    late = make_day("5 may", id="late", name="A")
    early = make_day("4 may", id="early", name="B")
    same = make_day("5 may", id="same", name="0")
    unknown = make_day(id="unknown", name="0")

    listed = Calendar([unknown, late, early, same]).in_year(2027)

    assert [each.day.id for each in listed] == ["early", "same", "late", "unknown"]


@given(
    rule=st.sampled_from(["18 march", "february", "last friday of december", "easter + 39 days"]),
    days=st.none() | st.integers(1, 60),
    today=st.dates(date(1901, 1, 1), date(2090, 12, 31)),
)
def test_the_next_occurrence_is_the_same_until_it_is_over(rule: str, days: int | None, today: date):
    day = make_day(rule, days=days)
    calendar = Calendar([day])

    occurrence = calendar.next_occurrence(day, today)

    assert occurrence.end >= today
    assert occurrence.start - today < timedelta(days=400)
    assert calendar.next_occurrence(day, occurrence.end) == occurrence
    earlier = calendar.occurrence(day, occurrence.year - 1)
    assert earlier.end < today


@pytest.mark.parametrize(
    ("leaned_on", "certain", "status"),
    [
        pytest.param(make_day("18 march", id="other"), True, DateStatus.FIXED, id="a fixed day, without exceptions"),
        pytest.param(make_day("18 march", id="other"), False, DateStatus.COMPUTED, id="a rule that may be broken"),
        pytest.param(make_day("2nd monday of may", id="other"), True, DateStatus.COMPUTED, id="a day that is computed"),
        pytest.param(
            make_day(id="other", dates={2027: HELD}), True, DateStatus.CONFIRMED, id="a day that is confirmed"
        ),
    ],
)
def test_a_day_is_no_surer_than_the_day_it_leans_on(leaned_on: AwarenessDay, certain: bool, status: DateStatus):
    day = make_day("1 day after other", certain=certain)
    calendar = Calendar([day, leaned_on])

    occurrence = calendar.occurrence(day, 2027)

    assert occurrence.status is status
    assert occurrence.start == calendar.occurrence(leaned_on, 2027).start + timedelta(days=1)


@pytest.mark.parametrize("entered", [{}, {2027: None}])
def test_a_day_is_unannounced_while_the_day_it_leans_on_has_no_date(entered: dict[int, EnteredDate | None]):
    day, leaned_on = make_day("1 day after other"), make_day(id="other", name="Other", dates=entered)

    assert Calendar([day, leaned_on]).dated(day, 2027) == Unannounced(day, 2027)


def test_what_falls_between_two_days_may_have_begun_before_them():
    turn = make_day("20 december", id="turn", days=20)
    spring = make_day("4 april", id="spring")
    unknown = make_day(id="unknown")

    listed = Calendar([spring, turn, unknown]).between(date(2027, 1, 8), date(2027, 4, 4))

    assert [(each.day.id, each.year) for each in listed] == [("turn", 2026), ("spring", 2027), ("unknown", 2027)]


@pytest.mark.parametrize(
    ("rule", "days", "kind"),
    [
        ("18 march", None, Kind.DAY),
        ("18 march", 5, Kind.WEEK),
        ("2nd saturday of october", 8, Kind.WEEK),
        ("25 november", 16, Kind.PERIOD),
        ("february", None, Kind.MONTH),
        ("1 october", 28, Kind.MONTH),
    ],
)
def test_the_length_of_an_occurrence_tells_its_kind(rule: str, days: int | None, kind: Kind):
    day = make_day(rule, days=days)

    assert Calendar([day]).occurrence(day, 2027).kind is kind
    assert Calendar([day]).occurrence(make_day(rule, days=days, kind=Kind.PERIOD), 2027).kind is Kind.PERIOD


def test_the_rule_of_a_year_is_said_with_the_names_of_other_days():
    other = make_day("18 march", id="other", name="The Other Day")
    day = make_day("1 day after other", changed={2030: Terms()})
    calendar = Calendar([day, other])

    assert calendar.rule_in_words(day, 2029) == "1 day after The Other Day"
    assert calendar.rule_in_words(day, 2030) == "announced every year"


def _span(occurrence: Occurrence) -> tuple[date, date]:
    return occurrence.start, occurrence.end
