"""The whole life of posts, in any order of what people, platforms and clocks may do, against what a person would expect.

REDLETTER_MODEL_EXAMPLES: so many days instead of a few, for nights; REDLETTER_MODEL_FIRST: the number of the first.
"""

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from scheduler.faultpoints import STEPS
from scheduler.posts.status import HoldScope
from tests.builders.posts import make_book
from tests.model.life import Life
from tests.model.newsroom import A_MOMENT, SLOTS, Newsroom
from tests.model.platform import Answer

Reach = tuple[HoldScope, str]

EXAMPLES = int(os.environ.get("REDLETTER_MODEL_EXAMPLES", "60"))
FIRST = int(os.environ.get("REDLETTER_MODEL_FIRST", "0"))
AT_A_TIME = 10  # with more, hypothesis would rather repeat a day with small changes than make another one
WHILE_PUBLISHING = tuple(step for step in STEPS if not step.startswith("inquiry"))
WHILE_ASKING = tuple(step for step in STEPS if step.startswith("inquiry"))

slots = st.integers(0, len(SLOTS) - 1)
hours = st.sampled_from([timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=25)])
leaps = st.sampled_from([timedelta(seconds=seconds) for seconds in (3, 25, 120, 360, 2400, 4000, 10_000, 100_000)])
# The first is the one that is most likely to make a difference.
picks = st.integers(0, 3)
sometimes = st.sampled_from((False, False, False, True))
answers = st.lists(
    st.sampled_from(
        (
            Answer.LOST_AND_OUT_SLOWLY, Answer.LOST_AND_OUT, Answer.LOST_AND_NOT_OUT, Answer.TEMPORARY,
            Answer.WAIT_A_WHILE, Answer.WAIT_LONG, Answer.DUPLICATE, Answer.REFUSE, Answer.CREDENTIALS,
            Answer.ACCEPT, Answer.LOST_AND_OUT_SLOWLY, Answer.ACCEPT,
        )
    ),
    max_size=6,
)  # fmt: skip
reaches = st.sampled_from(
    (
        (HoldScope.ALL, ""),
        (HoldScope.ACCOUNT, "plain"),
        (HoldScope.ACCOUNT, "keyed"),
        (HoldScope.CAMPAIGN, "appeal"),
        (HoldScope.TOPIC, "crime"),
    )
)
exceptions = st.sampled_from(((), (), ("safety",)))


