"""`redletter hold` and `redletter resume`."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from scheduler.posts.book import Book, open_book
from scheduler.posts.holds import hold
from scheduler.posts.moves import make_move
from scheduler.posts.status import HoldScope, Move
from scheduler.posts.tables import stored_time
from scheduler.publishing.hold_file import HELD_BY
from tests.builders.workspaces import NOW, THE_DAY, Desk


@pytest.fixture
def book(planned: Desk) -> Iterator[Book]:
    book = open_book("sqlite:///redletter.db", planned.folder)
    yield book
    book.close()


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ([], {"scope": "all", "name": ""}),
        (["--account", "press-x"], {"scope": "account", "name": "press-x"}),
        (["--campaign", "harbour"], {"scope": "campaign", "name": "harbour"}),
        (["--topic", "safety"], {"scope": "topic", "name": "safety"}),
    ],
)
def test_what_is_held_is_seen_by_everybody_until_it_is_resumed(
    planned: Desk, options: list[str], held: dict[str, str]
) -> None:
    planned.done("hold", *options, "--reason", "a storm", name="sam")

    (hold,) = planned.json("status")["holds"]
    assert hold.items() >= {**held, "reason": "a storm", "held_by": "sam"}.items()
    assert "a storm" in planned.done("status").out

    planned.done("resume", *options)

    assert planned.json("status")["holds"] == []


def test_what_is_held_does_not_go_out(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.done("hold", "--account", "press-x", "--reason", "a storm")

    planned.done("run", "--speed", 3600, "--start", "2027-03-18 08:30", "--until-done")

    out = {post["account"] for post in planned.posts() if post["status"] == "published"}
    assert out == {"press-bluesky"}


def test_a_hold_needs_a_reason(planned: Desk) -> None:
    assert planned.type("hold").code == 2
    assert planned.type("hold", "--reason", " ").code == 2
    assert planned.json("status")["holds"] == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--account", "press-y"], 'unknown account "press-y"; did you mean "press-x"?'),
        (["--campaign", "harber"], 'unknown campaign "harber"; did you mean "harbour"?'),
    ],
)
def test_an_unknown_name_gets_a_guess(planned: Desk, options: list[str], expected: str) -> None:
    for command in (["hold", "--reason", "a storm"], ["resume"]):
        said = planned.type(*command, *options)

        assert (said.code, said.err.strip()) == (1, expected)


def test_the_same_cannot_be_held_twice(planned: Desk) -> None:
    planned.done("hold", "--reason", "a storm", name="sam")

    said = planned.type("hold", "--reason", "another")

    assert (said.code, said.err) == (1, "everything is held already, by sam: a storm\n")


def test_a_hold_with_other_exceptions_says_whose_hold_it_takes_the_place_of(planned: Desk) -> None:
    planned.done("hold", "--reason", "a storm", name="sam")

    said = planned.done("hold", "--except", "safety", "--reason", "the storm is over")

    assert said.lines[:2] == [
        "Held by kim: everything, except safety.",
        "This takes the place of: everything, since Mon  1 Mar 2027 12:00 by sam: a storm",
    ]


def test_what_is_not_held_cannot_be_resumed(planned: Desk) -> None:
    planned.done("hold", "--account", "press-x", "--reason", "a storm")

    said = planned.type("resume")

    assert (said.code, said.err) == (1, "everything is not held; held: account press-x\n")


def test_an_account_that_is_gone_from_the_config_can_still_be_resumed(planned: Desk) -> None:
    planned.done("hold", "--account", "press-x", "--reason", "a storm")
    planned.replace("config.toml", "[accounts.press-x]", "[accounts.other]")

    planned.done("resume", "--account", "press-x")


def test_a_campaign_in_the_book_is_held_although_its_file_is_broken(planned: Desk) -> None:
    planned.write("campaigns/harbour.toml", "id = ")

    planned.done("hold", "--campaign", "harbour", "--reason", "a storm")


def held_over_the_hour(desk: Desk, book: Book) -> Desk:
    """Everything is held since before the first hour: the posts of the day are ten minutes late, the others missed."""
    desk.done("approve", "--campaign", "harbour", "--yes")
    desk.done("hold", "--reason", "a storm", "--except", "safety", name="sam")
    desk.now = THE_DAY + timedelta(minutes=10)
    with book.writing() as connection:
        for post in (1, 2):
            make_move(connection, Move.MISS, post, 2, who="redletter", now=desk.now - timedelta(days=7))
    return desk


def test_what_passed_meanwhile_is_listed_with_the_ways_on_and_none_of_it_goes_out(planned: Desk, book: Book) -> None:
    desk = held_over_the_hour(planned, book)

    said = desk.done("resume")

    assert said.lines == [
        "Resumed by kim: everything.",
        "",
        "2 posts came due meanwhile. None of them goes out until somebody says so:",
        "  Post  Hour              Account        Text",
        "  4     Thu 18 Mar 09:00  press-bluesky  Today is Harbour Open Day. #Harbour27",
        "  3     Thu 18 Mar 09:00  press-x        Today is Harbour Open Day. #Harbour27",
        "  still go out  redletter keep 3 4",
        "  another hour  redletter reschedule POST WHEN, then redletter approve POST",
        "  not at all    redletter cancel 3 4",
        "",
        "2 posts missed meanwhile, too late by now:",
        "  Post  Hour              Account        Text",
        "  2     Thu 11 Mar 10:00  press-bluesky  The Harbour Trust opens the gates of the old harbour to ev…",
        "  1     Thu 11 Mar 10:00  press-x        The Harbour Trust opens the gates of the old harbour to ev…",
        "  another hour  redletter reschedule POST WHEN, then redletter approve POST",
        "  not at all    redletter reject POST…",
    ]
    desk.done("run", "--speed", 3600, "--start", "2027-03-18 09:11", "--until-done")
    assert [post["status"] for post in desk.posts()] == ["missed", "missed", "held", "held"]


def test_what_has_expired_is_dropped_and_what_soon_will_is_said_with_its_hour(planned: Desk, book: Book) -> None:
    desk = held_over_the_hour(planned, book)
    with book.writing() as connection:
        for post, latest in ((3, THE_DAY), (4, desk.now + timedelta(hours=1))):
            connection.exec_driver_sql("UPDATE posts SET latest_at = ? WHERE id = ?", (stored_time(latest), post))

    said = desk.done("resume")
    status = desk.type("status")

    assert said.lines[6:13] == [
        "Expires soon: post 4, on Thu 18 Mar 2027 10:10; no word sends it out after that.",
        "  still go out  redletter keep 4",
        "  another hour  redletter reschedule POST WHEN, then redletter approve POST",
        "  not at all    redletter cancel 4",
        "1 post expired, so that no word sends it out any more:",
        "  drop          redletter cancel 3",
        "  send          write a later `expires` in the campaign, then redletter plan",
    ]
    assert "! post 3 is held and has expired: " in status.out
    assert (
        "-> redletter cancel 3; or write a later `expires` in its campaign, redletter plan, and look again"
        in status.out
    )
    assert "! post 4 waits for a word, and expires on Thu 18 Mar 2027 10:10: " in status.out


def test_what_is_held_beyond_its_hour_is_not_next(planned: Desk, book: Book) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.done("hold", "--account", "press-x", "--reason", "a leak")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET expires_at = NULL")

    before = planned.type("status").lines[1]
    planned.now = THE_DAY - timedelta(days=6)
    after = planned.type("status").lines[1]
    planned.done("cancel", 2)
    held_and_to_come = planned.type("status").lines[1]
    planned.write("HOLD", "a storm")
    planned.now = THE_DAY + timedelta(hours=1)
    by_file = planned.type("status").lines[1]

    assert before == "Next:    post 1, Thu 11 Mar 2027 10:00, press-x, a-week-to-go (held)"
    assert after == "Next:    post 2, due now, press-bluesky, a-week-to-go"
    assert held_and_to_come == "Next:    post 3, Thu 18 Mar 2027 09:00, press-x, on-the-day (held)"
    assert by_file == "Next:    nothing; 3 approved posts held beyond their hours"


def test_the_posts_that_wait_for_a_word_need_a_person(planned: Desk, book: Book) -> None:
    desk = held_over_the_hour(planned, book)
    desk.done("resume")

    said = desk.type("status")

    assert said.code == 1
    first = said.lines.index(
        "  ! 2 posts wait for a word, both of harbour: the hour of each passed while everything was held"
    )
    assert said.lines[first + 1].strip() == "post 3: Thu 18 Mar 2027 09:00, press-x, harbour on-the-day"
    assert said.lines[first + 3].strip().startswith("-> redletter keep 3 4; redletter reschedule POST WHEN")


def test_all_that_passed_is_kept_in_one_go(planned: Desk, book: Book) -> None:
    desk = held_over_the_hour(planned, book)

    said = desk.done("resume", "--keep")
    desk.done("run", "--speed", 3600, "--start", "2027-03-18 09:11", "--until-done")

    assert "Kept: 2 posts, by kim. Going out now." in said.lines
    assert [post["status"] for post in desk.posts()] == ["missed", "missed", "published", "published"]


def test_all_that_passed_is_dropped_in_one_go(planned: Desk, book: Book) -> None:
    desk = held_over_the_hour(planned, book)

    said = desk.done("resume", "--drop")

    assert "Cancelled: 2 posts, by kim." in said.lines
    assert [post["status"] for post in desk.posts()] == ["missed", "missed", "cancelled", "cancelled"]


def test_it_is_one_or_the_other(planned: Desk) -> None:
    planned.done("hold", "--reason", "a storm")

    assert planned.type("resume", "--keep", "--drop").code == 2
    assert len(planned.json("status")["holds"]) == 1


def test_what_another_hold_reaches_is_not_listed_and_that_hold_is(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.done("hold", "--reason", "a storm")
    planned.done("hold", "--account", "press-x", "--reason", "a leak", name="sam")
    planned.now = THE_DAY + timedelta(minutes=10)

    said = planned.done("resume")

    assert "  still go out  redletter keep 2 4" in said.lines
    assert said.lines[-2:] == [
        "Still held: account press-x, since Mon  1 Mar 2027 12:00 by sam: a leak",
        "            -> redletter resume --account press-x",
    ]


def test_when_nothing_passed_that_is_said(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.done("hold", "--reason", "a storm")

    assert planned.done("resume").lines == ["Resumed by kim: everything.", "Nothing came due meanwhile."]


def with_topics(desk: Desk) -> Desk:
    desk.replace("campaigns/harbour.toml", "years = [2027]", 'years = [2027]\ntopics = ["harbour"]')
    desk.replace("campaigns/harbour.toml", 'id = "on-the-day"', 'id = "on-the-day"\ntopics = ["safety"]')
    desk.done("plan")
    desk.done("approve", "--campaign", "harbour", "--yes")
    return desk


def test_safety_messages_go_on_while_all_else_is_held(desk: Desk) -> None:
    with_topics(desk).done("hold", "--reason", "mourning", "--except", "safety")

    desk.done("run", "--speed", 3600, "--start", "2027-03-11 09:00", "--until-done")

    assert [post["status"] for post in desk.posts()] == ["held", "held", "published", "published"]


def test_a_topic_is_held_and_the_rest_goes_on(desk: Desk) -> None:
    with_topics(desk).done("hold", "--topic", "safety", "--reason", "a mistake in it")

    desk.done("run", "--speed", 3600, "--start", "2027-03-11 09:00", "--until-done")

    assert [post["status"] for post in desk.posts()] == ["published", "published", "held", "held"]


def test_exceptions_are_said(desk: Desk) -> None:
    said = with_topics(desk).done("hold", "--reason", "mourning", "--except", "Safety, harbour")

    (hold,) = json.loads(desk.type("status", "--json").out)["holds"]
    assert said.lines[0] == "Held by kim: everything, except safety and harbour."
    assert hold["except_topics"] == ["harbour", "safety"]
    assert "everything except harbour and safety, since" in desk.type("status").out


@pytest.mark.parametrize(
    ("options", "warning"),
    [
        (["--topic", "saftey"], 'the topic "saftey", so the hold stops nothing yet; did you mean "safety"?'),
        (["--except", "saftey"], 'the topic "saftey", so nothing is let through by it; did you mean "safety"?'),
        (
            ["--topic", "weather"],
            'the topic "weather", so the hold stops nothing yet; topics in the book: harbour, safety',
        ),
    ],
)
def test_a_topic_that_no_post_has_is_held_all_the_same_and_warned_of(
    desk: Desk, options: list[str], warning: str
) -> None:
    said = with_topics(desk).done("hold", "--reason", "mourning", *options)

    assert f"warning: no post in the book has {warning}" in said.err
    assert len(json.loads(desk.type("status", "--json").out)["holds"]) == 1


@pytest.mark.parametrize("option", ["--topic", "--except"])
def test_what_can_be_no_topic_is_refused(planned: Desk, option: str) -> None:
    said = planned.type("hold", "--reason", "x", option, "100%")

    assert said.code == 2
    assert 'expected a topic such as "safety", found "100%"' in said.err


def test_calls_that_cannot_be_called_back_are_said(planned: Desk, book: Book) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    with book.writing() as connection:
        make_move(connection, Move.CLAIM, 3, 2, who="redletter", now=NOW)

    said = planned.done("hold", "--reason", "a storm")

    assert said.lines[1] == "Being sent at this moment, and cannot be called back: post 3"


def test_the_file_is_in_the_status_even_without_a_daemon(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.write("HOLD", "a storm\n")

    said = planned.type("status")

    assert f"Held:    everything, by the file {planned.folder / 'HOLD'}: a storm" in said.lines
    assert f"         -> rm {planned.folder / 'HOLD'}" in said.lines
    assert "(held)" in said.lines[1]
    status = json.loads(planned.type("status", "--json").out)
    assert (status["hold_file"], status["next"]["held"]) == (True, True)


def test_the_file_is_said_even_when_the_book_cannot_be_read(planned: Desk) -> None:
    planned.write("HOLD", "a storm\n")
    planned.write("redletter.db", b"not a database" * 100)

    said = planned.type("status")

    assert said.code == 1
    assert f"held: everything, by the file {planned.folder / 'HOLD'}: a storm" in said.err


@pytest.mark.parametrize("broken", ["redletter.db", "config.toml"])
def test_whoever_cannot_hold_learns_what_always_works(planned: Desk, broken: str) -> None:
    planned.write(broken, b"not what it should be" * 100)

    said = planned.type("hold", "--reason", "a storm")

    assert said.code == 1
    assert f"A file stops everything all the same: touch {planned.folder / 'HOLD'}" in said.err


def test_nothing_is_kept_while_the_file_is_there(planned: Desk, book: Book) -> None:
    desk = held_over_the_hour(planned, book)
    desk.done("resume")
    desk.write("HOLD", "a storm")

    said = desk.type("keep", 3)

    assert said.code == 1
    assert f"post 3: held: everything, by the file {desk.folder / 'HOLD'}: a storm; first rm " in said.err


def test_while_the_file_is_there_everything_stays_held(planned: Desk) -> None:
    planned.done("hold", "--reason", "a storm")
    planned.write("HOLD", "")

    said = planned.type("resume")

    assert said.code == 1
    assert f"-> rm {planned.folder / 'HOLD'}" in said.err
    (planned.folder / "HOLD").unlink()
    planned.done("resume")


def test_a_person_takes_over_from_the_file(planned: Desk, book: Book) -> None:
    planned.write("HOLD", "a storm")
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "a storm", who=HELD_BY, now=NOW)

    said = planned.done("hold", "--reason", "mourning", "--except", "safety", name="sam")

    (held,) = planned.json("status")["holds"]
    assert (held["held_by"], held["reason"]) == ("sam", "mourning")
    assert "note: held besides: everything, by the file" in said.err


def test_one_scope_at_a_time(planned: Desk) -> None:
    assert planned.type("hold", "--reason", "x", "--topic", "safety", "--campaign", "harbour").code == 2
    assert planned.type("resume", "--account", "press-x", "--campaign", "harbour").code == 2
