"""The daemon's look at the articles behind approved posts."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.drafting.draft import Source
from scheduler.posts.book import Book
from scheduler.publishing.article_watch import ArticleWatch
from tests.builders.posts import approve_all, make_book, make_draft, save


def planned_from(book: Book, article: str, *, approved: bool = True) -> None:
    save(book, replace(make_draft(), sources=(Source(article, "0" * 64, "lead", ()),)))
    if approved:
        approve_all(book)


def test_a_missing_article_is_said_once_and_so_is_its_return(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = make_book(tmp_path)
    planned_from(book, "gates.md")
    look = ArticleWatch(book, tmp_path)

    look()
    look()
    (tmp_path / "gates.md").touch()
    look()
    look()

    assert [record.getMessage() for record in caplog.records] == [
        "the article gates.md is missing; the approved posts taken from it go out all the same: 1",
        "the article gates.md is back",
    ]
    book.close()


@pytest.mark.parametrize(
    ("article", "approved", "why"),
    [
        ("gates.md", False, "a draft is looked at again before it goes out"),
        ("https://harbour.example/gates", True, "a web address is not asked every minute"),
    ],
)
def test_what_needs_no_watching_is_not_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, article: str, approved: bool, why: str
) -> None:
    book = make_book(tmp_path)
    planned_from(book, article, approved=approved)

    ArticleWatch(book, tmp_path)()

    assert not caplog.records, why
    book.close()


def test_a_book_that_cannot_be_read_does_not_stop_the_looking(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = make_book(tmp_path)
    look = ArticleWatch(book, tmp_path)
    with book.writing() as connection:
        connection.exec_driver_sql("DROP TABLE posts")

    look()

    assert not caplog.records
    book.close()
