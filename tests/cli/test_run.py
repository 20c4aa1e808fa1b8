"""`redletter run`: the clock, the log, and what it refuses."""

import json

import pytest

from scheduler.platforms.contract import Payload, Receipt
from scheduler.platforms.outbox import Outbox
from tests.builders.processes import redletter
from tests.builders.workspaces import Desk


@pytest.fixture
def approved(planned: Desk) -> Desk:
    planned.done("approve", "--campaign", "harbour", "--yes")
    return planned


def test_a_rehearsal_publishes_the_whole_campaign_in_its_order(approved: Desk) -> None:
    said = approved.done("run", "--speed", 3600, "--until-done")

    published = [line for line in said.err.splitlines() if " published post=" in line]
    assert [line.split()[0] for line in published] == ["2027-03-11"] * 2 + ["2027-03-18"] * 2
    assert {post["status"] for post in approved.posts()} == {"published"}
    assert len(list((approved.folder / "outbox").rglob("*.json"))) == 4


def test_a_rehearsal_begins_when_it_is_told_to(approved: Desk) -> None:
    said = approved.done("run", "--speed", 3600, "--start", "2027-03-18 08:30", "--until-done")

    assert said.err.startswith("2027-03-18 08:30:")
    statuses = [post["status"] for post in approved.posts()]
    assert statuses == ["missed", "missed", "published", "published"]


def test_what_went_out_is_the_text_that_was_approved(approved: Desk) -> None:
    text = approved.json("show", 3)["parts"][0]["text"]

    approved.done("run", "--speed", 3600, "--until-done")

    (file,) = [path for path in (approved.folder / "outbox/press-x").iterdir() if "Today" in path.read_text()]
    assert json.loads(file.read_text())["body"]["text"] == text


def test_a_clock_that_runs_fast_is_refused_where_the_public_could_see_it(approved: Desk) -> None:
    account = '[accounts.real]\nplatform = "mastodon"\nbase_url = "https://social.example"\naccess_token = "env:NO"\n'
    approved.write("config.toml", (approved.folder / "config.toml").read_text() + account).chmod(0o600)

    for options in (["--speed", 60], ["--speed", 60, "--start", "2027-03-18 08:30"]):
        said = approved.type("run", *options)

        assert said.code == 1
        assert "every account must be an outbox or on this machine, and these are not: real" in said.err
    assert {post["status"] for post in approved.posts()} == {"approved"}


@pytest.mark.parametrize("options", [["--speed", 0], ["--speed", 99999], ["--start", "soon"]])
def test_a_clock_that_cannot_be_is_a_wrong_usage(approved: Desk, options: list[object]) -> None:
    assert approved.type("run", *options).code == 2


def test_without_anything_approved_there_is_nothing_to_rehearse(planned: Desk) -> None:
    said = planned.type("run", "--speed", 60)

    assert said.code == 1
    assert "nothing is approved" in said.err


def test_without_a_book_it_says_what_makes_one(desk: Desk) -> None:
    said = desk.type("run")

    assert said.code == 1
    assert "there is no book yet; `redletter plan` makes one" in said.err
    assert not (desk.folder / "redletter.db").exists()


def test_a_post_does_not_go_out_whose_article_was_taken_away(approved: Desk) -> None:
    (approved.folder / "articles/gates.md").unlink()

    daemon = redletter(approved.folder, "run", "--speed", "60", "--until-done")

    assert daemon.wait() == 0
    assert (
        len(
            [line for line in daemon.lines if "held: its article was taken away, articles/gates.md: is missing" in line]
        )
        == 2
    )
    statuses = {(post["slot"], post["status"]) for post in approved.posts()}
    assert statuses == {("a-week-to-go", "held"), ("on-the-day", "published")}


LATER = """
[[slot]]
id = "on-the-day-too"
when = "12:00"
text = "Today. {{ excerpt.text }}"
excerpt = "lead"
"""


def test_a_rehearsal_reads_its_articles_once_and_says_what_changed_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = (desk.folder / "campaigns/harbour.toml").read_text()
    desk.write("campaigns/harbour.toml", campaign + LATER)
    desk.done("plan")
    desk.done("approve", "--campaign", "harbour", "--yes")
    send = Outbox.send

    async def changing_the_files(self: Outbox, payload: Payload) -> Receipt:
        desk.write("articles/gates.md", "Other words.")
        desk.write("campaigns/harbour.toml", campaign.replace("title =", 'embargo = "2027-05-01"\ntitle ='))
        return await send(self, payload)

    monkeypatch.setattr(Outbox, "send", changing_the_files)
    said = desk.done("run", "--speed", 3600, "--until-done")

    assert {post["status"] for post in desk.posts()} == {"published"}
    out = [path.read_text() for path in (desk.folder / "outbox").rglob("*.json")]
    assert len([text for text in out if "opens the gates of the old harbour" in text]) == 4
    assert "rehearsal: articles and campaign files are read now, and not again while it runs" in said.err
    assert [line.split(" ", 3)[-1].strip() for line in said.err.splitlines() if " changed while " in line] == [
        "articles/gates.md changed while the rehearsal ran, which went by what it said at the start",
        "a campaign file changed while the rehearsal ran, which went by what it said at the start",
    ]


def test_what_changed_before_a_rehearsal_is_held_in_it_and_makes_nothing_else_late(approved: Desk) -> None:
    approved.replace("articles/gates.md", "opens the gates of", "opens the doors of")

    said = approved.done("run", "--speed", 3600, "--start", "2027-03-11 09:59", "--until-done")

    assert "held: its article has changed, articles/gates.md: removed “gates”, added “doors”" in said.err
    assert "changed while" not in said.err
    assert [post["status"] for post in approved.posts()] == ["held", "held", "published", "published"]


def test_a_start_is_for_a_rehearsal(approved: Desk) -> None:
    said = approved.type("run", "--start", "2027-03-18 08:30")

    assert said.code == 2
    assert "--speed" in said.err


def test_a_secret_that_is_not_there_is_said_at_the_start_and_not_at_the_hour(approved: Desk) -> None:
    account = (
        '[accounts.new]\nplatform = "mastodon"\nbase_url = "http://127.0.0.1:9"\naccess_token = "env:NOBODY_SET"\n'
    )
    approved.write("config.toml", (approved.folder / "config.toml").read_text() + account).chmod(0o600)

    said = approved.done("run", "--speed", 3600, "--until-done")

    assert "account new cannot log in: NOBODY_SET is not set" in said.err


@pytest.mark.parametrize(
    ("options", "alarms", "said"),
    [
        (["--until-done"], "", True),
        (["--until-done"], '[alarms.webhooks]\ndesk = "env:NOBODY_SET"\n', False),
        (["--until-done", "--speed", 3600], "", False),
    ],
    ids=["no channel", "a channel", "a rehearsal"],
)
def test_that_nobody_is_told_of_alarms_is_said_at_the_start(
    planned: Desk, options: list[object], alarms: str, said: bool
) -> None:
    if "--speed" in options:
        planned.done("approve", 1, "--yes")
    planned.write("config.toml", (planned.folder / "config.toml").read_text() + alarms).chmod(0o600)

    assert ("nobody is told of alarms" in planned.done("run", *options).err) is said
