"""`redletter posts` and `redletter show`: what is in the book."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.door import Door
from scheduler.cli.output import colour, plain, say, say_json, table, width
from scheduler.posts.wording import by_clocks, clock_of, count, local_hour

if TYPE_CHECKING:
    from scheduler.app import Workspace
    from scheduler.posts.book import Book
    from scheduler.posts.tables import Attempt, AuditEntry, KeptArticle, Post, PostReceipt, SourceChange
    from scheduler.preview import Card
    from scheduler.preview.card import News
    from scheduler.preview.sources import Kept, Row

STATUSES = (
    "draft",
    "approved",
    "held",
    "publishing",
    "published",
    "unconfirmed",
    "failed",
    "missed",
    "rejected",
    "cancelled",
)
_ROOM_FOR_TEXT = 100
_WORDS_AROUND = 8  # that are shown beside a change somewhere in an article
_BECAME = {
    "changed": "has changed where this post took its words",
    "elsewhere": "has changed elsewhere; the words of this post stand as they stood",
    "withdrawn": "was taken away; this post took from it",
}


@click.command()
@click.argument("campaigns", nargs=-1)
@click.option(
    "--status", type=click.Choice(STATUSES), multiple=True, help="Only posts of this status; may be repeated."
)
@click.option("--account", multiple=True, metavar="NAME", help="Only posts of this account; may be repeated.")
@click.option("--ics", metavar="FILE", help="Write them into a calendar file instead; - is standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def posts(
    door: Door,
    campaigns: tuple[str, ...],
    status: tuple[str, ...],
    account: tuple[str, ...],
    ics: str | None,
    as_json: bool,
) -> None:
    """List the posts in the book.

    CAMPAIGNS are ids; all when none is named.
    """
    from scheduler.posts.queries import find_posts, last_changes, receipts_of
    from scheduler.posts.status import PostStatus

    if ics is not None and as_json:
        raise click.UsageError("--ics and --json are two forms of one list: choose one")
    with door.book() as book, book.reading() as session:
        _check_names(door, book, campaigns, account)
        statuses = [PostStatus(each) for each in status]
        found = find_posts(session, campaigns=campaigns, statuses=statuses, accounts=account)
        receipts = receipts_of(session, found)
        changed_at = last_changes(session, found) if ics is not None else {}
    if ics is not None:
        from scheduler.app.cards import card_of_post
        from scheduler.cli.calendar_file import write_schedule

        cards = (card_of_post(door.workspace, post, receipts.get(post.id or 0, ())) for post in found)
        write_schedule(ics, [(card, changed_at[card.post_id or 0]) for card in cards], "Posts")
    elif as_json:
        say_json(posts_json(door.workspace, found, receipts))
    else:
        say(posts_lines(found, min(width(), 160), door.workspace.config.time_zone))


def _check_names(door: Door, book: "Book", campaigns: Sequence[str], accounts: Sequence[str]) -> None:
    from scheduler.cli.names import campaigns_in_book, check_known
    from scheduler.posts.queries import accounts_with_posts

    campaigns_in_book(book, campaigns)
    with book.reading() as session:
        known = {*door.workspace.config.accounts, *accounts_with_posts(session)}
    for account in accounts:
        check_known("account", account, known, "there are")


def posts_json(
    workspace: "Workspace", posts: "Sequence[Post]", receipts: "Mapping[int, Sequence[PostReceipt]]"
) -> dict[str, Any]:
    """Returns the posts as docs/json.md describes them."""
    from scheduler.app.cards import card_of_post
    from scheduler.preview import post_json

    return {"posts": [post_json(card_of_post(workspace, post, receipts.get(post.id or 0, ()))) for post in posts]}


def posts_lines(posts: "Sequence[Post]", room: int, home: str) -> Iterator[str]:
    """Yields a table of posts, in the order of their hours, and how many there are of each status.

    home: the time zone of the workspace.
    """
    if not posts:
        yield "No such posts."
        return
    for (title, campaign, occurrence), group in _by_campaign(posts):
        yield plain(f"{title} ({campaign}, {occurrence}){by_clocks(group[0].time_zone, home)}")
        yield from _posts_table(group, room)
        yield ""
    counted = [f"{number} {status}" for status in STATUSES if (number := sum(post.status == status for post in posts))]
    yield f"{count(len(posts), 'post')}: {', '.join(counted)}"


def _by_campaign(posts: "Sequence[Post]") -> "Iterator[tuple[tuple[str, str, str], list[Post]]]":
    """Groups posts by campaign and occurrence, in the order of the first hour of each."""
    groups: dict[tuple[str, str, str], list[Post]] = {}
    for post in posts:
        groups.setdefault((post.campaign_title, post.campaign, post.occurrence), []).append(post)
    yield from groups.items()


def _posts_table(posts: "Sequence[Post]", room: int) -> Iterator[str]:
    headings = ("Post", "Status", "Hour", "Account", "Slot", "Text")
    rows = [
        (
            str(post.id),
            post.status,
            short_hour(post.scheduled_at, post.time_zone),
            post.account,
            post.slot,
            post.message.parts[0].text,
        )
        for post in posts
    ]
    # A text of three words says nothing: a narrow terminal goes without.
    shown = len(headings) if room >= _ROOM_FOR_TEXT else len(headings) - 1
    yield from table(headings[:shown], [row[:shown] for row in rows], room)


@click.command()
@click.argument("post", type=int)
@click.option("--sources", is_flag=True, help="Show its text beside the article that it was taken from.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def show(door: Door, post: int, sources: bool, as_json: bool) -> None:
    """Show one post with its whole history.

    Its card, who approved it, every move, every attempt with what came of it, and where it is out. Or, with --sources, its
    text beside the article: which words are the article's, from which place in it, what was left out, and what was altered.
    """
    from scheduler.app.cards import card_of_post
    from scheduler.posts.provenance import kept_articles
    from scheduler.posts.queries import changes_of, get_post, history_of, receipts_of

    with door.book() as book, book.reading() as session:
        found = get_post(session, post)
        receipts = receipts_of(session, [found]).get(post, [])
        trail, attempts = history_of(session, post)
        card = card_of_post(door.workspace, found, receipts)
        kept = [_kept(each, found) for each in kept_articles(session, card.sources)] if sources else []
        became = changes_of(session, post)
        session.expunge_all()
    if as_json:
        say_json(show_json(found, card, trail, attempts) | {"changes": [_change(each, found) for each in became]})
    elif sources:
        say(show_sources_lines(found, card, kept, width(), became))
    else:
        say(show_lines(found, card, trail, attempts, width(), became, door.workspace.config.time_zone))


def _kept(article: "KeptArticle | None", post: "Post") -> "Kept":
    from scheduler.preview.sources import Kept

    return Kept(article.title, local_hour(article.read_at, post.time_zone), article.text) if article else Kept()


def show_sources_lines(
    post: "Post", card: "Card", kept: "Sequence[Kept]", room: int, became: "Sequence[SourceChange]" = ()
) -> Iterator[str]:
    """Yields a post's text beside its sources, after why it is held and what is warned of."""
    from scheduler.preview.sources import sources_lines
    from scheduler.preview.terminal import wrapped

    yield from wrapped(
        f"Post {post.id} of {post.campaign} {post.occurrence}, version {post.version}: {_state(post)}", room
    )
    if post.note:
        yield from wrapped(f"Note: {post.note}", room)
    for change in became:
        yield from change_lines(change, post, room)
    if became:
        yield ""
    for warning in card.warnings:
        yield from wrapped(f"! Warning: {warning}", room)
    yield ""
    yield from sources_lines(card, kept, room, colour())


