"""A draft: a post not yet approved, as drafting makes it, with what a reviewer must know about it."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.articles.article import Span
from scheduler.campaigns import Lateness
from scheduler.campaigns.period import Period
from scheduler.errors import Problem
from scheduler.platforms.contract import Length
from scheduler.platforms.message import Message


@dataclass(frozen=True, slots=True)
class PostKey:
    """A post's identity; retiming or reordering a slot never changes it.

    occurrence: the year of the awareness day's first day, as text ("2027").
    slot: the slot's id; of one that goes out each day, with the weekday: "daily.monday", a week later "daily.monday-2".
    fingerprint: of the excerpt, where a slot makes several posts; "" otherwise.
    """

    campaign: str
    occurrence: str
    slot: str
    account: str
    fingerprint: str = ""

    @property
    def slot_id(self) -> str:
        """The slot's id as the campaign file has it: "daily" of "daily.monday"."""
        return self.slot.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Elected:
    """Whom a campaign lists as elected, and the period in which nothing they said goes out; None: no such period."""

    names: tuple[str, ...] = ()
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class PreElection:
    """When nothing goes out of what an elected person said. name: as the campaign lists it."""

    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Source:
    """Where a draft's words come from: the article, the SHA-256 of its text, and the spans used.

    whole, words: the whole excerpt, of which a draft may use the beginning alone: its spans, and the article's words there.
    paragraphs: which of the article's paragraphs each span of the whole stands in, from 0; the spans used are the first of
    them. speaker, role: of a quote, as the article has them. fingerprint: of the whole excerpt. pre_election: where the
    campaign lists the speaker as elected.
    """

    article: str
    sha256: str
    kind: str
    spans: tuple[Span, ...]
    paragraphs: tuple[int, ...] = ()
    speaker: str | None = None
    role: str | None = None
    fingerprint: str = ""
    whole: tuple[Span, ...] = ()
    words: tuple[str, ...] = ()
    pre_election: PreElection | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One message for one account at one time, not saved anywhere yet.

    scheduled_at: aware, UTC; time_zone: of the campaign, for showing it.
    late: how long after its hour it may still go out; "send" means however late, "hold" that a person says so then.
    expires_at: aware, UTC: the moment after which it never goes out. embargo_until: aware, UTC: before it, it never does.
    topics: what it is about, for holds.
    lengths: for each part, every length that limits it.
    warnings: what a reviewer must see, each a sentence ("left out: …", "moved forward an hour: …").
    """

    key: PostKey
    campaign_title: str
    platform: str
    looks_like: str
    scheduled_at: datetime
    time_zone: str
    late: Lateness
    message: Message
    lengths: tuple[tuple[Length, ...], ...]
    warnings: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    expires_at: datetime | None = None
    topics: tuple[str, ...] = ()
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """What one campaign makes of one occurrence.

    problems: what could not be drafted, each an error that names its slot; unfit: those of them that concern one post
    alone, for which nothing sensible fits or nobody is named: the others can go out without it; unmade: the keys of
    those posts.
    notes: what was left out on purpose and must be said (a quote that did not fit before `until` …).
    """

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...] = ()
    unfit: tuple[Problem, ...] = ()
    unmade: tuple[PostKey, ...] = ()
    notes: tuple[str, ...] = ()
