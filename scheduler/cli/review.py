"""The commands of review: approve, edit, reschedule, keep, reject, cancel, resolve."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.door import Door
from scheduler.cli.output import answer, colour, complain, fold, plain, say, width
from scheduler.errors import MoveNotAllowed, RedletterError
from scheduler.posts.wording import clock_of, count, local_hour

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduler.platforms.message import Message
    from scheduler.posts.book import Book
    from scheduler.posts.holds import ActiveHold
    from scheduler.posts.tables import Post
    from scheduler.preview import Card

_NEXT_PART = "----- next part (leave this line as it is) -----"
_AT = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}:\d{2})")

_SETTLED = {"published": "published", "draft": "a draft again", "failed": "out in part", "held": "out in part"}
_WAYS_ON = {
    "failed": "finish or delete it by hand, where it is out; then redletter reject {id}",
    "held": "redletter keep {id} lets the rest go out now; redletter cancel {id} drops it",
}
_pre_election = click.option(
    "--pre-election",
    metavar="WHO",
    help="Who agreed that an elected person is quoted in the pre-election period; it is kept.",
)
_reason = click.option("--reason", metavar="TEXT", help="Why, for the audit trail.")


@click.command()
@click.argument("posts", nargs=-1, type=int, metavar="[POST]...")
@click.option("--campaign", metavar="ID", help="All drafts of this campaign.")
@click.option("--version", type=click.IntRange(min=1), help="The version that you looked at; for one post.")
@click.option("--altered", metavar="WHO", help="Who agreed to a quotation that is not what was said; it is kept.")
@_pre_election
@click.option("--yes", is_flag=True, help="List them, but do not ask.")
@click.pass_obj
def approve(
    door: Door,
    posts: tuple[int, ...],
    campaign: str | None,
    version: int | None,
    altered: str | None,
    pre_election: str | None,
    yes: bool,
) -> None:
    """Approve posts as they are shown.

    Shows the posts, and where an article has changed, then asks. What has changed meanwhile is not approved, and neither is
    a post whose hour has passed: reschedule it. A quotation that is not what was said needs --altered, one of an elected
    person in the pre-election period --pre-election.
    """
    if bool(posts) == bool(campaign):
        raise click.UsageError("name posts, or a campaign with --campaign")
    if version is not None and len(posts) != 1:
        raise click.UsageError("--version belongs to one post: approve POST --version N")
    if altered is not None and not posts:
        raise click.UsageError("--altered is said of posts that are named: approve POST --altered WHO")
    if pre_election is not None and not posts:
        raise click.UsageError("--pre-election is said of posts that are named: approve POST --pre-election WHO")
    _check_who(altered, "--altered")
    _check_who(pre_election, "--pre-election")
    with door.book() as book:
        chosen = _posts_called(book, posts) if posts else _drafts_of(book, campaign or "")
        if not chosen:
            say(f"{campaign} has no drafts: there is nothing to approve.")
            return
        passed = [post for post in chosen if campaign and post.scheduled_at <= door.now()]
        changed = _altered(book, [post for post in chosen if post not in passed])
        silent = _silent(book, [post for post in chosen if campaign and post not in passed])
        left_out = {*changed, *silent} if campaign else set()
        ready = [post for post in chosen if post not in passed and post.id not in left_out]
        shown = [(post.id or 0, version or post.version) for post in ready]
        if shown:
            is_hopeless = any(post.status != "draft" or post.scheduled_at <= door.now() for post in ready)
            is_refused = bool(posts and changed and not altered)
            say(_cards(door, ready, whole=not yes))
            say(_differences(book, ready))
            if not (yes or is_hopeless or is_refused) and not door.ask(_question(ready, changed)):
                _nothing_changed()
            _approve(book, shown, door, altered, pre_election)
            say(f"Approved: {count(len(shown), 'post')}, by {door.who}.")
            if altered and not changed:
                complain("note: no quotation in what was approved is altered, so --altered was not written down")
    if passed:
        listed = "\n".join(f"  redletter reschedule {post.id} WHEN   {_name(post)}" for post in passed)
        complain(f"Not approved, for their hour has passed: {count(len(passed), 'post')}.\n{listed}")
    if campaign and changed:
        listed = "\n".join(f"  redletter show {post} --sources   {found[0]}" for post, found in changed.items())
        said = f"Not approved, for a quotation is not what was said: {count(len(changed), 'post')}.\n{listed}"
        complain(f'{said}\nWhere who is quoted agrees: redletter approve POST --altered "who agreed"')
    if silent:
        listed = "\n".join(f"  {refusal}" for refusal in silent.values())
        complain(f"Not approved, for the pre-election period: {count(len(silent), 'post')}.\n{listed}")
    if passed or left_out:
        raise click.exceptions.Exit(1)


def _check_who(agreed: str | None, option: str) -> None:
    if agreed is not None and not agreed.strip():
        raise click.BadParameter("expected who agreed", param_hint=option)


def _silent(book: "Book", posts: "Sequence[Post]") -> dict[int, str]:
    """Returns why the pre-election period keeps each of these posts back; without those that it does not."""
    from scheduler.posts.pre_election import unagreed

    found = {}
    with book.reading() as session:
        for post in posts:
            try:
                post_id, when = post.id or 0, (post.scheduled_at, post.time_zone)
                unagreed(session.connection(), post_id, post.sources_json, *when, command="approve")
            except MoveNotAllowed as refusal:
                found[post.id or 0] = str(refusal)
    return found


def _differences(book: "Book", posts: "Sequence[Post]") -> Iterator[str]:
    """Yields what became of the articles of these posts that nobody has decided about."""
    from scheduler.cli.posts import change_lines
    from scheduler.posts.queries import changes_of

    for post in posts:
        with book.reading() as session:
            became = changes_of(session, post.id or 0)
            session.expunge_all()
        lines = [line for change in became for line in change_lines(change, post, width())]
        if lines:
            yield ""
            yield f"Post {post.id}:"
            yield from lines


def _altered(book: "Book", posts: "Sequence[Post]") -> dict[int, tuple[str, ...]]:
    """Returns what each post makes of its quotations that was not said so; without those in which all is well."""
    from scheduler.posts.review import alterations_of

    with book.reading() as session:
        connection = session.connection()
        found = {
            post.id or 0: alterations_of(connection, post.id or 0, post.message_json, post.sources_json)
            for post in posts
        }
    return {post: altered for post, altered in found.items() if altered}


def _question(posts: "Sequence[Post]", changed: Mapping[int, tuple[str, ...]]) -> str:
    which = "it" if len(posts) == 1 else " and ".join(f"post {post}" for post in changed)
    return f"Approve {_these(posts)}?" + (f" A quotation in {which} is not what was said." if changed else "")


def _approve(
    book: "Book", shown: Sequence[tuple[int, int]], door: Door, altered: str | None, pre_election: str | None
) -> None:
    from scheduler.posts.review import approve as approve_posts

    with book.writing() as connection:
        now = door.now()
        approve_posts(connection, shown, who=door.who, now=now, agreed=altered, pre_election=pre_election)


@click.command()
@click.argument("post", type=int)
@click.option("--text", metavar="TEXT", help="The new text, instead of opening an editor.")
@click.option(
    "--text-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="A file with the new text (- for standard input).",
)
@click.pass_obj
def edit(door: Door, post: int, text: str | None, text_file: Path | None) -> None:
    """Change the words of a post.

    Opens $VISUAL or $EDITOR, unless the text is given. An approval is void then. What does not fit is refused.
    """
    if text is not None and text_file is not None:
        raise click.UsageError("--text and --text-file both give the text: choose one")
    with door.book() as book:
        (found,) = _posts_called(book, [post])
        _check_can_be_edited(book, found)
        if text_file is not None:
            text = _read(text_file)
        message = _edited_by_hand(door, found) if text is None else _fitting(door, found, text)
        if message is None or message == found.message:
            say(f"Post {post} is unchanged.")
            return
        try:
            _save_edit(door, book, found, message)
        except RedletterError as error:
            if text is not None:
                raise
            raise RedletterError(f"{error}\n{_kept(_joined(message))}") from error
        (saved,) = _posts_called(book, [post])
    say(_cards(door, [saved], whole=True))
    was = f"; it was {found.status} and needs approval again" if found.status != "draft" else ""
    say(f"Post {post} is a draft with new words, version {saved.version}{was}.")


def _check_can_be_edited(book: "Book", post: "Post") -> None:
    """Raises MoveNotAllowed before anybody has written a new text in vain."""
    from scheduler.posts.review import check_not_begun
    from scheduler.posts.status import MOVES, Move

    if post.status not in MOVES[Move.EDIT][0]:
        raise MoveNotAllowed(f"post {post.id} is {post.status} and cannot be edited any more; nothing was changed")
    with book.reading() as session:
        check_not_begun(session.connection(), post, Move.EDIT)


def _save_edit(door: Door, book: "Book", post: "Post", message: "Message") -> None:
    from scheduler.posts.review import edit as edit_post

    with book.writing() as connection:
        edit_post(connection, post, message, who=door.who, now=door.now())


def _edited_by_hand(door: Door, post: "Post") -> "Message | None":
    """Lets a person edit until it fits; None when nothing was changed. What is given up is kept in a file."""
    import os

    if not door.is_interactive() and not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise RedletterError("no editor can be opened: this is no terminal; give the text with --text or --text-file")
    text = _joined(post.message)
    while True:
        edited = click.edit(text, extension=".txt", require_save=True)
        if edited is None:
            return None
        text = edited
        try:
            return _fitting(door, post, text)
        except RedletterError as error:
            if door.is_interactive():
                complain(str(error))
                if door.ask("Edit it again?"):
                    continue
            raise RedletterError(f"{error}\n{_kept(text)}") from error


def _kept(text: str) -> str:
    """Keeps a text that somebody wrote by hand, and says where; where even that fails, it says the text itself."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="redletter-", suffix=".txt", delete=False
        ) as file:
            file.write(text)
    except OSError:
        return f"Your text:\n{text}"
    return f"Your text is kept: {file.name}"


