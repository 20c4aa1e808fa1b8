"""What needs a person, in words: one sentence, and the command that answers it; `status` and alarms say it alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduler.errors import BookError
from scheduler.posts.heartbeat import turned_lately
from scheduler.posts.tables import Daemon, Hold, Post
from scheduler.posts.wording import ARTICLE_NOTE, EMBARGO_NOTE, ago, count, local_hour

# By status: what to do about a post that waits for a person.
ANSWERS = {
    "failed": "redletter edit {id} or redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "missed": "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "unconfirmed": "redletter resolve {id} --published URL, or redletter resolve {id} --not-published",
    "held": "redletter keep {id}; redletter reschedule {id} WHEN, then redletter approve {id}; or redletter cancel {id}",
}
# The same for what its article did, by how its note begins.
_ABOUT_ARTICLES = {
    f"{ARTICLE_NOTE}has changed": "redletter show {id} shows the difference; redletter keep {id} leaves the post as it is,"
    " redletter plan --replace {campaign} takes the article's words; or redletter cancel {id}",
    # There is nothing to compare with, and no plan can be made of it.
    ARTICLE_NOTE: "redletter cancel {id}; or redletter keep {id} sends it all the same",
    EMBARGO_NOTE: "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter cancel {id}",
}
# Not even a person's word sends out what has expired: neither another hour nor a yes would be taken.
_EXPIRED = "redletter {no} {{id}}; or write a later `expires` in its campaign, redletter plan, and look again"
_NOT_APPROVED = "redletter approve {id}; or redletter reject {id}"
_PAST_AND_NOT_APPROVED = "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person.

    key: the same for the same thing, so that it is told once. kind: a word for programs. said: a sentence. answer: the
    command to answer it with.
    """

    key: str
    kind: str
    said: str
    answer: str
    post: int | None = None


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
    answer = next((own for begins, own in _ABOUT_ARTICLES.items() if (post.note or "").startswith(begins)), answer)
    until = f", and expires on {local_hour(post.latest_at, post.time_zone)}" if post.latest_at else ""
    return _of_post(post, key, "waiting", f"waits for a word{until}", post.note, answer)


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
