"""What an account needs is loaded some time before its next post, and not sooner."""

from datetime import timedelta

from scheduler.posts.book import Book
from scheduler.publishing.warming import AHEAD, WarmUp
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import FakeAdapter


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


async def test_what_a_clock_may_leap_to_by_an_hour_is_loaded_by_then(book: Book) -> None:
    adapter = ColdAdapter()
    make_post(book, scheduled_at=NOON + timedelta(hours=1))

    await WarmUp().now(book, {"force-x": adapter}, NOON)

    assert adapter.warmed == 1


async def test_what_cannot_be_loaded_stops_nothing(book: Book) -> None:
    class Broken(ColdAdapter):
        def warm_up(self) -> None:
            raise ImportError("no such library")

    fine = ColdAdapter()
    make_post(book, account="force-x")
    make_post(book, account="force-bluesky")

    await WarmUp().now(book, {"force-x": Broken(), "force-bluesky": fine}, NOON)

    assert fine.warmed == 1
