"""The book is the database: opening it, reading it, and writing it in short transactions that say clearly what failed."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel

from scheduler.errors import BookError
from scheduler.posts.tables import SCHEMA_VERSION

BUSY_SECONDS = 5.0
BACKUP_MARK = 1  # the user_version of a backup: what went out since it was taken would go out from it again


class Book:
    """One database. Reading never waits for a writer (WAL); each write is one BEGIN IMMEDIATE transaction."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine = engine
        self.path = path
        self._writing = engine.execution_options(redletter_writes=True)
        self._file: tuple[int, int] | None = None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yields a session that sees one moment of the book; raises BookError."""
        with saying_what_failed(self.path), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yields a connection inside one write transaction: committed at the end, or nothing of it; raises BookError."""
        with closing(self.connect_to_write()) as connection, self.writing_on(connection):
            yield connection

    def connect_to_write(self) -> Connection:
        """Returns a connection for `writing_on`, to be closed by whoever asked for it; raises BookError."""
        self._refuse_another_file()
        with saying_what_failed(self.path):
            return self._writing.connect()

    @contextmanager
    def writing_on(self, connection: Connection) -> Iterator[None]:
        """Makes one write transaction on a connection that has others before and after; raises BookError."""
        try:
            with saying_what_failed(self.path), connection.begin():
                self._refuse_another_file()
                yield
        finally:
            _Writes.last = next(_Writes.numbers)

    def keep_to_its_file(self) -> None:
        """From now on nothing is written unless the file that is in its place now still is.

        For whoever has it open for days: into a file that was moved or deleted SQLite goes on writing, unseen, and one that
        was put in its place knows nothing of what went out meanwhile.
        """
        self._file = _file_at(self.path)
        self.close()  # a restore may have put this one in the place of the one that was opened

    def _refuse_another_file(self) -> None:
        if self._file is not None and _file_at(self.path) != self._file:
            raise BookError(
                f"{self.path}: the file was moved, deleted or replaced under the daemon, or its disk mounted anew; put it "
                "back, or, where it is the right one, start the daemon anew, else stop it, put a backup in its place with "
                "redletter restore, and start it again"
            )

    @contextmanager
    def trying(self, occurrences: Iterable[tuple[str, str]]) -> Iterator[Connection]:
        """Yields a connection that tries moves and planning on posts of these campaigns and occurrences; raises BookError.

        What it writes is seen by itself alone and undone at the end, and nobody who writes waits for it.
        """
        with saying_what_failed(self.path), self.engine.connect() as connection:
            # Tables of a connection's own stand before those of the file, and need no lock of it:
            # https://www.sqlite.org/lang_naming.html
            for table in ("posts", "audit", "source_changes"):
                connection.exec_driver_sql(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} LIMIT 0")
            connection.exec_driver_sql("CREATE INDEX temp.ix_tried ON posts (campaign, occurrence, slot, account)")
            for occurrence in occurrences:
                connection.exec_driver_sql(
                    "INSERT INTO posts SELECT * FROM main.posts WHERE campaign = ? AND occurrence = ?", occurrence
                )
            connection.exec_driver_sql(
                "INSERT INTO source_changes SELECT * FROM main.source_changes WHERE post_id IN (SELECT id FROM posts)"
            )
            yield connection
            connection.rollback()

    def watch(self) -> "ChangeWatch":
        return ChangeWatch(self.path)

    def close(self) -> None:
        self.engine.dispose()


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Writes:
    """Numbers of the write transactions of this process, whatever their book; counted so that no thread loses one."""

    numbers = count(1)
    last = 0


def writes_of_this_process() -> int:
    """Returns another number after every write transaction of this process."""
    return _Writes.last


class ChangeWatch:
    """Tells whether anybody has written to the book since the last look; costs microseconds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    def has_changed(self) -> bool:
        """Also true when the book cannot be read: whoever looks will find out why."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=0)
            # SQLite counts the commits of all other connections: https://www.sqlite.org/pragma.html#pragma_data_version
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            self.close()
            return True
        changed = bool(version != self._seen)
        self._seen = version
        return changed

    def last_entry(self) -> int | None:
        """Returns the number of the last entry in the audit trail; None when it cannot be read.

        Where it is the same after a change, nobody has moved a post or made a hold: a daemon has said that it is alive.
        """
        try:
            return self._connection.execute("SELECT max(id) FROM audit").fetchone()[0] if self._connection else None
        except sqlite3.Error:
            return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


_RESTORE = "stop the daemon, then put a backup in its place: redletter restore"


