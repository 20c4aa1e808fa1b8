"""`redletter hold` and `redletter resume`: nothing goes out, until it may again."""

from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import say

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.status import HoldScope

_account = click.option("--account", metavar="NAME", help="Only what goes out through this account.")
_campaign = click.option("--campaign", metavar="ID", help="Only what belongs to this campaign.")


@click.command()
@_account
@_campaign
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody who asks for the status sees it.")
@click.pass_obj
def hold(door: Door, account: str | None, campaign: str | None, reason: str) -> None:
    """Let nothing go out until it is resumed.

    Everything, one account or one campaign. Holds from the next call on; a call under way cannot be called back.
    """
    from scheduler.posts.holds import hold as begin

    if not reason.strip():
        raise click.BadParameter("expected a reason", param_hint="--reason")
    with door.book() as book:
        scope, name = _scope(door, book, account, campaign)
        with book.writing() as connection:
            begin(connection, scope, name, reason, who=door.who, now=door.now())
    say(f"Held by {door.who}: {_said(scope, name)}. Let it go out again with: redletter resume{_options(scope, name)}")


@click.command()
@_account
@_campaign
@click.pass_obj
def resume(door: Door, account: str | None, campaign: str | None) -> None:
    """Let go out what was held.

    What came due meanwhile goes out now, unless it is too late for its campaign by then.
    """
    from scheduler.posts.holds import resume as end

    with door.book() as book:
        scope, name = _scope(door, book, account, campaign)
        with book.writing() as connection:
            end(connection, scope, name, who=door.who, now=door.now())
    say(f"Resumed by {door.who}: {_said(scope, name)}.")


def _scope(door: Door, book: "Book", account: str | None, campaign: str | None) -> "tuple[HoldScope, str]":
    """Returns what is meant; raises MoveNotAllowed for a name that nobody knows."""
    from scheduler.posts.status import HoldScope

    if account and campaign:
        raise click.UsageError("--account and --campaign: hold or resume one after the other")
    if account:
        _check_account(door, book, account)
        return HoldScope.ACCOUNT, account
    if campaign:
        _check_campaign(door, book, campaign)
        return HoldScope.CAMPAIGN, campaign
    return HoldScope.ALL, ""


def _check_account(door: Door, book: "Book", account: str) -> None:
    from scheduler.cli.names import check_known
    from scheduler.posts.holds import active_holds
    from scheduler.posts.queries import accounts_with_posts

    with book.reading() as session:
        known = {*accounts_with_posts(session), *active_holds(session.connection()).accounts}
    check_known("account", account, known | door.workspace.config.accounts.keys(), "there are")


def _check_campaign(door: Door, book: "Book", campaign: str) -> None:
    from scheduler.cli.names import check_known
    from scheduler.posts.holds import active_holds
    from scheduler.posts.queries import campaigns_with_posts

    with book.reading() as session:
        known = {*campaigns_with_posts(session), *active_holds(session.connection()).campaigns}
    if campaign not in known:
        # In an emergency, a campaign file that cannot be read must not stand in the way of one that is in the book.
        readable, _ = door.workspace.campaigns()
        known |= {each.id for each in readable}
    check_known("campaign", campaign, known, "there are")


def _said(scope: "HoldScope", name: str) -> str:
    return f"{scope} {name}" if name else "everything"


def _options(scope: "HoldScope", name: str) -> str:
    return f" --{scope} {name}" if name else ""
