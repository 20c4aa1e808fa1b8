"""The file HOLD: whoever can make a file can stop everything, whatever is in it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from scheduler.errors import BookError
from scheduler.posts.book import Book
from scheduler.posts.holds import hold
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import Hold
from scheduler.publishing.companion import Running
from scheduler.publishing.hold_file import HELD_BY, HoldFile, is_there, may_be_there, reason_in
from scheduler.publishing.publisher import Publisher
from tests.builders.posts import NOON, get, make_post
from tests.builders.publishing import HeldClock


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file HOLD is in the workspace"),
        (b"\n  \n", "the file HOLD is in the workspace"),
        (b"a major incident\nmore\n", "a major incident"),
        (b"\n\r\n  national mourning  \r\n", "national mourning"),
        ("mourning – until Monday".encode(), "mourning – until Monday"),
        ("\ufeffmourning".encode(), "mourning"),
        ("mourning".encode("utf-16"), "mourning"),
        ("mourning".encode("utf-16-be"), "mourning"),  # its zeros do not print
        ("Störung".encode("latin-1"), "St\N{REPLACEMENT CHARACTER}rung"),
        (b"\x1b[31mred\x07", "[31mred"),
        (bytes(range(128, 256)), "\N{REPLACEMENT CHARACTER}" * 128),
        (b"x" * 100_000, "x" * 200),
    ],
)
def test_whatever_is_in_the_file_gives_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "HOLD"
    path.write_bytes(content)

    assert is_there(path)
    assert reason_in(path) == reason


def test_a_folder_and_a_link_to_nowhere_hold_as_well(tmp_path: Path) -> None:
    folder, link = tmp_path / "folder", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(tmp_path / "nowhere")

    for path in (folder, link):
        assert is_there(path)
        assert "is in the workspace" in reason_in(path)
    assert not is_there(tmp_path / "HOLD")


def test_a_workspace_that_cannot_be_looked_into_may_have_the_file(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    path = workspace / "HOLD"

    assert not may_be_there(path)
    path.touch()
    assert may_be_there(path)
    workspace.rename(tmp_path / "elsewhere")
    assert may_be_there(path)
    workspace.touch()  # a file where the folder was
    assert may_be_there(path)
    assert not is_there(path)


@asynccontextmanager
async def watching(book: Book, clock: HeldClock, publisher: Publisher, path: Path) -> AsyncIterator[None]:
    running = Running(book, publisher._writer, publisher, {}, clock, asyncio.Event())
    watch = asyncio.create_task(HoldFile(path)(running))
    yield
    running.stop.set()
    await watch


def held(book: Book) -> list[tuple[str, str, str, bool]]:
    with book.reading() as session:
        holds = session.exec(select(Hold).order_by(col(Hold.id)))
        return [(each.scope, each.held_by, each.reason, each.lifted_at is None) for each in holds]


async def until_held(book: Book, expected: list[tuple[str, str, str, bool]]) -> None:
    async with asyncio.timeout(10):
        while held(book) != expected:
            await asyncio.sleep(0.02)


async def until_said(said: Callable[[], list[str]], words: str, times: int) -> None:
    async with asyncio.timeout(10):
        while sum(words in line for line in said()) < times:
            await asyncio.sleep(0.02)


async def test_the_book_says_what_the_file_says_and_takes_it_back(
    book: Book, clock: HeldClock, publisher: Publisher, tmp_path: Path
) -> None:
    due, later = make_post(book), make_post(book, slot="later", scheduled_at=NOON + timedelta(hours=1))
    path = tmp_path / "HOLD"
    async with watching(book, clock, publisher, path):
        path.write_text("a storm\n")
        await until_held(book, [("all", HELD_BY, "a storm", True)])
        path.unlink()
        await until_held(book, [("all", HELD_BY, "a storm", False)])

    assert (get(book, due.id or 0).status, get(book, later.id or 0).status) == ("held", "approved")


async def test_a_file_that_is_there_at_the_start_holds_and_one_that_went_meanwhile_does_not(
    book: Book, clock: HeldClock, publisher: Publisher, tmp_path: Path
) -> None:
    path = tmp_path / "HOLD"
    path.touch()
    async with watching(book, clock, publisher, path):
        await until_held(book, [("all", HELD_BY, "the file HOLD is in the workspace", True)])
    path.unlink()

    async with watching(book, clock, publisher, path):
        await until_held(book, [("all", HELD_BY, "the file HOLD is in the workspace", False)])


async def test_a_workspace_that_is_moved_away_is_said_once_and_neither_holds_in_the_book_nor_takes_a_hold_back(
    book: Book, clock: HeldClock, publisher: Publisher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    overdue = make_post(book, late=timedelta(minutes=30))
    clock.advance(timedelta(hours=1))
    workspace, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    workspace.mkdir()

    def said() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "redletter.hold"]

    async with watching(book, clock, publisher, workspace / "HOLD"):
        for times in (0, 1):  # without the file, and with it
            stood = held(book)
            workspace.rename(elsewhere)
            await until_said(said, "nobody can tell", times + 1)
            elsewhere.rename(workspace)
            await until_said(said, "can be looked into again", times + 1)
            assert (held(book), get(book, overdue.id or 0).status) == (stood, "approved")
            if not times:
                (workspace / "HOLD").write_text("a storm")
                await until_held(book, [("all", HELD_BY, "a storm", True)])

    kinds = ("nobody can tell", "can be looked into again", "nothing goes out until", "can tell", "looked into again")
    assert [kind in line for kind, line in zip(kinds, said(), strict=True)] == [True] * 5


async def test_the_hold_of_a_person_outlasts_the_file(
    book: Book, clock: HeldClock, publisher: Publisher, tmp_path: Path
) -> None:
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "mourning", who="kim", now=NOON)
    path = tmp_path / "HOLD"
    path.touch()
    watch = HoldFile(path)
    running = Running(book, publisher._writer, publisher, {}, clock, asyncio.Event())

    await watch._write_down(running, True)
    await watch._write_down(running, False)

    assert held(book) == [("all", "kim", "mourning", True)]


async def test_a_book_that_cannot_be_written_is_said_once_and_told_later(
    book: Book,
    clock: HeldClock,
    publisher: Publisher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "HOLD"
    path.touch()
    tries = []

    async def cannot_write(work: object) -> None:
        tries.append(work)
        raise BookError("book.db: the disk is full")

    async with watching(book, clock, publisher, path):
        with monkeypatch.context() as full:
            full.setattr(publisher._writer, "write", cannot_write)
            async with asyncio.timeout(10):
                while len(tries) < 3:
                    await asyncio.sleep(0.02)
        await until_held(book, [("all", HELD_BY, "the file HOLD is in the workspace", True)])

    said = [record.getMessage() for record in caplog.records if "could not be told" in record.getMessage()]
    assert len(said) == 1
    assert "nothing goes out all the same: book.db: the disk is full" in said[0]
