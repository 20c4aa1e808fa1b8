"""What needs a person, in words: one sentence, and the command that answers it; `status` and alarms say it alike."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from scheduler.errors import BookError
from scheduler.posts.heartbeat import turned_lately
from scheduler.posts.holds import ActiveHolds, way_back
from scheduler.posts.tables import Daemon, Hold, Post, split_topics
from scheduler.posts.wording import (
    ARTICLE_NOTE,
    BACK_NOTE,
    CAMPAIGN_NOTE,
    EMBARGO_NOTE,
    PRE_ELECTION_NOTE,
    ago,
    count,
    is_about_its_article,
    local_hour,
    parted,
)

T = TypeVar("T")
CAMPAIGN_FILE = "campaign file"  # a kind of need

# By status: what to do about a post that waits for a person.
ANSWERS = {
    "failed": "redletter edit {id} or redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "missed": "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "unconfirmed": "redletter resolve {id} --published URL, or redletter resolve {id} --not-published",
}
_BECAME = {"failed": "failed", "missed": "was missed", "unconfirmed": "is unconfirmed"}
# The same answers for posts that are held, for another reason than their article. after: how the hold ends that reaches them.
_HELD = "redletter keep {kept}{after}; redletter reschedule {one} WHEN, then redletter approve {one}; or redletter cancel {ids}"
# The same for what its article did, by how its note begins; of one post or of several. The first that fits.
_ABOUT_ARTICLES = {
    f"{ARTICLE_NOTE}has changed": "redletter show {first} shows the difference; redletter keep {kept} leaves the words as they"
    " are, redletter plan --replace {campaigns} takes the article's words; or redletter cancel {ids}",
    BACK_NOTE: "redletter keep {kept} lets out what was approved; or redletter cancel {ids}",
    # There is nothing to compare with, and no plan can be made of it.
    ARTICLE_NOTE: "redletter cancel {ids}; or redletter keep {kept} sends what was approved all the same; or put the article"
    " back, and look again",
    EMBARGO_NOTE: "redletter reschedule {one} WHEN, then redletter approve {one}; or redletter cancel {ids}",
    PRE_ELECTION_NOTE: "redletter cancel {ids}; or redletter reschedule {one} WHEN gives it an hour after the period; or, where"
    ' your returning officer or monitoring officer agrees, redletter keep {ids} --pre-election "who agreed"',
    CAMPAIGN_NOTE: "mend its file, then redletter keep {kept}; or redletter cancel {ids}",
}
# How such a note begins where it is said of several posts.
_OF_SEVERAL = {
    "its article": "their article",
    "its hour": "the hour of each",
    "its time": "the time of each",
    "its platform": "the platform of each",
    "it would": "each would",
    "its campaign": "their campaign",
}
_IN_COMMANDS = 20  # posts that a command to copy has one by one
_NAMED = 3  # of several posts
_SAID = 3  # of what a cause means for them, where it is not the same for all
# Not even a person's word sends out what has expired: neither another hour nor a yes would be taken.
_EXPIRED = "redletter {no} {{id}}; or write a later `expires` in its campaign, redletter plan, and look again"
_NOT_APPROVED = "redletter approve {id}; or redletter reject {id}"
# Neither the words nor the hour of a thread can be changed that has begun to go out.
_BEGUN = (
    "a part of it is out: redletter show {id} says where; finish or delete it there by hand, then redletter reject {id}"
)
_PAST_AND_NOT_APPROVED = "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person.

    key: the same for the same thing, so that it is told once. kind: a word for programs. said: a sentence. answer: the
    command to answer it with. post: which it is about; posts: the same where it is about several, and named: the first of
    those, each a line. waiting: of one that others may have the cause in common with.
    """

    key: str
    kind: str
    said: str
    answer: str
    post: int | None = None
    posts: tuple[int, ...] = ()
    named: tuple[str, ...] = ()
    waiting: "Waiting | None" = None

    @property
    def cause(self) -> str:
        """The same for all that can be said in one sentence."""
        return self.waiting.cause if self.waiting else self.key


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that waits for a person's word. note: why, in full; name: in a list; after: how the hold ends that reaches it."""

    note: str
    name: str
    campaign: str
    scheduled_at: datetime
    latest_at: datetime | None
    time_zone: str
    has_expired: bool = False
    after: str = ""

    @property
    def cause(self) -> str:
        return f"{'expired: ' if self.has_expired else ''}{_parted(self.note)[0]}{self.after}"