def show_json(
    post: "Post", card: "Card", trail: "Sequence[AuditEntry]", attempts: "Sequence[Attempt]"
) -> dict[str, Any]:
    """Returns a post with its history as docs/json.md describes it."""
    from scheduler.posts.provenance import words_of
    from scheduler.preview import post_json
    from scheduler.preview.sources import rows_of

    return post_json(card) | {
        "note": post.note,
        "approved_by": post.approved_by,
        "approved_at": _iso(post.approved_at, post),
        "edited_by": post.edited_by,
        "sources": [
            {
                "article": source.article,
                "sha256": source.sha256,
                "kind": source.kind,
                "spans": [[span.start, span.end] for span in source.spans],
                "speaker": source.speaker,
                "role": source.role,
                "pieces": [_piece(row) for row in rows_of(words_of(post.message), source)] if source.words else [],
            }
            for source in card.sources
        ],
        "history": [
            {
                "at": _iso(entry.at, post),
                "who": entry.who,
                "what": entry.what,
                "from": entry.from_status,
                "to": entry.to_status,
                "version": entry.version,
                "detail": entry.detail,
            }
            for entry in trail
        ],
        "attempts": [
            {
                "number": attempt.number,
                "part": attempt.part,
                "started_at": _iso(attempt.started_at, post),
                "finished_at": _iso(attempt.finished_at, post),
                "outcome": attempt.outcome,
                "detail": attempt.detail,
            }
            for attempt in attempts
        ],
    }


