"""A post whose words its article has no longer waits for a person; all others go out as they were approved."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from scheduler.articles import Article
from scheduler.excerpts import Excerpts, cut
from scheduler.posts.articles import (
    Reading,
    Unreached,
    changed_elsewhere,
    forget,
    keep_unchanged,
    keep_unreached,
    kept_text,
    open_changes,
    unreached,
    unused_texts,
    watched,
)
from scheduler.posts.backup import back_up
from scheduler.posts.book import Book
from scheduler.posts.freshness import Following, follow_embargoes, follow_withdrawal, hold_unchecked
from scheduler.posts.restoring import restore
from scheduler.posts.retention import Removed, batches_of_old_posts, remove
from scheduler.posts.review import cancel, edit, keep
from scheduler.posts.tables import KeptArticle, Post, SourceChange, SourceLook, stored_time
from tests.builders.drafting import make_slot
from tests.builders.freshness import (
    LATER,
    LEAD,
    MIRA,
    PLANNED_AT,
    QUOTES,
    SOURCE,
    TEXT,
    THE_HOUR,
    approve_all,
    article,
    changed,
    look,
    plan,
    post_of,
    statuses,
)
from tests.builders.posts import attempts_in, get, make_draft, posts_in, save, trail_of


def changes_of(book: Book, slot: str) -> list[SourceChange]:
    with book.reading() as session:
        return list(session.exec(select(SourceChange).where(SourceChange.post_id == post_of(book, slot).id)))


def test_what_was_read_is_kept_with_its_hash_its_hour_and_its_place(book: Book) -> None:
    plan(book, LEAD)
    look(book, article())
    look(book, changed("twelve", "thirteen"))

    with book.reading() as session:
        kept = session.exec(select(KeptArticle).order_by(col(KeptArticle.read_at))).all()
    assert [(each.source, each.origin, each.read_at, each.seen_at) for each in kept] == [
        (SOURCE, "/workspace/articles/boats.md", PLANNED_AT, LATER),
        (SOURCE, "/workspace/articles/boats.md", LATER, LATER),
    ]
    assert [each.sha256 for each in kept] == [article().sha256, changed("twelve", "thirteen").sha256]
    assert kept[0].text == article().text


def test_a_changed_sentence_inside_a_used_excerpt_holds_the_post_and_no_other(book: Book) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)

    followed = look(book, changed("twelve", "thirteen"))

    assert statuses(book) == {"lead": "held", "mira": "approved"}
    assert [told.why for told in followed.held] == [
        f"its article has changed, {SOURCE}: removed “twelve”, added “thirteen”"
    ]
    assert post_of(book, "lead").note == followed.held[0].why
    assert followed.standing == (post_of(book, "mira").id,)
    (change,) = changes_of(book, "lead")
    assert (change.kind, change.was, change.now) == (
        "changed",
        "The Harbour Trust counted twelve boats in the old harbour on Monday. Children helped.",
        "The Harbour Trust counted thirteen boats in the old harbour on Monday. Children helped.",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("until Friday", "until Saturday"),
        ("I have waited ten years", "I have waited eleven years"),
        ("“We mended", '"We mended'),  # house style: another kind of mark
        ("by hand. I am", "by hand.\u00a0I am"),
        ("Tomas Reed", "A correction was made to this release.\n\nTomas Reed"),
    ],
)
def test_a_typo_mended_elsewhere_voids_no_approval_and_the_person_is_told(book: Book, old: str, new: str) -> None:
    plan(book, MIRA)
    approve_all(book)
    before = post_of(book, "mira")

    followed = look(book, changed(old, new))

    assert followed.standing == (before.id,)
    assert post_of(book, "mira") == before
    assert [change.kind for change in changes_of(book, "mira")] == ["elsewhere"]


@pytest.mark.parametrize(
    ("old", "new", "now"),
    [
        (
            "Mira Holt, keeper of the harbour, said",
            "Vera Brook, mayor of Port Elm, said",
            "Vera Brook, mayor of Port Elm",
        ),
        ("keeper of the harbour", "chair of the trust", "Mira Holt, chair of the trust"),
        ("Mira Holt, keeper of the harbour, said:", "It was whispered:", ""),
    ],
)
def test_another_name_or_role_under_the_same_words_holds_the_post(book: Book, old: str, new: str, now: str) -> None:
    plan(book, MIRA)
    approve_all(book)

    look(book, changed(old, new))

    assert statuses(book) == {"mira": "held"}
    (change,) = changes_of(book, "mira")
    assert change.was.endswith("Mira Holt, keeper of the harbour")
    assert change.now.endswith(now)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The Harbour Trust counted", "It is not true that The Harbour Trust counted"),
        ("Children helped.", "Children helped, it was claimed."),
        ("The Harbour Trust counted twelve boats in the old harbour on Monday. Children helped.\n\n", ""),
    ],
)
def test_words_that_stand_inside_another_sentence_do_not_stand(book: Book, old: str, new: str) -> None:
    plan(book, LEAD)
    approve_all(book)

    look(book, changed(old, new))

    assert statuses(book) == {"lead": "held"}


def test_drafts_are_held_too_and_a_person_who_keeps_one_has_a_draft_again(book: Book) -> None:
    plan(book, LEAD)

    look(book, changed("twelve", "thirteen"))
    held = post_of(book, "lead")
    with book.writing() as connection:
        keep(connection, held.id or 0, held.version, who="sam", now=LATER)

    assert (held.status, post_of(book, "lead").status) == ("held", "draft")


def _keep(book: Book, post: Post) -> None:
    with book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=LATER)


def _edit(book: Book, post: Post) -> None:
    with book.writing() as connection:
        edit(connection, post, post.message, who="sam", now=LATER)


@pytest.mark.parametrize(("decide", "status"), [(_keep, "approved"), (_edit, "draft")])
def test_what_a_person_decided_is_not_asked_again_though_the_article_changes_elsewhere(
    book: Book, decide: Callable[[Book, Post], None], status: str
) -> None:
    plan(book, LEAD)
    approve_all(book)
    look(book, changed("twelve", "thirteen"))
    decide(book, post_of(book, "lead"))

    look(book, changed("twelve", "thirteen"), LATER + timedelta(hours=1))
    look(book, article(TEXT.replace("twelve", "thirteen").replace("Friday", "Saturday")), LATER + timedelta(hours=2))
    assert statuses(book) == {"lead": status}

    look(book, changed("twelve", "fourteen"), LATER + timedelta(hours=3))
    assert statuses(book) == {"lead": "held"}


def test_a_post_that_is_held_already_gets_the_news_on_top(book: Book) -> None:
    plan(book, LEAD)
    approve_all(book)
    with book.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE posts SET status = 'held', note = 'late, and its campaign wants a word first'"
        )

    look(book, changed("twelve", "thirteen"))

    post = post_of(book, "lead")
    assert (post.status, post.version) == ("held", 3)
    assert "removed “twelve”" in (post.note or "")


@pytest.mark.parametrize(
    "status", ["published", "publishing", "unconfirmed", "failed", "missed", "rejected", "cancelled"]
)
def test_what_has_gone_out_or_does_not_go_out_by_itself_stays_as_it_is(book: Book, status: str) -> None:
    plan(book, LEAD)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ?", (status,))

    followed = look(book, changed("twelve", "thirteen"))

    assert (followed.held, followed.standing, statuses(book)) == ((), (), {"lead": status})


def test_a_post_that_may_be_out_is_left_to_be_asked_about_first(book: Book) -> None:
    plan(book, LEAD)
    approve_all(book)
    with book.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at, outcome)"
            " VALUES (1, 1, 0, 2, 'key', 'sha', ?, 'unknown')",
            (stored_time(LATER),),
        )

    look(book, changed("twelve", "thirteen"))
    assert (statuses(book), len(attempts_in(book))) == ({"lead": "approved"}, 1)

    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE attempts SET outcome = 'absent'")
    look(book, changed("twelve", "thirteen"))
    assert statuses(book) == {"lead": "held"}


def test_an_article_that_was_taken_away_holds_all_its_unsent_posts_once(book: Book) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)

    with book.writing() as connection:
        held = follow_withdrawal(connection, SOURCE, "the server answered 410 Gone", LATER).held
        again = follow_withdrawal(connection, SOURCE, "the server answered 410 Gone", LATER + timedelta(hours=1)).held

    assert statuses(book) == {"lead": "held", "mira": "held"}
    assert [told.why for told in held] == [f"its article was taken away, {SOURCE}: the server answered 410 Gone"] * 2
    assert again == ()
    _keep(book, post_of(book, "lead"))
    with book.writing() as connection:
        follow_withdrawal(connection, SOURCE, "the server answered 410 Gone", LATER + timedelta(hours=2))
    assert post_of(book, "lead").status == "approved"


def test_an_article_that_came_back_and_was_taken_away_again_is_asked_about_again(book: Book) -> None:
    plan(book, LEAD)
    approve_all(book)
    with book.writing() as connection:
        follow_withdrawal(connection, SOURCE, "gone", LATER)
    _keep(book, post_of(book, "lead"))
    look(book, article(), LATER + timedelta(hours=1))

    with book.writing() as connection:
        follow_withdrawal(connection, SOURCE, "gone", LATER + timedelta(hours=2))

    assert statuses(book) == {"lead": "held"}


def test_a_source_that_cannot_be_reached_holds_nothing_and_is_known(book: Book) -> None:
    plan(book, LEAD)
    approve_all(book)

    with book.writing() as connection:
        assert keep_unreached(connection, SOURCE, "did not answer in time", LATER)
        assert not keep_unreached(connection, SOURCE, "did not answer in time", LATER + timedelta(hours=1))
        known = unreached(connection)

    assert statuses(book) == {"lead": "approved"}
    assert known == [Unreached(SOURCE, LATER, "did not answer in time", (1,))]
    with book.writing() as connection:
        keep_unchanged(connection, SOURCE, LATER + timedelta(hours=2))
        assert unreached(connection) == []


def test_where_the_campaign_says_so_a_post_is_held_that_nobody_could_look_at_before_its_hour(book: Book) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)
    soon = THE_HOUR - timedelta(minutes=1)

    with book.writing() as connection:
        keep_unreached(connection, SOURCE, "did not answer in time", LATER)
        hold_unchecked(connection, ["another-campaign"], soon)
        early = hold_unchecked(connection, ["harbour"], THE_HOUR - timedelta(hours=1))
        held = hold_unchecked(connection, ["harbour"], soon)

    assert (early, len(held)) == ((), 1)
    assert statuses(book) == {"lead": "held", "mira": "approved"}
    assert post_of(book, "lead").note == (
        f"its article could not be looked at before its hour, {SOURCE}: did not answer in time"
    )


def test_an_article_that_has_its_words_again_is_said_of_all_its_posts_in_few_statements(book: Book) -> None:
    plan(book, *(make_slot(id=f"lead-{number}", excerpt="lead", text="{{ excerpt.text }}") for number in range(50)))
    approve_all(book)
    look(book, changed("twelve", "thirteen"))
    statements: list[str] = []
    event.listen(book.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    look(book, article(), LATER + timedelta(hours=1))

    assert {post.note for post in posts_in(book)} == {f"its article has its words again, {SOURCE}"}
    assert len(statements) < 20


def test_a_thousand_posts_that_nobody_could_look_at_are_held_in_few_statements(book: Book) -> None:
    save(book, *(make_draft(slot=f"slot-{number}", scheduled_at=THE_HOUR) for number in range(1000)))
    approve_all(book)
    statements: list[str] = []
    event.listen(book.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    with book.writing() as connection:
        held = hold_unchecked(connection, ["child-exploitation"], THE_HOUR, unread={"child-exploitation": "broken"})

    assert len(held) == 1000
    assert len(statements) < 10


@pytest.mark.parametrize(
    ("embargo", "held"),
    [
        ("2027-03-18 09:30", ["lead"]),  # by the clocks of the campaign
        ("2027-03-18T09:30:00+01:00", []),  # which is 08:30 there
        ("2027-03-18 09:00", []),
        ("2027-03-18 18:00", ["lead", "mira"]),
    ],
)
def test_a_post_whose_hour_is_before_the_embargo_of_its_article_is_held(
    book: Book, embargo: str, held: list[str]
) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)
    look(book, article(header=f"embargo: {embargo}"))

    with book.writing() as connection:
        follow_embargoes(connection, {}, LATER)
        follow_embargoes(connection, {}, LATER)

    assert [slot for slot, status in statuses(book).items() if status == "held"] == held
    assert [len(changes_of(book, slot)) for slot in held] == [1] * len(held)


def test_the_later_of_two_embargoes_counts_and_one_that_was_lifted_counts_no_more(book: Book) -> None:
    plan(book, LEAD)
    look(book, article(header="embargo: 2027-03-17 12:00"))
    until = THE_HOUR - timedelta(hours=1)

    with book.writing() as connection:
        follow_embargoes(connection, {("harbour", "2027"): until}, LATER)
        assert get(book, 1).embargo_until is None  # not before it is written
    assert get(book, 1).embargo_until == until
    with book.writing() as connection:
        follow_embargoes(connection, {("harbour", "2027"): None}, LATER)
    assert get(book, 1).embargo_until == THE_HOUR.replace(day=17, hour=12)


def test_a_look_knows_which_sources_unsent_posts_have_and_when_the_first_goes_out(book: Book) -> None:
    plan(book, LEAD, MIRA)
    with book.reading() as session:
        (none_approved,) = watched(session.connection())
    approve_all(book)

    with book.reading() as session:
        (seen,) = watched(session.connection())

    assert (none_approved.next_post_at, none_approved.is_behind) == (None, False)
    assert (seen.source, seen.next_post_at, seen.looked_at) == (SOURCE, THE_HOUR, PLANNED_AT)
    with book.writing() as connection:
        for post in posts_in(book):
            cancel(connection, post.id or 0, post.version, who="sam", now=LATER)
        assert watched(connection) == []


def test_the_text_that_a_post_was_cut_from_stays_when_the_article_has_another(book: Book) -> None:
    plan(book, LEAD)

    look(book, changed("twelve", "thirteen"))

    with book.reading() as session:
        kept = kept_text(session.connection(), SOURCE, article().sha256)
    assert kept == article().text
    assert "set aside" in [entry.what for entry in trail_of(book, 1)]


def test_what_changed_elsewhere_is_told_once_for_all_posts_of_the_article_until_they_are_out(book: Book) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)
    mended = changed("until Friday", "until Saturday")
    look(book, mended)

    with book.writing() as connection:
        (told,) = changed_elsewhere(connection)
        connection.exec_driver_sql("UPDATE posts SET status = 'published'")
        after = changed_elsewhere(connection)

    assert (told.source, told.sha256, told.posts, after) == (SOURCE, mended.sha256, (1, 2), [])
    assert told.said == f"the article {SOURCE} has changed, and the words of 2 unsent posts stand as they stood"


def test_the_text_of_an_article_stays_as_long_as_a_post_that_was_cut_from_it(book: Book) -> None:
    plan(book, LEAD)
    look(book, changed("until Friday", "until Saturday"))
    later = THE_HOUR + timedelta(days=400)
    with book.reading() as session:
        assert unused_texts(session.connection(), later) == []

    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'rejected'")
        (batch,) = batches_of_old_posts(connection, later)
        remove(connection, batch, later, Removed(), who="redletter", now=later)
        assert unused_texts(connection, LATER) == [(SOURCE, article().sha256)]  # the other was seen at that moment
        removed = forget(connection, unused_texts(connection, later), later)

    with book.reading() as session:
        left = [session.exec(select(table)).all() for table in (KeptArticle, SourceLook, SourceChange)]
    assert (removed, left) == (2, [[], [], []])


def test_a_backup_carries_what_was_read_and_what_became_of_it(book: Book, tmp_path: Path) -> None:
    plan(book, LEAD)
    look(book, changed("twelve", "thirteen"))

    back_up(book, tmp_path / "backup.db")
    book.close()
    restore(tmp_path / "backup.db", book.path, who="sam", now=LATER)

    assert post_of(book, "lead").note == (f"its article has changed, {SOURCE}: removed “twelve”, added “thirteen”")
    with book.reading() as session:
        assert kept_text(session.connection(), SOURCE, article().sha256) == article().text
    assert len(changes_of(book, "lead")) == 1


SECOND = "articles/second.md"


def _take_from_a_second_article_too(book: Book) -> None:
    with book.writing() as connection:
        (kept,) = connection.exec_driver_sql("SELECT sources_json FROM posts").scalars()
        first = json.loads(kept)
        second = [{**each, "article": SECOND} for each in first]
        connection.exec_driver_sql("UPDATE posts SET sources_json = ?", (json.dumps([*first, *second]),))


def test_a_post_of_two_articles_that_both_changed_is_held_with_what_was_found_last(book: Book) -> None:
    plan(book, LEAD)
    approve_all(book)
    _take_from_a_second_article_too(book)

    with book.writing() as connection:
        following = Following(connection, [SOURCE, SECOND], LATER)
        first = following.reading(Reading(changed("twelve", "thirteen"), "/workspace/articles/boats.md"))
        second = following.withdrawal(SECOND, "is missing")
        following.finish()

    post = post_of(book, "lead")
    assert (post.status, post.note) == ("held", f"its article was taken away, {SECOND}: is missing")
    assert [told.why for told in (*first.held, *second.held)] == [
        f"its article has changed, {SOURCE}: removed “twelve”, added “thirteen”",
        f"its article was taken away, {SECOND}: is missing",
    ]
    assert [each.what for each in trail_of(book, post.id or 0)][-2:] == ["set aside", "set aside"]
    with book.reading() as session:
        assert [change.source for change in open_changes(session.connection(), post.id or 0)] == [SOURCE, SECOND]


def test_of_many_posts_under_embargo_each_is_held_and_told(book: Book) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)

    with book.writing() as connection:
        held = follow_embargoes(connection, {("harbour", "2027"): THE_HOUR + timedelta(minutes=1)}, LATER)
        again = follow_embargoes(connection, {("harbour", "2027"): THE_HOUR + timedelta(minutes=1)}, LATER)

    assert [(told.slot, told.why.partition(",")[0]) for told in held] == [("lead", "its hour is before the embargo")]
    assert again == ()
    assert statuses(book) == {"lead": "held", "mira": "approved"}


def test_an_article_is_cut_once_however_many_posts_quote_it(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(book, MIRA, QUOTES)
    approve_all(book)
    cuts: list[Article] = []

    def counted(found: Article) -> Excerpts:
        cuts.append(found)
        return cut(found)

    monkeypatch.setattr("scheduler.posts.comparing.cut", counted)

    followed = look(book, changed("open until Friday", "open until Saturday"))

    assert len(followed.standing) == len(posts_in(book)) == 3
    assert len(cuts) == 1
