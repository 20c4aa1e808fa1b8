"""A campaign finds the occurrence it is about, and a check finds names that nobody knows."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.awareness import Calendar, EnteredDate
from scheduler.campaigns import day_of, next_occurrence, occurrence_in, unknown_names, years_between
from scheduler.errors import CalendarError, CampaignError
from tests.builders.awareness import make_day
from tests.builders.campaigns import LEAST, SLOT, campaign, slot

CALENDAR = Calendar(
    [
        make_day("25 november", id="white-ribbon-day", name="White Ribbon Day"),
        make_day("25 november", id="16-days", name="16 Days", days=16),
        make_day(id="internet-day", name="Internet Day", dates={2027: EnteredDate(date(2027, 2, 9), date(2027, 2, 9))}),
    ]
)


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 11, 25), 2026), (date(2026, 11, 26), 2027), (date(2027, 1, 1), 2027)]
)
def test_a_campaign_of_any_year_takes_the_next_occurrence(tmp_path: Path, today: date, expected: int):
    assert next_occurrence(campaign(tmp_path), CALENDAR, today).year == expected


@pytest.mark.parametrize(("today", "expected"), [(date(2026, 11, 27), 2026), (date(2026, 11, 28), 2027)])
def test_an_occurrence_is_not_over_before_the_last_slot(tmp_path: Path, today: date, expected: int):
    after = SLOT.replace("09:00", "+2d 09:00")

    assert next_occurrence(campaign(tmp_path, slots=after), CALENDAR, today).year == expected


@pytest.mark.parametrize(("today", "expected"), [(date(2026, 12, 10), 2026), (date(2026, 12, 11), 2027)])
def test_slots_inside_a_long_occurrence_do_not_lengthen_it(tmp_path: Path, today: date, expected: int):
    loaded = campaign(
        tmp_path, slots=SLOT.replace("09:00", "+9d 09:00"), least=LEAST.replace("white-ribbon-day", "16 days")
    )

    assert next_occurrence(loaded, CALENDAR, today).year == expected


def test_a_campaign_of_certain_years_takes_the_first_that_is_not_over(tmp_path: Path):
    loaded = campaign(tmp_path, "years = [2028, 2025, 2027]")

    assert next_occurrence(loaded, CALENDAR, date(2026, 6, 1)).year == 2027
    assert next_occurrence(loaded, CALENDAR, date(2027, 11, 26)).year == 2028


def test_last_years_occurrence_is_still_on_in_january_for_its_late_slots(tmp_path: Path):
    loaded = campaign(tmp_path, "years = [2026, 2027]", slots=SLOT.replace("09:00", "+40d 09:00"))

    assert next_occurrence(loaded, CALENDAR, date(2027, 1, 4)).year == 2026
    assert next_occurrence(loaded, CALENDAR, date(2027, 1, 5)).year == 2027


def test_a_date_that_was_never_known_matters_until_its_year_is_over(tmp_path: Path):
    loaded = campaign(tmp_path, "years = [2026, 2027]", least=LEAST.replace("white-ribbon-day", "Internet Day"))

    assert next_occurrence(loaded, CALENDAR, date(2027, 1, 1)).year == 2027
    with pytest.raises(CalendarError, match="in 2026 is announced by its organiser"):
        next_occurrence(loaded, CALENDAR, date(2026, 12, 31))


def test_a_date_that_was_never_known_matters_until_the_days_are_over_that_it_had_in_other_years(tmp_path: Path):
    in_june = EnteredDate(date(2025, 6, 9), date(2025, 6, 15))
    calendar = Calendar([make_day(id="carers-week", name="Carers Week", dates={2025: in_june})])
    any_year = campaign(tmp_path, least=LEAST.replace("white-ribbon-day", "carers-week"))
    this_year = campaign(tmp_path, "years = [2026]", least=LEAST.replace("white-ribbon-day", "carers-week"))

    for today, year in ((date(2026, 6, 20), 2026), (date(2026, 11, 20), 2027)):
        with pytest.raises(CalendarError, match=f"in {year} is announced by its organiser"):
            next_occurrence(any_year, calendar, today)
    with pytest.raises(CampaignError, match="all its years are over: 2026"):
        next_occurrence(this_year, calendar, date(2026, 11, 20))


def test_a_year_without_the_day_does_not_keep_the_next_one_back(tmp_path: Path):
    calendar = Calendar([make_day("25 november", id="white-ribbon-day", name="White Ribbon Day", dates={2026: None})])

    assert next_occurrence(campaign(tmp_path, "years = [2026, 2027]"), calendar, date(2026, 6, 1)).year == 2027
    with pytest.raises(CalendarError, match="did not take place in 2026"):
        next_occurrence(campaign(tmp_path, "years = [2026]"), calendar, date(2026, 6, 1))


def test_a_campaign_whose_years_are_over_says_so(tmp_path: Path):
    loaded = campaign(tmp_path, "years = [2025, 2026]")

    with pytest.raises(
        CampaignError, match=r"^open-day\.toml:5: years: all its years are over: 2025, 2026; add the next"
    ):
        next_occurrence(loaded, CALENDAR, date(2026, 11, 26))


def test_a_year_may_be_asked_for(tmp_path: Path):
    assert occurrence_in(campaign(tmp_path), CALENDAR, 2019).start == date(2019, 11, 25)


def test_a_year_that_a_campaign_is_not_made_for_is_refused(tmp_path: Path):
    with pytest.raises(CampaignError, match=r"^open-day\.toml:5: years: is made for 2027, not for 2026; add the year"):
        occurrence_in(campaign(tmp_path, "years = [2027]"), CALENDAR, 2026)


def test_a_day_that_is_not_announced_is_refused(tmp_path: Path):
    loaded = campaign(tmp_path, least=LEAST.replace("white-ribbon-day", "Internet Day"))

    assert occurrence_in(loaded, CALENDAR, 2027).start == date(2027, 2, 9)
    with pytest.raises(CalendarError, match="in 2028 is announced by its organiser"):
        occurrence_in(loaded, CALENDAR, 2028)


def test_a_day_of_ones_own_comes_every_year(tmp_path: Path):
    loaded = campaign(tmp_path, least=LEAST.replace('"white-ribbon-day"', '{ name = "Our Day", date = "18 March" }'))

    occurrence = next_occurrence(loaded, CALENDAR, date(2026, 11, 22))

    assert (occurrence.start, occurrence.day.name) == (date(2027, 3, 18), "Our Day")


def test_a_day_of_ones_own_in_one_year_comes_once(tmp_path: Path):
    loaded = campaign(tmp_path, least=LEAST.replace('"white-ribbon-day"', '{ name = "Our Day", date = "2027-03-18" }'))

    assert next_occurrence(loaded, CALENDAR, date(2026, 11, 22)).start == date(2027, 3, 18)
    with pytest.raises(CalendarError, match='"Our Day" has no occurrence after 2027-03-19'):
        next_occurrence(loaded, CALENDAR, date(2027, 3, 19))
    with pytest.raises(CalendarError, match='"Our Day" was last held in 2027; there is none in 2028'):
        occurrence_in(loaded, CALENDAR, 2028)


def test_a_known_day_and_known_accounts_are_no_problem(tmp_path: Path):
    loaded = campaign(tmp_path, least=LEAST.replace("white-ribbon-day", "white ribbon DAY"))

    assert unknown_names(loaded, CALENDAR, {"team-x"}) == []
    assert day_of(loaded, CALENDAR).id == "white-ribbon-day"


def test_unknown_names_come_all_at_once_with_their_lines(tmp_path: Path):
    loaded = campaign(
        tmp_path,
        least=LEAST.replace("white-ribbon-day", "white-ribon-day").replace('"team-x"', '\n"team-x",\n"team-mastodn"'),
        slots=slot('text = "x"\naccounts = ["team-x", "zzz"]'),
    )

    problems = unknown_names(loaded, CALENDAR, ["team-x", "team-mastodon"])

    assert [str(problem) for problem in problems] == [
        'open-day.toml:3: day: unknown awareness day "white-ribon-day"; did you mean "white-ribbon-day"?',
        'open-day.toml:6: accounts 2: unknown account "team-mastodn"; did you mean "team-mastodon"?',
        'open-day.toml:12: slot 1.accounts 2: unknown account "zzz"; config.toml has team-mastodon, team-x',
    ]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2027, 1, 1), date(2028, 12, 31), [2026, 2027, 2028]),
        (date(2027, 11, 18), date(2027, 11, 18), [2027]),
        (date(2027, 11, 19), date(2027, 11, 24), []),
        (date(2028, 1, 4), date(2028, 1, 4), [2027]),
        (date(2027, 1, 1), date(2027, 11, 17), [2026]),
    ],
    ids=["years", "one slot before the day", "between two slots", "a slot of the year before", "the slot of last year"],
)
def test_the_years_between_two_days_are_those_of_which_a_slot_falls_there(
    tmp_path: Path, first: date, last: date, expected: list[int]
):
    slots = slot('text = "Soon."').replace("on-the-day", "before").replace("09:00", "-7d 09:00")
    slots += SLOT + slot('text = "Look back."').replace("on-the-day", "after").replace("09:00", "+40d 09:00")

    assert years_between(campaign(tmp_path, slots=slots), CALENDAR, first, last) == expected


def test_a_year_whose_date_nobody_knows_is_one_of_them_when_it_could_be(tmp_path: Path):
    loaded = campaign(tmp_path, least=LEAST.replace("white-ribbon-day", "internet-day"))

    assert years_between(loaded, CALENDAR, date(2027, 6, 1), date(2028, 1, 1)) == [2028]


@pytest.mark.parametrize(
    ("rule", "first", "last", "expected"),
    [
        ("keep", date(2028, 11, 25), date(2028, 11, 25), [2028]),
        ("friday before", date(2028, 11, 25), date(2028, 11, 26), []),
        ("friday before", date(2028, 11, 24), date(2028, 11, 24), [2028]),
        ("monday after", date(2028, 11, 27), date(2028, 11, 27), [2028]),
        ("monday after", date(2028, 11, 24), date(2028, 11, 26), []),
    ],
)
def test_a_slot_may_move_out_of_the_days_between_or_into_them(
    tmp_path: Path, rule: str, first: date, last: date, expected: list[int]
):
    assert years_between(campaign(tmp_path, f'if_weekend = "{rule}"'), CALENDAR, first, last) == expected


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        ("friday before", date(2027, 12, 31), [2027]),
        ("monday after", date(2028, 1, 3), []),  # the substitute day of 1 January
        ("monday after", date(2028, 1, 4), [2027]),
    ],
)
def test_a_slot_may_move_over_the_year(tmp_path: Path, rule: str, day: date, expected: list[int]):
    keys = f'if_weekend = "{rule}"\navoid_bank_holidays = "England"'
    on_1_january_2028 = SLOT.replace("09:00", "+37d 09:00")

    assert years_between(campaign(tmp_path, keys, on_1_january_2028), CALENDAR, day, day) == expected


@pytest.mark.parametrize(("day", "expected"), [(10, [2027]), (11, [])])
def test_a_slot_of_each_day_falls_on_every_day_of_a_long_occurrence(tmp_path: Path, day: int, expected: list[int]):
    loaded = campaign(
        tmp_path,
        slots=SLOT.replace("09:00", "each day 09:00"),
        least=LEAST.replace("white-ribbon-day", "16 days"),
    )

    assert years_between(loaded, CALENDAR, date(2027, 12, day), date(2027, 12, day)) == expected


@pytest.mark.parametrize(("today", "expected"), [(date(2028, 11, 27), 2028), (date(2028, 11, 28), 2029)])
def test_an_occurrence_is_not_over_before_a_slot_that_moved_behind_it(tmp_path: Path, today: date, expected: int):
    loaded = campaign(tmp_path, 'if_weekend = "monday after"')

    assert next_occurrence(loaded, CALENDAR, today).year == expected


def test_a_campaign_none_of_whose_slots_has_a_day_ends_with_its_day(tmp_path: Path):
    loaded = campaign(tmp_path, slots=SLOT.replace("09:00", "each saturday 09:00"))

    assert next_occurrence(loaded, CALENDAR, date(2026, 11, 25)).year == 2026
    assert next_occurrence(loaded, CALENDAR, date(2026, 11, 26)).year == 2027


def test_a_known_date_comes_before_one_that_is_not_announced(tmp_path: Path):
    loaded = campaign(tmp_path, least=LEAST.replace("white-ribbon-day", "internet-day"))

    assert next_occurrence(loaded, CALENDAR, date(2026, 12, 31)).year == 2027
    with pytest.raises(CalendarError, match="in 2028 is announced"):
        next_occurrence(loaded, CALENDAR, date(2028, 1, 1))
