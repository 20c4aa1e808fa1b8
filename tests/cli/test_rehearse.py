"""`redletter rehearse`: what would go out when, what would go wrong, and the exact requests; nothing else happens."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from scheduler.articles import read_article
from scheduler.posts.heartbeat import lock_path
from tests.builders.processes import SECRETS, Platforms, done, write_config
from tests.builders.workspaces import CAMPAIGN, Desk

MARCH = ("--from", "2027-03-01", "--to", "2027-03-31")
THE_DAY = ("--from", "2027-03-18", "--to", "2027-03-18")


def rehearse(desk: Desk, *options: object) -> Any:
    """Returns the rehearsal as JSON, whether something would go wrong or not."""
    return desk.type("rehearse", *(options or MARCH), "--json").json


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a workspace, with the moment of its last change and its bytes; none may come or go."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_rehearsal_shows_what_goes_out_day_by_day(desk: Desk) -> None:
    said = desk.done("rehearse", *MARCH)

    assert said.lines[0].startswith("Rehearsal of 1 March 2027 to 31 March 2027: 4 posts would go out, if all are")
    assert said.out.index("Thursday 11 March 2027") < said.out.index("Thursday 18 March 2027")
    assert said.out.count("10:00 GMT  press-x        harbour/a-week-to-go ") == 1
    assert said.out.count("Today is Harbour Open Day. #Harbour27") == 1
    assert "Note: not in your book yet: 4 posts; redletter plan, then redletter approve" in said.out
    assert said.lines[-1] == "Nothing would go wrong."


def test_nothing_of_the_workspace_changes(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")
    planned.done("hold", "--reason", "funeral")
    before = everything(planned.folder)

    planned.type("rehearse", *MARCH)
    planned.type("rehearse", *MARCH, "--json")

    assert everything(planned.folder) == before


def test_without_a_book_none_is_made(desk: Desk) -> None:
    before = everything(desk.folder)

    desk.done("rehearse", *MARCH)

    assert everything(desk.folder) == before


def test_a_daemon_that_publishes_does_not_hinder_it(planned: Desk) -> None:
    with FileLock(lock_path(planned.folder / "redletter.db")):
        assert len(rehearse(planned)["posts"]) == 4


def test_both_ends_of_the_range_are_part_of_it(desk: Desk) -> None:
    def hours(first: str, last: str) -> list[str]:
        return [post["scheduled_at"][:10] for post in rehearse(desk, "--from", first, "--to", last)["posts"]]

    assert hours("2027-03-11", "2027-03-18") == ["2027-03-11"] * 2 + ["2027-03-18"] * 2
    assert hours("2027-03-12", "2027-03-17") == []
    assert hours("2027-03-11", "2027-03-11") == ["2027-03-11"] * 2


def test_each_year_of_the_range_has_its_occurrence(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "years = [2027]\n", "")

    posts = rehearse(desk, "--from", "2027-01-01", "--to", "2028-12-31")["posts"]

    assert [post["occurrence"] for post in posts] == ["2027"] * 4 + ["2028"] * 4
    assert posts[2]["parts"][0]["text"].endswith("#Harbour27")
    assert posts[6]["parts"][0]["text"].endswith("#Harbour28")
    assert posts[6]["scheduled_at"] == posts[6]["calls"][0]["at"] == "2028-03-18T09:00:00+00:00"


def test_a_year_that_the_campaign_is_not_made_for_is_a_note(desk: Desk) -> None:
    said = desk.done("rehearse", "--from", "2027-01-01", "--to", "2028-12-31")

    assert "4 posts would go out" in said.out
    assert "it is made for 2027, not for 2028" in said.out.replace("\n      ", " ")


def test_a_day_whose_date_is_not_known_would_go_wrong(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "regatta"\nname = "Regatta"\nsource = "https://regatta.example"\n')
    desk.replace("campaigns/harbour.toml", 'day = { name = "Harbour Open Day", date = "18 march" }', 'day = "regatta"')

    wrong = rehearse(desk)["wrong"]

    assert [each["kind"] for each in wrong] == ["campaign"]
    assert 'the date of "Regatta" in 2027 is announced by its organiser' in wrong[0]["said"]


def test_a_date_that_is_only_computed_wants_a_look_and_is_not_wrong(desk: Desk) -> None:
    inline = 'day = { name = "Harbour Open Day", date = "18 march" }'
    computed = 'day = { name = "Harbour Open Day", rule = "2nd monday of march", organiser = "Harbour Trust" }'
    desk.replace("campaigns/harbour.toml", inline, computed)

    said = desk.done("rehearse", *MARCH)

    plain = " ".join(said.out.split())
    assert "Note: harbour: the date of Harbour Open Day 2027 is computed (the second Monday of March)" in plain


def test_an_hour_that_the_clocks_skip_would_go_wrong_with_its_line(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "18 march", "28 march")
    desk.replace("campaigns/harbour.toml", 'when = "09:00"', 'when = "01:30"')

    said = desk.type("rehearse", *MARCH)
    posts = rehearse(desk)["posts"]

    assert said.code == 1
    assert 'campaigns/harbour.toml:19: slot 2.when: slot "on-the-day": the clocks go forward' in said.out
    assert "02:30 BST" in said.out
    assert posts[-1]["calls"][0]["at"] == "2027-03-28T02:30:00+01:00"


def test_an_hour_of_another_day_is_no_problem_of_this_one(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "18 march", "28 march")
    desk.replace("campaigns/harbour.toml", 'when = "09:00"', 'when = "01:30"')

    assert rehearse(desk, "--from", "2027-03-21", "--to", "2027-03-21")["wrong"] == []


def test_a_campaign_with_a_problem_does_not_hide_the_others(desk: Desk) -> None:
    desk.write("campaigns/broken.toml", CAMPAIGN.replace("harbour", "broken").replace('"lead"', '"quote 7"'))
    desk.write("campaigns/torn.toml", "id = ")

    said = desk.type("rehearse", *MARCH)

    assert said.code == 1
    assert "Today is Harbour Open Day." in said.out
    assert "! campaigns/torn.toml:1" in said.out
    assert '! campaigns/broken.toml:15: slot 1.excerpt: slot "a-week-to-go": ' in said.out
    assert said.err == ""


def test_only_the_campaigns_that_are_named_are_rehearsed(planned: Desk) -> None:
    planned.write("campaigns/other.toml", CAMPAIGN.replace('"harbour"', '"other"'))

    posts = rehearse(planned, "other", *MARCH)["posts"]

    assert {post["campaign"] for post in posts} == {"other"}
    assert 'unknown campaign "harber"; did you mean "harbour"?' in planned.type("rehearse", "harber", *MARCH).out


def test_the_book_goes_before_the_campaign(planned: Desk) -> None:
    planned.done("edit", 3, "--text", "Come today.")
    planned.done("reschedule", 4, "2027-03-18 10:30")
    planned.done("reject", 1)

    said = planned.done("rehearse", *MARCH)
    posts = rehearse(planned)["posts"]

    assert [post["outcome"] for post in posts] == ["rejected", "published", "published", "published"]
    assert posts[0]["calls"] == []
    assert posts[2]["calls"][0]["body"]["text"] == "Come today."
    assert posts[3]["calls"][0]["at"] == "2027-03-18T10:30:00+00:00"
    assert posts[2]["words"] == "book"
    assert posts[2]["in_book"] == {"id": 3, "status": "draft", "version": 2, "edited": True}
    assert "[not out: rejected]" in said.out
    assert "[draft, edited]" in said.out
    assert "Note: still drafts in your book: 3 posts; redletter approve" in said.out
    assert "Note: edited by hand: 2 posts; rehearsed as in your book" in said.out


def test_a_post_that_was_moved_elsewhere_is_rehearsed_there(planned: Desk) -> None:
    planned.done("reschedule", 3, "2027-04-02 10:30")

    april = rehearse(planned, "--from", "2027-04-02", "--to", "2027-04-02")["posts"]

    assert [post["in_book"]["id"] for post in april] == [3]
    assert [post["in_book"]["id"] for post in rehearse(planned, *THE_DAY)["posts"]] == [4]


def test_a_campaign_that_changed_since_it_was_planned_is_said(planned: Desk) -> None:
    planned.replace("campaigns/harbour.toml", "Today is", "Tonight is")

    posts = rehearse(planned)["posts"]

    assert [post["campaign_differs"] for post in posts] == [False, False, True, True]
    assert posts[2]["parts"][0]["text"].startswith("Today is")
    assert "planned before the campaign changed: 2 posts; rehearsed as in your book; redletter plan" in (
        planned.done("rehearse", *MARCH).out
    )


def test_what_is_out_already_is_not_rehearsed_again(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.done("run", "--speed", 3600, "--until-done")

    said = planned.done("rehearse", *MARCH)

    assert "0 posts would go out" in said.out
    assert said.out.count("[published already]") == 4


def test_holds_of_the_book_would_stop_posts(planned: Desk) -> None:
    planned.done("hold", "--account", "press-x", "--reason", "new login")

    said = planned.type("rehearse", *MARCH)

    assert said.code == 1
    assert "! account press-x is held by kim: new login; 2 posts would not go out" in said.out
    assert "-> redletter resume --account press-x" in said.out
    assert said.out.count("\n! 1") == 1
    assert said.out.count("\n! 0") == 1
    assert len(rehearse(planned)["posts"][0]["calls"]) == 1


def test_the_file_that_holds_everything_would_stop_posts(desk: Desk) -> None:
    desk.write("HOLD", "")

    (wrong,) = rehearse(desk)["wrong"]

    assert wrong["kind"] == "held"
    assert wrong["posts"] == [0, 1, 2, 3]


def test_secrets_are_looked_for_and_never_shown(desk: Desk) -> None:
    desk.replace(
        "config.toml", 'platform = "outbox"\nlike = "x"', 'platform = "mastodon"\nbase_url = "https://s.example"'
    )
    desk.replace("config.toml", '"https://s.example"', '"https://s.example"\naccess_token = "env:PRESS_TOKEN"')
    missing = desk.type("rehearse", *MARCH)
    desk.environment["PRESS_TOKEN"] = "s3cret-token"
    there = desk.done("rehearse", *MARCH, "--json")

    assert missing.code == 1
    assert "! account press-x cannot log in: PRESS_TOKEN is not set" in missing.out
    assert there.json["posts"][0]["calls"][0]["headers"].keys() == {"Idempotency-Key"}
    assert "s3cret-token" not in there.out + there.err


def test_the_requests_can_be_printed(desk: Desk) -> None:
    out = desk.done("rehearse", *THE_DAY, "--payloads").out

    assert '    POST /2/tweets\n    {\n      "text": "Today is Harbour Open Day. #Harbour27"\n    }\n' in out
    assert "    POST /xrpc/com.atproto.repo.putRecord\n" in out


def test_the_request_of_a_webhook_says_why_it_has_no_address(desk: Desk) -> None:
    desk.replace("config.toml", 'like = "bluesky"', 'like = "webhook"')

    assert "    POST (its address is a secret)\n" in desk.done("rehearse", *THE_DAY, "--payloads").out


def test_the_requests_can_be_written_a_file_a_post(desk: Desk, tmp_path: Path) -> None:
    said = desk.done("rehearse", *MARCH, "--out", tmp_path / "out")
    whole = rehearse(desk)

    index = json.loads((tmp_path / "out/index.json").read_text(encoding="utf-8"))
    files = [json.loads((tmp_path / "out" / post["file"]).read_text(encoding="utf-8")) for post in index["posts"]]
    assert str(tmp_path / "out") in said.out
    assert index["posts"][0]["file"] == "000-2027-03-11-1000-press-x-a-week-to-go.json"
    assert files == whole["posts"]
    assert len(list((tmp_path / "out").iterdir())) == 5
    assert index["wrong"] == whole["wrong"]


def test_nothing_that_is_there_is_written_over(desk: Desk) -> None:
    before = desk.files()

    said = desk.type("rehearse", *MARCH, "--out", desk.folder / "campaigns")

    assert said.code == 1
    assert "is not empty; give a folder of its own" in said.err
    assert desk.files() == before


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--from", "2027-03-01"],
        ["--from", "2027-03-02", "--to", "2027-03-01"],
        ["--from", "soon", "--to", "2027-03-01"],
        ["--from", "0001-01-01", "--to", "2027-03-01"],
        [*MARCH, "--payloads", "--out", "somewhere"],
    ],
    ids=["no days", "no end", "end before start", "no date", "before all calendars", "two places"],
)
def test_days_that_cannot_be_are_a_wrong_usage(desk: Desk, options: list[str]) -> None:
    assert desk.type("rehearse", *options).code == 2


def test_what_is_no_day_is_said_with_one_that_is(desk: Desk) -> None:
    said = desk.type("rehearse", "--from", "18.3.2027", "--to", "2027-03-18")

    assert (said.code, 'expected a day such as 2027-03-18, found "18.3.2027"' in said.err) == (2, True)


def test_it_fits_a_narrow_terminal(planned: Desk) -> None:
    planned.done("hold", "--account", "press-x", "--reason", "a reason that needs quite a few words to be said " * 3)
    planned.replace("campaigns/harbour.toml", "Today is", "Tonight is")
    planned.write("campaigns/other.toml", CAMPAIGN.replace('"harbour"', '"a-campaign-with-quite-a-long-name-to-show"'))
    planned.environment = {"COLUMNS": "80"}

    lines = planned.type("rehearse", *MARCH).lines

    assert max(map(len, lines)) <= 80
    assert not any(line != line.rstrip() for line in lines)


def test_the_same_rehearsal_twice_says_the_same(desk: Desk) -> None:
    assert rehearse(desk) == rehearse(desk)


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    platforms = Platforms()
    yield platforms
    platforms.kill()


def test_a_real_run_sends_what_was_rehearsed(tmp_path: Path, platforms: Platforms) -> None:
    desk = Desk(tmp_path, environment=SECRETS)
    write_config(tmp_path, platforms)
    desk.write(
        "articles/gates.md", "The gates open on Thursday 18 March. Come in, says https://harbour.example/a?b=1&c=2 ™"
    )
    campaign = CAMPAIGN.replace('"press-x", "press-bluesky"', '"force-x", "force-mastodon", "force-bluesky"')
    desk.write("campaigns/harbour.toml", campaign.replace("title = ", 'content_warning = "water & gates"\ntitle = '))

    rehearsed = [call | {"account": post["account"]} for post in rehearse(desk)["posts"] for call in post["calls"]]
    untouched = platforms.log()["calls"]
    for command in (["plan"], ["approve", "--campaign", "harbour", "--yes"]):
        desk.done(*command)
    done(tmp_path, "run", "--speed", "3600", "--until-done")

    sent = platforms.log()["accepted"]
    assert untouched == []
    assert len(sent) == len(rehearsed) == 6
    expected = sorted((call["account"].removeprefix("force-"), _but_its_key(call["body"])) for call in rehearsed)
    assert sorted((each["platform"], _but_its_key(each["body"])) for each in sent) == expected


def _but_its_key(body: dict[str, Any]) -> str:
    """The request as text, without the key that each run chooses anew, and the time that it carries."""
    body = json.loads(json.dumps(body))
    body.pop("rkey", None)
    body.get("record", {}).pop("createdAt", None)
    return json.dumps(body, sort_keys=True)


def test_an_article_is_read_once_and_what_changes_meanwhile_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("campaigns/second.toml", CAMPAIGN.replace('id = "harbour"', 'id = "second"'))

    def read_while_somebody_writes(source: str, *arguments: Any, **options: Any) -> Any:
        article = read_article(source, *arguments, **options)
        desk.replace(source, "opens the gates of", "opens the doors of")
        return article

    monkeypatch.setattr("scheduler.app.workspace.read_article", read_while_somebody_writes)
    posts = [post for post in rehearse(desk)["posts"] if post["slot"] == "a-week-to-go"]

    assert {post["campaign"] for post in posts} == {"harbour", "second"}
    assert ["opens the gates of" in json.dumps(post["calls"]) for post in posts] == [True] * 4
