"""What an elected person said does not go out in a pre-election period, whenever somebody learns of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scheduler.campaigns.period import parse_period
from scheduler.drafting.draft import Elected
from scheduler.errors import MoveNotAllowed
from scheduler.platforms.contract import Payload
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book
from scheduler.posts.claims import Claims, Pace, claim_due
from scheduler.posts.freshness import follow_pre_election
from scheduler.posts.review import approve, edit, keep, reschedule
from scheduler.posts.tables import Post
from tests.builders.freshness import LATER, LEAD, MIRA, THE_HOUR, approve_all, plan, post_of, statuses
from tests.builders.posts import trail_of

IN_IT = "2027-03-15..2027-05-06"
WHY = "it would go out in the pre-election period (15 March 2027 to 6 May 2027), and quotes Mira Holt, who is elected"


def learn(book: Book, period: str | None = IN_IT, *names: str, now: datetime = LATER) -> list[str]:
    """Reads the campaign as it is now; returns why posts are held."""
    elected = Elected(names or ("Mira Holt",), parse_period(period) if period else None)
    with book.writing() as connection:
        return [told.why for told in follow_pre_election(connection, {"harbour": elected}, now)]


def claim(book: Book, now: datetime) -> Claims:
    def prepare(_: object) -> Payload:
        return Payload("POST", "/", "key", {}, {})

    with book.writing() as connection:
        return claim_due(connection, now, {"press": 9}, 9, Pace(now - timedelta(days=30), {}), prepare)


def _keep(book: Book, post: Post, agreed: str | None = None) -> None:
    with book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=LATER, pre_election=agreed)


def _approve(book: Book, post: Post, agreed: str | None = None) -> None:
    with book.writing() as connection:
        approve(connection, [(post.id or 0, post.version)], who="sam", now=LATER, pre_election=agreed)


@pytest.fixture
def planned(book: Book) -> Book:
    """A lead and a quote by Mira Holt, both approved; nobody knows of an election."""
    plan(book, LEAD, MIRA)
    approve_all(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET expires_at = NULL")  # they go out however late
    return book


def test_an_approved_quote_is_held_once_the_period_is_known_and_nothing_else_is(planned: Book) -> None:
    assert learn(planned) == [WHY]
    assert learn(planned) == []

    assert statuses(planned) == {"lead": "approved", "mira": "held"}
    assert post_of(planned, "mira").note == WHY


def test_what_no_election_concerns_is_not_even_read(planned: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("scheduler.posts.freshness.decode_sources", lambda kept: read.append(kept) or ())

    learn(planned, None)
    assert read == []
    learn(planned)
    assert len(read) == len(statuses(planned))


def test_a_person_who_turns_out_to_be_elected_is_no_longer_quoted(planned: Book) -> None:
    assert learn(planned, IN_IT, "Somebody Else") == []

    assert learn(planned, IN_IT, "Somebody Else", "Holt") == [WHY.replace("Mira Holt", "Holt")]


@pytest.mark.parametrize(
    ("period", "status"),
    [
        ("2027-03-18..2027-03-18", "held"),
        ("2027-03-19..2027-05-06", "approved"),
        ("2027-02-01..2027-03-17", "approved"),
        (None, "approved"),
    ],
)
def test_the_days_of_the_period_count_and_no_others(planned: Book, period: str | None, status: str) -> None:
    learn(planned, period)

    assert statuses(planned)["mira"] == status


def test_what_goes_out_late_into_the_period_is_held_when_it_is_claimed(planned: Book) -> None:
    learn(planned, "2027-03-19..2027-05-06")

    claims = claim(planned, THE_HOUR + timedelta(days=1, hours=3))

    assert [(told.slot, "in the pre-election period" in told.why) for told in claims.held] == [("mira", True)]
    assert [claimed.post.slot for claimed in claims.claimed] == ["lead"]
    assert statuses(planned) == {"lead": "publishing", "mira": "held"}


def test_a_quote_goes_out_before_the_period(planned: Book) -> None:
    learn(planned, "2027-03-19..2027-05-06")

    assert claim(planned, THE_HOUR + timedelta(hours=2)).held == ()
    assert statuses(planned)["mira"] == "publishing"


def test_an_approved_post_whose_hour_has_passed_is_held_as_it_may_go_out_at_any_moment(planned: Book) -> None:
    assert len(learn(planned, "2027-03-20..2027-05-06", now=THE_HOUR + timedelta(days=2))) == 1


def test_no_word_lets_it_out_but_that_of_somebody_who_agreed_and_the_trail_names_them(planned: Book) -> None:
    learn(planned)
    post = post_of(planned, "mira")

    with pytest.raises(MoveNotAllowed, match=r"quotes Mira Holt, who is elected.*--pre-election"):
        _keep(planned, post)
    _keep(planned, post, "Jo Bell, returning officer")

    assert statuses(planned)["mira"] == "approved"
    entry = next(entry for entry in trail_of(planned, post.id or 0) if entry.what == "agree: pre-election")
    assert (entry.who, entry.detail) == ("sam", f"Mira Holt, {IN_IT}: Jo Bell, returning officer")
    assert learn(planned) == []  # nobody is asked again
    assert claim(planned, THE_HOUR + timedelta(hours=2)).held == ()


def test_an_agreement_is_for_one_period_only(planned: Book) -> None:
    learn(planned)
    _keep(planned, post_of(planned, "mira"), "Jo Bell")

    assert len(learn(planned, "2027-03-15..2027-05-07")) == 1


def test_other_words_need_another_agreement(planned: Book) -> None:
    learn(planned)
    _keep(planned, post_of(planned, "mira"), "Jo Bell")
    post = post_of(planned, "mira")
    words = Message((Part(f"Today: {post.message.parts[0].text}"),))
    with planned.writing() as connection:
        edit(connection, post, words, who="kim", now=LATER)

    with pytest.raises(MoveNotAllowed, match="redletter approve 2 --pre-election"):
        _approve(planned, post_of(planned, "mira"))
    _approve(planned, post_of(planned, "mira"), "Jo Bell, by phone")

    assert statuses(planned)["mira"] == "approved"


@pytest.mark.parametrize(("later", "is_allowed"), [(timedelta(days=3), False), (timedelta(days=60), True)])
def test_another_hour_must_be_outside_the_period(planned: Book, later: timedelta, is_allowed: bool) -> None:
    learn(planned)

    def move() -> None:
        with planned.writing() as connection:
            reschedule(connection, post_of(planned, "mira"), THE_HOUR + later, who="kim", now=LATER)

    if is_allowed:
        move()
        assert statuses(planned)["mira"] == "draft"
    else:
        with pytest.raises(MoveNotAllowed, match="pre-election period"):
            move()


def test_a_draft_is_held_too_and_is_a_draft_again_once_somebody_agreed(book: Book) -> None:
    plan(book, MIRA)

    learn(book)
    assert statuses(book) == {"mira": "held"}
    _keep(book, post_of(book, "mira"), "Jo Bell")
    _approve(book, post_of(book, "mira"))

    assert statuses(book) == {"mira": "approved"}


def test_where_the_period_is_taken_back_a_word_is_enough(planned: Book) -> None:
    learn(planned)
    learn(planned, None)

    _keep(planned, post_of(planned, "mira"))

    assert statuses(planned)["mira"] == "approved"


def _damage(book: Book) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET sources_json = '[\"pre_election\", {}' WHERE slot = 'mira'")


def _strip(book: Book) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET sources_json = '[3, \"pre_election\", null]' WHERE slot = 'mira'")


@pytest.mark.parametrize("spoil", [_damage, _strip])
def test_a_row_that_cannot_be_read_stands_in_nobodys_way(planned: Book, spoil: Callable[[Book], None]) -> None:
    spoil(planned)

    learn(planned)

    assert "lead" in [claimed.post.slot for claimed in claim(planned, THE_HOUR + timedelta(hours=2)).claimed]
