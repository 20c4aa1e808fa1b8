"""`redletter preview`: what would be posted, in the terminal, as a page, or as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import colour, complain, plain, say, say_json, width

if TYPE_CHECKING:
    from scheduler.app.desk import CampaignDrafts, Desk
    from scheduler.errors import Problem
    from scheduler.preview import Card


@click.command()
@click.argument("campaigns", nargs=-1)
@click.option("--year", type=click.IntRange(1900, 2100), help="Which year; otherwise the next occurrence.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a page instead.")
@click.option("--ics", metavar="FILE", help="Write a calendar file instead; - is standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--saved", is_flag=True, help="Show what is in the book, not what the campaigns would make now.")
@click.pass_obj
def preview(
    door: Door,
    campaigns: tuple[str, ...],
    year: int | None,
    html: Path | None,
    ics: str | None,
    as_json: bool,
    saved: bool,
) -> None:
    """Show what would be posted; save and send nothing.

    CAMPAIGNS are ids or files; all campaigns of the workspace when none is named. Past years may be previewed, too.
    What cannot be made is said at the end, and the exit code is 1.
    """
    if (html is not None) + (ics is not None) + as_json > 1:
        raise click.UsageError("--html, --ics and --json are forms of one preview: choose one")
    if saved and ics is not None:
        raise click.UsageError("what is in the book becomes a calendar file with: redletter posts --ics FILE")
    if saved:
        cards, problems, notes = _saved_cards(door, campaigns, year), [], []
        lines = _page(cards, width()) if cards else iter(["The book has no such posts."])
    else:
        from scheduler.app.drafting import draft_campaigns

        desk = draft_campaigns(door.workspace, campaigns, door.now(), year=year)
        cards, problems, notes = _cards(desk), desk.problems, desk.notes
        lines = _desk_lines(desk)
    if html:
        _write_page(html, cards, problems, notes, door)
    elif ics is not None:
        _write_schedule(ics, cards, problems, notes, door)
    elif as_json:
        from scheduler.preview import preview_json

        say_json(preview_json(cards, problems, notes))
    else:
        say(lines)
    for problem in problems:
        complain(str(problem))
    if problems:
        raise click.exceptions.Exit(1)


def _write_schedule(
    target: str, cards: "Sequence[Card]", problems: "Sequence[Problem]", notes: Sequence[str], door: Door
) -> None:
    from scheduler.cli.calendar_file import write_schedule

    for note in notes:
        complain(f"Note: {note}")
    if cards or not problems:
        now = door.now()
        write_schedule(target, [(card, now) for card in cards], "Preview")


def _saved_cards(door: Door, campaigns: Sequence[str], year: int | None) -> "list[Card]":
    from scheduler.app.cards import card_of_post
    from scheduler.cli.names import campaigns_in_book
    from scheduler.cli.posts import news_of
    from scheduler.posts.queries import changes_of, find_posts, receipts_of

    with door.book() as book, book.reading() as session:
        found = find_posts(session, campaigns=campaigns_in_book(book, campaigns))
        posts = [post for post in found if year is None or post.occurrence == str(year)]
        receipts = receipts_of(session, posts)
        news = {post.id: news_of(changes_of(session, post.id or 0), post) for post in posts}
        session.expunge_all()
    cards = [(post, card_of_post(door.workspace, post, receipts.get(post.id or 0, ()))) for post in posts]
    return [replace(card, note=post.note, news=news[post.id]) for post, card in cards]


def _cards(desk: "Desk") -> "list[Card]":
    from scheduler.preview import card_of

    return [card_of(draft) for draft in desk.drafts]


def _desk_lines(desk: "Desk") -> Iterator[str]:
    from scheduler.preview import summary_line

    for work in desk.works:
        yield from _campaign_lines(work)
    if desk.drafts:
        yield f"{summary_line(_cards(desk))}; nothing was saved, nothing was sent."


def _campaign_lines(work: "CampaignDrafts") -> Iterator[str]:
    from scheduler.preview import card_of

    if work.occurrence is not None:
        yield from _heading(f"{work.campaign.title}: {_dates(work)}")
        yield from _page([card_of(draft) for draft in work.drafts], width())
    for note in work.notes:
        yield plain(f"Note: {note}")
    if work.notes:
        yield ""


def _dates(work: "CampaignDrafts") -> str:
    if work.occurrence is None:
        return ""
    start, end = work.occurrence.start, work.occurrence.end
    return f"{start.day} {start:%B %Y}" if start == end else f"{start.day} {start:%B} to {end.day} {end:%B %Y}"


def _heading(text: str) -> Iterator[str]:
    text = plain(text)
    yield text
    yield "=" * min(len(text), width())
    yield ""


def _page(cards: "Sequence[Card]", room: int) -> Iterator[str]:
    from scheduler.preview import card_lines

    yield from card_lines(cards, room, colour())


def _write_page(
    path: Path, cards: "Sequence[Card]", problems: "Sequence[Problem]", notes: Sequence[str], door: Door
) -> None:
    from scheduler.cli.page import write_page
    from scheduler.preview import html_page, summary_line

    write_page(path, html_page(cards, problems, notes, door.now()))
    say(f"{summary_line(cards)}: {path.absolute()}")
