"""`redletter alarms`: what people are told, whether it reaches them, and a look from outside for cron."""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.door import Door
from scheduler.cli.output import answer, complain, fold, named, plain, say, say_json, table, width
from scheduler.errors import BookError
from scheduler.posts.wording import count, local_hour

if TYPE_CHECKING:
    from scheduler.posts.alarms import Letter, Message, Raised
    from scheduler.posts.book import Book
    from scheduler.posts.needs import Need

_NOBODY = "Nobody is told: [alarms] in config.toml has no channel yet. docs/alarms.md shows how to add one."


@click.command()
@click.option("--check", is_flag=True, help="Look from outside, as cron does: tell people when no daemon publishes.")
@click.option("--test", is_flag=True, help="Send a test by every channel, and say which work.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def alarms(door: Door, check: bool, test: bool, as_json: bool) -> None:
    """List the alarms that stand, and what has not reached people yet.

    --check says nothing when all is well; the exit code is 1 when an alarm stands or one could not be delivered. --test
    fails when a channel does not work.
    """
    if sum((check, test, as_json)) > 1:
        raise click.UsageError("--check, --test, --json: one after the other")
    if test:
        _test(door)
    elif check:
        _check(door)
    else:
        _list(door, as_json)


@dataclass(frozen=True, slots=True)
class _Told:
    """What people are told: alarms that stand, letters that have not arrived."""

    alarms: "Sequence[Raised]"
    letters: "Sequence[Letter]"


def _told(book: "Book", now: datetime) -> _Told:
    from scheduler.posts.alarms import open_alarms, undelivered

    with book.reading() as session:
        return _Told(open_alarms(session, now), undelivered(session, now))


def _list(door: Door, as_json: bool) -> None:
    with door.book() as book:
        told = _told(book, door.now())
    channels = (*door.workspace.config.alarms.to, *door.workspace.config.alarms.webhooks)
    if as_json:
        say_json(alarms_json(told.alarms, told.letters, channels))
    else:
        say(alarms_lines(told.alarms, told.letters, channels, door.workspace.config.time_zone))


def alarms_lines(
    alarms: "Sequence[Raised]", letters: "Sequence[Letter]", channels: Sequence[str], time_zone: str
) -> Iterator[str]:
    """Yields what stands, what is on its way, and who is told."""
    from scheduler.posts.alarms import in_common

    things = in_common(alarms)
    yield f"Alarms:  {count(len(things), 'stands', 'stand') if things else 'none'}"
    for each in things:
        yield from fold(plain(f"  ! {each.need.said} (since {local_hour(each.at, time_zone)})"), 4)
        yield from named(each.need.named, 4)
        yield from answer(each.need.answer, 4)
    yield f"On the way: {count(len(letters), 'message') if letters else 'nothing'}"
    for letter in letters:
        since = local_hour(letter.message.made_at, time_zone)
        yield plain(f"  to {letter.channel}, since {since}: {letter.message.title}")
        if letter.trouble:
            again = local_hour(letter.next_try_at, time_zone)
            yield plain(f"    tried {count(letter.tries, 'time')}: {letter.trouble}; again {again}")
    yield from fold(f"Told by: {', '.join(channels)}" if channels else _NOBODY, 2)


def alarms_json(alarms: "Sequence[Raised]", letters: "Sequence[Letter]", channels: Sequence[str]) -> Mapping[str, Any]:
    """Returns what stands and what is on its way, as docs/json.md describes it."""
    return {
        "alarms": [
            {
                "kind": each.need.kind,
                "post": each.need.post,
                "said": each.need.said,
                "answer": each.need.answer,
                "raised_at": each.at.isoformat(),
            }
            for each in alarms
        ],
        "undelivered": [
            {
                "channel": letter.channel,
                "title": letter.message.title,
                "made_at": letter.message.made_at.isoformat(),
                "tries": letter.tries,
                "next_try_at": letter.next_try_at.isoformat(),
                "trouble": letter.trouble,
            }
            for letter in letters
        ],
        "channels": list(channels),
    }


def _test(door: Door) -> None:
    import asyncio

    results = asyncio.run(try_channels(door))
    if not results:
        complain(_NOBODY)
        raise click.exceptions.Exit(1)
    rows = [(name, "FAILED" if trouble else "ok", trouble or "") for name, trouble in results.items()]
    say(table(("Channel", "Test", ""), rows, max(width(), 200)))
    if any(results.values()):
        raise click.exceptions.Exit(1)


async def try_channels(door: Door) -> Mapping[str, str | None]:
    """Sends a test by every channel at the same time; returns what is wrong with each, None with those that work."""
    import asyncio

    from scheduler.publishing.alarms.channels import PING_WITHIN, NotDelivered, call, channels_of

    message = _test_message(door)

    async def trouble_with(delivering: Awaitable[None]) -> str | None:
        try:
            await delivering
        except NotDelivered as error:
            return str(error)
        return None

    alarms = door.workspace.config.alarms
    trying = {name: trouble_with(channel.deliver(message)) for name, channel in channels_of(alarms).items()}
    if alarms.ping is not None:
        trying["ping"] = trouble_with(call(alarms.ping, PING_WITHIN))
    return dict(zip(trying, await asyncio.gather(*trying.values()), strict=True))


def _test_message(door: Door) -> "Message":
    from socket import gethostname

    from scheduler.posts.alarms import Message

    now = door.now()
    body = (
        f"Sent by {door.who} from {gethostname()}, {local_hour(now, door.workspace.config.time_zone)}. Nothing needs to be done:"
        " when Redletter needs a person, it says so here."
    )
    return Message(f"test:{now.isoformat()}", "Redletter: this is a test", body, now)


def _check(door: Door) -> None:
    import asyncio

    from scheduler.posts.alarms import in_common
    from scheduler.posts.heartbeat import try_to_write

    try:
        with door.book() as book:
            with book.writing() as connection:
                try_to_write(connection)
            in_trouble = asyncio.run(_look_from_outside(door, book))
            told = _told(book, door.now())
    except BookError as error:
        asyncio.run(_tell_without_book(door, error))
        raise
    needs = [each.need for each in in_common(told.alarms)]
    if in_trouble and not any(need.kind == "book" for need in needs):
        needs.append(in_trouble)
    for need in needs:
        say([*fold(plain(f"! {need.said}"), 2), *named(need.named), *answer(need.answer)])
    stuck = [letter for letter in told.letters if letter.trouble]
    for letter in stuck:
        say(plain(f"! not delivered to {letter.channel}: {letter.message.title}: {letter.trouble}"))
    if needs or stuck:
        raise click.exceptions.Exit(1)


async def _look_from_outside(door: Door, book: "Book") -> "Need | None":
    """Delivers what is due; where no daemon watches, watches in its place, and tells that it is gone.

    Returns what keeps a daemon that is there from publishing: it tells people of that itself.
    """
    from scheduler.config import HOLD_FILE
    from scheduler.posts.heartbeat import as_it_says, pulse_path, read_pulse
    from scheduler.posts.needs import is_running, of_daemon
    from scheduler.posts.queries import standing
    from scheduler.posts.writer import Writer
    from scheduler.publishing.alarms.channels import channels_of
    from scheduler.publishing.alarms.mailroom import Mailroom
    from scheduler.publishing.alarms.watch import Watch

    config, writer = door.workspace.config, Writer(book)
    try:
        channels = channels_of(config.alarms)
        mailroom = Mailroom(channels, book, writer.write, door)
        await mailroom.take_over()
        with book.reading() as session:
            found = standing(session, door.now(), config.alarms.unapproved)
        found = replace(found, daemon=as_it_says(found.daemon, read_pulse(pulse_path(book.path), door.now())))
        if not is_running(found.daemon, door.now()):
            watch = Watch(
                config.alarms,
                mailroom,
                book,
                writer.write,
                door,
                zone=ZoneInfo(config.time_zone),
                hold_file=door.workspace.folder / HOLD_FILE,
                has_channels=bool(channels),
                pace=door.workspace.longest_pace,
            )
            await watch.turn(list(_gone(book, found, door.now())), publishes=False, at_once=True)
        await mailroom.deliver_due()
    finally:
        writer.close()
    is_in_trouble = is_running(found.daemon, door.now()) and found.daemon and found.daemon.trouble
    return next(of_daemon(found.daemon, 0, door.now()), None) if is_in_trouble else None


def _gone(book: "Book", found: Any, now: datetime) -> "Iterator[Need]":
    """Says that no daemon publishes, unless it was stopped a moment ago and nothing is due soon."""
    from scheduler.posts.alarms import due_between
    from scheduler.posts.needs import of_daemon
    from scheduler.publishing.alarms.watch import AWAY, SOON

    daemon = found.daemon
    if daemon is not None and daemon.stopped_at is not None and now - daemon.stopped_at < AWAY:
        with book.reading() as session:
            if due_between(session, daemon.stopped_at, now + SOON) == 0:
                return
    waiting = found.counts.get("approved", 0) + found.counts.get("publishing", 0)
    # The last word is about the daemon itself; what it said of the book before is its own to tell.
    yield from list(of_daemon(daemon, waiting, now))[-1:]


async def _tell_without_book(door: Door, error: BookError) -> None:
    """Tells that the book cannot be used; nothing of it can be kept, so each check tells it again."""
    from scheduler.config import redact
    from scheduler.posts.alarms import Raised
    from scheduler.posts.needs import of_book
    from scheduler.publishing.alarms.channels import NotDelivered, channels_of
    from scheduler.publishing.alarms.notices import message_about

    now = door.now()
    message = message_about([Raised(of_book(error), now)], now)
    for name, channel in channels_of(door.workspace.config.alarms).items():
        try:
            await channel.deliver(message)
        except NotDelivered as failure:
            complain(redact(f"not delivered to {name}: {failure}"))
