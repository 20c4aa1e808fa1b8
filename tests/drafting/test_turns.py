"""On which days and at which hours a slot's drafts go out, and what their reviewer is told of it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler.awareness import Occurrence
from scheduler.drafting import Draft, Drafted
from tests.builders.drafting import drafts_of, make_campaign, make_occurrence, make_slot

LONDON = ZoneInfo("Europe/London")
SUNDAY = date(2029, 3, 18)
WEEK = make_occurrence(date(2027, 11, 15), date(2027, 11, 21), "Harbour Week")
QUOTES = """The harbour opens its gates to everybody on Thursday. The tide tables are on the wall.

Harbour master Ines Calder said: “We have waited for this day all year. The new lock is a marvel.”

Lock keeper Ravi Dunmore said: “Children may turn the wheel themselves. I will hold the rope.”

Mary Penhale said: “Our boat goes out at noon. Bring a warm coat and a dry pair of socks.”"""


def quotes_a_day(**keys: object) -> dict[str, object]:
    return make_slot(id="daily", when="each weekday 09:00", excerpt="quotes", text="{{ excerpt.quoted }}") | keys


def local(draft: Draft) -> str:
    return f"{draft.scheduled_at.astimezone(LONDON):%a %d %b %H:%M}"


def moved(*slots: dict[str, object], start: date = SUNDAY, **keys: object) -> Drafted:
    return drafts_of(
        make_campaign(*slots, **({"if_weekend": "friday before"} | keys)), occurrence=make_occurrence(start)
    )


def test_a_moved_slot_keeps_its_hour_and_its_identity_and_says_so() -> None:
    (kept,) = moved(make_slot(text="Come."), if_weekend="keep").drafts
    (draft,) = moved(make_slot(text="Come.")).drafts

    assert (local(kept), local(draft)) == ("Sun 18 Mar 09:00", "Fri 16 Mar 09:00")
    assert draft.key == kept.key
    assert draft.warnings == ("moved from Sunday 18 March to Friday 16 March: if_weekend",)


def test_a_text_that_says_today_is_warned_of_with_the_true_day() -> None:
    (draft,) = moved(make_slot(text="Today is {{ day.name }}.")).drafts

    assert draft.warnings[1] == (
        "the text says “Today” and goes out on 16 March 2029, which is not when Harbour Open Day is (18 March 2029)"
    ).replace("Today", "today")


def test_a_text_of_a_day_inside_a_long_occurrence_is_warned_of_as_well() -> None:
    campaign = make_campaign(make_slot(when="+5d 09:00", text="Today the gates open."), if_weekend="friday before")

    (draft,) = drafts_of(campaign, occurrence=WEEK).drafts

    assert draft.warnings[1] == "the text says “today”, was meant for 20 November 2027 and goes out on 19 November 2027"


def test_every_post_of_a_moved_slot_says_so() -> None:
    slot = make_slot(when="11:00", excerpt="quotes", every="90m", text="{{ excerpt.quoted }}")
    campaign = make_campaign(slot, if_weekend="monday after")

    drafts = drafts_of(campaign, QUOTES, occurrence=make_occurrence(SUNDAY)).drafts

    assert [local(draft) for draft in drafts] == ["Mon 19 Mar 11:00", "Mon 19 Mar 12:30", "Mon 19 Mar 14:00"]
    assert all(draft.warnings[0].startswith("moved from Sunday") for draft in drafts)


def test_two_slots_that_come_onto_one_day_say_so() -> None:
    drafts = moved(
        make_slot(id="eve", when="-1d 15:00", text="Soon."), make_slot(id="day", when="09:00", text="Come.")
    ).drafts

    assert [local(draft) for draft in drafts] == ["Fri 16 Mar 15:00", "Fri 16 Mar 09:00"]
    assert (
        drafts[0].warnings[1] == 'slot "day" goes out that day too, at 09:00: the other way round than before the move'
    )
    assert (
        drafts[1].warnings[1] == 'slot "eve" goes out that day too, at 15:00: the other way round than before the move'
    )


def test_two_slots_at_the_same_hour_of_one_day_say_so() -> None:
    drafts = moved(make_slot(id="eve", when="-2d 09:00", text="Soon."), make_slot(id="day", text="Come.")).drafts

    assert drafts[0].warnings == ()
    assert drafts[1].warnings[1:] == ('slot "eve" goes out that day too, at 09:00',)


def test_a_slot_that_overtakes_another_says_so() -> None:
    drafts = moved(
        make_slot(id="eve", when="-1d 09:00", text="Soon.", if_weekend="monday after"),
        make_slot(id="day", text="Come.", if_weekend="friday before"),
    ).drafts

    assert drafts[0].warnings[1] == (
        'this goes out after slot "day" now (Friday 16 March): the other way round than before the move'
    )


def test_slots_of_other_accounts_are_no_company() -> None:
    drafts = moved(
        make_slot(id="eve", when="-1d 09:00", text="Soon.", accounts=["other"]), make_slot(id="day", text="Come.")
    ).drafts

    assert [len(draft.warnings) for draft in drafts] == [1, 1]


def test_a_slots_own_expiry_goes_with_it_and_the_campaigns_stays() -> None:
    (own,) = moved(make_slot(text="Come.", expires="12:00")).drafts
    (of_campaign,) = moved(make_slot(text="Come."), expires="12:00").drafts

    assert own.expires_at == datetime(2029, 3, 16, 12, tzinfo=UTC)
    assert of_campaign.expires_at == datetime(2029, 3, 18, 12, tzinfo=UTC)


def test_a_slot_that_moves_behind_the_campaigns_expiry_is_a_problem() -> None:
    drafted = moved(make_slot(text="Come."), expires="12:00", if_weekend="monday after")

    assert drafted.drafts == ()
    assert "it expires before its hour: moved from Sunday 18 March to Monday 19 March" in drafted.problems[0].message
    assert (drafted.problems[0].key or "").endswith(".when")  # the slot has no key `expires`


def test_a_slot_that_moves_before_the_embargo_is_warned_of() -> None:
    (draft,) = moved(make_slot(text="Come."), embargo="00:01").drafts

    assert "its hour is before the embargo, which ends on Sunday 18 March 2029, 00:01" in draft.warnings[1]


def test_a_moved_quote_is_withheld_where_it_goes_out_and_not_where_it_would_have() -> None:
    slot = make_slot(when="11:00", excerpt="quote 1", text="{{ excerpt.quoted }}")
    keys = {"elected": ["Ines Calder"], "pre_election": "2029-03-19..2029-05-03"}

    def drafts(rule: str) -> int:
        campaign = make_campaign(slot, if_weekend=rule, **keys)
        return len(drafts_of(campaign, QUOTES, occurrence=make_occurrence(SUNDAY)).drafts)

    assert (drafts("keep"), drafts("friday before"), drafts("monday after")) == (1, 1, 0)


def test_a_slot_of_each_day_makes_one_post_a_day_for_each_account() -> None:
    slot = make_slot(
        id="daily", when="each weekday 09:00", text="{{ slot.weekday }}, day {{ day.number }} of {{ day.days }}"
    )

    drafts = drafts_of(make_campaign(slot, accounts=["press", "other"]), occurrence=WEEK).drafts

    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    assert [draft.key.slot for draft in drafts[::2]] == [f"daily.{day}" for day in weekdays]
    assert {draft.key.slot_id for draft in drafts} == {"daily"}
    assert drafts[4].message.parts[0].text == "Wednesday, day 3 of 7"
    assert [local(draft)[:3] for draft in drafts[::2]] == ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert len(drafts) == 10
    assert not any(draft.warnings for draft in drafts)


def test_the_same_text_every_day_is_warned_of() -> None:
    drafts = drafts_of(
        make_campaign(make_slot(id="daily", when="each day 09:00", text="Come.")), occurrence=WEEK
    ).drafts

    assert drafts[0].warnings == ()
    assert all('the same text as slot "daily.monday"' in draft.warnings[0] for draft in drafts[1:])


def test_each_day_takes_the_next_quote_and_days_left_over_are_said() -> None:
    drafted = drafts_of(make_campaign(quotes_a_day()), QUOTES, occurrence=WEEK)

    assert [local(draft)[:3] for draft in drafted.drafts] == ["Mon", "Tue", "Wed"]
    assert ["Ines" in quote for quote in (draft.sources[0].speaker or "" for draft in drafted.drafts)] == [
        True,
        False,
        False,
    ]
    assert drafted.notes == ("harbour, daily: nothing goes out from Thursday 18 November on: there are 3 for 5 days",)


def test_quotes_that_are_left_over_are_said() -> None:
    drafted = drafts_of(make_campaign(quotes_a_day(when="each monday 09:00")), QUOTES, occurrence=WEEK)

    assert len(drafted.drafts) == 1
    assert drafted.notes == (
        "harbour, daily: quote 2 by Ravi Dunmore is left over and not posted: there is 1 day",
        "harbour, daily: quote 3 by Mary Penhale is left over and not posted: there is 1 day",
    )


def keys_on(occurrence: Occurrence, slot: dict[str, object]) -> list[object]:
    return [draft.key for draft in drafts_of(make_campaign(slot), QUOTES, occurrence=occurrence).drafts]


@pytest.mark.parametrize(
    "slot",
    [quotes_a_day(), make_slot(id="daily", when="each weekday 09:00", text="{{ slot.weekday }}")],
    ids=["quotes", "text"],
)
@pytest.mark.parametrize("days_later", [7, 1, 3])
def test_a_week_that_moves_takes_its_posts_along(slot: dict[str, object], days_later: int) -> None:
    later = make_occurrence(date(2027, 11, 15 + days_later), date(2027, 11, 21 + days_later), "Harbour Week")

    assert set(keys_on(later, slot)) == set(keys_on(WEEK, slot))


def test_a_quote_that_comes_first_later_takes_no_other_quotes_identity() -> None:
    first, _, rest = QUOTES.partition("\n\n")
    more = f"{first}\n\nAnna Brook, the mayor, said: “We are glad about every boat. They are welcome.”\n\n{rest}"
    campaign = make_campaign(quotes_a_day())

    before = [draft.key for draft in drafts_of(campaign, QUOTES, occurrence=WEEK).drafts]
    after = [draft.key for draft in drafts_of(campaign, more, occurrence=WEEK).drafts]

    assert after[1:] == before


def test_a_slot_of_each_day_expires_on_each_of_its_days() -> None:
    slot = make_slot(id="daily", when="each day 09:00", expires="17:00", text="{{ slot.weekday }}")

    drafts = drafts_of(make_campaign(slot), occurrence=WEEK).drafts

    assert [draft.expires_at and draft.expires_at.day for draft in drafts] == [15, 16, 17, 18, 19, 20, 21]


def test_days_after_the_campaigns_expiry_are_noted_and_not_posted() -> None:
    slot = make_slot(id="daily", when="each weekday 09:00", text="{{ slot.weekday }}")

    drafted = drafts_of(make_campaign(slot, expires="+2d 12:00"), occurrence=WEEK)

    assert [draft.key.slot for draft in drafted.drafts] == ["daily.monday", "daily.tuesday", "daily.wednesday"]
    assert drafted.notes[0] == "harbour, daily: nothing goes out on Thursday 18 November: it has expired"
    assert drafted.problems == ()


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (date(2027, 3, 22), ["01:30", "01:30", "01:30", "01:30", "01:30", "01:30", "02:30"]),
        (date(2027, 10, 25), ["01:30"] * 7),
    ],
    ids=["the last week of March", "the last week of October"],
)
def test_each_day_keeps_its_hour_on_the_wall_over_both_clock_changes(first: date, expected: list[str]) -> None:
    slot = make_slot(id="daily", when="each day 01:30", text="{{ slot.weekday }}")

    drafts = drafts_of(make_campaign(slot), occurrence=make_occurrence(first, first.replace(day=first.day + 6))).drafts

    assert [local(draft)[-5:] for draft in drafts] == expected
    assert not any(draft.warnings for draft in drafts[:-1])
    assert "the clocks go" in drafts[-1].warnings[0]
    if first.month == 10:
        assert drafts[-1].scheduled_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 3, 28), ["00:30", "02:30", "03:30"]),
        (date(2027, 10, 31), ["00:30", "01:30", "01:30"]),
    ],
)
def test_several_posts_keep_their_distance_over_a_clock_change(day: date, expected: list[str]) -> None:
    slot = make_slot(when="00:30", excerpt="quotes", every="1h", text="{{ excerpt.quoted }}")

    drafts = drafts_of(make_campaign(slot), QUOTES, occurrence=make_occurrence(day)).drafts

    assert [local(draft)[-5:] for draft in drafts] == expected
    assert [draft.scheduled_at.minute for draft in drafts] == [30, 30, 30]
    assert len({draft.scheduled_at for draft in drafts}) == 3


def test_until_is_an_hour_on_the_wall_on_the_day_of_a_clock_change() -> None:
    slot = make_slot(when="00:30", excerpt="quotes", every="1h", until="02:30", text="{{ excerpt.quoted }}")

    drafted = drafts_of(make_campaign(slot), QUOTES, occurrence=make_occurrence(date(2027, 3, 28)))

    assert [local(draft)[-5:] for draft in drafted.drafts] == ["00:30", "02:30"]
    assert "does not fit before 02:30" in drafted.notes[0]


def test_what_is_doubtful_of_the_date_stands_on_every_draft() -> None:
    campaign = make_campaign(make_slot(id="a", text="Come."), make_slot(id="b", when="+1d 09:00", text="Thanks."))

    drafted = drafts_of(campaign, doubt="the date may be another: ask the trust")

    assert [draft.warnings for draft in drafted.drafts] == [("the date may be another: ask the trust",)] * 2
    assert drafted.notes == ("harbour: the date may be another: ask the trust",)