def is_running(daemon: Daemon | None, now: datetime) -> bool:
    """Whether a daemon publishes, by the last beat of its loop."""
    return daemon is not None and daemon.stopped_at is None and turned_lately(daemon.turned_at, now)


def of_status(post: Post, now: datetime, holds: ActiveHolds, begun: Container[int | None] = ()) -> Need:
    """Says that a post failed, was missed, is unconfirmed, or waits for a word; each time anew that it comes to that.

    holds: what is held now, for nobody's word lets out what a hold reaches. begun: posts of which a part is out.
    """
    key, answer = f"{post.status}:{post.id}:{post.version}", ANSWERS.get(post.status, "")
    is_over = post.status != "unconfirmed" and has_expired(post, now)
    if is_over:
        answer = _EXPIRED.format(no="cancel" if post.status == "held" else "reject")
    if post.status in ("failed", "missed") and post.id in begun:
        answer = _BEGUN
    if post.status != "held":
        said = _BECAME[post.status] + (", and has expired" if is_over else "")
        return _of_post(post, key, post.status, said, post.note, answer)
    key = f"waiting:{post.id}:{post.version}"
    until = f", and expires on {local_hour(post.latest_at, post.time_zone)}" if post.latest_at else ""
    said = "is held and has expired" if is_over else f"waits for a word{until}"
    name = f"post {post.id}: {_where(post)}"
    hours = (post.scheduled_at, post.latest_at, post.time_zone)
    after = "" if is_about_its_article(post.note) else _after(post, holds)
    waiting = Waiting(post.note or "", name, post.campaign, *hours, has_expired=is_over, after=after)
    if not is_over:
        answer = _answer([waiting], [post.id or 0])
    return replace(_of_post(post, key, "waiting", said, post.note, answer), waiting=waiting if post.note else None)


def _after(post: Post, holds: ActiveHolds) -> str:
    hold = next(holds.reaching(post.account, post.campaign, split_topics(post.topics)), None)
    return f", after {way_back(hold.scope, hold.name)}" if hold else ""


def of_statuses(
    posts: Sequence[Post], now: datetime, holds: ActiveHolds, begun: Container[int | None]
) -> Iterator[Need]:
    """Says the same of many posts; those that one and the same thing holds in one sentence."""
    for needs in by_cause([of_status(post, now, holds, begun) for post in posts], lambda need: need):
        yield of_cause(needs)


def by_cause(each: Iterable[T], need_of: Callable[[T], Need]) -> list[list[T]]:
    """Puts together what has its cause in common: one hold, one stop, one change of an article, an embargo."""
    together: dict[str, list[T]] = {}
    for one in each:
        together.setdefault(need_of(one).cause, []).append(one)
    return list(together.values())


def of_cause(needs: Sequence[Need]) -> Need:
    """Says in one sentence what holds several posts, which all wait for that; of one post, what it says itself."""
    if len(needs) == 1:
        return needs[0]
    posts = sorted(
        ((need.waiting, need.post or 0) for need in needs if need.waiting),
        key=lambda found: (found[0].scheduled_at, found[1]),
    )
    waiting, ids = [each for each, _ in posts], [post for _, post in posts]
    what = "are held and have expired" if waiting[0].has_expired else "wait for a word"
    until = "" if waiting[0].has_expired else _until(waiting)
    said = f"{count(len(posts), 'post')} {what}, {_of_campaigns(waiting)}{until}: {_why(waiting)}"
    named = [each.name for each in waiting[:_NAMED]]
    if len(posts) > _NAMED:
        named.append(f"and {len(posts) - _NAMED} more: redletter posts --status held")
    expired = _EXPIRED.format(no="cancel").format(id=_in_a_command(ids))
    answer = expired if waiting[0].has_expired else _answer(waiting, ids)
    return Need(needs[0].key, needs[0].kind, said, answer, posts=tuple(sorted(ids)), named=tuple(named))