@contextmanager
def saying_what_failed(path: Path, *, if_damaged: str = _RESTORE) -> Iterator[None]:
    """Turns what the database says into one BookError that a person can act on. if_damaged: what to do then."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise BookError(_in_words(path, str(getattr(error, "orig", None) or error), if_damaged)) from error


def _in_words(path: Path, said: str, if_damaged: str) -> str:
    lowered = said.lower()
    if "locked" in lowered or "busy" in lowered:
        advice = (
            f"another program has locked it for more than {BUSY_SECONDS:.0f} seconds; nothing was changed, try again"
        )
    elif "disk is full" in lowered or "disk i/o" in lowered:
        advice = "the disk is full or failing; nothing was changed, make room and try again"
    elif "readonly" in lowered or "read-only" in lowered:
        advice = "it cannot be written; check who owns the file and its folder"
    elif "unable to open" in lowered:
        advice = "it cannot be opened; check that its folder exists and who may write there"
    elif "malformed" in lowered or "not a database" in lowered:
        advice = f"it is damaged or not a database; {if_damaged}"
    elif "no such table" in lowered or "no such column" in lowered:
        advice = "it is not a book of this version"
    else:
        advice = "the database refused"
    return f"{path}: {advice} ({said})"


def open_book(url: str, workspace: Path, *, create: bool = False, migrate: bool = False) -> Book:
    """Opens the book at a SQLAlchemy URL; a relative SQLite path counts from the workspace.

    create: make a new one where there is none. migrate: bring an older one up to this version, keeping a copy.
    Raises BookError: missing, newer than this program, older and not to be migrated, locked, read-only, damaged.
    """
    path = _path_of(url, workspace)
    if not create and not path.exists():
        raise BookError(f"{path}: there is no book yet; `redletter plan` makes one")
    # A book that is gone must not be made anew, empty, by whoever reads it next: SQLite would throw away what it has beside it.
    address = f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"
    engine = create_engine(
        f"sqlite:///{path}",
        creator=lambda: sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False),
    )
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    book = Book(engine, path)
    try:
        with saying_what_failed(path):
            _bring_to_this_version(book, migrate=migrate)
            _ensure_wal(book)
    except BookError:
        book.close()
        raise
    return book


def beside(path: Path) -> tuple[Path, ...]:
    """Returns the files that SQLite keeps beside a database, whether they are there or not."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


def _path_of(url: str, workspace: Path) -> Path:
    parsed = make_url(url)
    return (workspace / (parsed.database or "redletter.db")).resolve()


def _prepare_connection(connection: Any, _record: Any) -> None:
    # sqlite3 would open transactions by itself, too late and deferred: we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A deferred transaction that turns into a write fails at once when somebody else wrote meanwhile; this one waits its turn.
    writes = connection.get_execution_options().get("redletter_writes")
    # Past SQLAlchemy, which would take a twentieth of a short write for it.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_to_this_version(book: Book, *, migrate: bool) -> None:
    with book.engine.connect() as connection:
        found = _version_of(connection)
        if connection.exec_driver_sql("PRAGMA user_version").scalar() == BACKUP_MARK:
            raise BookError(f"{book.path}: this is a backup; put it in its place with: redletter restore FILE")
    if found == SCHEMA_VERSION:
        return
    if found is None:
        _create(book)
    elif found > SCHEMA_VERSION:
        raise _of_newer_version(book.path, found)
    elif migrate:
        from scheduler.posts.migrations import upgrade  # Alembic costs a second: only when needed

        upgrade(book.engine, book.path)
    else:
        raise BookError(
            f"{book.path}: this book is of version {found}; run `redletter plan` once to bring it to {SCHEMA_VERSION}"
        )


def refuse_newer_version(connection: Connection, path: Path) -> None:
    """Raises BookError when another program has brought the book to a version that this one does not know."""
    found = _version_of(connection)
    if found is not None and found > SCHEMA_VERSION:
        raise _of_newer_version(path, found)


def _of_newer_version(path: Path, found: str) -> BookError:
    return BookError(
        f"{path}: this book was made by a newer Redletter (version {found}, this one knows {SCHEMA_VERSION});"
        " use the newer program"
    )


def _ensure_wal(book: Book) -> None:
    """A file that another program wrote, or a copy, may be without it; one that can only be read stays as it is."""
    with closing(book.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            with suppress(sqlite3.OperationalError):
                cursor.execute("PRAGMA journal_mode = WAL")


def _version_of(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if tables:
        raise BookError(
            f"{connection.engine.url.database}: this database is not a book of Redletter; it has other tables"
        )
    return None


def _create(book: Book) -> None:
    # WAL is chosen once for the file, and not inside a transaction.
    with closing(sqlite3.connect(book.path, timeout=BUSY_SECONDS)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
    with book.writing() as connection:
        # Two programs may come here together: the second finds the work done.
        if _version_of(connection) is None:
            SQLModel.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": SCHEMA_VERSION})
