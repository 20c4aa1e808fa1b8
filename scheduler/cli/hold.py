"""`redletter hold` and `redletter resume`: nothing goes out, until it may again."""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import answer, complain, fold, plain, say, width
from scheduler.config import HOLD_FILE
from scheduler.errors import BookError, ConfigError, MoveNotAllowed, RedletterError
from scheduler.posts.wording import STOPPED_NOTE, count, held_for, is_about_its_article, local_hour

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.status import HoldScope
    from scheduler.posts.tables import Hold, Post

_TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FEW = 8  # posts that are named one by one

_account = click.option("--account", metavar="NAME", help="Only what goes out through this account.")
_campaign = click.option("--campaign", metavar="ID", help="Only what belongs to this campaign.")
_topic = click.option("--topic", metavar="TOPIC", help="Only what is about this topic.")


@click.command()
@_account
@_campaign
@_topic
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody who asks for the status sees it.")
@click.option(
    "--except", "exceptions", multiple=True, metavar="TOPIC", help="Let posts of this topic go out; may be repeated."
)
@click.pass_obj
def hold(
    door: Door,
    account: str | None,
    campaign: str | None,
    topic: str | None,
    reason: str,
    exceptions: tuple[str, ...],
) -> None:
    """Let nothing go out until it is resumed.

    Everything, or one account, campaign or topic. Holds from the next call on; a call under way cannot be called back.
    """
    from scheduler.posts.holds import hold as begin
    from scheduler.posts.holds import said_of, way_back
    from scheduler.posts.queries import find_hold
    from scheduler.publishing.hold_file import give_way

    if not reason.strip():
        raise click.BadParameter("expected a reason", param_hint="--reason")
    topics = tuple(dict.fromkeys(_topic_called(name, "--except") for each in exceptions for name in each.split(",")))
    with _naming_the_file(door), door.book() as book:
        scope, name = _scope(door, book, account, campaign, topic)
        with book.reading() as session:
            before = find_hold(session, scope, name)
        with book.writing() as connection:
            if not name:
                give_way(connection, who=door.who, now=door.now())
            begin(connection, scope, name, reason, who=door.who, now=door.now(), except_topics=topics)
        spared = f", except {' and '.join(topics)}" if topics else ""
        say(plain(f"Held by {door.who}: {said_of(scope, name)}{spared}."))
        if before:
            say(plain(f"This takes the place of: {hold_words(before, door.workspace.config.time_zone)[0]}"))
        say(_under_way(book))
        say(f"End it with: {way_back(scope, name)}")
        # Whatever is found now, the hold stands: on the worst day, no check comes before it.
        _warn_of_unknown_topics(book, [name] if topic else [], topics)
    _say_file_holds(door)


@contextmanager
def _naming_the_file(door: Door) -> Iterator[None]:
    """On the worst day, whoever cannot hold by the book learns what always works."""
    try:
        yield
    except (BookError, ConfigError) as error:
        hold_file = door.workspace_folder() / HOLD_FILE
        raise RedletterError(
            f"{error}. Nothing is held by this. A file stops everything all the same: touch {shlex.quote(str(hold_file))}"
        ) from error


def _say_file_holds(door: Door) -> None:
    held = file_words(door.workspace.hold_file)
    if held:
        complain(f"note: held besides: {held[0]}\n  -> {held[1]}")


def _refuse_while_file_holds(door: Door, name: str) -> None:
    held = file_words(door.workspace.hold_file)
    if held and not name:
        raise MoveNotAllowed(f"held: {held[0]}; nothing was changed. Remove the file first:\n  -> {held[1]}")


def _under_way(book: "Book") -> Iterator[str]:
    from scheduler.posts.queries import find_posts
    from scheduler.posts.status import PostStatus

    with book.reading() as session:
        sending = find_posts(session, statuses=[PostStatus.PUBLISHING])
    if sending:
        named = ", ".join(str(post.id) for post in sending[:_FEW]) + (" …" if len(sending) > _FEW else "")
        yield f"Being sent at this moment, and cannot be called back: post {named}"


def _warn_of_unknown_topics(book: "Book", held: Sequence[str], spared: Sequence[str]) -> None:
    from scheduler.posts.queries import topics_with_posts
    from scheduler.tomlfile import did_you_mean

    if not held and not spared:
        return
    with book.reading() as session:
        known = topics_with_posts(session)
    for topic in (*held, *spared):
        if topic not in known:
            what = "so the hold stops nothing yet" if topic in held else "so nothing is let through by it"
            near = did_you_mean(topic, known) or f"; topics in the book: {', '.join(known) or 'none'}"
            complain(f'warning: no post in the book has the topic "{topic}", {what}{near}')


