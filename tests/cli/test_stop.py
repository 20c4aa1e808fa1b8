"""`redletter stop`: one story is stopped wherever it is under way, and what is out of it is said."""

from collections.abc import Iterator

import pytest

from scheduler.posts.book import Book, open_book
from scheduler.posts.moves import make_move
from scheduler.posts.status import Move
from tests.builders.posts import get, put_out
from tests.builders.workspaces import NOW, Desk


@pytest.fixture
def approved(planned: Desk) -> Desk:
    planned.done("approve", "--campaign", "harbour", "--yes")
    return planned


@pytest.fixture
def book(approved: Desk) -> Iterator[Book]:
    book = open_book("sqlite:///redletter.db", approved.folder)
    yield book
    book.close()


def move(book: Book, post: int, *moves: Move) -> None:
    with book.writing() as connection:
        for each in moves:
            version = connection.exec_driver_sql("SELECT version FROM posts WHERE id = ?", (post,)).scalar()
            make_move(connection, each, post, version or 0, who="redletter", now=NOW)


@pytest.mark.parametrize("story", ["4", "harbour"])
def test_all_that_waits_of_a_story_is_set_aside_and_its_campaign_held(approved: Desk, story: str) -> None:
    said = approved.done("stop", story, "--reason", "a mistake in the release", name="sam")

    assert said.lines == [
        "Stopped by sam: harbour 2027: a mistake in the release",
        "Nothing of this campaign goes out any more; 4 posts set aside just now.",
        "",
        "Nothing of it is out.",
        "",
        "Stopped:",
        "  Post  Hour              Account        Text",
        "  2     Thu 11 Mar 10:00  press-bluesky  The Harbour Trust opens the gates of the old harbour to ev…",
        "  1     Thu 11 Mar 10:00  press-x        The Harbour Trust opens the gates of the old harbour to ev…",
        "  4     Thu 18 Mar 09:00  press-bluesky  Today is Harbour Open Day. #Harbour27",
        "  3     Thu 18 Mar 09:00  press-x        Today is Harbour Open Day. #Harbour27",
        "",
        "The way back, should it go on:",
        "  redletter resume --campaign harbour",
        "  still go out  redletter keep 1 2 3 4",
        "  another hour  redletter reschedule POST WHEN, then redletter approve POST",
        "  not at all    redletter cancel 1 2 3 4",
    ]
    assert {post["status"] for post in approved.posts()} == {"held"}
    (hold,) = approved.type("status", "--json").json["holds"]
    assert hold.items() >= {"scope": "campaign", "name": "harbour", "held_by": "sam"}.items()


def test_what_is_out_is_listed_with_its_address_and_what_is_being_sent_with_it(approved: Desk, book: Book) -> None:
    move(book, 1, Move.CLAIM, Move.PUBLISH)
    put_out(
        book,
        get(book, 1),
        "https://x.example/a/very/long/address/that/must/never/be/cut/since/people/have/to/open/it/1",
    )
    move(book, 2, Move.CLAIM, Move.LOSE_SIGHT)
    move(book, 3, Move.CLAIM)

    lines = approved.done("stop", 1, "--reason", "a mistake").lines

    out, sending = lines.index("Out already; what should not stay has to be deleted there:"), 0
    assert lines[out + 2].startswith("  1     Thu 11 Mar 10:00  press-x")
    assert lines[out + 3].strip().endswith("/since/people/have/to/open/it/1")
    sending = lines.index("Being sent right now, and cannot be called back; look again in a minute:")
    assert lines[sending + 2].startswith("  3 ")
    doubt = lines.index("Perhaps out, nobody knows yet; look at the account itself:")
    assert lines[doubt + 2].startswith("  2 ")
    assert "  still go out  redletter keep 4" in lines


def test_the_rest_of_a_thread_is_stopped_and_its_parts_are_listed(approved: Desk, book: Book) -> None:
    parts = '{"parts": [{"text": "One.", "media": []}, {"text": "Two.", "media": []}, {"text": "Three.", "media": []}],'
    with book.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE posts SET message_json = ? WHERE id = 3", (parts + ' "language": "en", "content_warning": null}',)
        )
    put_out(book, get(book, 3), "https://x.example/1", "https://x.example/2")

    lines = approved.done("stop", 3, "--reason", "a mistake").lines

    assert "        part 1 of 3: https://x.example/1" in lines
    assert "        part 2 of 3: https://x.example/2" in lines
    assert get(book, 3).status == "held"


