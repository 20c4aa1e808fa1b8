"""`redletter preview`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.builders.workspaces import Desk

POST_KEYS = [
    "campaign",
    "occurrence",
    "slot",
    "account",
    "platform",
    "scheduled_at",
    "parts",
    "late",
    "expires_at",
    "embargo_until",
    "topics",
    "warnings",
]


def test_a_preview_shows_every_post_and_saves_nothing(desk: Desk) -> None:
    before = desk.files()

    said = desk.done("preview")

    assert "Harbour Open Day: 18 March 2027" in said.out
    assert said.out.count("Today is Harbour Open Day. #Harbour27") == 2
    assert said.lines[-1] == "4 posts, no warnings; nothing was saved, nothing was sent."
    assert desk.files() == before


def test_a_preview_as_json_has_a_shape_that_stays(desk: Desk) -> None:
    preview = desk.json("preview")

    assert next(iter(preview)) == "posts"
    assert all(list(post) == POST_KEYS for post in preview["posts"])
    post = preview["posts"][-1]
    assert post == {
        "campaign": "harbour",
        "occurrence": "2027",
        "slot": "on-the-day",
        "account": "press-bluesky",
        "platform": "outbox",
        "scheduled_at": "2027-03-18T09:00:00+00:00",
        "parts": [{"text": "Today is Harbour Open Day. #Harbour27", "length": 37, "limit": 300}],
        "late": 7200,
        "expires_at": None,
        "embargo_until": None,
        "topics": [],
        "warnings": [],
    }


def test_text_is_preserved_exactly(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "Today is {{ day.name }}.", "Croeso “bawb”  — 🎈 <b>&amp;</b>.")

    text = desk.json("preview")["posts"][-1]["parts"][0]["text"]

    assert text == "Croeso “bawb”  — 🎈 <b>&amp;</b>. #Harbour27"


def test_what_cannot_be_made_is_said_and_the_rest_is_shown(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", 'excerpt = "lead"', 'excerpt = "quote 7"')

    said = desk.type("preview")

    assert said.code == 1
    assert said.out.count("Today is Harbour Open Day.") == 2
    assert said.err.startswith("campaigns/harbour.toml:")
    assert 'slot "a-week-to-go"' in said.err


def test_problems_are_part_of_the_json(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", 'excerpt = "lead"', 'excerpt = "quote 7"')

    said = desk.type("preview", "--json")

    assert said.code == 1
    assert len(said.json["posts"]) == 2
    assert len(said.json["problems"]) == 1


def test_a_campaign_that_cannot_be_read_does_not_hide_the_others(desk: Desk) -> None:
    desk.write("campaigns/broken.toml", "id = ")

    said = desk.type("preview")

    assert said.code == 1
    assert "Today is Harbour Open Day." in said.out
    assert "campaigns/broken.toml:1" in said.err


def test_a_page_is_written_instead(desk: Desk, tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    said = desk.done("preview", "--html", page)

    assert str(page) in said.out
    assert "┌" not in said.out
    assert "Today is Harbour Open Day." in page.read_text(encoding="utf-8")


def test_a_page_is_written_over_but_nothing_else_is(desk: Desk) -> None:
    page = desk.folder / "preview.html"
    campaign = (desk.folder / "campaigns/harbour.toml").read_bytes()

    desk.done("preview", "--html", page)
    again = desk.done("preview", "--html", page)
    slip = desk.type("preview", "--html", desk.folder / "campaigns/harbour.toml")

    assert str(page) in again.out
    assert slip.code == 1
    assert "is no HTML page" in slip.err
    assert (desk.folder / "campaigns/harbour.toml").read_bytes() == campaign


def test_a_page_that_cannot_be_written_is_one_clear_message(desk: Desk, tmp_path: Path) -> None:
    said = desk.type("preview", "--html", tmp_path / "nowhere" / "page.html")

    assert said.code == 1
    assert said.err.endswith("page.html cannot be written: No such file or directory\n")


def test_two_forms_at_once_are_a_wrong_usage(desk: Desk) -> None:
    assert desk.type("preview", "--html", "x.html", "--json").code == 2


def test_a_past_year_may_be_previewed_and_the_note_says_that_it_cannot_be_planned(desk: Desk) -> None:
    said = desk.done("preview", "harbour", "--year", "2025")

    assert "Harbour Open Day: 18 March 2025" in said.out
    assert "#Harbour25" in said.out
    assert "is made for 2027, not for 2025" in said.out
    assert "no longer planned" in said.out


def test_an_hour_that_has_passed_is_marked(desk: Desk) -> None:
    desk.now = datetime(2027, 3, 12, 12, 0, tzinfo=UTC)

    warnings = [post["warnings"] for post in desk.json("preview")["posts"]]

    assert warnings == [["its hour has passed: planning leaves it out"]] * 2 + [[], []]


def test_a_campaign_that_is_over_is_left_out_unless_it_is_named(desk: Desk) -> None:
    desk.now = datetime(2027, 4, 1, tzinfo=UTC)

    every, named = desk.type("preview"), desk.type("preview", "harbour")

    assert every.code == 0
    assert "harbour was left out: all its years are over: 2027" in every.out
    assert named.code == 1
    assert "campaigns/harbour.toml:4: years: all its years are over" in named.err


def test_what_is_in_the_book_can_be_previewed(planned: Desk) -> None:
    planned.done("edit", 3, "--text", "Come today.")

    saved = planned.json("preview", "--saved")["posts"]

    assert [post["id"] for post in saved if post["parts"][0]["text"] == "Come today."] == [3]
    assert list(saved[0]) == [*POST_KEYS, "id", "status", "version", "receipts"]
    assert "post 3, draft" in planned.done("preview", "--saved").out


def test_the_book_is_previewed_by_campaign_and_year(planned: Desk) -> None:
    assert len(planned.json("preview", "harbour", "--saved", "--year", "2027")["posts"]) == 4
    assert planned.json("preview", "--saved", "--year", "2028")["posts"] == []
    assert 'unknown campaign "harber"; did you mean "harbour"?' in planned.type("preview", "harber", "--saved").err


def test_a_pipe_gets_no_colours(desk: Desk) -> None:
    assert "\x1b" not in desk.done("preview").out


def test_the_preview_is_as_wide_as_the_terminal(desk: Desk) -> None:
    for width in (80, 120):
        desk.environment = {"COLUMNS": str(width)}
        cards = [line for line in desk.done("preview").lines if line.startswith(("┌", "│", "└"))]
        assert {len(line) for line in cards} == {width}


def test_the_same_preview_twice_is_the_same(desk: Desk) -> None:
    assert json.dumps(desk.json("preview")) == json.dumps(desk.json("preview"))