def _change(change: "SourceChange", post: "Post") -> dict[str, Any]:
    return {
        "article": change.source,
        "kind": change.kind,
        "found_at": _iso(change.found_at, post),
        "was": change.was,
        "now": change.now,
    }


def _piece(row: "Row") -> dict[str, Any]:
    return {
        "bond": row.bond.value,
        "text": row.text,
        "words": row.words,
        "paragraph": row.paragraph,
        "span": [row.span.start, row.span.end] if row.span else None,
    }


def _iso(moment: datetime | None, post: "Post") -> str | None:
    return moment.astimezone(clock_of(post.time_zone)).isoformat() if moment else None


def show_lines(
    post: "Post",
    card: "Card",
    trail: "Sequence[AuditEntry]",
    attempts: "Sequence[Attempt]",
    room: int,
    became: "Sequence[SourceChange]",
    home: str,
) -> Iterator[str]:
    """Yields all that is known of one post.

    became: what became of its articles that nobody has decided about. home: the time zone of the workspace.
    """
    from scheduler.preview import card_lines

    clocks = by_clocks(post.time_zone, home)
    yield plain(f"Post {post.id} of {post.campaign} {post.occurrence}{clocks}, version {post.version}: {_state(post)}")
    if post.note:
        yield plain(f"Note: {post.note}")
    for change in became:
        yield from change_lines(change, post, room)
    yield ""
    yield from card_lines([card], room, colour())
    yield from _until_when(post)
    for number, receipt in enumerate(card.receipts, 1):
        part = f" (part {number})" if len(card.receipts) > 1 else ""
        yield plain(f"Out{part}: {receipt.url or receipt.platform_id}")
    yield from _section("History", [_entry(entry, post) for entry in trail], room)
    yield from _section("Attempts", [_attempt(attempt, post) for attempt in attempts], room)


def change_lines(change: "SourceChange", post: "Post", room: int) -> Iterator[str]:
    """Yields what became of an article: which words went and which came."""
    from scheduler.posts.difference import LEGEND, changes, marked
    from scheduler.preview.terminal import wrapped

    if change.kind not in _BECAME:
        return  # the note says all there is to say
    yield ""
    yield from wrapped(_found(change, post), room)
    if change.kind != "withdrawn":
        yield from (f"    {line}" for line in wrapped(LEGEND, room - 4))
    differences = changes(change.was, change.now if change.kind != "withdrawn" else change.was)
    around = _WORDS_AROUND if change.kind == "elsewhere" else None
    yield from (f"    {line}" for line in wrapped(marked(differences, around), room - 4))


