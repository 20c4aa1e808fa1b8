"""`redletter rehearse`: all that would go out on some days, through the real publisher; nothing is sent, nothing is saved."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.dates import Day
from scheduler.cli.door import Door
from scheduler.cli.output import cut, plain, say, say_json, width
from scheduler.errors import RedletterError
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.app import Workspace
    from scheduler.app.rehearsing import Rehearsal
    from scheduler.posts.tables import Post
    from scheduler.publishing.foreseen import Foreseen
    from scheduler.publishing.rehearsal import Call, Rehearsed

WIDEST = 120
_DAY = Day()


@click.command()
@click.argument("campaigns", nargs=-1)
@click.option("--from", "first", type=_DAY, metavar="DATE", required=True, help="The first day, as in 2027-03-01.")
@click.option("--to", "last", type=_DAY, metavar="DATE", required=True, help="The last day; it is part of it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs: all that is known, with the requests.")
@click.option("--payloads", is_flag=True, help="Print with each post the exact request that would be sent.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write a JSON file a post."
)
@click.pass_obj
def rehearse(
    door: Door,
    campaigns: tuple[str, ...],
    first: datetime,
    last: datetime,
    as_json: bool,
    payloads: bool,
    out: Path | None,
) -> None:
    """Rehearse the posts of some days: what goes out when, what goes wrong.

    CAMPAIGNS are ids or files; all campaigns of the workspace when none is named. Every year's occurrence is rehearsed,
    as if everything were approved. Nothing is sent, and the book stays as it is. The exit code is 1 when something
    would go wrong.
    """
    import logging

    from scheduler.app.rehearsing import rehearse_days
    from scheduler.cli.logs import log_to_terminal

    if payloads and out:
        raise click.UsageError("--payloads and --out are two places for the same: choose one")
    if not 1900 <= first.year <= last.year <= 2100 or last < first:
        raise click.UsageError("--to must not be before --from, and both lie from 1900 to 2100")
    if out and out.exists() and any(out.iterdir()):
        raise RedletterError(f"{out} is not empty; give a folder of its own")
    # What the publisher logs of a failed post would look as if it had happened.
    log_to_terminal(debug=door.debug, level=logging.CRITICAL)
    rehearsal = rehearse_days(door.workspace, campaigns, first.date(), last.date())
    if out:
        write_files(out, rehearsal, door.workspace)
    if as_json:
        say_json(rehearsal_json(rehearsal, door.workspace))
    else:
        say(rehearsal_lines(rehearsal, min(width(), WIDEST), payloads=payloads))
        if out:
            say(f"The requests are in {out.absolute()}.")
    if rehearsal.wrong:
        raise click.exceptions.Exit(1)


def rehearsal_lines(rehearsal: "Rehearsal", room: int, *, payloads: bool = False) -> Iterator[str]:
    """Yields what goes out day by day, how that stands to the book, and at the end what would go wrong."""
    yield from _hanging("", _heading(rehearsal), room)
    yield ""
    yield from _days(rehearsal, room, payloads=payloads)
    for note in (*_book_notes(rehearsal.posts), *rehearsal.notes):
        yield from _hanging("Note: ", note, room)
    yield from _wrong_lines(rehearsal.wrong, room)


def _heading(rehearsal: "Rehearsal") -> str:
    out = count(sum(1 for one in rehearsal.posts if one.went_out), "post")
    days = " to ".join(dict.fromkeys(f"{day.day} {day:%B %Y}" for day in (rehearsal.first, rehearsal.last)))
    return f"Rehearsal of {days}: {out} would go out, if all are approved. Nothing was sent, nothing was saved."


def _days(rehearsal: "Rehearsal", room: int, *, payloads: bool) -> Iterator[str]:
    from scheduler.preview.card import day_heading

    widest = max((len(one.post.account) for one in rehearsal.posts), default=0)
    marked = {place for wrong in rehearsal.wrong for place in wrong.posts}
    by_day = sorted(enumerate(rehearsal.posts), key=lambda each: each[1].hour.date())
    for day, of_day in groupby(by_day, key=lambda each: each[1].hour.date()):
        yield day_heading(day)
        yield ""
        words = None
        for place, one in of_day:
            yield ("! " if place in marked else "  ") + _post_line(one, widest, room - 2)
            # One slot's posts often begin alike on all accounts: that is read once.
            if words != (words := (one.post.campaign, one.post.slot, one.post.message.parts[0].text[:room])):
                yield "    " + cut(one.post.message.parts[0].text, room - 4)
            yield from ("    " + cut(f"! {warning}", room - 4) for warning in one.post.warnings)
            if payloads:
                yield from (line for call in one.calls for line in _call_lines(call))
        yield ""


def _post_line(one: "Rehearsed", widest: int, room: int) -> str:
    """Returns hour, account, campaign and slot of one post, and at the end how it stands."""
    from scheduler.preview.terminal import columns

    state = f"[{standing(one)}]"
    start = f"{one.hour:%H:%M %Z}  {one.post.account:<{widest}}  "
    place = cut(f"{one.post.campaign}/{one.post.slot}", max(room - columns(start) - columns(state) - 2, 12))
    return start + place + " " * max(room - columns(start + place + state), 2) + state


def standing(one: "Rehearsed") -> str:
    """Says in a word or two how the post stands in the book, after what became of it where it did not go out."""
    kept = one.role.kept
    if not one.role.takes_part:
        return "published already" if one.post.status == "published" else f"not out: {one.post.status}"
    failed = [] if one.went_out else [one.post.status.upper()]
    if kept is None:
        return ", ".join([*failed, "not planned"])
    changes = [*(["edited"] if kept.is_edited else []), *(["campaign changed"] if one.role.differs else [])]
    return ", ".join([*failed, kept.status, *changes])


def _book_notes(posts: "Sequence[Rehearsed]") -> Iterator[str]:
    """Yields how what was rehearsed stands to the book, kind by kind, with the command that changes it."""
    kept = [one.role.kept for one in posts]
    kinds = {
        "not in your book yet": ([each for each in kept if each is None], "redletter plan, then redletter approve"),
        "still drafts in your book": (_of_status(kept, "draft"), "redletter approve"),
        "edited by hand": (
            [each for each in kept if each and each.is_edited],
            "rehearsed as in your book, not as in the campaign",
        ),
        "planned before the campaign changed": (
            [one for one in posts if one.role.differs and one.role.takes_part],
            "rehearsed as in your book; redletter plan",
        ),
        "rejected or cancelled in your book": (_of_status(kept, "rejected", "cancelled"), "not rehearsed"),
        "published already": (_of_status(kept, "published"), "not rehearsed"),
    }
    for kind, (of_kind, answer) in kinds.items():
        if of_kind:
            yield f"{kind}: {count(len(of_kind), 'post')}; {answer}"


def _of_status(kept: "Sequence[Post | None]", *statuses: str) -> "Sequence[Post | None]":
    return [each for each in kept if each and each.status in statuses]


def _wrong_lines(wrong: "Sequence[Foreseen]", room: int) -> Iterator[str]:
    if not wrong:
        yield "Nothing would go wrong."
        return
    yield ""
    yield f"Would go wrong: {count(len(wrong), 'thing')}"
    for each in wrong:
        yield from _hanging("  ! ", each.said, room)
        yield from _hanging("    -> ", each.answer, room)


def _call_lines(call: "Call") -> Iterator[str]:
    """Yields the exact request; its lines are not broken."""
    payload = call.payload
    yield ""
    # The whole address of a webhook is a secret.
    yield plain(f"    {payload.method} {payload.path or '(its address is a secret)'}")
    yield from (plain(f"    {name}: {value}") for name, value in payload.headers.items())
    text = json.dumps(dict(payload.body), ensure_ascii=False, indent=2)
    yield from (plain(f"    {line}") for line in text.splitlines())
    yield ""


def _hanging(mark: str, text: str, room: int) -> Iterator[str]:
    """Wraps after a mark, the following lines under the first word."""
    from scheduler.preview.terminal import wrapped

    for number, line in enumerate(wrapped(text, room - len(mark))):
        yield (mark if number == 0 else " " * len(mark)) + line


def rehearsal_json(rehearsal: "Rehearsal", workspace: "Workspace") -> dict[str, Any]:
    """Returns the rehearsal as docs/json.md describes it."""
    return {
        "from": rehearsal.first.isoformat(),
        "to": rehearsal.last.isoformat(),
        "posts": [_post_json(one, workspace) for one in rehearsal.posts],
        "wrong": [_wrong_json(wrong) for wrong in rehearsal.wrong],
        "notes": list(rehearsal.notes),
    }


def _post_json(one: "Rehearsed", workspace: "Workspace") -> dict[str, Any]:
    from dataclasses import replace

    from scheduler.app.cards import card_of_post
    from scheduler.preview import post_json

    kept = one.role.kept
    card = replace(card_of_post(workspace, one.post), post_id=None)
    return post_json(card) | {
        "outcome": one.post.status,
        "note": one.post.note,
        "words": "book" if kept else "campaign",
        "in_book": {"id": kept.id, "status": kept.status, "version": kept.version, "edited": kept.is_edited}
        if kept
        else None,
        "campaign_differs": one.role.differs,
        "calls": [_call_json(call, one) for call in one.calls],
    }


def _call_json(call: "Call", one: "Rehearsed") -> dict[str, Any]:
    payload = call.payload
    return {
        "at": call.at.astimezone(one.hour.tzinfo).isoformat(timespec="seconds"),
        "part": call.part,
        "method": payload.method,
        "path": payload.path,
        "key": payload.key,
        "headers": dict(payload.headers),
        "body": dict(payload.body),
    }


def _wrong_json(wrong: "Foreseen") -> dict[str, Any]:
    return {"kind": wrong.kind, "said": wrong.said, "answer": wrong.answer, "posts": list(wrong.posts)}


def write_files(folder: Path, rehearsal: "Rehearsal", workspace: "Workspace") -> None:
    """Writes a file for each post and index.json, which names them; raises RedletterError."""
    whole = rehearsal_json(rehearsal, workspace)
    pairs = zip(rehearsal.posts, whole["posts"], strict=True)
    named = [(_file_name(number, one), post) for number, (one, post) in enumerate(pairs)]
    index = whole | {
        "posts": [{"file": name} | {key: post[key] for key in post if key != "calls"} for name, post in named]
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in [*named, ("index.json", index)]:
            text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise RedletterError(f"{folder} cannot be written: {error.strerror or error}") from error


def _file_name(number: int, one: "Rehearsed") -> str:
    return f"{number:03d}-{one.hour:%Y-%m-%d-%H%M}-{one.post.account}-{one.post.slot}.json"