class LifeOfPosts(RuleBasedStateMachine):
    """Days in a newsroom; at the end of each all platforms are well again, and nothing may be left undecided."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.room = Newsroom(self.template)

    # What people do.

    @initialize(some=st.lists(slots, min_size=2, unique=True), hour=hours)
    def the_first_day_is_planned(self, some: Sequence[int], hour: timedelta) -> None:
        self.room.plan_and_approve(some, hour)

    @rule(some=st.lists(slots, min_size=2, unique=True), hour=hours, clear=st.booleans())
    def another_day_is_planned(self, some: Sequence[int], hour: timedelta, clear: bool) -> None:
        if clear:
            self.room.clear_the_desk()
        self.room.plan_and_approve(some, hour)

    @rule(slot=slots, wording=st.integers(1, 2), hour=st.none() | hours, replace=sometimes)
    def campaigns_are_planned_again(self, slot: int, wording: int, hour: timedelta | None, replace: bool) -> None:
        self.room.plan([SLOTS[slot]], wording, hour, replace=replace)

    @rule(
        change=st.sampled_from(
            ("approve", "reschedule", "edit", "keep", "resolve", "cancel", "reject", "clear the desk")
        ),
        pick=picks,
        hour=hours,
        stale=sometimes,
    )
    def somebody_decides(self, change: str, pick: int, hour: timedelta, stale: bool) -> None:
        """stale: about a post as it was before its last change, or for an hour that has passed."""
        room = self.room
        if not room.posts:
            return
        match change:
            case "approve":
                room.approve([room.one_of(pick, "draft")], stale=stale)
            case "reschedule":
                room.reschedule(room.one_of(pick, "missed", "failed", "held"), hour, stale=stale)
            case "edit":
                room.edit(room.one_of(pick, "draft", "approved", "failed", "missed"), stale=stale)
            case "keep":
                room.keep(room.one_of(pick, "held"), stale=stale)
            case "resolve":
                room.resolve(room.one_of(pick, "unconfirmed"))
            case "cancel":
                room.cancel(room.one_of(pick, "held", "approved"), stale=stale)
            case "reject":
                room.reject(room.one_of(pick, "failed", "missed", "draft"), stale=stale)
            case "clear the desk":
                room.clear_the_desk()

    @rule(
        change=st.sampled_from(("hold", "resume", "resume all", "stop", "file", "resume all")),
        reach=reaches,
        exceptions=exceptions,
    )
    def somebody_holds_or_resumes(self, change: str, reach: Reach, exceptions: tuple[str, ...]) -> None:
        match change:
            case "hold":
                self.room.hold(*reach, exceptions)
            case "resume":
                self.room.resume(*reach)
            case "resume all":
                self.room.resume_all()
            case "stop":
                self.room.stop("safety" if exceptions else "appeal")
            case "file":
                self.room.put_or_remove_the_file()

    @rule(days=st.sampled_from((0, 1, 3)))
    def old_posts_are_removed(self, days: int) -> None:
        self.room.remove_old_posts(days)

    # What clocks do.

    @rule(by=leaps)
    def time_passes(self, by: timedelta) -> None:
        self.room.clock.advance(by + A_MOMENT)

    @rule(by=leaps, back=st.booleans())
    def the_clock_is_set(self, by: timedelta, back: bool) -> None:
        self.room.set_clock(A_MOMENT * 2 - by if back else by + A_MOMENT * 3)

    # What the daemon does.

    @rule(answers=answers, turns=st.integers(1, 4))
    def what_is_due_goes_out(self, answers: list[Answer], turns: int) -> None:
        self.room.come_to_what_is_due(answers)
        for _ in range(turns):
            self.room.publish()
            self.room.come_to_what_is_due([])

    @rule(answers=answers.filter(bool), trouble=st.sampled_from((None, "later", "much later", "credentials")))
    def what_is_due_has_trouble_and_is_asked_about(self, answers: list[Answer], trouble: str | None) -> None:
        self.room.come_to_what_is_due(answers)
        self.room.publish()
        self.room.come_to_the_question(trouble)
        self.room.ask()
        self.room.publish()

    @rule(trouble=st.sampled_from((None, None, "later", "much later", "credentials")))
    def platforms_are_asked(self, trouble: str | None) -> None:
        self.room.come_to_the_question(trouble)
        self.room.ask()

    @rule(reach=reaches, exceptions=exceptions)
    def a_hold_comes_in_the_last_moment(self, reach: Reach, exceptions: tuple[str, ...]) -> None:
        self.room.come_to_what_is_due([])
        self.room.publish(meanwhile=lambda: self.room.hold(*reach, exceptions))

    @rule(answers=answers, step=st.sampled_from(WHILE_PUBLISHING), count=st.integers(1, 3))
    def the_daemon_dies_while_publishing(self, answers: list[Answer], step: str, count: int) -> None:
        self.room.come_to_what_is_due(answers)
        self.room.die(step, count, Life.publish)

    @rule(step=st.sampled_from(WHILE_ASKING), trouble=st.sampled_from((None, None, "later")))
    def the_daemon_dies_while_asking(self, step: str, trouble: str | None) -> None:
        self.room.come_to_the_question(trouble)
        self.room.die(step, 1, Life.ask)

    @rule(answers=answers, hanging=st.sampled_from((Answer.HANG_AND_OUT, Answer.HANG_AND_NOT_OUT)))
    def the_daemon_is_stopped_while_calls_hang(self, answers: list[Answer], hanging: Answer) -> None:
        self.room.come_to_what_is_due([*answers[:2], hanging, hanging, hanging])
        self.room.stop_the_daemon()

    @invariant()
    def all_is_as_expected(self) -> None:
        self.room.all_is_as_expected()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.room.come_to_rest()
        finally:
            self.room.close()


@pytest.mark.parametrize("first", range(FIRST, FIRST + EXAMPLES, AT_A_TIME))
def test_posts_live_as_a_person_would_expect(first: int, tmp_path: Path) -> None:
    make_book(tmp_path).close()
    LifeOfPosts.template = tmp_path / "book.db"

    run_state_machine_as_test(
        seed(first)(LifeOfPosts),
        settings=settings(
            max_examples=AT_A_TIME,
            stateful_step_count=30,
            database=None,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
