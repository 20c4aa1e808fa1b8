"""Backups: whole while the book is in use, and put back so that nothing goes out twice by itself."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.errors import BookError, MoveNotAllowed
from scheduler.posts.alarms import Letter, Message, has_message, keep_letter, keep_message, undelivered
from scheduler.posts.backup import back_up
from scheduler.posts.book import Book, open_book
from scheduler.posts.doubts import Settled, next_question, posts_in_doubt, settle
from scheduler.posts.heartbeat import beat, last_beat, say_stopped
from scheduler.posts.holds import hold, resume
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.restoring import LOOK, Restored, restore
from scheduler.posts.review import keep
from scheduler.posts.status import HoldScope, Move, PostStatus
from scheduler.posts.tables import Post
from tests.builders.posts import NOON, attempts_in, get, make_post, posts_in, put_out, receipts_in, trail_of

HOUR = timedelta(hours=1)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "monday.db"


@pytest.fixture(autouse=True)
def _folder(copy: Path) -> None:
    copy.parent.mkdir()


def _move(book: Book, post: Post, *moves: Move) -> None:
    with book.writing() as connection:
        for step, move in enumerate(moves):
            make_move(connection, move, post.id or 0, post.version + step, who="kim", now=NOON)


def _attempt(book: Book, post: Post, *, outcome: str | None = "accepted", number: int = 1) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at, finished_at, outcome)"
            " VALUES (?, ?, 0, 2, 'key', 'sha', '2027-03-18T11:00:00.000000+00:00', NULL, ?)",
            (post.id, number, outcome),
        )


def _restore(book: Book, copy: Path, **late: int) -> Restored:
    book.engine.dispose()
    return restore(copy, book.path, who="sam", now=NOON + timedelta(**late))


def _said(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(statement).fetchall()


def test_a_backup_is_whole_with_what_still_stands_in_the_wal(book: Book, copy: Path) -> None:
    posts = [make_post(book, slot=f"slot-{number}") for number in range(3)]

    made = back_up(book, copy)

    assert (made.posts, made.path, made.size) == (3, copy, copy.stat().st_size)
    assert _said(copy, "SELECT id, status, digest FROM posts ORDER BY id") == [
        (post.id, "approved", post.digest) for post in posts
    ]
    assert _said(copy, "SELECT count(*) FROM audit") == [(6,)]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert list(copy.parent.iterdir()) == [copy]


def test_what_is_written_meanwhile_waits_for_nothing(book: Book, copy: Path) -> None:
    make_post(book)
    with closing(sqlite3.connect(book.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE posts SET note = 'half done'")

        back_up(book, copy)
        writer.execute("COMMIT")

    assert _said(copy, "SELECT note FROM posts") == [(None,)]
    assert posts_in(book)[0].note == "half done"


def test_a_file_that_is_there_is_written_over_only_when_told_to(book: Book, copy: Path) -> None:
    copy.write_text("last week's")

    with pytest.raises(BookError, match="is there already; choose another name, or say --force"):
        back_up(book, copy)
    before = copy.read_text()
    back_up(book, copy, overwrite=True)

    assert before == "last week's"
    assert _said(copy, "SELECT count(*) FROM posts") == [(0,)]


@pytest.mark.parametrize("name", ["book.db", "book.db-wal", "linked.db"])
def test_the_book_is_never_written_over_by_its_own_backup(book: Book, name: str) -> None:
    make_post(book)
    (book.path.parent / "linked.db").symlink_to(book.path)

    with pytest.raises(BookError, match="is the book itself"):
        back_up(book, book.path.with_name(name), overwrite=True)

    assert len(posts_in(book)) == 1


def test_a_database_in_use_is_never_written_over(book: Book, copy: Path, tmp_path: Path) -> None:
    copy.with_name(copy.name + "-wal").write_text("somebody's")

    with pytest.raises(BookError, match="is in use as a database"):
        back_up(book, copy, overwrite=True)


def test_a_damaged_book_makes_no_backup_and_leaves_the_older_one(book: Book, copy: Path) -> None:
    for number in range(40):
        make_post(book, slot=f"slot-{number}")
    back_up(book, copy)
    older = copy.read_bytes()
    _damage(book)

    with pytest.raises(BookError, match="damaged"):
        back_up(open_book("sqlite:///book.db", book.path.parent), copy, overwrite=True)

    assert copy.read_bytes() == older
    assert list(copy.parent.iterdir()) == [copy]


def test_a_backup_does_not_open_as_a_book_until_it_is_restored(book: Book, copy: Path) -> None:
    back_up(book, copy)

    with pytest.raises(BookError, match="this is a backup; put it in its place with: redletter restore"):
        open_book(f"sqlite:///{copy}", copy.parent)


def test_what_came_due_since_and_did_not_go_out_is_set_aside_and_what_is_to_come_still_waits(
    book: Book, copy: Path
) -> None:
    due = make_post(book, slot="due", scheduled_at=NOON)
    to_come = make_post(book, slot="to-come", scheduled_at=NOON + 3 * HOUR)
    draft = make_post(book, slot="draft", approved=False)
    back_up(book, copy)

    restored = _restore(book, copy, hours=1)

    assert (restored.set_aside, restored.unconfirmed) == ((due.id,), ())
    assert get(book, due.id or 0).status == "held"
    assert "the book before the restore says that it did not go out" in (get(book, due.id or 0).note or "")
    assert (get(book, to_come.id or 0).status, restored.waiting) == ("approved", 1)
    assert get(book, draft.id or 0).status == "draft"
    entry = trail_of(book, due.id or 0)[-1]
    assert (entry.what, entry.who, entry.detail) == ("set aside", "sam", get(book, due.id or 0).note)


def _restore_elsewhere(copy: Path, **late: int) -> tuple[Restored, list[Post]]:
    """Restores where the book that was there is lost."""
    elsewhere = copy.parent / "new-machine"
    elsewhere.mkdir()
    restored = restore(copy, elsewhere / "book.db", who="sam", now=NOON + timedelta(**late))
    found = open_book("sqlite:///book.db", elsewhere)
    posts = posts_in(found)
    found.close()
    return restored, posts


@pytest.mark.parametrize("status", ["draft", "approved", "held", "failed", "missed"])
@pytest.mark.parametrize("parts", [(), ("One", "Two", "Three")])
def test_where_the_book_is_lost_whatever_may_have_gone_out_since_is_a_question(
    book: Book, copy: Path, status: str, parts: tuple[str, ...]
) -> None:
    due = make_post(book, slot="due", scheduled_at=NOON, parts=parts)
    make_post(book, slot="to-come", scheduled_at=NOON + 3 * HOUR)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ? WHERE id = ?", (status, due.id))
    back_up(book, copy)

    restored, posts = _restore_elsewhere(copy, hours=1)

    assert (restored.unconfirmed, restored.kept, restored.compared) == ((due.id,), None, False)
    assert [post.status for post in posts] == ["unconfirmed", "approved"]
    assert posts[0].note == LOOK


@pytest.mark.parametrize("status", ["draft", "rejected", "cancelled"])
def test_what_could_not_go_out_by_then_is_no_question(book: Book, copy: Path, status: str) -> None:
    make_post(book, slot="long past", scheduled_at=NOON - timedelta(days=30))
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ?", (status,))
        write_audit(connection, who="kim", what="hold everything", now=NOON)
    back_up(book, copy)

    restored, posts = _restore_elsewhere(copy, hours=1)

    assert restored.unconfirmed == ()
    assert [post.status for post in posts] == [status]


def test_a_question_that_no_platform_can_answer_is_asked_of_a_person_and_never_sent_by_keep(
    book: Book, copy: Path
) -> None:
    make_post(book, parts=["One", "Two"])
    back_up(book, copy)
    book.close()
    book.path.unlink()

    restore(copy, book.path, who="sam", now=NOON + HOUR)

    (post,) = posts_in(book)
    with pytest.raises(MoveNotAllowed, match="is unconfirmed"), book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="kim", now=NOON + HOUR)
    with book.writing() as connection:
        assert posts_in_doubt(connection, NOON + HOUR, ["force-x"]) == ([], [])
        assert next_question(connection, ["force-x"]) is None


def test_of_a_thread_that_went_on_since_keeping_it_sends_the_rest_alone(book: Book, copy: Path) -> None:
    post = make_post(book, parts=["One", "Two", "Three"])
    back_up(book, copy)
    _attempt(book, post)
    put_out(book, post, "https://x.example/1", "https://x.example/2")

    restored = _restore(book, copy, hours=1)

    assert restored.set_aside == (post.id,)
    assert [receipt.url for receipt in receipts_in(book)] == ["https://x.example/1", "https://x.example/2"]
    assert "part 2 of it is out (https://x.example/2)" in (get(book, post.id or 0).note or "")


def test_what_was_tried_since_and_is_in_doubt_is_asked_of_its_platform_and_waits_for_a_word_when_it_is_not_out(
    book: Book, copy: Path
) -> None:
    post = make_post(book)
    back_up(book, copy)
    _move(book, post, Move.CLAIM)
    _attempt(book, post, outcome=None)

    restored = _restore(book, copy, hours=1)

    assert restored.unconfirmed == (post.id,)
    with book.writing() as connection:
        ((doubt,), unreadable) = posts_in_doubt(connection, NOON + HOUR, ["force-x"])
        settle(connection, [Settled(doubt, None, "it is not out", NOON + HOUR)], NOON + HOUR)
    assert (doubt.key, unreadable) == ("key", [])
    assert get(book, post.id or 0).status == "held"


def test_a_book_that_is_older_than_the_backup_is_no_witness(book: Book, copy: Path, tmp_path: Path) -> None:
    make_post(book)
    older = tmp_path / "older.db"
    back_up(book, older)
    with book.writing() as connection:
        write_audit(connection, who="kim", what="hold everything", now=NOON)
    back_up(book, copy)
    _restore(book, older)
    with book.writing() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE what = 'restore' OR what = 'set aside'")

    restored = _restore(book, copy, hours=1)

    assert (len(restored.unconfirmed), restored.compared) == (1, False)


def test_the_daemon_of_the_backup_was_not_killed(book: Book, copy: Path) -> None:
    with book.writing() as connection:
        beat(connection, "host:1", NOON, NOON, None)
    back_up(book, copy)
    with book.writing() as connection:
        say_stopped(connection, NOON + HOUR)

    _restore(book, copy, hours=2)

    with book.reading() as session:
        daemon = last_beat(session)
    assert daemon is not None
    assert daemon.stopped_at == NOON + HOUR


def test_nor_is_anything_known_of_it_where_the_book_is_lost(book: Book, copy: Path) -> None:
    with book.writing() as connection:
        beat(connection, "host:1", NOON, NOON, None)
    back_up(book, copy)
    book.close()
    book.path.unlink()

    restore(copy, book.path, who="sam", now=NOON + HOUR)

    with book.reading() as session:
        assert last_beat(session) is None


def test_what_people_were_told_since_they_are_not_told_again(book: Book, copy: Path) -> None:
    alarm, digest = (Message(key, key, "…", NOON) for key in ("alarms:1", "digest:2027-03-18"))
    with book.writing() as connection:
        keep_message(connection, alarm)
        keep_letter(connection, Letter(alarm, "mail", NOON))
    back_up(book, copy)
    with book.writing() as connection:
        keep_letter(connection, Letter(alarm, "mail", NOON, tries=1, delivered_at=NOON))
        keep_message(connection, digest)
        keep_letter(connection, Letter(digest, "mail", NOON, tries=1, delivered_at=NOON))

    _restore(book, copy, hours=1)

    with book.reading() as session:
        assert undelivered(session, NOON) == []
        assert has_message(session, digest.key)


def test_what_was_under_way_when_it_was_taken_is_unconfirmed(book: Book, copy: Path) -> None:
    called = make_post(book, slot="called", scheduled_at=NOON)
    claimed = make_post(book, slot="claimed", scheduled_at=NOON)
    _move(book, called, Move.CLAIM)
    _attempt(book, called, outcome=None)
    _move(book, claimed, Move.CLAIM)
    back_up(book, copy)

    restored = _restore(book, copy, minutes=1)

    assert restored.unconfirmed == (called.id,)
    assert get(book, called.id or 0).status == "unconfirmed"
    assert get(book, claimed.id or 0).status == "held"  # it was not called, neither then nor since


@pytest.mark.parametrize(
    ("since", "note"),
    [
        ((Move.CANCEL,), "says that it is cancelled"),
        ((Move.SET_ASIDE,), "says that it is held"),
        ((Move.EDIT,), "says that it is draft"),
    ],
)
def test_a_post_to_come_that_somebody_dealt_with_since_does_not_go_out_by_itself(
    book: Book, copy: Path, since: tuple[Move, ...], note: str
) -> None:
    post = make_post(book, scheduled_at=NOON + 3 * HOUR)
    back_up(book, copy)
    _move(book, post, *since)

    restored = _restore(book, copy)

    assert restored.set_aside == (post.id,)
    assert note in (get(book, post.id or 0).note or "")


def test_nor_does_one_that_came_into_doubt_since(book: Book, copy: Path) -> None:
    post = make_post(book, scheduled_at=NOON + 3 * HOUR)
    back_up(book, copy)
    _move(book, post, Move.CLAIM, Move.LOSE_SIGHT)

    assert _restore(book, copy).unconfirmed == (post.id,)


def _publish(book: Book, post: Post, *urls: str) -> None:
    _attempt(book, post)
    put_out(book, post, *urls)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published' WHERE id = ?", (post.id,))


@pytest.mark.parametrize("status", sorted({status.value for status in PostStatus} - {"published"}))
def test_what_was_published_since_is_published_however_the_backup_has_it(book: Book, copy: Path, status: str) -> None:
    post = make_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ?, note = 'of then'", (status,))
    back_up(book, copy)
    make_post(book, slot="another")
    with book.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE posts SET message_json = 'other words', digest = 'd', note = NULL WHERE id = 1"
        )
    _publish(book, post, "https://x.example/1")

    restored = _restore(book, copy, hours=1)

    found = get(book, post.id or 0)
    assert (found.status, found.message_json, found.digest, found.note) == ("published", "other words", "d", None)
    assert [receipt.url for receipt in receipts_in(book)] == ["https://x.example/1"]
    assert [(attempt.number, attempt.outcome) for attempt in attempts_in(book)] == [(1, "accepted")]
    assert trail_of(book, post.id or 0)[-1].what == "restore: published"
    assert (restored.published, restored.set_aside, restored.warned, restored.unconfirmed) == ((post.id,), (), (), ())


@pytest.mark.parametrize("status", ["draft", "held", "failed", "missed", "rejected", "cancelled"])
def test_what_came_into_doubt_or_out_in_part_since_is_so_however_the_backup_has_it(
    book: Book, copy: Path, status: str
) -> None:
    in_doubt, begun = make_post(book, slot="in doubt"), make_post(book, slot="begun", parts=["One", "Two", "Three"])
    make_post(book, slot="untouched")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ?", (status,))
    back_up(book, copy)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'unconfirmed' WHERE id = ?", (in_doubt.id,))
    put_out(book, begun, "https://x.example/1", "https://x.example/2")

    restored = _restore(book, copy, hours=1)

    notes = [post.note or "" for post in posts_in(book)]
    assert (restored.unconfirmed, restored.warned) == ((in_doubt.id,), (begun.id,))
    assert [post.status for post in posts_in(book)] == ["unconfirmed", status, status]
    assert "the book before the restore says that it is unconfirmed" in notes[0]
    assert "part 2 of it is out (https://x.example/2)" in notes[1]
    assert len(receipts_in(book)) == 2
    assert notes[2] == ""


def test_what_cannot_be_read_of_a_damaged_book_is_left_to_a_person(
    book: Book, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, draft = make_post(book, slot="due"), make_post(book, slot="draft", approved=False)
    back_up(book, copy)
    for post in (due, draft):
        _publish(book, post, f"https://x.example/{post.id}")

    monkeypatch.setattr("scheduler.posts.restoring.BookBefore.rows_of", lambda *_: None)
    restored = _restore(book, copy, hours=1)

    assert restored.unconfirmed == (due.id, draft.id)
    assert all(
        f"is published, and part 1 of it is out (https://x.example/{post.id})" in (post.note or "")
        for post in posts_in(book)
    )


def test_a_book_of_an_older_version_tells_what_it_published(book: Book, copy: Path) -> None:
    post = make_post(book, scheduled_at=NOON)
    back_up(book, copy)
    _publish(book, post, "https://x.example/1")
    with book.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE posts DROP COLUMN asks")

    restored = _restore(book, copy, hours=1)

    assert restored.published == (post.id,)
    assert get(book, post.id or 0).status == "published"


def test_nor_does_one_that_was_tried_or_given_other_words_since(book: Book, copy: Path) -> None:
    tried = make_post(book, slot="tried", scheduled_at=NOON + 3 * HOUR)
    reworded = make_post(book, slot="reworded", scheduled_at=NOON + 3 * HOUR)
    back_up(book, copy)
    _attempt(book, tried, outcome="temporary")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET digest = 'other' WHERE id = ?", (reworded.id,))

    assert _restore(book, copy).set_aside == (tried.id, reworded.id)


def test_a_hold_that_was_set_since_holds_on_and_one_that_was_lifted_holds_again(book: Book, copy: Path) -> None:
    with book.writing() as connection:
        hold(connection, HoldScope.CAMPAIGN, "harbour", "wrong date", who="kim", now=NOON)
    back_up(book, copy)
    with book.writing() as connection:
        resume(connection, HoldScope.CAMPAIGN, "harbour", who="kim", now=NOON)
        hold(connection, HoldScope.ALL, "", "national mourning", who="kim", now=NOON)

    restored = _restore(book, copy)

    assert (restored.holds, restored.held_again) == (("everything",), ("campaign harbour",))
    assert _said(book.path, "SELECT scope, name, reason FROM holds WHERE lifted_at IS NULL ORDER BY id") == [
        ("campaign", "harbour", "wrong date"),
        ("all", "", "national mourning"),
    ]


def test_the_book_that_was_there_is_kept_with_its_wal_and_whoever_has_it_open_sees_the_new_one(
    book: Book, copy: Path
) -> None:
    make_post(book, slot="one")
    back_up(book, copy)
    make_post(book, slot="two")  # stands in the WAL alone, for the book is still open

    restored = restore(copy, book.path, who="sam", now=NOON + HOUR)

    assert restored.kept is not None
    assert _said(restored.kept, "SELECT slot FROM posts ORDER BY id") == [("one",), ("two",)]
    assert restored.kept.stat().st_mode & 0o777 == 0o600
    assert [post.slot for post in posts_in(book)] == ["one"]
    with book.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert {file.name for file in book.path.parent.glob("*restor*")} == {restored.kept.name}


@pytest.mark.parametrize("damage", ["middle", "all"])
def test_a_damaged_book_is_kept_as_it_is_and_replaced(book: Book, copy: Path, damage: str) -> None:
    for number in range(40):
        make_post(book, slot=f"slot-{number}", scheduled_at=NOON)
    back_up(book, copy)
    if damage == "middle":
        _damage(book)
    else:
        book.close()
        book.path.write_text("Dear diary " * 1000)
    damaged = book.path.read_bytes()

    restored = _restore(book, copy, hours=1)

    assert restored.kept is not None
    assert len(restored.unconfirmed) == 40
    assert len(posts_in(book)) == 40
    if damage == "all":
        assert restored.kept.read_bytes() == damaged
        assert not restored.compared


def _not_a_book(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as raw, raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")


def _of_a_newer_version(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


def _cut_off(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-5000])


def _text(copy: Path) -> None:
    copy.write_text("Dear diary " * 1000)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "there is no such file"),
        (_text, r"not a database; take another backup \("),
        (_of_a_newer_version, "made by a newer Redletter"),
        (_cut_off, "damaged"),
    ],
)
def test_what_is_no_good_backup_is_refused_and_the_book_stays(book: Book, copy: Path, spoil: object, said: str) -> None:
    make_post(book)
    back_up(book, copy)
    spoil(copy)  # type: ignore[operator]

    with pytest.raises(BookError, match=said):
        _restore(book, copy)

    assert [post.status for post in posts_in(book)] == ["approved"]
    assert not list(book.path.parent.glob("*restor*"))


def test_another_programs_database_is_refused(book: Book, copy: Path) -> None:
    _not_a_book(copy)

    with pytest.raises(BookError, match="no book of Redletter"):
        _restore(book, copy)


def test_a_locked_book_is_left_as_it_is(book: Book, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_post(book, scheduled_at=NOON)
    back_up(book, copy)
    monkeypatch.setattr("scheduler.posts.restoring.BUSY_SECONDS", 0.01)

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BookError, match="locked"):
            _restore(book, copy, hours=1)
        other.execute("ROLLBACK")

    assert [post.status for post in posts_in(book)] == ["approved"]


def test_restored_twice_nothing_is_lost(book: Book, copy: Path) -> None:
    post = make_post(book, scheduled_at=NOON)
    back_up(book, copy)
    first = _restore(book, copy, minutes=1)

    second = _restore(book, copy, minutes=2)

    assert first.kept != second.kept
    assert get(book, post.id or 0).status == "held"


def _damage(book: Book) -> None:
    """Overwrites a page in the middle, as a failing disk would."""
    with closing(sqlite3.connect(book.path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    book.close()
    content = bytearray(book.path.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle : middle + 8192] = b"\xff" * 8192
    book.path.write_bytes(content)


def test_what_was_planned_and_sent_since_the_backup_is_not_planned_anew(book: Book, copy: Path) -> None:
    make_post(book, slot="of the backup")
    back_up(book, copy)
    out, in_doubt, failed = [make_post(book, slot=slot) for slot in ("out", "in doubt", "failed")]
    _publish(book, out, "https://x.example/1")
    for post, outcome in ((in_doubt, None), (failed, "refused")):
        _attempt(book, post, outcome=outcome)
    _move(book, in_doubt, Move.CLAIM)
    _move(book, failed, Move.CLAIM, Move.REFUSE)
    make_post(book, slot="never tried")

    restored = _restore(book, copy, minutes=-1)

    assert [(post.slot, post.status) for post in posts_in(book)] == [
        ("of the backup", "approved"),
        ("out", "published"),
        ("in doubt", "unconfirmed"),
        ("failed", "draft"),
    ]
    assert (restored.posts, restored.published, restored.unconfirmed) == (4, (out.id,), (in_doubt.id,))
    assert (restored.warned, restored.waiting) == ((failed.id,), 1)
    assert {receipt.post_id for receipt in receipts_in(book)} == {out.id}
    assert [entry.what for entry in trail_of(book, out.id or 0)] == ["plan", "restore: published"]


@pytest.mark.parametrize("column", ["version", "sources_json", "scheduled_at"])
def test_a_damaged_row_of_a_post_that_the_backup_does_not_have_hinders_no_restore(
    book: Book, copy: Path, column: str
) -> None:
    make_post(book, slot="of the backup")
    back_up(book, copy)
    _publish(book, make_post(book, slot="out"), "https://x.example/1")
    with book.writing() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql(f"UPDATE posts SET {column} = 0 WHERE slot = 'out'")

    _restore(book, copy)

    assert get(book, 1).slot == "of the backup"