def news_of(became: "Sequence[SourceChange]", post: "Post") -> "tuple[News, ...]":
    """Returns what became of a post's articles for a page."""
    from scheduler.preview.card import News

    return tuple(
        News(_found(change, post), change.was, change.now if change.kind != "withdrawn" else change.was)
        for change in became
        if change.kind in _BECAME
    )


def _found(change: "SourceChange", post: "Post") -> str:
    return f"{change.source} {_BECAME[change.kind]} (found {local_hour(change.found_at, post.time_zone)})"


def _until_when(post: "Post") -> Iterator[str]:
    if post.expires_at and post.status != "held":
        late = "it waits for a word" if post.when_late == "hold" else "it is missed"
        yield f"May go out until {local_hour(post.expires_at, post.time_zone)}; later {late}."
    if post.latest_at and (post.status == "held" or post.latest_at != post.expires_at):
        yield f"Never goes out after {local_hour(post.latest_at, post.time_zone)}, when it expires."


def _state(post: "Post") -> str:
    if post.status == "approved" and post.approved_at:
        return f"approved by {post.approved_by} on {local_hour(post.approved_at, post.time_zone)}"
    return f"{post.status}, edited by {post.edited_by}" if post.edited_by else post.status


def _section(heading: str, rows: Sequence[tuple[tuple[str, ...], str]], room: int) -> Iterator[str]:
    """Yields a table with, under each row, its details in full; where it is too wide, its last column is among these."""
    from scheduler.preview.terminal import wrapped

    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in rows), strict=True)]
    fits = sum(widths) + 2 * len(widths) <= room
    shown = [cells if fits else cells[:-1] for cells, _ in rows]
    first, *lines = table((heading, *[""] * (len(shown[0]) - 1)), shown, room)
    yield ""
    yield first
    for line, (cells, detail) in zip(lines, rows, strict=True):
        yield line
        if not fits and cells[-1]:
            yield f"    {plain(cells[-1])}"
        yield from (f"    {each}" for each in (wrapped(detail, room - 4) if detail else ()))


def _entry(entry: "AuditEntry", post: "Post") -> tuple[tuple[str, ...], str]:
    move = f"{entry.from_status} → {entry.to_status}" if entry.from_status else entry.to_status or ""
    version = f"version {entry.version}" if entry.version else ""
    cells = (local_second(entry.at, post.time_zone), entry.who, entry.what, version, move)
    return cells, _readable_detail(entry)


def _readable_detail(entry: "AuditEntry") -> str:
    """The trail of an edit keeps the whole message that was there before: of it, the text is shown."""
    detail = entry.detail or ""
    if entry.what != "edit":
        return detail
    from scheduler.posts.tables import decode_message

    return "before: " + " / ".join(part.text for part in decode_message(detail).parts)


def _attempt(attempt: "Attempt", post: "Post") -> tuple[tuple[str, ...], str]:
    started_at = local_second(attempt.started_at, post.time_zone)
    outcome = attempt.outcome or "no outcome known"
    return (started_at, f"attempt {attempt.number}", f"part {attempt.part + 1}", outcome), attempt.detail or ""


def short_hour(moment: datetime, time_zone: str) -> str:
    """Writes "Thu 18 Mar 09:00" as `local_hour` does, where the year is said elsewhere."""
    clock = clock_of(time_zone)
    local = moment.astimezone(clock)
    return f"{local:%a} {local.day:>2} {local:%b %H:%M}{' UTC' if clock is UTC else ''}"


def local_second(moment: datetime, time_zone: str) -> str:
    """Writes "2027-03-18 09:00:02", on a clock of that time zone."""
    return f"{moment.astimezone(clock_of(time_zone)):%Y-%m-%d %H:%M:%S}"
