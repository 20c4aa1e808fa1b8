"""What an account needs is loaded shortly before its next post, and what all of them share at the start."""

import asyncio
from datetime import timedelta

import pytest

from scheduler.platforms.connection import Connection
from scheduler.posts.book import Book
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.warming import AHEAD, WarmUp
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import FakeAdapter, HeldClock


class ColdAdapter(FakeAdapter):
    warmed = 0

    def warm_up(self) -> None:
        self.warmed += 1


async def test_only_an_account_with_a_post_due_soon_is_warmed_and_only_once(book: Book) -> None:
    soon, later = ColdAdapter(), ColdAdapter()
    adapters = {"force-x": soon, "force-bluesky": later}
    make_post(book, account="force-x", scheduled_at=NOON + AHEAD)
    make_post(book, account="force-bluesky", scheduled_at=NOON + AHEAD + timedelta(minutes=1))
    warm_up = WarmUp()

    await warm_up.now(book, adapters, NOON)
    await warm_up.now(book, adapters, NOON)
    at_noon = (soon.warmed, later.warmed)
    await warm_up.now(book, adapters, NOON + timedelta(minutes=1))

    assert at_noon == (1, 0)
    assert (soon.warmed, later.warmed) == (1, 1)


@pytest.mark.parametrize(("platform", "loaded"), [("x", [True]), ("outbox", [])])
async def test_what_nearly_all_accounts_share_is_loaded_at_the_start_for_a_clock_may_leap(
    book: Book,
    clock: HeldClock,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    loaded: list[bool],
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(Connection, "warm_up", lambda: seen.append(True))
    adapter, stop = ColdAdapter(), asyncio.Event()
    adapter.platform = platform
    stop.set()

    await WarmUp()(Running(book, publisher._writer, publisher, {"force": adapter}, clock, stop))

    assert (seen, adapter.warmed) == (loaded, 0)


async def test_what_cannot_be_loaded_stops_nothing(book: Book) -> None:
    class Broken(ColdAdapter):
        def warm_up(self) -> None:
            raise ImportError("no such library")

    fine = ColdAdapter()
    make_post(book, account="force-x")
    make_post(book, account="force-bluesky")

    await WarmUp().now(book, {"force-x": Broken(), "force-bluesky": fine}, NOON)

    assert fine.warmed == 1