@click.command()
@_account
@_campaign
@_topic
@click.option("--keep", is_flag=True, help="Let all that has passed meanwhile go out, one after the other.")
@click.option("--drop", is_flag=True, help="Cancel all that has passed meanwhile.")
@click.pass_obj
def resume(door: Door, account: str | None, campaign: str | None, topic: str | None, keep: bool, drop: bool) -> None:
    """End a hold, and say what has passed meanwhile.

    What comes due from now on goes out. A post whose hour passed meanwhile does not go out by itself: it is held until
    somebody keeps, reschedules or cancels it.
    """
    from scheduler.posts.holds import resume as end
    from scheduler.posts.holds import said_of
    from scheduler.posts.queries import find_hold

    if keep and drop:
        raise click.UsageError("--keep and --drop decide the same posts: choose one")
    with door.book() as book:
        scope, name = _scope(door, book, account, campaign, topic)
        _refuse_while_file_holds(door, name)
        with book.reading() as session:
            lifted = find_hold(session, scope, name)
        with book.writing() as connection:
            end(connection, scope, name, who=door.who, now=door.now())
        say(f"Resumed by {door.who}: {said_of(scope, name)}.")
        passed, missed = _meanwhile(book, lifted)
        passed, apart = _by_why(passed, scope)
        refusals = _decide(door, book, passed, keep=keep) if passed and (keep or drop) else []
        say(_meanwhile_lines(() if keep or drop else passed, missed, min(width(), 120), door.now()))
        say(_apart_lines(apart, min(width(), 120)))
        if not passed and not missed:
            say("Nothing came due meanwhile.")
        say(_still_held(book, door.workspace.config.time_zone))
    _say_file_holds(door)
    for refusal in refusals:
        complain(refusal)
    if refusals:
        raise click.exceptions.Exit(1)


def _meanwhile(book: "Book", lifted: "Hold | None") -> "tuple[list[Post], list[Post]]":
    """Returns what waits for a word and what was missed since the hold began, as far as it reached and no other does."""
    from scheduler.posts.holds import active_holds, reaches_of
    from scheduler.posts.queries import moved_since
    from scheduler.posts.status import Move
    from scheduler.posts.tables import split_topics

    if lifted is None:
        return [], []
    reach = reaches_of([lifted])
    with book.reading() as session:
        others = active_holds(session.connection())
        passed, missed = (moved_since(session, move, lifted.held_at) for move in (Move.SET_ASIDE, Move.MISS))

    def is_meant(post: "Post") -> bool:
        return reach.reach(post.account, post.campaign, split_topics(post.topics))

    def is_free(post: "Post") -> bool:
        return not others.reach(post.account, post.campaign, split_topics(post.topics))

    return [post for post in passed if is_meant(post) and is_free(post)], list(filter(is_meant, missed))


def _by_why(posts: "Sequence[Post]", scope: str) -> "tuple[list[Post], list[Post]]":
    """Returns the posts that wait for this hold, and those that wait for another reason, a hold or not.

    scope: that of the hold. A story that was stopped is held by its campaign: the end of no other hold decides about it.
    """
    apart = [post for post in posts if is_about_its_article(post.note) or (scope != "campaign" and _is_stopped(post))]
    return [post for post in posts if post not in apart], apart


def _is_stopped(post: "Post") -> bool:
    return (post.note or "").startswith(STOPPED_NOTE)


def _apart_lines(posts: "Sequence[Post]", room: int) -> Iterator[str]:
    from scheduler.cli.waiting import listed

    stopped = [post for post in posts if _is_stopped(post)]
    if stopped:
        yield ""
        yield f"{count(len(stopped), 'post')} of a story that was stopped meanwhile, and not held for this hold alone:"
        yield from listed(stopped, room)
        yield "  why, and the command that answers each: redletter status"
    others = [post for post in posts if post not in stopped]
    for what in dict.fromkeys(held_for(post.note or "") for post in others):
        of_it = [post for post in others if held_for(post.note or "") == what]
        yield ""
        whose = "its" if len(of_it) == 1 else "their"
        yield f"{count(len(of_it), 'post')} held meanwhile for {whose} {what}, and not for this hold:"
        yield from listed(of_it, room)
        yield "  why, and the command that answers each: redletter status"


def _decide(door: Door, book: "Book", posts: "Sequence[Post]", *, keep: bool) -> list[str]:
    """Keeps or cancels all of the posts; returns why some of them could not be kept."""
    from scheduler.cli.keep import keep_posts, said_of_kept
    from scheduler.posts.review import cancel

    if keep:
        kept, refusals = keep_posts(door, book, posts)
        say([said_of_kept(door, kept)] if kept else [])
        return refusals
    with book.writing() as connection:
        for post in posts:
            cancel(connection, post.id or 0, post.version, who=door.who, now=door.now(), reason="dropped after a hold")
    say(f"Cancelled: {count(len(posts), 'post')}, by {door.who}.")
    return []