def _read(path: Path) -> str:
    try:
        with click.open_file(str(path), encoding="utf-8") as file:
            return str(file.read())
    except (OSError, UnicodeDecodeError) as error:
        raise RedletterError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _joined(message: "Message") -> str:
    return f"\n{_NEXT_PART}\n".join(part.text for part in message.parts)


def _fitting(door: Door, post: "Post", text: str) -> "Message":
    """Returns the post's message with other texts; raises MoveNotAllowed where they are empty, too many or too long."""
    from scheduler.app.cards import card_parts

    # An editor ends the last line of a file; nobody wrote that.
    texts = [part.strip("\n") for part in text.replace("\r\n", "\n").split(_NEXT_PART)]
    parts = post.message.parts
    if len(texts) != len(parts):
        raise MoveNotAllowed(
            f"post {post.id} has {count(len(parts), 'part')}, and the text has {len(texts)}; put between them the line\n"
            f"{_NEXT_PART}"
        )
    message = replace(
        post.message, parts=tuple(replace(part, text=new) for part, new in zip(parts, texts, strict=True))
    )
    problems = [f"part {number} is empty" for number, new in enumerate(texts, 1) if not new.strip()]
    for number, part in enumerate(card_parts(door.workspace, post, message), 1):
        problems += [
            f"part {number} has {length.used} of {length.limit} {length.unit}: {length.used - length.limit} too many"
            for length in part.lengths
            if not length.fits
        ]
    if problems:
        said = "\n".join(problems) if len(parts) > 1 else "\n".join(problems).replace("part 1", "the text")
        raise MoveNotAllowed(f"post {post.id}, {post.account}: {said}; nothing was changed")
    return message


