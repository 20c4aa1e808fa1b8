"""`redletter keep`, and what else becomes of posts that wait for a word."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from scheduler.posts.book import Book, open_book
from scheduler.posts.moves import make_move
from scheduler.posts.status import Move
from tests.builders.posts import get, put_out
from tests.builders.workspaces import NOW, THE_DAY, Desk


@pytest.fixture
def book(planned: Desk) -> Iterator[Book]:
    book = open_book("sqlite:///redletter.db", planned.folder)
    yield book
    book.close()


@pytest.fixture
def held(planned: Desk, book: Book) -> Desk:
    """Posts 3 and 4 wait for a word, an hour after theirs."""
    planned.done("approve", 3, 4, "--yes")
    with book.writing() as connection:
        for post in (3, 4):
            make_move(connection, Move.SET_ASIDE, post, 2, who="redletter", now=THE_DAY)
    planned.now = THE_DAY + timedelta(hours=1)
    return planned


def test_a_kept_post_goes_out_now(held: Desk) -> None:
    said = held.done("keep", 3)
    held.done("run", "--speed", 3600, "--start", "2027-03-18 10:01", "--until-done")

    assert said.lines == [
        "  post 3, version 3: Thu 18 Mar 2027 09:00, press-x, on-the-day",
        "Kept: 1 post, by kim. Going out now.",
    ]
    assert [post["status"] for post in held.posts()] == ["draft", "draft", "published", "held"]


def test_posts_that_are_named_are_kept_all_or_none_and_all_that_is_in_the_way_is_said(held: Desk) -> None:
    said = held.type("keep", 3, 1, 2)

    assert said.code == 1
    assert "post 1 is draft, and keep is for posts that are held" in said.err
    assert "post 2 is draft, and keep is for posts that are held" in said.err
    assert held.posts()[2]["status"] == "held"


@pytest.mark.parametrize("which", [["--all"], ["--campaign", "harbour"]])
def test_all_held_posts_are_listed_and_asked_about(held: Desk, which: list[str]) -> None:
    held.interactive = True

    no = held.type("keep", *which, answers="n\n")
    yes = held.type("keep", *which, answers="y\n")

    assert (no.code, no.err) == (1, "Nothing was changed.\n")
    assert "Let these 2 posts go out?" in yes.out
    assert "Kept: 2 posts, by kim. Going out now." in yes.lines


def test_of_all_held_posts_those_that_have_expired_stay_and_are_said(held: Desk, book: Book) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET latest_at = scheduled_at WHERE id = 3")

    said = held.type("keep", "--all", "--yes")

    assert said.code == 1
    assert "Kept: 1 post, by kim. Going out now." in said.lines
    assert "post 3 expired on Thursday 18 March 2027, 09:00" in said.err
    assert [post["status"] for post in held.posts()] == ["draft", "draft", "held", "approved"]


def test_under_a_hold_nothing_is_kept_since_the_end_of_the_hold_would_take_it_back(held: Desk) -> None:
    held.done("hold", "--account", "press-x", "--reason", "a leak")

    said = held.type("keep", 3)

    assert (said.code, said.err) == (
        1,
        "post 3: account press-x is held; first redletter resume --account press-x, then keep it\n",
    )


def test_one_way_of_naming_posts_at_a_time(held: Desk) -> None:
    assert held.type("keep").code == 2
    assert held.type("keep", 3, "--all").code == 2


def test_when_nothing_is_held_that_is_said(planned: Desk) -> None:
    assert planned.done("keep", "--all").out == "No post is held: there is nothing to keep.\n"


def test_a_held_post_can_be_cancelled_or_given_another_hour(held: Desk) -> None:
    held.done("cancel", 3)
    held.done("reschedule", 4, "12:00")

    assert [post["status"] for post in held.posts()] == ["draft", "draft", "cancelled", "draft"]


@pytest.mark.parametrize(("no", "post"), [("reject", 1), ("cancel", 3)])
def test_another_hour_brings_back_what_was_rejected_or_cancelled(held: Desk, no: str, post: int) -> None:
    held.done(no, post)

    held.done("reschedule", post, "2027-03-18 12:00")

    assert held.posts()[post - 1]["status"] == "draft"


def test_a_thread_that_has_begun_is_not_opened_in_an_editor(held: Desk, book: Book) -> None:
    put_out(book, get(book, 3), "https://x.example/1")

    said = held.type("edit", 3, "--text", "Other words.")

    assert said.code == 1
    assert "it is out (https://x.example/1), so neither its words nor its hour can be changed" in said.err
    assert "redletter keep 3 lets the rest go out now" in said.err


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (
            ["--published", "https://x.example/2"],
            "finish or delete it by hand, where it is out; then redletter reject 3",
        ),
        (["--not-published"], "redletter keep 3 lets the rest go out now; redletter cancel 3 drops it"),
    ],
)
def test_of_a_thread_in_doubt_it_is_said_what_is_out_and_how_to_go_on(
    held: Desk, book: Book, option: list[str], expected: str
) -> None:
    part = '{"text": "One.", "media": []}'
    message = f'{{"parts": [{part}, {part}, {part}], "language": "en", "content_warning": null}}'
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET message_json = ?, status = 'unconfirmed' WHERE id = 3", (message,))
    put_out(book, get(book, 3), "https://x.example/1", now=NOW)

    said = held.done("resolve", 3, *option)

    assert said.lines[0] == "Post 3 is out in part, says kim."
    assert "https://x.example/1" in said.lines[1]
    assert said.lines[2] == f"  -> {expected}"
