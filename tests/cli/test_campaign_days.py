"""Campaigns on days whose dates are announced, computed or moved, and on each day of a week: through every command."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.builders.workspaces import Desk

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
FILE = "campaigns/harbour.toml"
INLINE = 'day = { name = "Harbour Open Day", date = "18 march" }'
WEEK = 'day = { name = "Harbour Week", rule = "week containing 18 march", certain = true }'
DAILY = """
[[slot]]
id = "daily"
when = "each weekday 08:00"
text = "{{ slot.weekday }}: day {{ day.number }} of {{ day.name }}."
accounts = ["press-x"]
"""


def with_day(desk: Desk, day: str, keys: str = "", slots: str = "") -> Desk:
    desk.replace(FILE, INLINE, f"{day}\n{keys}")
    desk.replace(FILE, '[[slot]]\nid = "on-the-day"', f'{slots}\n[[slot]]\nid = "on-the-day"')
    return desk


def daily(desk: Desk) -> dict[str, str]:
    return {post["slot"]: post["scheduled_at"][:16] for post in desk.posts() if post["slot"].startswith("daily")}


def regatta(desk: Desk) -> Desk:
    desk.write("days.toml", '[[day]]\nid = "regatta"\nname = "Regatta"\nnames.cy = "Regata’r Harbwr"\n')
    return desk


def test_a_day_that_is_not_announced_is_not_planned_and_both_ways_out_are_named(desk: Desk) -> None:
    said = regatta(with_day(desk, 'day = "Regata’r Harbwr"')).type("plan", "harbour")

    assert said.code != 0
    assert f'{FILE}:3: day: the date of "Regatta" in 2027 is announced' in said.err
    assert 'into the campaign: day = { id = "regatta", dates.2027 = "2027-MM-DD" }' in said.err
    assert 'days.toml: [[day]] id = "regatta" and dates.2027 = "2027-MM-DD"' in said.err
    assert not (desk.folder / "redletter.db").exists()


def test_the_campaigns_own_date_lets_it_be_planned(desk: Desk) -> None:
    regatta(with_day(desk, 'day = { id = "regatta", dates.2027 = "2027-03-19" }')).done("plan", "harbour")

    assert {post["scheduled_at"][:10] for post in desk.posts()} == {"2027-03-12", "2027-03-19"}


def test_a_computed_date_is_seen_wherever_a_reviewer_looks(desk: Desk) -> None:
    computed = 'day = { name = "Harbour Open Day", rule = "3rd thursday of march", organiser = "Harbour Trust" }'
    with_day(desk, computed)
    expected = (
        "the date of Harbour Open Day 2027 is computed (the third Thursday of March) and may be another: ask Harbour"
    )

    previewed = desk.json("preview", "harbour")
    planned = desk.done("plan", "harbour")
    approved = desk.done("approve", "--campaign", "harbour", "--yes")

    assert all(draft["warnings"][0].startswith(expected) for draft in previewed["posts"])
    assert all(desk.json("show", number)["warnings"][0].startswith(expected) for number in (1, 4))
    assert expected[:40] in " ".join(planned.out.split())
    assert " ".join(approved.out.split()).count(expected) == 4


def test_what_is_said_of_the_date_outlives_other_words(desk: Desk) -> None:
    with_day(desk, INLINE.replace("18", "20"), 'if_weekend = "friday before"').done("plan")

    desk.done("edit", 3, "--text", "Come along.")

    assert desk.json("show", 3)["warnings"][0] == "moved from Saturday 20 March to Friday 19 March: if_weekend"


def test_a_weekend_rule_that_comes_later_moves_posts_and_adds_none(desk: Desk) -> None:
    with_day(desk, INLINE.replace("18", "20")).done("plan")
    before = {post["id"]: post["slot"] for post in desk.posts()}

    desk.replace(FILE, "years = ", 'if_weekend = "monday after"\nyears = ')
    said = desk.done("plan")

    assert "Saved: 4 another hour." in said.lines
    assert {post["id"]: post["slot"] for post in desk.posts()} == before
    assert {post["scheduled_at"][:10] for post in desk.posts()} == {"2027-03-15", "2027-03-22"}


def test_a_week_that_moves_takes_its_posts_along(desk: Desk) -> None:
    with_day(desk, WEEK, slots=DAILY).done("plan")
    before = daily(desk)

    desk.replace(FILE, "18 march", "26 march")
    desk.done("plan")

    assert before == {f"daily.{day}": f"2027-03-{15 + number}T08:00" for number, day in enumerate(WEEKDAYS)}
    assert daily(desk) == {f"daily.{day}": f"2027-03-{22 + number}T08:00" for number, day in enumerate(WEEKDAYS)}


def test_a_week_that_begins_on_another_weekday_gives_no_day_two_posts(desk: Desk) -> None:
    days = 'day = {{ name = "Harbour Week", rule = "{} march", days = 7, certain = true }}'
    with_day(desk, days.format(15), slots=DAILY).done("plan")

    desk.replace(FILE, "15 march", "17 march")
    desk.done("plan")

    assert daily(desk) == {
        "daily.wednesday": "2027-03-17T08:00",
        "daily.thursday": "2027-03-18T08:00",
        "daily.friday": "2027-03-19T08:00",
        "daily.monday": "2027-03-22T08:00",
        "daily.tuesday": "2027-03-23T08:00",
    }


def test_more_weekdays_add_posts_and_leave_those_that_were_there(desk: Desk) -> None:
    with_day(desk, WEEK, slots=DAILY.replace("each weekday", "each monday and friday")).done("plan")
    desk.done("approve", "--campaign", "harbour", "--yes")
    before = daily(desk)

    desk.replace(FILE, "each monday and friday", "each weekday")
    said = desk.done("plan")

    assert before == {"daily.monday": "2027-03-15T08:00", "daily.friday": "2027-03-19T08:00"}
    assert "Saved: 3 new" in said.out
    assert daily(desk) == {f"daily.{day}": f"2027-03-{15 + number}T08:00" for number, day in enumerate(WEEKDAYS)}


def test_a_holiday_that_is_left_out_later_renames_no_post(desk: Desk) -> None:
    with_day(desk, WEEK.replace("18", "26"), slots=DAILY).done("plan")
    before = daily(desk)

    desk.replace(FILE, "years = ", 'avoid_bank_holidays = "Wales"\nyears = ')
    said = desk.done("plan")

    assert daily(desk) == before
    assert "Good Friday is a bank holiday in Wales" in " ".join(said.out.split())
    assert "no longer in the campaign" in " ".join(said.out.split())


def test_commands_that_look_for_slots_know_those_of_each_day(desk: Desk, tmp_path: Path) -> None:
    with_day(desk, WEEK, slots=DAILY)
    desk.done("check")
    desk.done("plan")
    desk.done("approve", "--campaign", "harbour", "--yes")

    assert "daily.wednesday" in desk.done("posts").out
    desk.done("export", tmp_path / "out")
    assert "daily.wednesday" in (tmp_path / "out" / "posts.csv").read_text(encoding="utf-8")
    rehearsed = desk.json("rehearse", "--from", "2027-03-15", "--to", "2027-03-19")
    assert sum("daily." in str(post) for post in rehearsed["posts"]) == 5
    first = next(post["id"] for post in desk.posts() if post["slot"] == "daily.wednesday")
    assert "daily.wednesday" in desk.done("cancel", first, "--reason", "no").out


def test_an_embargo_inside_the_week_stops_its_first_days_alone(desk: Desk) -> None:
    with_day(desk, WEEK, 'embargo = "+1d 12:00"', DAILY)

    said = desk.type("plan", "harbour")

    assert 'slot "daily.monday": its hour is before the embargo' in said.out + said.err
    assert list(daily(desk)) == ["daily.wednesday", "daily.thursday", "daily.friday"]


@pytest.mark.parametrize("change", ["2027-03-28", "2027-10-31"])
def test_a_rehearsal_over_a_clock_change_keeps_the_hours_of_the_wall(desk: Desk, change: str) -> None:
    month = "march" if change.startswith("2027-03") else "october"
    week = f'day = {{ name = "Harbour Week", rule = "week containing {change[-2:]} {month}", certain = true }}'
    with_day(desk, week, slots=DAILY.replace("each weekday", "each day"))

    rehearsed = desk.json("rehearse", "--from", f"2027-{change[5:7]}-20", "--to", change)

    hours = {post["scheduled_at"][:16] for post in rehearsed["posts"] if "daily" in post["slot"]}
    assert {hour[11:] for hour in hours} == {"08:00"}
    assert len(hours) == 7


def test_a_days_name_is_welsh_in_a_welsh_campaign(desk: Desk) -> None:
    regatta(with_day(desk, 'day = { id = "regatta", dates.2027 = "2027-03-19" }', 'language = "cy"')).done("plan")

    assert "Regata’r Harbwr" in desk.done("show", 3).out


def test_half_a_week_that_has_passed_is_not_planned(desk: Desk) -> None:
    desk.now = datetime(2027, 3, 17, 12, 0, tzinfo=UTC)

    with_day(desk, WEEK, slots=DAILY).done("plan")

    assert list(daily(desk)) == ["daily.thursday", "daily.friday"]