@click.command()
@click.argument("post", type=int)
@click.argument("when")
@click.pass_obj
def reschedule(door: Door, post: int, when: str) -> None:
    """Give a post another hour.

    WHEN is local time of the campaign, "2027-03-18 09:30" or "09:30" for the same day, or how much later: "+30m",
    "+1d". An approval is void then. Brings back what was rejected or cancelled.
    """
    with door.book() as book:
        (found,) = _posts_called(book, [post])
        moment, note = moment_meant(when, found)
        if note:
            complain(f"note: {note}")
        from scheduler.posts.review import reschedule as reschedule_post

        with book.writing() as connection:
            reschedule_post(connection, found, moment, who=door.who, now=door.now())
        (saved,) = _posts_called(book, [post])
    again = "; it needs approval again" if found.status != "draft" else ""
    say(f"Post {post} is a draft for {_hour(saved)}, version {saved.version}{again}.")


def moment_meant(when: str, post: "Post") -> tuple[datetime, str | None]:
    """Returns the moment that a person means, and a note where the clocks change; MoveNotAllowed for what is no time."""
    from scheduler.campaigns import When, at
    from scheduler.tomlfile import parse_duration

    when = when.strip()
    zone = _zone_of(post)
    expected = f'expected "2027-03-18 09:30", "09:30", "+30m" or "+1d", found "{when}"'
    if when.startswith("+"):
        try:
            return _later(post.scheduled_at, parse_duration(when[1:]), zone)
        except ValueError as error:
            raise MoveNotAllowed(f"{expected}: {error}") from error
    match = _AT.fullmatch(when)
    if match is None:
        raise MoveNotAllowed(expected)
    date, time = match.groups()
    try:
        local = datetime.fromisoformat(f"{date or post.scheduled_at.astimezone(zone).date()}T{time:0>5}")
    except ValueError as error:
        raise MoveNotAllowed(f"{expected}: {error}") from error
    return at(local.date(), When(0, local.time()), zone)