def _meanwhile_lines(passed: "Sequence[Post]", missed: "Sequence[Post]", room: int, now: datetime) -> Iterator[str]:
    from scheduler.cli.waiting import listed, ways_on, ways_on_from_missed

    if passed:
        yield ""
        none = "It does not go out" if len(passed) == 1 else "None of them goes out"
        # What was stopped may have its hour before it.
        what = "came due meanwhile" if all(post.scheduled_at <= now for post in passed) else "set aside meanwhile"
        yield f"{count(len(passed), 'post')} {what}. {none} until somebody says so:"
        yield from listed(passed, room)
        yield from ways_on(passed, now)
    if missed:
        yield ""
        yield f"{count(len(missed), 'post')} missed meanwhile, too late by now:"
        yield from listed(missed, room)
        yield from ways_on_from_missed(missed, now)


def _still_held(book: "Book", time_zone: str) -> Iterator[str]:
    from scheduler.posts.queries import standing_holds

    with book.reading() as session:
        holds = standing_holds(session)
    if holds:
        yield ""
    for hold in holds:
        words, command = hold_words(hold, time_zone)
        yield from fold(plain(f"Still held: {words}"), 12)
        yield from answer(command, 12)


def hold_words(hold: "Hold", time_zone: str) -> tuple[str, str]:
    """Says what is held, what is let through, since when, by whom, and why; and the command that ends it."""
    from scheduler.posts.holds import reach_of, way_back

    since = local_hour(hold.held_at, time_zone)
    return f"{reach_of(hold)}, since {since} by {hold.held_by}: {hold.reason}", way_back(hold.scope, hold.name)


def file_words(path: Path) -> tuple[str, str] | None:
    """Says that the file HOLD holds everything, and why, and the command that ends it; None where there is none."""
    from scheduler.publishing.hold_file import is_there, reason_in

    if not is_there(path):
        return None
    return f"everything, by the file {path}: {reason_in(path)}", f"rm {shlex.quote(str(path))}"


def _scope(
    door: Door, book: "Book", account: str | None, campaign: str | None, topic: str | None
) -> "tuple[HoldScope, str]":
    """Returns what is meant; raises MoveNotAllowed for a name that nobody knows."""
    from scheduler.posts.status import HoldScope

    if [account, campaign, topic].count(None) < 2:
        raise click.UsageError("--account, --campaign, --topic: hold or resume one after the other")
    if account:
        _check_account(door, book, account)
        return HoldScope.ACCOUNT, account
    if campaign:
        _check_campaign(door, book, campaign)
        return HoldScope.CAMPAIGN, campaign
    if topic is not None:
        return HoldScope.TOPIC, _topic_called(topic, "--topic")
    return HoldScope.ALL, ""


def _topic_called(name: str, option: str) -> str:
    """Returns the topic; a name that none can have is refused, since such a hold could never reach a post."""
    topic = name.strip().casefold()
    if not _TOPIC.fullmatch(topic):
        raise click.BadParameter(f'expected a topic such as "safety", found "{name}"', param_hint=option)
    return topic


def _held_names(book: "Book", scope: "HoldScope") -> set[str]:
    from scheduler.posts.queries import standing_holds

    with book.reading() as session:
        return {hold.name for hold in standing_holds(session) if hold.scope == scope}


def _check_account(door: Door, book: "Book", account: str) -> None:
    from scheduler.cli.names import check_known
    from scheduler.posts.queries import accounts_with_posts
    from scheduler.posts.status import HoldScope

    with book.reading() as session:
        known = {*accounts_with_posts(session)}
    known |= _held_names(book, HoldScope.ACCOUNT)
    check_known("account", account, known | door.workspace.config.accounts.keys(), "there are")


def _check_campaign(door: Door, book: "Book", campaign: str) -> None:
    from scheduler.cli.names import check_known
    from scheduler.posts.queries import campaigns_with_posts
    from scheduler.posts.status import HoldScope

    with book.reading() as session:
        known = {*campaigns_with_posts(session)}
    known |= _held_names(book, HoldScope.CAMPAIGN)
    if campaign not in known:
        # In an emergency, a campaign file that cannot be read must not stand in the way of one that is in the book.
        readable, _ = door.workspace.campaigns()
        known |= {each.id for each in readable}
    check_known("campaign", campaign, known, "there are")