def test_a_stopped_story_goes_on_where_it_was_when_it_is_resumed_and_kept(approved: Desk) -> None:
    approved.done("stop", "harbour", "--reason", "a mistake")

    too_early = approved.type("keep", "--all", "--yes")
    approved.done("resume", "--campaign", "harbour")
    said = approved.type("keep", "--all", "--yes")

    assert too_early.code == 1
    assert "post 1: campaign harbour is held; first redletter resume --campaign harbour, then keep it" in too_early.err
    assert "Kept: 4 posts, by kim. Going out at their hours." in said.lines
    assert {post["status"] for post in approved.posts()} == {"approved"}


def test_resuming_lists_what_was_stopped(approved: Desk) -> None:
    approved.done("stop", "harbour", "--reason", "a mistake")

    said = approved.done("resume", "--campaign", "harbour")

    assert "4 posts set aside meanwhile. None of them goes out until somebody says so:" in said.lines
    assert "  still go out  redletter keep 1 2 3 4" in said.lines


@pytest.mark.parametrize("decision", ["--keep", "--drop"])
def test_the_end_of_another_hold_decides_nothing_about_a_story_that_was_stopped_under_it(
    approved: Desk, decision: str
) -> None:
    approved.done("hold", "--reason", "mourning")
    approved.done("stop", "harbour", "--reason", "a mistake")
    approved.done("resume", "--campaign", "harbour")

    said = approved.done("resume", decision)

    assert {post["status"] for post in approved.posts()} == {"held"}
    assert "4 posts of a story that was stopped meanwhile, and not held for this hold alone:" in said.lines
    assert "  why, and the command that answers each: redletter status" in said.lines


@pytest.mark.parametrize(("decision", "status"), [("--keep", "approved"), ("--drop", "cancelled")])
def test_the_end_of_its_own_hold_decides_about_a_story_that_was_stopped(
    approved: Desk, decision: str, status: str
) -> None:
    approved.done("stop", "harbour", "--reason", "a mistake")

    approved.done("resume", "--campaign", "harbour", decision)

    assert {post["status"] for post in approved.posts()} == {status}


def test_what_was_stopped_is_one_thing_that_needs_a_person_with_an_answer_that_is_taken(approved: Desk) -> None:
    approved.done("stop", "harbour", "--reason", "a mistake", name="sam")

    (stopped,) = [each for each in approved.type("status", "--json").json["troubles"] if each["kind"] == "waiting"]
    approved.done("resume", "--campaign", "harbour")
    (resumed,) = [each for each in approved.type("status", "--json").json["troubles"] if each["kind"] == "waiting"]

    assert stopped["said"] == "4 posts wait for a word, all of harbour: stopped by sam: a mistake"
    assert stopped["posts"] == [1, 2, 3, 4]
    assert stopped["answer"].startswith("redletter keep 1 2 3 4, after redletter resume --campaign harbour; ")
    assert resumed["answer"].startswith("redletter keep 1 2 3 4; redletter reschedule POST WHEN, ")


def test_a_campaign_that_is_held_already_is_stopped_all_the_same(approved: Desk) -> None:
    approved.done("hold", "--campaign", "harbour", "--reason", "first")

    said = approved.done("stop", 3, "--reason", "second")

    assert "Nothing of this campaign goes out any more; 4 posts set aside just now." in said.lines


def test_drafts_are_counted(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    said = planned.done("stop", 1, "--reason", "a mistake")

    assert "3 drafts besides, not approved: nothing of that goes out by itself." in said.lines


@pytest.mark.parametrize(
    ("story", "expected"),
    [("42", "there is no post 42"), ("harber", 'unknown campaign "harber"; did you mean "harbour"?')],
)
def test_an_unknown_story_is_said(planned: Desk, story: str, expected: str) -> None:
    said = planned.type("stop", story, "--reason", "a mistake")

    assert said.code == 1
    assert expected in said.err


def test_it_needs_a_reason(planned: Desk) -> None:
    assert planned.type("stop", 1).code == 2
    assert planned.type("stop", 1, "--reason", " ").code == 2