def _zone_of(post: "Post") -> ZoneInfo:
    """Returns the post's time zone; raises MoveNotAllowed where this machine does not know it: an hour must not be guessed."""
    zone = clock_of(post.time_zone)
    if not isinstance(zone, ZoneInfo):
        raise MoveNotAllowed(
            f'post {post.id} has the time zone "{post.time_zone}", which this machine does not know, so no hour can be given'
            f" to it; redletter cancel {post.id} or redletter reject {post.id}"
        )
    return zone


def _later(moment: datetime, by: timedelta, zone: ZoneInfo) -> tuple[datetime, str | None]:
    """A day later is the same hour on the wall; an hour later is an hour, whatever the clocks do."""
    from scheduler.campaigns import When, at

    if by % timedelta(days=1):
        return moment + by, None
    local = moment.astimezone(zone) + by
    return at(local.date(), When(0, local.time()), zone)


@click.command()
@click.argument("posts", nargs=-1, type=int, metavar="[POST]...")
@click.option("--campaign", metavar="ID", help="All held posts of this campaign.")
@click.option("--all", "every", is_flag=True, help="All held posts.")
@_pre_election
@click.option("--yes", is_flag=True, help="List them, but do not ask.")
@click.pass_obj
def keep(
    door: Door, posts: tuple[int, ...], campaign: str | None, every: bool, pre_election: str | None, yes: bool
) -> None:
    """Let held posts go out all the same.

    Now, or at their hour where that is still to come; while a hold reaches a post, end that first. Where an article has
    changed, shows the difference and asks. Posts that are named are kept all or none; of a campaign, or of all, those that
    cannot be kept are listed and stay held.
    """
    if [bool(posts), campaign is not None, every].count(True) != 1:
        raise click.UsageError("name posts, or a campaign with --campaign, or say --all")
    if pre_election is not None and not posts:
        raise click.UsageError("--pre-election is said of posts that are named: keep POST --pre-election WHO")
    _check_who(pre_election, "--pre-election")
    with door.book() as book:
        chosen = _posts_called(book, posts) if posts else _held_posts(book, campaign)
        if not chosen:
            say("No post is held: there is nothing to keep.")
            return
        refused = _cannot_be_kept(door, book, chosen, pre_election)
        if posts and refused:
            raise MoveNotAllowed("\n".join(refused.values()))
        ready = [post for post in chosen if post.id not in refused]
        differences = list(_differences(book, ready))
        if ready and (not posts or differences):
            say(_cards(door, ready, whole=False))
            say(differences)
            if not yes and not door.ask(f"Let {_these(ready)} go out?"):
                _nothing_changed()
        kept, refusals = keep_posts(door, book, ready, all_or_none=bool(posts), pre_election=pre_election)
    if posts and not differences:
        say(_cards(door, kept, whole=False))
    if kept:
        say(said_of_kept(door, kept))
    for refusal in (*refused.values(), *refusals):
        complain(refusal)
    if refused or refusals:
        raise click.exceptions.Exit(1)


def _cannot_be_kept(
    door: Door, book: "Book", posts: "Sequence[Post]", pre_election: str | None
) -> dict[int | None, str]:
    """Returns why some of these posts cannot be kept, by their ids: nobody is to be asked about those."""
    from scheduler.posts.review import check_can_be_kept

    refused = {}
    with book.reading() as session:
        connection = session.connection()
        in_the_way = _what_holds(door, connection)
        for post in posts:
            try:
                in_the_way(post)
                which = (post.id or 0, post.version)
                check_can_be_kept(connection, *which, now=door.now(), pre_election=pre_election)
            except MoveNotAllowed as refusal:
                refused[post.id] = str(refusal)
    return refused


