"""`redletter plan`."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from scheduler.app import open_workspace
from scheduler.app.planning import compare_campaigns
from tests.builders.workspaces import Desk

KINDS = ["created", "updated", "moved", "kept", "held", "gone", "past", "left"]


def test_planning_saves_drafts_and_says_so(desk: Desk) -> None:
    said = desk.done("plan")

    assert "Saved: 4 new." in said.lines
    assert [post["status"] for post in desk.posts()] == ["draft"] * 4


def test_planning_twice_adds_nothing(desk: Desk) -> None:
    desk.done("plan")
    before = desk.posts()

    said = desk.done("plan")

    assert said.lines == ["Nothing new: 4 posts in the book already."]
    assert desk.posts() == before


def test_other_words_and_another_hour_are_told_apart(desk: Desk) -> None:
    desk.done("plan")
    desk.replace("campaigns/harbour.toml", 'when = "-7d 10:00"', 'when = "-6d 10:00"')
    desk.replace("campaigns/harbour.toml", "Today is", "It is")

    said = desk.done("plan")

    assert "Saved: 2 other words, 2 another hour." in said.lines
    assert len(desk.posts()) == 4


def test_what_a_person_edited_is_kept_and_said_unless_it_is_replaced(desk: Desk) -> None:
    desk.done("plan")
    desk.done("edit", 3, "--text", "Come today.", name="sam")
    desk.replace("campaigns/harbour.toml", "Today is", "It is")

    kept = desk.done("plan")
    text = desk.json("show", 3)["parts"][0]["text"]
    replaced = desk.done("plan", "--replace")

    assert "post 3: edited by sam" in kept.out
    assert text == "Come today."
    assert "Saved: 1 other words" in replaced.out
    assert desk.json("show", 3)["parts"][0]["text"].startswith("It is")


def test_a_slot_in_the_past_is_left_out_and_said(desk: Desk) -> None:
    desk.now = datetime(2027, 3, 12, 12, 0, tzinfo=UTC)

    said = desk.done("plan")

    assert said.out.count("not planned, its hour has passed") == 3  # a line for each post, and the count
    assert len(desk.posts()) == 2


def test_a_post_no_longer_in_its_campaign_is_said(desk: Desk) -> None:
    desk.done("plan")
    desk.replace("campaigns/harbour.toml", 'accounts = ["press-x", "press-bluesky"]', 'accounts = ["press-x"]')

    said = desk.done("plan")

    assert said.out.count("no longer in the campaign, still draft") == 2


def test_an_hour_that_the_clocks_skip_moves_forward_and_is_said(desk: Desk) -> None:
    # The clocks of London go forward on 28 March 2027.
    desk.replace("campaigns/harbour.toml", 'date = "18 march"', 'date = "28 march"')
    desk.replace("campaigns/harbour.toml", 'when = "09:00"', 'when = "01:30"')

    desk.done("plan")

    (post,) = [post for post in desk.posts() if post["slot"] == "on-the-day" and post["account"] == "press-x"]
    assert post["scheduled_at"] == "2027-03-28T02:30:00+01:00"
    assert any("there is no 01:30" in warning for warning in post["warnings"])


def test_when_anything_is_wrong_everything_is_said_and_nothing_is_saved(desk: Desk) -> None:
    desk.write(
        "campaigns/second.toml", (desk.folder / "campaigns/harbour.toml").read_text().replace('"harbour"', '"second"')
    )
    desk.replace("campaigns/second.toml", 'excerpt = "lead"', 'excerpt = "quote 7"')
    desk.write("campaigns/third.toml", "id = ")
    before = desk.files()

    said = desk.type("plan")

    assert said.code == 1
    assert said.out == ""
    assert "campaigns/second.toml" in said.err
    assert "campaigns/third.toml" in said.err
    assert said.err.splitlines()[-1] == "Nothing was saved: 2 problems to mend first."
    assert desk.files() == before


@pytest.mark.parametrize(
    ("year", "expected", "why"),
    [
        (2026, "is made for 2027, not for 2026", "not one of its years"),
        (2028, "is made for 2027, not for 2028", "not one of its years yet"),
    ],
)
def test_a_year_that_the_campaign_is_not_made_for_is_refused(desk: Desk, year: int, expected: str, why: str) -> None:
    said = desk.type("plan", "harbour", "--year", year)

    assert said.code == 1, why
    assert expected in said.err
    assert not (desk.folder / "redletter.db").exists()


def test_a_year_that_is_over_can_be_previewed_and_not_planned(desk: Desk) -> None:
    desk.now = datetime(2027, 4, 1, tzinfo=UTC)

    said = desk.type("plan", "harbour", "--year", "2027")

    assert said.code == 1
    assert "every hour of 2027 has passed" in said.err
    assert not (desk.folder / "redletter.db").exists()


def test_a_campaign_that_is_over_does_not_stand_in_the_way_of_the_others(desk: Desk) -> None:
    desk.write("campaigns/old.toml", (desk.folder / "campaigns/harbour.toml").read_text().replace('"harbour"', '"old"'))
    desk.replace("campaigns/old.toml", "years = [2027]", "years = [2026]")

    said = desk.done("plan")

    assert "Note: old was left out: all its years are over: 2026" in said.out
    assert len(desk.posts()) == 4


def test_without_years_the_next_occurrence_is_planned(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "years = [2027]\n", "")
    desk.now = datetime(2027, 4, 1, tzinfo=UTC)

    desk.done("plan")

    assert {post["occurrence"] for post in desk.posts()} == {"2028"}


@pytest.mark.parametrize("kept", ["did not take place", None], ids=["not held", "moved over the new year"])
def test_posts_of_a_day_that_lost_its_date_are_said(desk: Desk, kept: str | None) -> None:
    inline = '{ name = "Harbour Open Day", date = "18 march" }'
    desk.replace("campaigns/harbour.toml", "years", "# years")
    desk.done("plan")
    dates = 'dates.2028 = "2028-01-04"' + (f', dates.2027 = "{kept}"' if kept else "")
    desk.replace("campaigns/harbour.toml", inline, f'{{ name = "Harbour Open Day", {dates} }}')

    workspace = open_workspace(desk.folder)
    with closing(workspace.open_book()) as book:
        _, reread = compare_campaigns(workspace, book, desk.now)
    said = desk.done("plan")

    assert reread == ("redletter plan would add 4 posts; 4 are no longer in their campaign",)
    assert " ".join(said.out.split()).count("its day has no date in 2027 any more, still draft") == 4
    assert [post["occurrence"] for post in desk.posts()] == ["2027"] * 4 + ["2028"] * 4


def test_planning_as_json_has_a_shape_that_stays(desk: Desk) -> None:
    planned = desk.json("plan")

    assert list(planned) == [*KINDS, "notes"]
    assert planned["created"][0] == {
        "id": 1,
        "campaign": "harbour",
        "occurrence": "2027",
        "slot": "a-week-to-go",
        "account": "press-x",
        "scheduled_at": "2027-03-11T10:00:00+00:00",
        "said": "",
    }
    assert [len(desk.json("plan")[kind]) for kind in ("created", "left")] == [0, 4]


def test_a_folder_without_campaigns_says_what_to_do(desk: Desk) -> None:
    (desk.folder / "campaigns/harbour.toml").unlink()

    said = desk.type("plan")

    assert said.code == 1
    assert "has no campaign yet" in said.err


def test_a_post_for_which_nothing_fits_is_said_and_the_others_are_saved(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "Today is", "Today is the day " * 18 + "Today is")

    said = desk.type("plan")

    assert said.code == 1
    assert said.err.count("account press-x") == 1
    assert "2 posts could not be made, as said above; the others were planned without." in said.err
    assert [post["slot"] for post in desk.posts()] == ["a-week-to-go"] * 2


def test_one_campaign_that_is_wrong_stops_them_all(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "{{ day.name }}", "{{ day.nam }}")

    said = desk.type("plan")

    assert said.code == 1
    assert "Nothing was saved" in said.err
    assert not (desk.folder / "redletter.db").exists()


def test_nothing_is_planned_for_an_hour_before_its_embargo(desk: Desk) -> None:
    desk.replace("articles/gates.md", "date: 2027-03-01", "date: 2027-03-01\nembargo: 2027-03-11 10:01")

    said = desk.type("plan")

    assert said.code == 1
    assert said.err.startswith(
        'campaigns/harbour.toml:13: slot 1.when: slot "a-week-to-go": its hour is before the embargo, which ends on'
        " Thursday 11 March 2027, 10:01\n"
    )
    assert [post["slot"] for post in desk.posts()] == ["on-the-day"] * 2  # which takes nothing from the article


def test_an_embargo_that_comes_later_holds_what_is_planned_before_it(desk: Desk) -> None:
    desk.done("plan")
    desk.done("approve", "--campaign", "harbour", "--yes")
    desk.replace("articles/gates.md", "opens the gates of", "opens all the gates of")
    desk.replace("articles/gates.md", "date: 2027-03-01", "date: 2027-03-01\nembargo: 2027-03-11 10:01")

    said = desk.type("plan")

    assert (said.code, said.out.count("held for its article")) == (1, 3)  # a line for each post, and the count
    assert [post["status"] for post in desk.posts()] == ["held", "held", "approved", "approved"]
    assert {post["embargo_until"] for post in desk.posts()} == {None, "2027-03-11T10:01:00+00:00"}
    assert "under embargo until Thursday 11 March 2027, 10:01" in desk.type("keep", 1, "--yes").err


def test_a_changed_article_holds_what_was_approved_and_a_draft_gets_its_words(desk: Desk) -> None:
    desk.done("plan")
    desk.done("approve", 1, "--yes")
    desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")

    said = desk.done("plan")

    assert "post 1: its article has changed, articles/gates.md: removed “gates”, added “doors”" in said.out
    assert "Note: articles/gates.md has changed: removed “gates”, added “doors”" in said.lines
    first, second, *_ = desk.posts()
    assert (first["status"], second["status"]) == ("held", "draft")
    assert ("gates of" in first["parts"][0]["text"], "doors of" in second["parts"][0]["text"]) == (True, True)

    assert "Nothing new: 4 posts in the book already, 1 held for its article." in desk.done("plan").lines
    desk.done("plan", "--replace")
    assert "doors of" in desk.posts()[0]["parts"][0]["text"]
    assert (desk.posts()[0]["status"], len(desk.posts())) == ("draft", 4)


def test_planning_with_an_article_that_was_taken_away_saves_nothing_and_holds_its_posts(desk: Desk) -> None:
    desk.done("plan")
    (desk.folder / "articles/gates.md").unlink()

    said = desk.type("plan")

    assert said.code == 1
    assert "Nothing was saved" in said.err
    assert (
        "post 1 is held: its article was taken away, articles/gates.md: is missing: there is no such file in"
        in said.err
    )
    assert [post["status"] for post in desk.posts()] == ["held", "held", "draft", "draft"]
