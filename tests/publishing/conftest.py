from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from scheduler.publishing.publisher import Publisher
from tests.builders.posts import NOON, make_book
from tests.builders.publishing import FakeAdapter, HeldClock, publishing


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(NOON)


@pytest.fixture
def adapter() -> FakeAdapter:
    return FakeAdapter()


@pytest.fixture
async def publisher(book: Book, clock: HeldClock, adapter: FakeAdapter) -> AsyncIterator[Publisher]:
    async with publishing(book, clock, {"force-x": adapter, "force-bluesky": FakeAdapter()}) as publisher:
        yield publisher
