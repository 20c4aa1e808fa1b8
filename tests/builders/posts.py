"""Books and posts for tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from scheduler.campaigns import Lateness
from scheduler.drafting.draft import Draft, PostKey
from scheduler.platforms.contract import Length
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book, open_book
from scheduler.posts.planning import PlanResult, save_drafts
from scheduler.posts.review import approve
from scheduler.posts.tables import RECEIPTS, Attempt, AuditEntry, Post, PostReceipt, digest_of_kept, stored_time

NOON = datetime(2027, 3, 18, 12, 0, tzinfo=UTC)


def make_book(folder: Path) -> Book:
    return open_book("sqlite:///book.db", folder, create=True)


def make_draft(
    text: str = "Learn how to spot the signs.",
    *,
    parts: Sequence[str] = (),
    slot: str = "on-the-day",
    account: str = "force-x",
    campaign: str = "child-exploitation",
    fingerprint: str = "",
    scheduled_at: datetime = NOON,
    late: Lateness | None = timedelta(hours=2),
    expires_at: datetime | None = None,
    topics: Sequence[str] = (),
) -> Draft:
    """late: None is "send"."""
    message = Message(tuple(Part(part) for part in parts or (text,)))
    return Draft(
        key=PostKey(campaign, "2027", slot, account, fingerprint),
        campaign_title="Child Exploitation Awareness Day",
        platform="outbox",
        looks_like="x",
        scheduled_at=scheduled_at,
        time_zone="Europe/London",
        late=late or "send",
        message=message,
        lengths=tuple((Length(len(part.text), 280),) for part in message.parts),
        expires_at=expires_at,
        topics=tuple(topics),
    )


def save(book: Book, *drafts: Draft, now: datetime = NOON - timedelta(days=7), **options: Any) -> PlanResult:
    with book.writing() as connection:
        return save_drafts(connection, drafts, who="kim", now=now, **options)


def approve_all(book: Book, *, now: datetime = NOON - timedelta(days=6)) -> None:
    posts = posts_in(book)
    with book.writing() as connection:
        approve(
            connection, [(post.id or 0, post.version) for post in posts if post.status == "draft"], who="sam", now=now
        )


def make_post(
    book: Book, text: str = "Learn how to spot the signs.", *, approved: bool = True, **of_draft: Any
) -> Post:
    """Plans one post and approves it; returns it as it stands in the book."""
    draft = make_draft(text, **of_draft)
    planned_at = min(draft.scheduled_at, NOON) - timedelta(days=7)
    result = save(book, draft, now=planned_at)
    post = get(book, result.created[0].post_id or 0)
    if approved:
        with book.writing() as connection:
            approve(connection, [(post.id or 0, post.version)], who="sam", now=planned_at)
    return get(book, post.id or 0)


def put_out(book: Book, post: Post, *urls: str, now: datetime = NOON) -> None:
    """Writes down that the first parts of the post are out at these addresses."""
    with book.writing() as connection:
        for part, url in enumerate(urls):
            row = {"post_id": post.id, "part": part, "platform_id": f"id-{part}", "url": url, "received_at": now}
            connection.execute(RECEIPTS.insert().values(**row))


def come_due(workspace: Path, at: datetime, *slots: str) -> None:
    """Lets the hour of approved posts be this one, with their approval; all, where no slots are named."""
    book = open_book("sqlite:///book.db", workspace)
    hour = stored_time(at)
    with book.writing() as connection:
        for post in connection.exec_driver_sql("SELECT id, slot, message_json, account FROM posts").all():
            if not slots or post.slot in slots:
                digest = digest_of_kept(post.message_json, post.account, hour)
                connection.exec_driver_sql(
                    "UPDATE posts SET scheduled_at = ?, next_try_at = ?, digest = ?, approved_digest = ? WHERE id = ?",
                    (hour, hour, digest, digest, post.id),
                )
    book.close()


def moved_to(draft: Draft, scheduled_at: datetime) -> Draft:
    return replace(draft, scheduled_at=scheduled_at)


def get(book: Book, post_id: int) -> Post:
    with book.reading() as session:
        post = session.get(Post, post_id)
    assert post is not None
    return post


def posts_in(book: Book) -> list[Post]:
    with book.reading() as session:
        return list(session.exec(select(Post).order_by(col(Post.id))))


def attempts_in(book: Book) -> list[Attempt]:
    with book.reading() as session:
        return list(session.exec(select(Attempt).order_by(col(Attempt.post_id), col(Attempt.number))))


def receipts_in(book: Book) -> list[PostReceipt]:
    with book.reading() as session:
        return list(session.exec(select(PostReceipt).order_by(col(PostReceipt.post_id), col(PostReceipt.part))))


def trail_of(book: Book, post_id: int) -> list[AuditEntry]:
    with book.reading() as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.post_id == post_id).order_by(col(AuditEntry.id))))
