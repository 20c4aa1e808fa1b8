"""The posts table as APScheduler's job store: one truth for the daemon, the commands and the web."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore
from apscheduler.triggers.date import DateTrigger

from scheduler.errors import BookError
from scheduler.posts.book import Book
from scheduler.posts.queries import find_posts
from scheduler.posts.status import PostStatus
from scheduler.publishing.clock import Clock
from scheduler.publishing.publisher import Publisher

log = logging.getLogger("redletter.publisher")

PUBLISH_DUE = "publish-due"
_RETRY = timedelta(seconds=1)
# asyncio wakes up at whole milliseconds, after the one that was asked for. What was woken too early for claims nothing:
# the claim has the last word on what is due, and APScheduler asks again at once.
_EARLY = timedelta(milliseconds=1)


class PostsJobStore(BaseJobStore):
    """Hands out what is due as one job, `publish-due`; every queued post can be looked up as a job of its own.

    APScheduler 3.11 reads the machine's clock; a fast clock is translated here.
    """

    def __init__(self, publisher: Publisher, book: Book, clock: Clock) -> None:
        self._publisher = publisher
        self._book = book
        self._clock = clock
        self._foreseen: datetime | None = None
        self._just_asked: tuple[datetime | None] | None = None

    def get_due_jobs(self, now: datetime) -> list[Job]:
        if not self._has_come():
            return []
        # From here on until the drain ends there is nothing due for APScheduler: a moment in the past would make it spin.
        self._publisher.draining = True
        return [self._job(PUBLISH_DUE, self._publisher.publish_due, now)]

    def get_next_run_time(self) -> datetime | None:
        """Returns when to wake up next, by the machine's clock. Never raises: APScheduler would stop for good."""
        # APScheduler asks at once after it asked what is due: the book has just said it.
        asked, self._just_asked = self._just_asked, None
        moment = self._foreseen = asked[0] if asked else self._next_wake()
        if moment is None:
            return datetime.now(UTC) + _RETRY if self._publisher.trouble else None
        self._clock.nothing_until(moment)
        return self._clock.real_time_of(moment) - _EARLY

    def lookup_job(self, job_id: str) -> Job | None:
        return next((job for job in self.get_all_jobs() if job.id == job_id), None)

    def get_all_jobs(self) -> list[Job]:
        try:
            with self._book.reading() as session:
                posts = find_posts(session, statuses=[PostStatus.APPROVED])
        except BookError as error:
            log.error("the queue cannot be listed: %s", error)
            return []
        return [self._job(f"post-{post.id}", self._publisher.publish_due, post.next_try_at) for post in posts]

    def add_job(self, job: Job) -> None:
        raise NotImplementedError("posts are planned and approved, never added as jobs; chores go to the memory store")

    def update_job(self, job: Job) -> None:
        """Nothing to keep: the posts table says what is due."""

    def remove_job(self, job_id: str) -> None:
        """Nothing to remove: publishing a post takes it out of the queue."""

    def remove_all_jobs(self) -> None:
        """Nothing to remove: see `remove_job`."""

    def _has_come(self) -> bool:
        """Returns whether something can be done now.

        The moment that APScheduler was told is believed once: to ask the book again would make its post late by another
        millisecond, and where somebody changed that post meanwhile, the publisher finds nothing to do.
        """
        foreseen, self._foreseen, self._just_asked = self._foreseen, None, None
        if self._publisher.draining or self._publisher.stopping:
            return False
        if self._is_now(foreseen):
            return True
        moment = self._next_wake()
        if self._is_now(moment):
            return True
        self._just_asked = (moment,)
        return False

    def _is_now(self, moment: datetime | None) -> bool:
        return moment is not None and moment - self._clock.now() <= _EARLY

    def _next_wake(self) -> datetime | None:
        if self._publisher.draining or self._publisher.stopping:
            return None
        try:
            return self._publisher.next_wake()
        except Exception as error:
            self._publisher.is_in_trouble(str(error) or type(error).__name__, writing=False)
            return None

    def _job(self, job_id: str, work: Callable[..., Any], at: datetime) -> Job:
        job = Job(
            self._scheduler,
            id=job_id,
            name=job_id,
            func=work,
            args=(),
            kwargs={},
            trigger=DateTrigger(at, UTC),
            executor="default",
            misfire_grace_time=None,  # lateness is our decision; the default of one second drops late jobs silently
            coalesce=True,
            max_instances=3,  # the drain before this one may have ended without APScheduler having counted that yet
            next_run_time=at,
        )
        job._jobstore_alias = self._alias
        return job
