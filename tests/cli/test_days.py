"""`redletter days`: what is coming up, the filters, and the search."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.builders.workspaces import Desk

DAY_KEYS = [
    "id",
    "name",
    "aliases",
    "former_names",
    "names",
    "nations",
    "organiser",
    "url",
    "hashtags",
    "topics",
    "sensitive",
    "rule",
    "source",
    "checked",
    "note",
    "year",
    "start",
    "end",
    "status",
    "kind",
    "theme",
    "match",
]


def ids(desk: Desk, *words: object) -> list[str]:
    return [day["id"] for day in desk.json("days", *words)]


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", "2 March"), ("Pacific/Pago_Pago", "28 February")])
def test_today_is_what_it_is_by_the_clocks_of_the_workspace(desk: Desk, zone: str, day: str) -> None:
    desk.now = datetime(2027, 3, 1, 10, 30, tzinfo=UTC)
    desk.replace("config.toml", "Europe/London", zone)

    assert desk.done("days").out.startswith(f"Coming up in the next 90 days, {day} 2027 to ")


def test_without_a_config_that_can_be_read_the_days_are_listed_all_the_same(desk: Desk) -> None:
    desk.write("config.toml", "time_zone = 3")

    assert desk.done("days").out.startswith("Coming up")


def test_the_days_of_a_year_are_listed_as_json_in_a_shape_that_stays(desk: Desk) -> None:
    days = desk.json("days", "--year", "2027")

    assert all(list(day) == DAY_KEYS for day in days)
    (white_ribbon,) = [day for day in days if day["id"] == "white-ribbon-day"]
    assert (white_ribbon["start"], white_ribbon["end"]) == ("2027-11-25", "2027-11-25")


def test_without_options_it_is_what_is_coming_up_and_the_heading_says_how_far(desk: Desk) -> None:
    lines = desk.done("days").lines

    assert lines[0] == "Coming up in the next 90 days, 1 March 2027 to 30 May 2027 (a whole year: redletter days --year"
    assert lines[1] == "  2027)"
    days = ids(desk)
    assert "st-davids-day" in days
    assert "earth-day" in days
    assert "anti-slavery-day" not in days
    assert "anti-slavery-day" in ids(desk, "--year", "2027")


def test_how_far_away_a_day_is_stands_beside_it(desk: Desk) -> None:
    lines = desk.done("days").lines

    (place,) = [place for place, line in enumerate(lines) if line.endswith("  child-exploitation-awareness-day")]
    assert lines[place].startswith("in 17 days, fixed")
    assert lines[place - 1].startswith("Thu 18 Mar")
    assert "  ! " in lines[place - 1]


def test_days_of_ones_own_are_listed_too(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "harbour-day"\nname = "Harbour Day"\nrule = "3rd saturday of april"\n')

    assert "Harbour Day" in desk.done("days").out


def test_days_need_no_workspace(tmp_path: Path) -> None:
    assert "White Ribbon Day" in Desk(tmp_path).done("days", "--year", "2027").out


def test_what_could_steer_a_terminal_is_made_visible(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "harbour-day"\nname = "Harbour\\u001b[31m Day"\nrule = "18 march"\n')

    assert "\x1b" not in desk.done("days").out


@pytest.mark.parametrize("spelling", ["march", "March", "mar", "3", "03"])
def test_a_month_however_it_is_spelled_is_the_next_one(desk: Desk, spelling: str) -> None:
    days = desk.json("days", "--month", spelling)

    assert {day["start"][:7] for day in days if day["start"] and day["kind"] == "day"} == {"2027-03"}
    assert "child-exploitation-awareness-day" in [day["id"] for day in days]


def test_a_month_that_is_over_is_that_of_next_year(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "harbour-day"\nname = "Harbour Day"\nrule = "2 february"\n')

    (day,) = [day for day in desk.json("days", "--month", "feb") if day["id"] == "harbour-day"]

    assert day["start"] == "2028-02-02"
    assert desk.done("days", "--month", "feb", "--month", "may").lines[0] == "February 2028, May 2027"


def test_filters_hold_together_and_each_may_be_repeated(desk: Desk) -> None:
    desk.write(
        "days.toml",
        '[[day]]\nid = "a"\nname = "A"\nrule = "2 april"\nnations = ["Wales"]\ntopics = ["harbour"]\n'
        '[[day]]\nid = "b"\nname = "B"\nrule = "week containing 2 june"\nnations = ["UK"]\ntopics = ["harbour", "boats"]\n'
        '[[day]]\nid = "c"\nname = "C"\nnations = ["Scotland"]\ntopics = ["harbour"]\ndates.2026 = "2026-04-03"\n',
    )

    assert ids(desk, "--topic", "harbour") == ["a", "b", "c"]
    assert ids(desk, "--topic", "Boats") == ["b"]
    assert ids(desk, "--topic", "harbour", "--nation", "wales") == ["a", "b"]
    assert ids(desk, "--topic", "harbour", "--nation", "wales", "--only") == ["a"]
    assert ids(desk, "--topic", "harbour", "--nation", "wales", "--nation", "scotland") == ["a", "b", "c"]
    assert ids(desk, "--topic", "harbour", "--month", "april") == ["a", "c"]
    assert ids(desk, "--topic", "harbour", "--status", "fixed", "--status", "announced") == ["a", "c"]
    assert ids(desk, "--topic", "harbour", "--kind", "week") == ["b"]
    assert desk.done("days", "--topic", "boats", "--month", "april").lines == ["No such days (April 2027)"]


def test_a_span_of_ones_own(desk: Desk) -> None:
    said = desk.done("days", "--from", "2027-11-20", "--to", "2027-11-25")

    assert said.lines[0] == "20 November 2027 to 25 November 2027"
    assert "White Ribbon Day" in said.out
    assert "white-ribbon-day" not in ids(desk, "--from", "2027-11-26", "--to", "2027-12-24")
    assert "white-ribbon-day" in ids(desk, "--to", "2027-11-25")
    assert "white-ribbon-day" in ids(desk, "--from", "2027-11-01")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--month", "marhc"], 'unknown month "marhc"; did you mean "march"?'),
        (["--nation", "walse"], 'unknown nation "walse"; did you mean "Wales"?'),
        (["--topic", "childern"], 'unknown topic "childern"; did you mean "children"?'),
        (["--status", "fixd"], 'unknown status "fixd"; did you mean "fixed"?'),
        (["--status", "zzz"], 'unknown status "zzz"; expected fixed, confirmed, computed, announced'),
        (["--kind", "weak"], 'unknown kind "weak"; did you mean "week"?'),
        (["--month", "13"], 'unknown month "13"; expected january, february'),
        (["--only"], "--only goes with --nation"),
        (["--year", "2027", "--from", "2027-01-01"], "--year is a whole year"),
        (["--from", "2027-02-01", "--to", "2027-01-01"], "--to must not be before --from"),
    ],
)
def test_what_nobody_knows_is_one_clear_error(desk: Desk, words: list[str], said: str) -> None:
    refused = desk.type("days", *words)

    assert refused.code == 2
    assert said in refused.err
    assert refused.out == ""


def test_all_that_is_unknown_is_said_at_once(desk: Desk) -> None:
    said = desk.type("days", "--month", "marhc", "--status", "fixd", "--status", "confirmd").err

    assert said.count("did you mean") == 3


def test_words_find_days_wherever_they_are_in_the_year(desk: Desk) -> None:
    said = desk.done("days", "anti", "slavery")

    assert said.lines[0] == 'Found by "anti slavery"'
    assert "anti-slavery-day" in said.out
    assert ids(desk, "safer", "internet") == ["safer-internet-day"]


def test_near_matches_are_said_to_be_that(desk: Desk) -> None:
    said = desk.done("days", "anti", "slavry")

    assert said.lines[0] == 'Nothing has "anti slavry" in its names or topics; what comes near:'
    assert "anti-slavery-day" in said.out
    assert [day["match"] for day in desk.json("days", "anti", "slavry")] == ["near"]
    assert [day["match"] for day in desk.json("days", "safer", "internet")] == ["found"]
    assert {day["match"] for day in desk.json("days")} == {None}


def test_what_nobody_finds_is_said(desk: Desk) -> None:
    said = desk.done("days", "pancake", "parade")

    assert said.lines == ['Nothing is found by "pancake parade".']
    assert desk.json("days", "pancake", "parade") == []


def test_words_and_filters_go_together(desk: Desk) -> None:
    assert ids(desk, "mental", "health", "--month", "october") == ["world-mental-health-day"]
    assert ids(desk, "white", "ribbon", "--year", "2029") == ["white-ribbon-day"]
    assert desk.json("days", "white", "ribbon", "--year", "2029")[0]["start"] == "2029-11-25"
    assert ids(desk, "white", "ribbon", "--to", "2027-06-01") == []


def test_one_day_is_listed_once_though_its_next_dates_are_many(desk: Desk) -> None:
    assert ids(desk, "white", "ribbon").count("white-ribbon-day") == 1


def test_a_narrow_terminal_keeps_the_ids(desk: Desk) -> None:
    desk.environment["COLUMNS"] = "60"

    said = desk.done("days", "--year", "2027")

    assert max(map(len, said.lines)) <= 60
    listed = {day["id"] for day in json.loads(desk.done("days", "--year", "2027", "--json").out)}
    assert listed <= {word for line in said.lines for word in line.split()}


@pytest.mark.parametrize("words", [["white-ribbon-day"], ["White Ribbon Day"], ["white", "ribbon"], ["whiteribbon"]])
def test_one_day_is_shown_by_its_id_its_name_or_words_that_only_it_has(desk: Desk, words: list[str]) -> None:
    assert desk.done("days", "show", *words).lines[:2] == ["White Ribbon Day", "white-ribbon-day"]
    assert desk.json("days", "show", *words)["id"] == "white-ribbon-day"


def test_what_a_day_of_ones_own_overrides_is_shown(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "white-ribbon-day"\ndates.2027 = "2027-11-24"\n')

    said = desk.done("days", "show", "white-ribbon-day")

    assert "days.toml   your own gives dates.2027" in said.lines
    assert any(line.startswith("2027  Wed 24 Nov  confirmed") for line in said.lines)


def test_a_day_nobody_knows_is_refused_with_a_guess(desk: Desk) -> None:
    mistyped = desk.type("days", "show", "anti", "slavry")
    several = desk.type("days", "show", "mental", "health")
    unknown = desk.type("days", "show", "pancake", "parade")

    assert (mistyped.code, several.code, unknown.code) == (1, 1, 1)
    assert mistyped.err == 'unknown awareness day "anti slavry"; did you mean "anti-slavery-day"?\n'
    assert several.err.startswith('"mental health" finds several awareness days; name one of them: ')
    assert unknown.err == 'unknown awareness day "pancake parade"; see them all with: redletter days\n'


def test_a_day_is_shown_without_a_workspace(tmp_path: Path) -> None:
    assert Desk(tmp_path).done("days", "show", "white-ribbon-day").lines[0] == "White Ribbon Day"


def test_what_to_do_stands_before_the_options(desk: Desk) -> None:
    refused = desk.type("days", "--json", "show", "white-ribbon-day")

    assert refused.code == 2
    assert "say first what to do: redletter days show" in refused.err


def test_the_options_of_every_command_are_taken_behind_two_words_too(desk: Desk) -> None:
    assert desk.done("days", "show", "white-ribbon-day", "--debug", "--as", "kim").lines[0] == "White Ribbon Day"
