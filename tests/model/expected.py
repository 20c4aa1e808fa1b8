"""What a person expects of each post: a few words and an hour, a status, and how long it may be late."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scheduler.campaigns import Lateness
from scheduler.drafting.draft import Draft, PostKey
from scheduler.platforms.message import Message, Part
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import digest_of, encode_message
from tests.builders.posts import make_draft
from tests.model.platform import Answer

LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a campaign: at most one post at a time stands for it."""

    campaign: str
    name: str
    account: str
    parts: int
    late: Lateness
    topics: tuple[str, ...] = ()
    goes_until: timedelta | None = None  # after the hour it was first planned for

    def __repr__(self) -> str:
        return f"{self.campaign}/{self.name}/{self.account}"


@dataclass(frozen=True, slots=True)
class Text:
    """What a post says: unlike anything else that ever went out. year: of the occurrence; wording: which words."""

    slot: Slot
    year: int
    wording: int

    def __repr__(self) -> str:
        return f"{self.slot} {self.year} wording {self.wording}"

    def part(self, index: int) -> str:
        return f"{self} part {index + 1}"

    @property
    def key(self) -> PostKey:
        return PostKey(self.slot.campaign, str(self.year), self.slot.name, self.slot.account, "")

    @property
    def message(self) -> Message:
        return Message(tuple(Part(self.part(index)) for index in range(self.slot.parts)))

    def draft(self, hour: datetime, latest: datetime | None) -> Draft:
        draft = make_draft(
            parts=[self.part(index) for index in range(self.slot.parts)],
            slot=self.slot.name,
            account=self.slot.account,
            campaign=self.slot.campaign,
            scheduled_at=hour,
            late=None if self.slot.late == "send" else self.slot.late,
            expires_at=latest,
            topics=self.slot.topics,
        )
        return replace(draft, key=self.key)


@dataclass(slots=True)
class Expected:
    """One post as a person would have it in mind.

    planned: the words and hour that planning last gave. approved: the words and hour that somebody said yes to, and
    that alone may go out. latest: after it nothing goes out whatever anybody says. however_late: somebody said that it
    goes out all the same. resumed_at: when a hold that reached it was last lifted.
    given: what its platform did with its calls since the last look.
    """

    id: int
    text: Text
    hour: datetime
    latest: datetime | None
    planned: tuple[Text, datetime]
    status: str = "draft"
    approved: tuple[Text, datetime] | None = None
    however_late: bool = False
    was_in_doubt: bool = False
    resumed_at: datetime | None = None
    given: list[Answer] = field(default_factory=list)

    @property
    def slot(self) -> Slot:
        return self.text.slot

    @property
    def digest(self) -> str:
        return digest_of(encode_message(self.text.message), self.slot.account, self.hour)

    @property
    def goes_until(self) -> datetime | None:
        """After this moment it goes out by itself no more."""
        if self.however_late or self.slot.late == "send":
            return self.latest
        late = LATE if self.slot.late == "hold" else self.slot.late
        return min(self.hour + late, self.latest) if self.latest else self.hour + late

    def void(self, text: Text, hour: datetime) -> None:
        self.text, self.hour, self.approved, self.status = text, hour, None, "draft"


@dataclass(slots=True)
class Held:
    """What is held, by scope and name: with the topics that are let through, and by whom. file: the file HOLD is there."""

    standing: dict[tuple[str, str], tuple[frozenset[str], str]] = field(default_factory=dict)
    file: bool = False

    def reaches(self, slot: Slot) -> bool:
        return self.file or any(
            _reaches(scope, name, slot) and exceptions.isdisjoint(slot.topics)
            for (scope, name), (exceptions, _) in self.standing.items()
        )

    def begin(
        self,
        scope: str,
        name: str,
        hold: tuple[frozenset[str], str],
        posts: Mapping[int, Expected],
        passed: Mapping[int, str],
        now: datetime,
    ) -> None:
        """Begins one hold in the place of the one before, if there is one: what that kept back alone waits for a word."""
        before = self.standing.get((scope, name))
        self.standing[scope, name] = hold
        if before:
            self._let_go(scope, name, before[0], posts, passed, now)

    def lift(
        self, scope: str, name: str, posts: Mapping[int, Expected], passed: Mapping[int, str], now: datetime
    ) -> None:
        """Lifts one hold: what it alone kept back beyond its moment waits for a word.

        passed: what becomes of those whose moment is over.
        """
        exceptions, _ = self.standing.pop((scope, name))
        self._let_go(scope, name, exceptions, posts, passed, now)

    def _let_go(
        self,
        scope: str,
        name: str,
        exceptions: frozenset[str],
        posts: Mapping[int, Expected],
        passed: Mapping[int, str],
        now: datetime,
    ) -> None:
        others = Held(self.standing)
        for post in posts.values():
            kept_back = _reaches(scope, name, post.slot) and exceptions.isdisjoint(post.slot.topics)
            if kept_back:
                post.resumed_at = max(now, post.resumed_at or now)
            if post.id in passed and kept_back and not others.reaches(post.slot):
                post.status = passed[post.id]


def _reaches(scope: str, name: str, slot: Slot) -> bool:
    match HoldScope(scope):
        case HoldScope.ALL:
            return True
        case HoldScope.ACCOUNT:
            return name == slot.account
        case HoldScope.CAMPAIGN:
            return name == slot.campaign
        case HoldScope.TOPIC:
            return name in slot.topics
