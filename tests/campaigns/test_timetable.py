"""The dates of a slot: moved off weekends and bank holidays, or one for each day of the occurrence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.awareness.rule_words import WEEKDAYS
from scheduler.campaigns import SlotDays, days_of
from scheduler.campaigns.bank_holidays import NATIONS, are_known, bank_holidays
from scheduler.campaigns.timetable import MOST_MOVED
from tests.builders.drafting import make_campaign, make_occurrence, make_slot

RULES = ["friday before", "monday after", "keep"]


def dates(start: date, end: date | None = None, when: str = "09:00", **keys: object) -> SlotDays:
    campaign = make_campaign(make_slot(when=when, text="x"), **keys)
    return days_of(campaign, campaign.slots[0], make_occurrence(start, end))


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        (date(2029, 3, 18), "friday before", date(2029, 3, 16)),
        (date(2029, 3, 17), "friday before", date(2029, 3, 16)),
        (date(2029, 3, 18), "monday after", date(2029, 3, 19)),
        (date(2029, 3, 17), "monday after", date(2029, 3, 19)),
        (date(2029, 3, 18), "keep", date(2029, 3, 18)),
        (date(2029, 3, 16), "friday before", date(2029, 3, 16)),
        (date(2029, 3, 19), "monday after", date(2029, 3, 19)),
    ],
)
def test_a_slot_leaves_the_weekend(start: date, rule: str, expected: date):
    (day,) = dates(start, if_weekend=rule).days

    assert (day.on, day.was) == (expected, start)


def test_what_moved_says_so():
    (day,) = dates(date(2029, 3, 18), if_weekend="friday before").days

    assert day.remarks == ("moved from Sunday 18 March to Friday 16 March: if_weekend",)


def test_a_move_over_the_year_names_both_years():
    (day,) = dates(date(2028, 1, 1), if_weekend="friday before").days

    assert day.remarks == ("moved from Saturday 1 January 2028 to Friday 31 December 2027: if_weekend",)


@pytest.mark.parametrize(
    ("start", "rule", "nations", "expected"),
    [
        pytest.param(date(2027, 3, 26), "keep", "England", date(2027, 3, 25), id="Good Friday"),
        pytest.param(date(2027, 3, 26), "monday after", "England", date(2027, 3, 30), id="all of Easter, forward"),
        pytest.param(date(2027, 3, 29), "keep", "Wales", date(2027, 3, 25), id="all of Easter, back"),
        pytest.param(date(2027, 3, 28), "friday before", "England", date(2027, 3, 25), id="Easter Sunday, back"),
        pytest.param(date(2027, 3, 28), "keep", "England", date(2027, 3, 28), id="Easter Sunday is no bank holiday"),
        pytest.param(date(2027, 3, 29), "keep", "Scotland", date(2027, 3, 29), id="no Easter Monday in Scotland"),
        pytest.param(date(2026, 12, 28), "keep", "England", date(2026, 12, 24), id="the substitute of Boxing Day"),
        pytest.param(date(2026, 12, 25), "monday after", "England", date(2026, 12, 29), id="Christmas 2026"),
        pytest.param(date(2027, 12, 25), "monday after", "England", date(2027, 12, 29), id="Christmas 2027"),
        pytest.param(date(2027, 12, 28), "friday before", "England", date(2027, 12, 24), id="Christmas 2027, back"),
        pytest.param(date(2026, 1, 2), "monday after", "Scotland", date(2026, 1, 5), id="2 January in Scotland"),
        pytest.param(date(2026, 1, 2), "monday after", "England", date(2026, 1, 2), id="2 January in England"),
        pytest.param(date(2027, 7, 12), "keep", "Northern Ireland", date(2027, 7, 9), id="12 July"),
        pytest.param(date(2026, 7, 13), "keep", "Northern Ireland", date(2026, 7, 10), id="the substitute of 12 July"),
        pytest.param(date(2027, 7, 12), "keep", "England", date(2027, 7, 12), id="12 July in England"),
        pytest.param(date(2027, 7, 12), "keep", ["Wales", "Northern Ireland"], date(2027, 7, 9), id="any of two"),
        pytest.param(date(2027, 7, 12), "keep", [], date(2027, 7, 12), id="none"),
    ],
)
def test_a_slot_leaves_a_bank_holiday_for_a_working_day(start: date, rule: str, nations: object, expected: date):
    (day,) = dates(start, if_weekend=rule, avoid_bank_holidays=nations).days

    assert day.on == expected


def test_the_holiday_is_named_with_its_nations():
    (day,) = dates(date(2026, 12, 28), if_weekend="monday after", avoid_bank_holidays=["England", "Wales"]).days

    assert day.remarks == (
        "moved from Monday 28 December to Tuesday 29 December: "
        "Boxing Day (substitute day) is a bank holiday in England and Wales",
    )


def test_a_slot_of_a_sunday_that_meets_a_holiday_names_both():
    (day,) = dates(date(2027, 3, 28), if_weekend="friday before", avoid_bank_holidays="England").days

    assert day.remarks[0].endswith("Thursday 25 March: if_weekend; Good Friday is a bank holiday in England")


def test_a_year_of_which_nothing_is_known_says_so():
    (day,) = dates(date(2100, 12, 20), when="+14d 09:00", avoid_bank_holidays="England").days

    assert not are_known(2101)
    assert day.remarks == ("the bank holidays of 2101 are not known here: look whether Monday 3 January is one",)


@pytest.mark.parametrize("key", ["if_weekend", "avoid_bank_holidays"])
def test_a_slots_own_word_wins(key: str):
    own = {"if_weekend": "keep", "avoid_bank_holidays": []}[key]
    campaign = make_campaign(
        make_slot(text="x", **{key: own}), if_weekend="monday after", avoid_bank_holidays="England"
    )
    start = date(2027, 3, 20) if key == "if_weekend" else date(2027, 3, 26)

    (day,) = days_of(campaign, campaign.slots[0], make_occurrence(start)).days

    assert day.on == start


@given(
    start=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    rule=st.sampled_from(RULES),
    nations=st.lists(st.sampled_from(NATIONS), unique=True),
)
def test_a_slot_moves_as_little_as_it_must(start: date, rule: str, nations: list[str]):
    (day,) = dates(start, if_weekend=rule, avoid_bank_holidays=nations).days

    def is_free(each: date) -> bool:
        return each.weekday() < 5 and not list(bank_holidays(each, nations))

    if day.is_moved:
        step = timedelta(days=1 if rule == "monday after" else -1)
        between = [start + step * number for number in range(1, abs((day.on - start).days))]
        assert is_free(day.on)
        assert not any(map(is_free, between))
        assert len(between) < MOST_MOVED
        assert day.remarks
    else:
        assert is_free(start) or (rule == "keep" and not list(bank_holidays(start, nations)))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("each day 09:00", "14 sunday, 15 monday, 16 tuesday, 17 wednesday, 18 thursday, 19 friday, 20 saturday"),
        ("each weekday 09:00", "15 monday, 16 tuesday, 17 wednesday, 18 thursday, 19 friday"),
        ("each monday 09:00", "15 monday"),
        ("each friday, tuesday and sun 09:00", "14 sunday, 16 tuesday, 19 friday"),
    ],
)
def test_a_slot_spans_the_days_of_its_week(when: str, expected: str):
    found = dates(date(2027, 11, 14), date(2027, 11, 20), when).days

    assert ", ".join(f"{each.on.day} {each.name}" for each in found) == expected


@pytest.mark.parametrize("first", range(1, 8))
def test_the_days_of_a_longer_span_have_names_of_their_own(first: int):
    start = date(2027, 11, first)

    found = dates(start, start + timedelta(days=15), "each day 09:00").days

    assert len({each.name for each in found}) == 16
    assert {each.on.strftime("%A").casefold() for each in found if each.name and "-" not in each.name} == set(WEEKDAYS)
    assert found[7].name == f"{found[0].name}-2"
    assert found[14].name == f"{found[0].name}-3"


def test_a_slot_spans_a_month():
    found = dates(date(2026, 11, 1), date(2026, 11, 30), "each weekday 10:00").days

    assert (len(found), found[0].on, found[-1].on) == (21, date(2026, 11, 2), date(2026, 11, 30))


def test_a_spanning_slot_leaves_bank_holidays_out_and_renames_nothing():
    found = dates(date(2027, 3, 29), date(2027, 4, 2), "each weekday 09:00", avoid_bank_holidays="England")

    assert [each.name for each in found.days] == ["tuesday", "wednesday", "thursday", "friday"]
    assert found.notes == ("nothing goes out on Monday 29 March 2027: Easter Monday is a bank holiday in England",)


def test_a_spanning_slot_does_not_move_with_the_campaigns_weekend():
    found = dates(date(2027, 3, 20), date(2027, 3, 21), "each day 09:00", if_weekend="friday before")

    assert [each.on.day for each in found.days] == [20, 21]


def test_a_span_without_any_of_its_days_says_so():
    found = dates(date(2027, 3, 20), None, "each weekday 09:00")

    assert found.days == ()
    assert found.notes == ("nothing goes out: there is no weekday from 2027-03-20 to 2027-03-20",)
