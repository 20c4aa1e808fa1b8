"""`redletter year`."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.builders.workspaces import CONFIG, Desk

NOVEMBER = datetime(2027, 11, 1, 12, 0, tzinfo=UTC)


def second_campaign(desk: Desk, hour: str = "09:30", **keys: str) -> None:
    extra = "".join(f"{key} = {value}\n" for key, value in keys.items())
    day = "" if "day" in keys else 'day = { name = "Rope Day", date = "18 march" }\n'
    slot = f'[[slot]]\nid = "on-the-day"\nwhen = "{hour}"\ntext = "Rope."\n'
    desk.write("campaigns/rope.toml", f'id = "rope"\ntitle = "Rope Day"\n{day}accounts = ["press-x"]\n{extra}{slot}')


def test_a_year_shows_what_campaigns_would_make_and_writes_nothing(desk: Desk) -> None:
    before = desk.files()

    said = desk.done("year", "2027")

    assert "> 11 - 18 Mar      Harbour Open Day: 4 not planned" in said.lines
    assert "* Thu 18 Mar       Harbour Open Day" in said.lines
    assert "- Fri 26 Mar       bank holiday: Good Friday" in said.lines
    assert desk.files() == before


def test_no_article_is_read(desk: Desk) -> None:
    (desk.folder / "articles/gates.md").unlink()

    assert "Harbour Open Day: 4 not planned" in desk.done("year", "2027").out


def test_posts_of_the_book_are_shown_with_their_status_and_no_slot_counts_twice(planned: Desk) -> None:
    planned.done("approve", "1", "2", "--yes")
    planned.done("reject", "4")

    (harbour,) = planned.json("year", "2027")["campaigns"]

    assert harbour["posts"] == {"approved": 2, "draft": 1, "rejected": 1}


def test_a_slot_that_came_later_is_not_planned_beside_those_that_are(planned: Desk) -> None:
    planned.replace("campaigns/harbour.toml", 'id = "on-the-day"', 'id = "in-the-morning"')

    (harbour,) = planned.json("year", "2027")["campaigns"]

    assert harbour["posts"] == {"draft": 4, "not planned": 2}


def test_each_day_of_a_week_is_planned_for_itself(desk: Desk) -> None:
    week = '{ name = "Rope Week", rule = "monday 15-21 march", days = 7 }'
    second_campaign(desk, "each weekday 15:00", day=week)
    desk.done("plan", "rope")

    assert desk.json("year", "2027")["campaigns"][1]["posts"] == {"draft": 5}

    desk.replace("campaigns/rope.toml", "each weekday", "each day")
    assert desk.json("year", "2027")["campaigns"][1]["posts"] == {"draft": 5, "not planned": 2}


def test_clashes_are_found_between_the_book_and_what_is_not_planned(planned: Desk) -> None:
    second_campaign(planned)

    said = planned.done("year", "2027")

    assert "  Thu 18 Mar, 09:00 to 09:30: Harbour Open Day and Rope Day on press-x" in said.lines
    assert "1 clash" in said.lines[1]


def test_what_is_past_is_over(desk: Desk) -> None:
    second_campaign(desk)
    desk.now = NOVEMBER

    year = desk.json("year", "2027")

    assert [each["posts"] for each in year["campaigns"]] == [{"not planned, passed": 4}, {"not planned, passed": 1}]
    assert year["clashes"] == []
    assert year["accounts"][0]["posts"] == [0] * 12


def test_this_year_is_shown_where_none_is_named(desk: Desk) -> None:
    assert desk.json("year")["year"] == 2027
    desk.now = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    assert desk.json("year")["year"] == 2026
    desk.write("config.toml", CONFIG.replace("Europe/London", "Pacific/Kiritimati"))
    assert desk.json("year")["year"] == 2027


@pytest.mark.parametrize("year", [1900, 2100])
def test_the_first_and_the_last_year_can_be_shown(desk: Desk, year: int) -> None:
    desk.replace("campaigns/harbour.toml", "years = [2027]", "")

    assert len(desk.json("year", year, "--all")["days"]) > 20


def test_days_besides_those_of_campaigns_are_shown_on_request(desk: Desk) -> None:
    own = '[[day]]\nid = "rope-day"\nname = "Rope Day"\nrule = "5 may"\nnations = ["Wales"]\ntopics = ["ropes"]\n'
    desk.write("days.toml", own)

    def shown(*words: str) -> set[str]:
        return {day["id"] for day in desk.json("year", "2027", *words)["days"]}

    assert shown() == {"harbour"}
    assert shown("--topic", "ropes") == {"harbour", "rope-day"}
    assert "rope-day" in shown("--nation", "wales")
    assert "rope-day" not in shown("--nation", "scotland")
    assert len(shown("--all")) > 120


def test_an_unknown_topic_is_wrong_usage(desk: Desk) -> None:
    said = desk.type("year", "2027", "--topic", "nothing-of-the-kind")

    assert said.code == 2
    assert 'unknown topic "nothing-of-the-kind"' in said.err


def test_bank_holidays_are_of_the_nation_that_is_asked_for(desk: Desk) -> None:
    assert desk.json("year", "2027", "--nation", "Scotland")["bank_holidays_of"] == ["Scotland"]
    desk.write("config.toml", CONFIG.replace("Europe/London", "Asia/Tokyo"))
    assert desk.json("year", "2027")["bank_holidays"] == []


def test_a_day_not_announced_yet_says_what_to_do_and_is_no_error(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "knot-day"\nname = "Knot Day"\norganiser = "Knot Trust"\n')
    second_campaign(desk, day='"knot-day"')

    said = desk.done("year", "2027")

    assert "  Knot Day, for Rope Day" in said.lines
    assert "once Knot Trust says when it is" in said.out


def test_what_is_wrong_with_campaigns_is_said_and_the_rest_is_shown(desk: Desk) -> None:
    second_campaign(desk, day='"nobody-knows"', acounts="[]")
    desk.write("campaigns/broken.toml", "id = ")

    said = desk.type("year", "2027")

    assert said.code == 1
    assert "Harbour Open Day: 4 not planned" in said.out
    assert re.search(r'campaigns/rope\.toml:\d+: unknown key "acounts"', said.err)
    assert "campaigns/broken.toml:1" in said.err
    assert desk.type("year", "2027", "--json").json["problems"]


def test_a_workspace_without_campaigns_and_without_a_book_has_a_year(desk: Desk) -> None:
    (desk.folder / "campaigns/harbour.toml").unlink()

    assert desk.done("year", "2027").lines[1] == "0 campaigns, 0 posts, no clashes"
    (desk.folder / "campaigns").rmdir()
    assert desk.json("year", "2027")["campaigns"] == []


def test_a_campaign_whose_file_is_gone_is_shown_from_the_book(planned: Desk) -> None:
    (planned.folder / "campaigns/harbour.toml").unlink()

    (harbour,) = planned.json("year", "2027")["campaigns"]

    assert (harbour["title"], harbour["posts"]) == ("Harbour Open Day", {"draft": 4})


def test_the_page_is_written_and_never_over_anything_else(desk: Desk, tmp_path: Path) -> None:
    page = tmp_path / "year.html"

    assert desk.done("year", "2027", "--html", page).out == f"Year planner 2027: {page}\n"
    desk.done("year", "2027", "--html", page)

    assert "<h1>Year planner 2027</h1>" in page.read_text(encoding="utf-8")
    refused = desk.type("year", "2027", "--html", desk.folder / "campaigns/harbour.toml")
    assert refused.code == 1
    assert "is no HTML page that Redletter made" in refused.err
    assert desk.type("year", "--html", page, "--json").code == 2


def test_the_json_is_one_value_on_standard_output(desk: Desk) -> None:
    said = desk.done("year", "2027", "--json")

    assert json.loads(said.out)["year"] == 2027
    assert said.err == ""


def test_lines_fit_a_narrow_terminal(desk: Desk) -> None:
    second_campaign(desk)
    desk.environment["COLUMNS"] = "60"

    assert all(len(line) <= 60 for line in desk.done("year", "2027", "--all").lines)