def keep_posts(
    door: Door,
    book: "Book",
    posts: "Sequence[Post]",
    *,
    all_or_none: bool = False,
    pre_election: str | None = None,
) -> "tuple[list[Post], list[str]]":
    """Keeps held posts, all that can be; returns them, and why the others cannot.

    all_or_none: raises MoveNotAllowed with all that stands in the way, and keeps none. pre_election: who agreed that elected
    people are quoted.
    """
    from scheduler.posts.review import keep as keep_post

    kept: list[Post] = []
    refusals: list[str] = []
    with book.writing() as connection:
        in_the_way = _what_holds(door, connection)
        for post in posts:
            try:
                in_the_way(post)
                which = (post.id or 0, post.version)
                keep_post(connection, *which, who=door.who, now=door.now(), pre_election=pre_election)
                kept.append(post)
            except MoveNotAllowed as refusal:
                refusals.append(str(refusal))
        if refusals and all_or_none:
            raise MoveNotAllowed("\n".join(refusals))
    return kept, refusals


def _what_holds(door: Door, connection: "Connection") -> "Callable[[Post], None]":
    """Returns what raises MoveNotAllowed for a held post that a hold reaches: first that one is to be ended."""
    from scheduler.cli.hold import file_words
    from scheduler.posts.holds import active_holds
    from scheduler.posts.tables import split_topics

    by_file, holds = file_words(door.workspace.hold_file), active_holds(connection).holds

    def check(post: "Post") -> None:
        if post.status != "held":
            return
        if by_file:
            raise MoveNotAllowed(f"post {post.id}: held: {by_file[0]}; first {by_file[1]}, then keep it")
        for hold in holds:
            if hold.reaches(post.account, post.campaign, split_topics(post.topics)):
                raise MoveNotAllowed(_resume_first(post, hold))

    return check


def _resume_first(post: "Post", hold: "ActiveHold") -> str:
    """A word under a hold would be void at its end, where the hour has passed by then: so it is asked for after the end."""
    from scheduler.posts.holds import said_of

    options = f" --{hold.scope} {hold.name}" if hold.name else ""
    return f"post {post.id}: {said_of(hold.scope, hold.name)} is held; first redletter resume{options}, then keep it"


def said_of_kept(door: Door, kept: "Sequence[Post]") -> str:
    """Says how many posts were kept, by whom, and when they go out."""
    passed = sum(post.scheduled_at <= door.now() for post in kept)
    when = "now" if passed == len(kept) else "now, or at their hours to come" if passed else "at their hours"
    return f"Kept: {count(len(kept), 'post')}, by {door.who}. Going out {when}."


def _held_posts(book: "Book", campaign: str | None) -> "list[Post]":
    from scheduler.cli.names import campaigns_in_book
    from scheduler.posts.queries import find_posts
    from scheduler.posts.status import PostStatus

    names = campaigns_in_book(book, [campaign] if campaign is not None else [])
    with book.reading() as session:
        return find_posts(session, campaigns=names, statuses=[PostStatus.HELD])


@click.command()
@click.argument("posts", nargs=-1, type=int, required=True, metavar="POST...")
@_reason
@click.pass_obj
def reject(door: Door, posts: tuple[int, ...], reason: str | None) -> None:
    """Say that posts will not go out.

    Drafts, and posts that failed or were missed. Planning does not bring them back.
    """
    from scheduler.posts.review import reject as reject_post

    _move_each(door, posts, reject_post, "Rejected", reason)


@click.command()
@click.argument("posts", nargs=-1, type=int, required=True, metavar="POST...")
@_reason
@click.pass_obj
def cancel(door: Door, posts: tuple[int, ...], reason: str | None) -> None:
    """Stop an approved or held post before it goes out.

    One that is going out at this moment cannot be stopped.
    """
    from scheduler.posts.review import cancel as cancel_post

    _move_each(door, posts, cancel_post, "Cancelled", reason)


def _move_each(door: Door, ids: Sequence[int], move: Callable[..., Any], done: str, reason: str | None) -> None:
    """Makes one move of each of the posts, which were named one by one: all or none."""
    with door.book() as book:
        chosen = _posts_called(book, ids)
        with book.writing() as connection:
            for post in chosen:
                move(connection, post.id, post.version, who=door.who, now=door.now(), reason=reason)
    say(_cards(door, chosen, whole=False))
    say(f"{done}: {count(len(chosen), 'post')}, by {door.who}.")


