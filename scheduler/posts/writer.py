"""The one writer: a thread that does every write of the daemon, so that no commit ever waits on the event loop."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection

from scheduler.posts.book import Book

T = TypeVar("T")


class Writer:
    """Runs functions of a connection, each in a transaction of its own, in the order they were handed in."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._jobs: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="redletter-writer", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Awaits the commit of `work`; raises BookError when nothing of it was kept."""
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Ends the thread after the writes handed in so far."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection: Connection | None = None  # kept, for to open it anew takes as long as to write ten posts
        while (job := self._jobs.get()) is not None:
            work, future = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                connection = connection or self._book.connect_to_write()
                with self._book.writing_on(connection):
                    result = work(connection)
            except BaseException as error:
                if connection is not None:
                    connection.close()  # whatever happened to it, the next write begins afresh
                    connection = None
                future.set_exception(error)
            else:
                future.set_result(result)
        if connection is not None:
            connection.close()