def _of_campaigns(waiting: Sequence[Waiting]) -> str:
    """Returns "all of harbour", or "30 of harbour and 10 of boats"."""
    numbers = Counter(each.campaign for each in waiting).most_common()
    if len(numbers) == 1:
        return f"{'both' if len(waiting) == 2 else 'all'} of {numbers[0][0]}"
    said = [f"{number} of {campaign}" for campaign, number in numbers[:_NAMED]]
    if rest := numbers[_NAMED:]:
        said.append(f"{sum(number for _, number in rest)} of {count(len(rest), 'more campaign')}")
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _until(waiting: Sequence[Waiting]) -> str:
    first = min(((each.latest_at, each.time_zone) for each in waiting if each.latest_at), default=None)
    return f", the first of them expires on {local_hour(*first)}" if first else ""


def _why(waiting: Sequence[Waiting]) -> str:
    """Says once what happened, and what that means where it is not the same for all."""
    cause, joint, _ = _parted(waiting[0].note)
    details = list(dict.fromkeys(_parted(each.note)[2] for each in waiting))
    more = [f"and {count(len(details) - _SAID, 'more change')}"] if len(details) > _SAID else []
    of_all = next((now + cause.removeprefix(was) for was, now in _OF_SEVERAL.items() if cause.startswith(was)), cause)
    return f"{of_all}{joint}{'; '.join([*details[:_SAID], *more])}"


def _parted(note: str) -> tuple[str, str, str]:
    return parted(note) if is_about_its_article(note) else (note, "", "")


def _answer(waiting: Sequence[Waiting], ids: Sequence[int]) -> str:
    """Returns the commands for posts that wait for one and the same thing, the first of them first."""
    note = waiting[0].note
    template = next((own for begins, own in _ABOUT_ARTICLES.items() if note.startswith(begins)), _HELD)
    distinct = sorted({each.campaign for each in waiting})
    # Of a campaign `keep` shows all that are held, and asks.
    of_campaign = f"--campaign {distinct[0] if len(distinct) == 1 else 'ID'}"
    return template.format(
        first=ids[0],
        one=ids[0] if len(ids) == 1 else "POST",
        ids=_in_a_command(ids),
        kept=_in_a_command(ids) if len(ids) <= _IN_COMMANDS else of_campaign,
        campaigns=" ".join(distinct),
        after=waiting[0].after,
    )


def _in_a_command(ids: Sequence[int]) -> str:
    return " ".join(map(str, sorted(ids))) if len(ids) <= _IN_COMMANDS else "POST…"


def has_expired(post: Post, now: datetime) -> bool:
    """Whether not even a person's word sends it out any more."""
    return post.latest_at is not None and post.latest_at <= now


def of_overdue(
    post: Post,
    now: datetime,
    *,
    is_published_from: bool,
    is_paced: bool = False,
    key: str = "",
    kind: str = "overdue",
) -> Need:
    """Says that an approved post is not out.

    is_published_from: whether a daemon publishes from the book. is_paced: whether its account sends late posts, one after
    the other.
    """
    note = f"tried {count(post.tries, 'time')}: {post.note}" if post.tries else post.note
    if not is_published_from:
        answer = "redletter run"
    elif post.next_try_at > now:
        again = local_hour(post.next_try_at, post.time_zone)
        answer = f"the daemon tries again by itself, {again}; or redletter cancel {{id}}"
    elif is_paced:
        answer = "it waits its turn: late posts of one account go out one after the other; or redletter cancel {id}"
    else:
        answer = "redletter accounts, and what redletter run says"
    return _of_post(post, key, kind, "is overdue", note, answer)


