"""A story that is stopped stops at once, whatever was held of it before."""

import asyncio

from sqlmodel import col, select

from scheduler.posts.book import Book
from scheduler.posts.holds import hold, stop_story
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import AuditEntry
from scheduler.publishing.publisher import Publisher
from tests.builders.posts import NOON, get, make_post
from tests.builders.publishing import FakeAdapter, HeldClock


async def test_a_stop_reaches_the_rest_of_a_thread_whose_topic_a_hold_had_let_through(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    thread = make_post(book, parts=["One.", "Two.", "Three."], topics=["safety"])
    campaign = thread.campaign
    with book.writing() as connection:
        hold(connection, HoldScope.CAMPAIGN, campaign, "mourning", who="kim", now=NOON, except_topics=["safety"])
    adapter.gate = asyncio.Event()
    draining = asyncio.create_task(publisher.publish_due())
    while not adapter.sent:
        await asyncio.sleep(0)

    with book.writing() as connection:
        stop_story(connection, campaign, thread.occurrence, "a mistake", who="sam", now=clock.now())
    adapter.gate.set()
    await draining

    assert [payload.body["text"] for payload in adapter.sent] == ["One."]
    assert get(book, thread.id or 0).status == "approved"  # of which the hold keeps the next part back
    with book.reading() as session:
        trail = session.exec(select(AuditEntry).where(col(AuditEntry.post_id).is_(None)).order_by(col(AuditEntry.id)))
        assert [(entry.who, entry.what) for entry in trail] == [
            ("kim", f"hold campaign {campaign} (except safety)"),
            ("sam", f"resume campaign {campaign}"),
            ("sam", f"hold campaign {campaign}"),
        ]