@click.command()
@click.argument("posts", nargs=-1, type=int, required=True, metavar="POST...")
@click.option("--published", metavar="URL", help="It is out, at this address; for one post.")
@click.option("--not-published", is_flag=True, help="Not out: each becomes a draft again, or the rest of it is held.")
@click.pass_obj
def resolve(door: Door, posts: tuple[int, ...], published: str | None, not_published: bool) -> None:
    """Say whether unconfirmed posts are out.

    Look at the account itself first: what is said here is believed. Of a thread, it is said of the part that nobody knows
    of; the rest of it does not go out by itself. Several posts are settled together, all or none.
    """
    if (published is None) != not_published:
        raise click.UsageError("say --published URL or --not-published")
    if published is not None and len(set(posts)) > 1:
        raise click.UsageError("--published is the address of one post: resolve POST --published URL for each of them")
    if published is not None and not published.startswith(("https://", "http://", "file://")):
        raise click.BadParameter(f'expected the address of the post, found "{published}"', param_hint="--published")
    with door.book() as book:
        _resolve(door, book, posts, published)
        settled = _posts_called(book, posts)
    for post in settled:
        say(f"Post {post.id} is {_SETTLED[post.status]}, says {door.who}.")
        if post.status in _WAYS_ON:
            say([*fold(plain(f"  {post.note}"), 2), *answer(_WAYS_ON[post.status].format(id=post.id))])


def _resolve(door: Door, book: "Book", ids: Sequence[int], published: str | None) -> None:
    """Settles them in one transaction; raises MoveNotAllowed with all that stands in the way, and settles none."""
    from scheduler.posts.review import resolve as resolve_post

    found, refusals = _look_up(book, ids)
    with book.writing() as connection:
        for post in found:
            try:
                resolve_post(connection, post, published, who=door.who, now=door.now())
            except MoveNotAllowed as refusal:
                refusals.append(str(refusal))
        if refusals:
            nothing = ["nothing was changed"] if len(found) > 1 else []
            raise MoveNotAllowed("\n".join([*refusals, *nothing]))


def _posts_called(book: "Book", ids: Sequence[int]) -> "list[Post]":
    """Returns the posts in the order they were named; raises MoveNotAllowed, which names all that are not there."""
    found, missing = _look_up(book, ids)
    if missing:
        raise MoveNotAllowed("\n".join(missing))
    return found


def _look_up(book: "Book", ids: Sequence[int]) -> "tuple[list[Post], list[str]]":
    """Returns the posts in the order they were named, and what is to be said of those that are not there."""
    from scheduler.posts.queries import get_post

    found, missing = [], []
    with book.reading() as session:
        for post_id in dict.fromkeys(ids):
            try:
                found.append(get_post(session, post_id))
            except MoveNotAllowed as refusal:
                missing.append(str(refusal))
    return found, missing


def _drafts_of(book: "Book", campaign: str) -> "list[Post]":
    from scheduler.cli.names import campaigns_in_book
    from scheduler.posts.queries import find_posts
    from scheduler.posts.status import PostStatus

    names = campaigns_in_book(book, [campaign])
    with book.reading() as session:
        return find_posts(session, campaigns=names, statuses=[PostStatus.DRAFT])


def _cards(door: Door, posts: "Sequence[Post]", *, whole: bool) -> "Sequence[str]":
    from scheduler.app.cards import card_of_post
    from scheduler.preview import card_lines

    if not whole:
        return [line for post in posts for line in _brief(post)]
    cards: list[Card] = [card_of_post(door.workspace, post) for post in posts]
    return list(card_lines(cards, width(), colour()))


def _brief(post: "Post") -> Iterator[str]:
    yield f"  post {post.id}, version {post.version}: {_name(post)}"
    yield from (f"    warning: {warning}" for warning in post.warnings)


def _name(post: "Post") -> str:
    return f"{_hour(post)}, {post.account}, {post.slot}"


def _hour(post: "Post") -> str:
    return local_hour(post.scheduled_at, post.time_zone)


def _these(posts: "Sequence[Post]") -> str:
    return f"post {posts[0].id}" if len(posts) == 1 else f"these {len(posts)} posts"


def _nothing_changed() -> None:
    complain("Nothing was changed.")
    raise click.exceptions.Exit(1)