def of_unapproved(post: Post, now: datetime, begun: Container[int | None] = ()) -> Need:
    """Says that a draft is not approved, though its hour is near or has come. begun: posts of which a part is out."""
    key = f"unapproved:{post.id}:{post.scheduled_at.isoformat()}"
    if post.scheduled_at <= now:
        kind = "due and not approved"
        answer = _EXPIRED.format(no="reject") if has_expired(post, now) else _PAST_AND_NOT_APPROVED
        answer = _BEGUN if post.id in begun else answer
        return _of_post(post, key, kind, f"is {kind}", None, answer)
    return _of_post(post, key, "not approved", "is not approved yet", None, _NOT_APPROVED)


def of_refused_account(hold: Hold) -> Need:
    """Says that a platform refused the credentials of an account, which is held since."""
    said = f"account {hold.name} is held, its credentials were refused: {hold.reason}"
    resume = f"redletter resume --account {hold.name} --keep"
    answer = f"redletter accounts, then {resume}; without --keep, what came due meanwhile waits for a word"
    return Need(f"account:{hold.name}:{hold.id}", "held", said, answer)


def of_damaged(post: int, key: str, kind: str, error: Exception) -> Need:
    """Says what is known of a post that cannot be read: that it needs a person, and why no more can be said."""
    said = f"post {post} needs a person ({kind}), and its row in the book is damaged: {type(error).__name__}: {error}"
    return Need(key, kind, said, "stop the daemon, then put a backup in its place: redletter restore FILE", post)


def of_campaign_file(file: str, why: str, *, holds: bool | None) -> Need:
    """Says that a campaign file cannot be read.

    holds: whether what nobody could check of its posts is held; None where nobody knows whose file it is.
    """
    if holds is None:
        what = "nobody knows whose it is; posts of it, if there are any, go out by what it said before"
    else:
        what = "its posts are held when their hour comes" if holds else "its posts go out by what it said before"
    answer = f"redletter check {file} says all that is wrong with it; mended, it counts again by itself"
    return Need(f"{CAMPAIGN_FILE}:{file}", CAMPAIGN_FILE, f"{file} cannot be read, and {what}: {why}", answer)


def of_book(error: BookError) -> Need:
    """Says that nothing can be written down, and so nothing goes out."""
    answer = "mend it, and a daemon that is there goes on by itself; then redletter status"
    return Need("book:outside", "book", f"nothing goes out, for the book cannot be used: {error}", answer)


def of_daemon(daemon: Daemon | None, waiting: int, now: datetime) -> Iterator[Need]:
    """Yields what is wrong with the daemon. waiting: how many posts are to go out, or were left in the middle of it."""
    if daemon is not None and daemon.stopped_at is None and daemon.trouble:
        said = f"the daemon cannot publish: {daemon.trouble}"
        yield Need(f"trouble:{daemon.started_at.isoformat()}", "daemon", said, "mend it; the daemon goes on by itself")
    if is_running(daemon, now):
        return
    waits = f"{count(waiting, 'post')} wait{'s' if waiting == 1 else ''} to go out" if waiting else "no post waits"
    if daemon is None or daemon.stopped_at is not None:
        if waiting:
            since = daemon.stopped_at.isoformat() if daemon and daemon.stopped_at else "never"
            yield Need(f"no-daemon:{since}", "daemon", f"no daemon is running, and {waits}", "redletter run")
    else:
        said = f"the publishing loop of {daemon.name} has not turned for {ago(now - daemon.turned_at)}, and {waits}"
        answer = "look whether it is still there; start it again with redletter run"
        yield Need(f"still:{daemon.turned_at.isoformat()}", "daemon", said, answer)


def _of_post(post: Post, key: str, kind: str, is_what: str, note: str | None, answer: str) -> Need:
    said = f"post {post.id} {is_what}: {_where(post)}"
    return Need(
        key, kind, f"{said}: {note}" if note else said, answer.format(id=post.id, campaign=post.campaign), post.id
    )


def _where(post: Post) -> str:
    return f"{local_hour(post.scheduled_at, post.time_zone)}, {post.account}, {post.campaign} {post.slot}"
