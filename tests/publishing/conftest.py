from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random

import pytest

from scheduler.config import Publishing
from scheduler.posts.book import Book
from scheduler.posts.writer import Writer
from scheduler.publishing.publisher import Publisher
from tests.builders.posts import NOON, make_book
from tests.builders.publishing import FakeAdapter, HeldClock


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
    writer = Writer(book)
    adapters = {"force-x": adapter, "force-bluesky": FakeAdapter()}
    yield Publisher(book, writer, adapters, Publishing(), clock, Random(7), on_idle=lambda: None)
    writer.close()
