from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import make_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()
