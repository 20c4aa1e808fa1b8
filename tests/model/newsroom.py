"""A newsroom in which everything may happen: its people, a daemon that may die, four accounts, and a clock anybody may set.

Each act is held at once against what a person would expect of it.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from scheduler.errors import CredentialsRefused, MoveNotAllowed, PublishError, TemporaryFailure
from scheduler.faultpoints import STEPS
from scheduler.platforms.contract import Payload
from scheduler.posts import review
from scheduler.posts.book import Book, open_book
from scheduler.posts.doubts import forget_keys, next_question
from scheduler.posts.holds import hold, resume, stop_story
from scheduler.posts.planning import save_drafts
from scheduler.posts.retention import Removed, batches_of_old_posts, remove
from scheduler.posts.status import HoldScope, Move
from scheduler.posts.tables import MAY_BE_OUT
from scheduler.publishing.daemon import FAR_BACK
from scheduler.publishing.hold_file import HELD_BY
from tests.builders.posts import NOON, get
from tests.model.expected import LATE, Expected, Held, Slot, Text
from tests.model.life import Faults, Life, WallClock
from tests.model.platform import RETRY_AFTER, Answer, AskablePlatform, Keys, MemoryPlatform
from tests.model.trail import Entry, Trail

SLOTS = (
    Slot("appeal", "morning", "keyed", 1, timedelta(hours=2), ("crime",)),
    Slot("appeal", "noon", "plain", 3, "hold", ("crime",)),
    Slot("appeal", "evening", "hourly", 2, "send", ("crime",)),
    Slot("safety", "morning", "deaf", 2, timedelta(hours=2), ("safety",), goes_until=timedelta(hours=1)),
    Slot("safety", "noon", "plain", 1, "send", ("crime", "safety"), goes_until=timedelta(hours=24)),
    Slot("safety", "evening", "keyed", 2, "hold", ("safety",)),
)
REACHES = (
    (HoldScope.ALL, ""),
    (HoldScope.ACCOUNT, "plain"),
    (HoldScope.ACCOUNT, "keyed"),
    (HoldScope.CAMPAIGN, "appeal"),
    (HoldScope.TOPIC, "crime"),
)
# A clock that stands still on the very moment at which something ends would stand there for ever.
A_MOMENT = timedelta(milliseconds=1)
OVER = ("published", "failed", "missed", "rejected", "cancelled")
BEFORE_THE_CALL = tuple(step for step in STEPS if not step.startswith("inquiry"))
WHILE_ASKING = tuple(step for step in STEPS if step.startswith("inquiry"))


_IN_MEMORY = Path("/dev/shm")  # thousands of commits, none of which has to outlast the test


class Newsroom:
    """A book in a folder of its own and all that happens to it. template: an empty book, which is copied.

    posts: what is expected of each, by id. held: what is held. breaches: what was wrong about calls that were made.
    """

    def __init__(self, template: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="redletter-model-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
        shutil.copy(template, self.folder / "book.db")
        self.book: Book = open_book("sqlite:///book.db", self.folder)
        self.trail = Trail(self.book.path)
        self.clock = WallClock(NOON)
        self.faults = Faults()
        self.steps = self.faults.in_place()
        self.steps.__enter__()
        self.platforms: dict[str, MemoryPlatform] = {
            "keyed": AskablePlatform("keyed", self.clock, Keys.FOREVER),
            "hourly": AskablePlatform("hourly", self.clock, Keys.AN_HOUR),
            "plain": AskablePlatform("plain", self.clock),
            "deaf": MemoryPlatform("deaf", self.clock),
        }
        for platform in self.platforms.values():
            platform.on_refused = lambda platform: self.refused_accounts.add(platform.name)
            platform.on_call, platform.before_call, platform.step = (
                self._on_call,
                self._before_call,
                self.faults.reached,
            )
        self.loop = asyncio.Runner()
        self.life: Life | None = None
        self.lives = 0

        self.posts: dict[int, Expected] = {}
        self.campaigns: dict[Slot, tuple[Text, datetime, datetime | None]] = {}
        self.texts: dict[str, tuple[Text, int]] = {}
        self.years = dict.fromkeys(SLOTS, 2027)
        self.wordings = 10
        self.held = Held()
        self.paused: dict[str, datetime] = {}
        self.told: dict[str, datetime] = {}  # of the paused, what the daemon that lives was told itself
        self.breaches: list[str] = []
        self._begin_looking()

    def _begin_looking(self) -> None:
        self.crashed = self.stopped = self.interjected = False
        self.refused_accounts: set[str] = set()
        self.told_before = dict(self.told)
        self.held_before = Held(dict(self.held.standing), self.held.file)
        self.interjection: Callable[[], None] | None = None
        for platform in self.platforms.values():
            platform.answers = []
            if isinstance(platform, AskablePlatform):
                platform.questions = []
        for post in self.posts.values():
            post.given = []

    # What people do.

    def plan_and_approve(self, slots: Iterable[int], hour: timedelta) -> None:
        """Plans these for an hour from now, the next occurrence of what is over, and approves all that can be."""
        chosen = [SLOTS[index] for index in slots]
        for slot in chosen:
            post = self._post_of(slot)
            if post is not None and post.status in OVER:
                self.years[slot] += 1  # the next occurrence
                self.campaigns.pop(slot)
        self.plan(chosen, 1, hour)
        now = self.clock.now()
        self.approve([post for post in self.posts.values() if post.status == "draft" and post.hour > now])

    def plan(self, slots: Sequence[Slot], wording: int, hour: timedelta | None, *, replace: bool = False) -> None:
        """Plans all campaigns, with other words and another hour for these slots."""
        now = self.clock.now()
        for slot in slots:
            text = self._text(slot, wording)
            if slot in self.campaigns:
                _, moment, latest = self.campaigns[slot]
                if hour is not None and (latest is None or now + hour < latest):
                    moment = now + hour
            else:
                moment = now + (hour or timedelta(hours=1))
                latest = moment + slot.goes_until if slot.goes_until else None
            self.campaigns[slot] = (text, moment, latest)
        drafts = [text.draft(moment, latest) for text, moment, latest in self.campaigns.values()]
        with self.book.writing() as connection:
            result = save_drafts(connection, drafts, who="kim", now=now, replace=replace)
        created = {each.key: each.post_id or 0 for each in result.created}
        for text, moment, latest in self.campaigns.values():
            post = self._post_of(text.slot)
            if post is not None:
                self._expect_planned(post, text, moment, replace=replace)
            elif moment > now:
                new = Expected(created[text.key], text, moment, latest, (text, moment))
                self.posts[new.id] = new
        assert set(created.values()) <= set(self.posts)

    def _expect_planned(self, post: Expected, text: Text, hour: datetime, *, replace: bool) -> None:
        if post.hour > self.clock.now() and post.status not in ("published", "publishing", "unconfirmed"):
            post.however_late = False  # its hour is to come (again): the campaign's terms hold for it
        planned, stands = (text, hour), (post.text, post.hour)
        if planned == post.planned and not (replace and planned != stands):
            return
        somebody_chose = post.status == "approved" or stands != post.planned
        is_open = post.status in ("draft", "approved") and self._is_not_begun(post)
        if is_open and (replace or not somebody_chose) and hour > self.clock.now():
            post.void(text, hour)
            post.planned, post.however_late = planned, False

    def approve(self, posts: Sequence[Expected], *, stale: bool = False) -> None:
        now = self.clock.now()
        allowed = not (stale and posts) and all(post.status == "draft" and post.hour > now for post in posts)
        shown = [(post.id, get(self.book, post.id).version - stale) for post in posts]
        if self._may(allowed, lambda book: review.approve(book, shown, who="sam", now=now)):
            for post in posts:
                post.status, post.approved = "approved", (post.text, post.hour)

    def clear_the_desk(self) -> None:
        """Answers everything that waits for a person."""
        for post in self.posts.values():
            if post.status == "unconfirmed":
                self.resolve(post)
            if post.status == "held":
                expired = post.latest is not None and post.latest <= self.clock.now()
                if expired and self._may_be_out(post):
                    self.resolve(post)
                else:
                    (self.cancel if expired else self.keep)(post)
            if post.status == "draft" and post.hour <= self.clock.now():
                self.reject(post)

    def edit(self, post: Expected, *, stale: bool = False) -> None:
        self.wordings += 1
        text = self._text(post.slot, self.wordings, post.text.year)
        now, row = self.clock.now(), get(self.book, post.id)
        row.version -= stale
        allowed = post.status in ("draft", "approved", "held", "failed", "missed") and self._is_not_begun(post)
        allowed = allowed and not stale
        if self._may(allowed, lambda book: review.edit(book, row, text.message, who="sam", now=now)):
            post.void(text, post.hour)

    def reschedule(self, post: Expected, hour: timedelta, *, stale: bool = False) -> None:
        now, row = self.clock.now(), get(self.book, post.id)
        moment = now if stale else now + hour
        statuses = ("draft", "approved", "held", "failed", "missed", "rejected", "cancelled")
        allowed = post.status in statuses and moment > now and self._is_not_begun(post)
        allowed = allowed and (post.latest is None or moment < post.latest)
        if self._may(allowed, lambda book: review.reschedule(book, row, moment, who="sam", now=now)):
            # What could go out until it expires, however late, still can.
            post.however_late = post.however_late or post.goes_until == post.latest
            post.void(post.text, moment)

    def reject(self, post: Expected, *, stale: bool = False) -> None:
        allowed = post.status in ("draft", "failed", "missed") and not stale
        if self._person_moves(post, review.reject, allowed=allowed, stale=stale):
            post.status = "rejected"

    def cancel(self, post: Expected, *, stale: bool = False) -> None:
        allowed = post.status in ("approved", "held") and not stale and not self._may_be_out(post)
        if self._person_moves(post, review.cancel, allowed=allowed, stale=stale):
            post.status = "cancelled"

    def keep(self, post: Expected, *, stale: bool = False) -> None:
        now = self.clock.now()
        allowed = post.status == "held" and not stale and (post.latest is None or post.latest > now)
        if self._person_moves(post, review.keep, allowed=allowed, stale=stale):
            post.status = "approved"
            post.however_late = post.however_late or post.hour <= now

    def resolve(self, post: Expected) -> None:
        row, now, known = get(self.book, post.id), self.clock.now(), len(self._receipts(post))
        out = self._out(post)[known:]
        url = out[0] if out else None
        allowed = post.status == "unconfirmed" or (post.status in ("approved", "held") and self._may_be_out(post))
        if self._may(allowed, lambda book: review.resolve(book, row, url, who="sam", now=now)):
            if url is not None:
                post.status = "published" if known + 1 == post.slot.parts else "failed"
            elif known:
                post.status = "held"
            else:
                post.void(post.text, post.hour)

    def hold(self, scope: HoldScope, name: str, exceptions: tuple[str, ...] = ()) -> None:
        """Holds; a hold of the same with other exceptions gives way."""
        now, passed = self.clock.now(), self._passed()
        before, after = self.held.standing.get((scope, name)), (frozenset(exceptions), "sam")
        allowed = before is None or before[0] != after[0]
        if self._may(
            allowed, lambda book: hold(book, scope, name, "grief", who="sam", now=now, except_topics=exceptions)
        ):
            self.held.begin(scope, name, after, self.posts, passed, now)

    def resume(self, scope: HoldScope, name: str) -> None:
        now, passed = self.clock.now(), self._passed()
        if self._may((scope, name) in self.held.standing, lambda book: resume(book, scope, name, who="sam", now=now)):
            self.held.lift(scope, name, self.posts, passed, now)

    def resume_all(self) -> None:
        """Ends every hold, and removes the file."""
        if self.held.file:
            self.put_or_remove_the_file()
        for scope, name in sorted(self.held.standing):
            self.resume(HoldScope(scope), name)

    def stop(self, campaign: str) -> None:
        now, in_doubt = self.clock.now(), self._in_doubt()
        year = max(post.text.year for post in self.posts.values())
        self._may(True, lambda book: stop_story(book, campaign, str(year), "wrong", who="sam", now=now))
        self.held.standing[HoldScope.CAMPAIGN, campaign] = (frozenset(), "sam")  # also what was let through before
        for post in self.posts.values():
            if (post.slot.campaign, post.text.year, post.status) == (campaign, year, "approved"):
                post.status = "unconfirmed" if post.id in in_doubt else "held"

    def put_or_remove_the_file(self) -> None:
        path = self.folder / "HOLD"
        if self.held.file:
            path.unlink()
        else:
            path.write_text("a death in the family")
        self.held.file = not self.held.file
        if self.life:
            self._look_at_the_file()

    def _look_at_the_file(self) -> None:
        passed, everything = self._passed(), (HoldScope.ALL, "")
        self.loop.run(self.living().look_at_hold_file())
        if self.held.file:
            self.held.standing.setdefault(everything, (frozenset(), HELD_BY))
        elif self.held.standing.get(everything, (frozenset(), ""))[1] == HELD_BY:
            self.held.lift(*everything, self.posts, passed, self.clock.now())

    def remove_old_posts(self, days: int) -> None:
        now = self.clock.now()
        before = now - timedelta(days=days)
        with self.book.writing() as connection:
            for ids in batches_of_old_posts(connection, before):
                remove(connection, ids, before, Removed(), who="records", now=now)
        left = {row["id"] for row in self.trail.rows("SELECT id FROM posts")}
        for post in [post for post in self.posts.values() if post.id not in left]:
            assert post.status in OVER or (post.status == "draft" and post.hour < before), f"{post} was removed"
            del self.posts[post.id]
            if post.text.year == self.years[post.slot]:
                self.years[post.slot] += 1
                self.campaigns.pop(post.slot)
        self.trail.start_over()

    # What the clock and the daemon do.

    def set_clock(self, by: timedelta) -> None:
        """No time passes; the clock on the wall shows another."""
        self.clock.set(by)
        if self.life:
            self.life.notice_that_the_clock_was_set(by)
        if by < -FAR_BACK:  # the daemon does so at once, or the next one at its start
            with self.book.writing() as connection:
                forget_keys(connection, self.clock.now())
        self.told = {}
        self.paused = {account: max(until, until + by) for account, until in self.paused.items()}

    def advance_to(self, moment: datetime | None) -> None:
        if moment is not None and moment > self.clock.now():
            self.clock.advance(moment - self.clock.now() + A_MOMENT)

    def come_to_what_is_due(self, answers: list[Answer]) -> None:
        """Lets time pass until something is due; on a day without plans, plans are made."""
        moment = self.living().publisher.next_wake()
        if moment is None:
            self.plan_and_approve(range(len(SLOTS)), timedelta(minutes=1))
            moment = self.living().publisher.next_wake()
        self.advance_to(moment)
        waiting = list(answers)
        for platform in self.platforms.values():
            platform.answers = waiting  # whoever is called first gets the first

    def come_to_the_question(self, trouble: str | None) -> None:
        self.living()
        with self.book.reading() as session:
            self.advance_to(next_question(session.connection(), self.platforms))
        for platform in self.platforms.values():
            if isinstance(platform, AskablePlatform):
                platform.questions = self._troubles(trouble)

    def _troubles(self, trouble: str | None) -> list[PublishError]:
        if trouble is None:
            return []
        if trouble == "credentials":
            return [CredentialsRefused("who asks?")]
        retry_at = self.clock.now() + timedelta(hours=1) if trouble == "much later" else None
        return [TemporaryFailure("not now", retry_at)]

    def publish(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Publishes until nothing is due. meanwhile: what somebody does in the last moment before the first call."""
        self.interjection = meanwhile
        assert self.loop.run(self.living().publish())
        if not self.interjected:
            self.nothing_is_left_behind()
        self.all_is_as_expected()

    def ask(self) -> None:
        assert self.loop.run(self.living().ask())
        self.all_is_as_expected()

    def stop_the_daemon(self) -> None:
        self.stopped = True
        self.loop.run(self.living().publish_until_told_to_stop())
        self.life = None

    def die(self, step: str, count: int, at: Callable[[Life], Any]) -> None:
        life = self.living()
        self.faults.arm(step, count)
        survived = self.loop.run(at(life))
        self.faults.disarm()
        if not survived:
            self.crashed, self.life = True, None

    def living(self) -> Life:
        if self.life is None:
            self.lives += 1
            # What was said to the one before may not have been written down, or of a post that is over.
            self.told, self.told_before = {}, {}
            hold_file = self.folder / "HOLD"
            self.life = Life(self.book, self.clock, self.platforms, self.faults, hold_file, self.lives)
            self.crashed = True  # the start may find what the one before left
            self.loop.run(self.life.begin())
            self._look_at_the_file()
        return self.life

    def _before_call(self) -> None:
        if self.interjection is not None:
            interjection, self.interjection = self.interjection, None
            self.interjected = True
            interjection()

    def _on_call(self, platform: MemoryPlatform, payload: Payload, answer: Answer) -> None:
        """Looks at each call as it starts; what is wrong is kept, since the publisher would take it for the platform's word."""
        now = self.clock.now()
        text, index = self.texts[str(payload.body["text"])]
        post = next((post for post in self.posts.values() if post.text == text), None)
        if post is None:
            self.breaches.append(f"{payload.body} was called, and is not what is in the book")
            return
        post.given.append(answer)
        if answer in RETRY_AFTER:
            until = now + RETRY_AFTER[answer]
            for known in (self.paused, self.told):
                known[platform.name] = max(until, known.get(platform.name, until))
        written = self.trail.rows(
            f"SELECT 1 FROM attempts WHERE post_id = {post.id} AND part = {index} AND outcome IS NULL"
            f" AND key = '{payload.key}' AND payload_sha256 = '{payload.sha256}'"
        )
        out = self._out(post)
        wrongs = {
            "on the wrong account": platform.name != text.slot.account,
            "not approved as it is": post.approved != (text, post.hour),
            "before its hour": now < post.hour and not out,
            # Several calls may be under way when the first of them is told so.
            "while its platform wants to be left alone": self.told_before.get(platform.name, now) > now,
            "too late": post.goes_until is not None and now >= post.goes_until,
            "held": self.held.reaches(text.slot),
            "not written down before": not written,
            "before the parts before it": index > len(out),
            "after something else": index and payload.body["after"] != self._names_out(post)[index - 1 : index][0],
            "while another daemon lives": self.faults.dead,
        }
        self.breaches += [f"{payload.body} was called {wrong}" for wrong, is_so in wrongs.items() if is_so]

    # What must be true of all that.

    def all_is_as_expected(self) -> None:
        assert not self.breaches, self.breaches
        rows = self.trail.rows("SELECT * FROM posts ORDER BY id")
        for entry in self.trail.read():
            if entry.who == "redletter":
                self._daemon_moved(self.posts[entry.post_id], entry)
        self.trail.check(rows)
        self._look_at_holds()
        assert {row["id"]: row["status"] for row in rows} == {post.id: post.status for post in self.posts.values()}
        for row in rows:
            assert row["digest"] == self.posts[row["id"]].digest, "other words or another hour"
        self._nothing_is_out_twice()
        for post in self.posts.values():
            self._look_at_receipts(post)
        self._look_at_attempts()
        self._begin_looking()

    def _daemon_moved(self, post: Expected, entry: Entry) -> None:
        now, until, given = self.clock.now(), post.goes_until, set(post.given)
        is_over = until is not None and now >= until
        lost = {Answer.LOST_AND_OUT, Answer.LOST_AND_OUT_SLOWLY, Answer.LOST_AND_NOT_OUT, Answer.DUPLICATE}
        temporary = bool(given & {Answer.TEMPORARY, *RETRY_AFTER})
        out, kept_back = len(self._out(post)), Held(self.held_before.standing).reaches(post.slot)
        waits, is_held = entry.source == "approved", kept_back or self.held.reaches(post.slot)
        is_approved = post.approved == (post.text, post.hour)
        is_asked_first = post.was_in_doubt and (temporary or Answer.REFUSE in given)
        wants_a_word = post.slot.late == "hold" and not post.however_late
        set_aside = {
            "approved": is_over and (wants_a_word or is_held),
            "publishing": temporary and wants_a_word,
            "unconfirmed": post.resumed_at is not None and post.resumed_at >= post.hour,
        }
        reasons = {
            Move.CLAIM: is_approved and not is_over and not self.held_before.reaches(post.slot),
            Move.RELEASE: self.crashed,
            Move.WITHDRAW: self.stopped or self.interjected or now < post.hour,
            Move.CONTINUE: out > 0,
            Move.CONFIRM_PART: out > 0,
            Move.PUBLISH: out == post.slot.parts,
            Move.CONFIRM: out == post.slot.parts,
            Move.RETRY_LATER: temporary,
            Move.REFUSE: bool(given & {Answer.REFUSE, Answer.DUPLICATE}),
            Move.HOLD_BACK: Answer.CREDENTIALS in given,
            Move.LOSE_SIGHT: self.crashed
            or bool(given & lost)
            or any(answer.hangs for answer in given)
            or is_asked_first,
            Move.MISS: (is_over and not kept_back) if waits else temporary and not wants_a_word,
            Move.SET_ASIDE: set_aside[str(entry.source)],
            Move.DOUBT_AGAIN: post.was_in_doubt,
            Move.TRY_AGAIN: True,  # that nothing goes out twice is looked at elsewhere
        }
        assert reasons.get(entry.move, False), f"{entry} without a reason: {post} at {now}"
        post.status = entry.target
        post.was_in_doubt = post.was_in_doubt or entry.move is Move.LOSE_SIGHT
        if entry.target in OVER:
            post.approved = None

    def _look_at_holds(self) -> None:
        rows = self.trail.rows("SELECT * FROM holds WHERE lifted_at IS NULL")
        standing = {(row["scope"], row["name"]): row["except_topics"] for row in rows}
        for account in self.refused_accounts:
            if standing.get((HoldScope.ACCOUNT, account)) == "":
                self.held.standing[HoldScope.ACCOUNT, account] = (frozenset(), "redletter")
            else:
                assert self.crashed, f"the credentials of {account} were refused, and it is not held"
        expected = {reach: exceptions for reach, (exceptions, _) in self.held.standing.items()}
        found = {reach: frozenset(filter(None, topics.split(","))) for reach, topics in standing.items()}
        assert found == expected, f"held is {found}, and expected {expected}"

    def _nothing_is_out_twice(self) -> None:
        for platform in self.platforms.values():
            parts = [
                (text.slot, text.year, index) for text, index in (self.texts[each.text] for each in platform.taken)
            ]
            assert len(parts) == len(set(parts)), f"twice: {[each.text for each in platform.taken]}"

    def _look_at_receipts(self, post: Expected) -> None:
        receipts, out = self._receipts(post), self._out(post)
        assert receipts == out[: len(receipts)], f"{post}: {receipts}, and really {out}"
        may_be_open = ("publishing", "unconfirmed", "approved", "held") if post.was_in_doubt else ("publishing",)
        if post.status not in may_be_open:
            assert len(receipts) == len(out), f"{post}: nobody knows that it is out: {out[len(receipts) :]}"
        if post.status == "published":
            assert len(out) == post.slot.parts

    def _look_at_attempts(self) -> None:
        rows = self.trail.rows(
            "SELECT post_id, number, status, (SELECT max(number) FROM attempts AS every WHERE every.post_id = id) AS last"
            " FROM attempts JOIN posts ON id = post_id WHERE outcome IS NULL"
        )
        for row in rows:
            assert (row["status"], row["number"]) == ("publishing", row["last"]), f"an open attempt: {dict(row)}"

    def nothing_is_left_behind(self) -> None:
        now = self.clock.now()
        for row in self.trail.rows("SELECT * FROM posts WHERE status IN ('approved', 'publishing')"):
            post = self.posts[row["id"]]
            due = datetime.fromisoformat(row["next_try_at"]) <= now
            paced = now - post.hour > LATE and not self._receipts(post)
            paused = self.paused.get(post.slot.account, now) > now or post.slot.account in self.refused_accounts
            assert row["status"] == "approved", f"left in the middle: {post}"
            assert not due or paced or paused or self.held.reaches(post.slot), f"left behind: {post}"

    # What is said above in fewer words.

    def _may(self, allowed: bool, act: Callable[[Connection], Any]) -> bool:
        done = False
        with suppress(MoveNotAllowed), self.book.writing() as connection:
            act(connection)
            done = True
        assert done == allowed, "it was refused" if allowed else "it was allowed"
        return done

    def _person_moves(self, post: Expected, move: Callable[..., None], *, allowed: bool, stale: bool = False) -> bool:
        version, now = get(self.book, post.id).version - stale, self.clock.now()
        return self._may(allowed, lambda book: move(book, post.id, version, who="sam", now=now))

    def one_of(self, pick: int, *statuses: str) -> Expected:
        """Returns one post, most often of these statuses."""
        posts = sorted(self.posts.values(), key=lambda post: (post.status not in statuses, post.id))
        return posts[pick % len(posts)]

    def _post_of(self, slot: Slot) -> Expected | None:
        """Returns the post of the occurrence that is planned now."""
        of_now = (slot, self.years[slot])
        return next((post for post in self.posts.values() if (post.slot, post.text.year) == of_now), None)

    def _text(self, slot: Slot, wording: int, year: int | None = None) -> Text:
        text = Text(slot, year or self.years[slot], wording)
        self.texts |= {text.part(index): (text, index) for index in range(slot.parts)}
        return text

    def _passed(self) -> dict[int, str]:
        """Returns what waits although its hour has come, with what a resume makes of it: what may be out is asked about."""
        now, in_doubt = self.clock.now(), self._in_doubt()
        passed = [post.id for post in self.posts.values() if post.status == "approved" and post.hour <= now]
        return {post_id: "unconfirmed" if post_id in in_doubt else "held" for post_id in passed}

    def _receipts(self, post: Expected) -> list[str]:
        return [
            row["url"] for row in self.trail.rows(f"SELECT url FROM receipts WHERE post_id = {post.id} ORDER BY part")
        ]

    def _in_doubt(self) -> set[int]:
        """Returns what may be out by an attempt of which nobody knows what came."""
        return {row["id"] for row in self.trail.rows(f"SELECT id FROM posts WHERE {MAY_BE_OUT}")}

    def _may_be_out(self, post: Expected) -> bool:
        return post.id in self._in_doubt()

    def _is_not_begun(self, post: Expected) -> bool:
        return not self._receipts(post) and not self._may_be_out(post)

    def _out(self, post: Expected) -> list[str]:
        """Returns where the parts really are, from the first that is out."""
        by_text = self.platforms[post.slot.account].by_text
        found = [by_text.get(post.text.part(index)) for index in range(post.slot.parts)]
        return [str(taken[0].receipt.url) for taken in found if taken]

    def _names_out(self, post: Expected) -> list[str]:
        by_text = self.platforms[post.slot.account].by_text
        found = [by_text.get(post.text.part(index)) for index in range(post.slot.parts)]
        return [taken[0].receipt.platform_id for taken in found if taken]

    # The end.

    def close(self) -> None:
        if self.life:
            self.life.end()
        self.loop.close()
        self.steps.__exit__(None, None, None)
        self.trail.close()
        self.book.close()
        shutil.rmtree(self.folder)

    def come_to_rest(self) -> None:
        """The bad day is over: all holds are lifted, all platforms well, and time goes on until nothing is to be done."""
        self.living()
        self.resume_all()
        self.all_is_as_expected()
        for _ in range(300):
            life = self.living()
            with self.book.reading() as session:
                moments = [life.publisher.next_wake(), next_question(session.connection(), self._askable())]
            moment = min(filter(None, moments), default=None)
            if moment is None:
                break
            self.advance_to(moment)
            self.publish()
            self.ask()
        for row in self.trail.rows("SELECT id, status, note FROM posts WHERE status NOT IN ('draft', 'held')"):
            asks = row["status"] == "unconfirmed" and "redletter resolve" in str(row["note"])
            assert asks or row["status"] in OVER, f"undecided in the end: {self.posts[row['id']]}, {row['note']}"

    def _askable(self) -> list[str]:
        """Returns the accounts of which an answer can still come: not those with a question for a person."""
        rows = self.trail.rows("SELECT account, note FROM posts WHERE status = 'unconfirmed'")
        return [row["account"] for row in rows if "redletter resolve" not in str(row["note"])]
