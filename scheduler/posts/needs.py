"""What needs a person, in words: one sentence, and the command that answers it; `status` and alarms say it alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.errors import BookError
from scheduler.posts.heartbeat import turned_lately
from scheduler.posts.tables import Daemon, Hold, Post
from scheduler.posts.wording import (
    ARTICLE_NOTE,
    BACK_NOTE,
    EMBARGO_NOTE,
    PRE_ELECTION_NOTE,
    ago,
    count,
    is_about_its_article,
    local_hour,
)

# By status: what to do about a post that waits for a person.
ANSWERS = {
    "failed": "redletter edit {id} or redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "missed": "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "unconfirmed": "redletter resolve {id} --published URL, or redletter resolve {id} --not-published",
    "held": "redletter keep {id}; redletter reschedule {id} WHEN, then redletter approve {id}; or redletter cancel {id}",
}
# The same for what its article did, by how its note begins; of one post or of several. The first that fits.
_ABOUT_ARTICLES = {
    f"{ARTICLE_NOTE}has changed": "redletter show {first} shows the difference; redletter keep {ids} leaves the words as they"
    " are, redletter plan --replace {campaign} takes the article's words; or redletter cancel {ids}",
    BACK_NOTE: "redletter keep {ids} lets out what was approved; or redletter cancel {ids}",
    # There is nothing to compare with, and no plan can be made of it.
    ARTICLE_NOTE: "redletter cancel {ids}; or redletter keep {ids} sends what was approved all the same; or put the article"
    " back, and look again",
    EMBARGO_NOTE: "redletter reschedule {one} WHEN, then redletter approve {one}; or redletter cancel {ids}",
    PRE_ELECTION_NOTE: "redletter cancel {ids}; or redletter reschedule {one} WHEN gives it an hour after the period; or, where"
    ' your returning officer or monitoring officer agrees, redletter keep {ids} --pre-election "who agreed"',
}
# How such a note begins where it is said of several posts.
_OF_SEVERAL = {"its article": "their article", "its hour": "the hour of each", "it would": "each would"}
_NAMED = 20  # posts that are named one by one
# Not even a person's word sends out what has expired: neither another hour nor a yes would be taken.
_EXPIRED = "redletter {no} {{id}}; or write a later `expires` in its campaign, redletter plan, and look again"
_NOT_APPROVED = "redletter approve {id}; or redletter reject {id}"
_PAST_AND_NOT_APPROVED = "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person.

    key: the same for the same thing, so that it is told once. kind: a word for programs. said: a sentence. answer: the
    command to answer it with. post: which it is about; posts: the same where it is about several.
    """

    key: str
    kind: str
    said: str
    answer: str
    post: int | None = None
    posts: tuple[int, ...] = ()


def is_running(daemon: Daemon | None, now: datetime) -> bool:
    """Whether a daemon publishes, by the last beat of its loop."""
    return daemon is not None and daemon.stopped_at is None and turned_lately(daemon.turned_at, now)


def of_status(post: Post, now: datetime) -> Need:
    """Says that a post failed, was missed, is unconfirmed, or waits for a word; each time anew that it comes to that."""
    key, answer = f"{post.status}:{post.id}:{post.version}", ANSWERS[post.status]
    is_over = post.status != "unconfirmed" and has_expired(post, now)
    if is_over:
        answer = _EXPIRED.format(no="cancel" if post.status == "held" else "reject")
    if post.status != "held":
        said = f"is {post.status}" + (" and has expired" if is_over else "")
        return _of_post(post, key, post.status, said, post.note, answer)
    key = f"waiting:{post.id}:{post.version}"
    if is_over:
        return _of_post(post, key, "waiting", "is held and has expired", post.note, answer)
    if is_about_its_article(post.note):
        answer = _answer_of_article([post])
    until = f", and expires on {local_hour(post.latest_at, post.time_zone)}" if post.latest_at else ""
    return _of_post(post, key, "waiting", f"waits for a word{until}", post.note, answer)


def of_statuses(posts: Sequence[Post], now: datetime) -> Iterator[Need]:
    """Says the same of many posts; those that are held for one and the same reason of their article in one sentence."""
    together: dict[str, list[Post]] = {}
    for post in posts:
        is_alone = post.status != "held" or not is_about_its_article(post.note) or has_expired(post, now)
        together.setdefault(str(post.id) if is_alone else post.note or "", []).append(post)
    for of_one in together.values():
        yield of_status(of_one[0], now) if len(of_one) == 1 else _of_several(of_one)


def _of_several(posts: Sequence[Post]) -> Need:
    note = posts[0].note or ""
    why = next((now + note.removeprefix(was) for was, now in _OF_SEVERAL.items() if note.startswith(was)), note)
    expires = min(
        (post for post in posts if post.latest_at), key=lambda post: post.latest_at or post.scheduled_at, default=None
    )
    until = (
        f", the first of them expires on {local_hour(expires.latest_at, expires.time_zone)}"
        if expires and expires.latest_at
        else ""
    )
    ids = tuple(sorted(post.id or 0 for post in posts))
    named = ", ".join(map(str, ids[:_NAMED])) + (f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else "")
    said = f"{count(len(posts), 'post')} wait for a word{until}: {why} (posts {named})"
    key = "waiting:" + ",".join(f"{post.id}:{post.version}" for post in posts)
    return Need(key, "waiting", said, _answer_of_article(posts), posts=ids)


def _answer_of_article(posts: Sequence[Post]) -> str:
    ids = sorted(post.id or 0 for post in posts)
    template = next(own for begins, own in _ABOUT_ARTICLES.items() if (posts[0].note or "").startswith(begins))
    return template.format(
        first=ids[0],
        one=ids[0] if len(ids) == 1 else "POST",
        ids=" ".join(map(str, ids)) if len(ids) <= _NAMED else "POST…",
        campaign=" ".join(sorted({post.campaign for post in posts})),
    )


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


def of_unapproved(post: Post, now: datetime) -> Need:
    """Says that a draft is not approved, though its hour is near or has come."""
    key = f"unapproved:{post.id}:{post.scheduled_at.isoformat()}"
    if post.scheduled_at <= now:
        kind = "due and not approved"
        answer = _EXPIRED.format(no="reject") if has_expired(post, now) else _PAST_AND_NOT_APPROVED
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
    waits = f"{count(waiting, 'post')} wait{'s' if waiting == 1 else ''} to go out"
    if daemon is None or daemon.stopped_at is not None:
        if waiting:
            since = daemon.stopped_at.isoformat() if daemon and daemon.stopped_at else "never"
            yield Need(f"no-daemon:{since}", "daemon", f"no daemon is running, and {waits}", "redletter run")
    else:
        said = f"the publishing loop of {daemon.name} has not turned for {ago(now - daemon.turned_at)}, and {waits}"
        answer = "look whether it is still there; start it again with redletter run"
        yield Need(f"still:{daemon.turned_at.isoformat()}", "daemon", said, answer)


def _of_post(post: Post, key: str, kind: str, is_what: str, note: str | None, answer: str) -> Need:
    where = f"{local_hour(post.scheduled_at, post.time_zone)}, {post.account}, {post.campaign} {post.slot}"
    said = f"post {post.id} {is_what}: {where}"
    return Need(
        key, kind, f"{said}: {note}" if note else said, answer.format(id=post.id, campaign=post.campaign), post.id
    )
