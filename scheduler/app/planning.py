"""Saves drafts in the book, with what follows from the articles that were read; and says what saving them would change."""

from datetime import datetime

from sqlalchemy import Connection

from scheduler.app.desk import Desk
from scheduler.app.drafting import draft_campaigns
from scheduler.app.workspace import Workspace
from scheduler.awareness import Occurrence
from scheduler.campaigns import day_of
from scheduler.drafting.draft import Elected
from scheduler.errors import CampaignError
from scheduler.posts.articles import Reading, unsent_occurrences
from scheduler.posts.book import Book
from scheduler.posts.freshness import follow_embargoes, follow_pre_election, follow_reading, follow_withdrawal
from scheduler.posts.holds import Told
from scheduler.posts.planning import PlanResult, save_drafts, say_held
from scheduler.publishing.rereading import what_planning_would_do


def save(workspace: Workspace, desk: Desk, *, who: str, now: datetime, replace: bool = False) -> PlanResult:
    """Saves the drafts in one transaction: all or nothing. Makes the book where there is none."""
    book = workspace.open_book(create=True, migrate=True)
    try:
        with book.writing() as connection:
            result = save_drafts(
                connection,
                desk.drafts,
                who=who,
                now=now,
                replace=replace,
                unmade=desk.unmade,
                early=desk.early,
                undated=_undated(workspace, connection, desk),
            )
            _follow_articles(workspace, connection, desk, result, who=who, now=now)
            return result
    finally:
        book.close()


def hold_withdrawn(workspace: Workspace, desk: Desk, *, who: str, now: datetime) -> list[Told]:
    """Holds the posts of articles that were found to be taken away, and returns them; does nothing without a book."""
    gone = {problem.file: problem for work in desk.works for each in work.gone for problem in each.problems}
    if not gone or not workspace.config.database_path.exists():
        return []
    book = workspace.open_book(migrate=True)
    try:
        with book.writing() as connection:
            return [
                told
                for source, problem in gone.items()
                for told in follow_withdrawal(connection, source or "", problem.message, now, who=who).held
            ]
    finally:
        book.close()


def compare_campaigns(workspace: Workspace, book: Book, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns what is wrong with the campaigns, and what planning them would change in the book; saves nothing."""
    try:
        desk = draft_campaigns(workspace, (), now, to_plan=True)
    except CampaignError as error:
        return tuple(map(str, error.problems)), ()
    problems = tuple(map(str, desk.problems))
    if len(desk.problems) > len(desk.unfit):
        return problems, ("redletter plan would save nothing until the campaigns are mended",)
    drafted = (draft.key for draft in (*desk.drafts, *desk.early))
    planned = {(key.campaign, key.occurrence) for key in (*drafted, *desk.unmade)}
    with book.reading() as session:
        undated = _undated(workspace, session.connection(), desk)
    with book.trying(planned | undated) as connection:
        result = save_drafts(
            connection, desk.drafts, who="reload", now=now, unmade=desk.unmade, early=desk.early, undated=undated
        )
    return problems, (what_planning_would_do(result),)


def _undated(workspace: Workspace, connection: Connection, desk: Desk) -> set[tuple[str, str]]:
    """Returns the campaigns with the years for which the book has posts of theirs, and their day has no date any more."""
    return {pair for pair in unsent_occurrences(connection) if _is_undated(workspace, desk, *pair)}


def _is_undated(workspace: Workspace, desk: Desk, campaign_id: str, year: str) -> bool:
    """Whether the day of a campaign that is planned has no date in that year: moved to another one, or not held."""
    campaign = next((work.campaign for work in desk.works if work.campaign.id == campaign_id), None)
    if campaign is None or not year.isdigit():
        return False
    return not isinstance(workspace.calendar.dated(day_of(campaign, workspace.calendar), int(year)), Occurrence)


def _follow_articles(
    workspace: Workspace, connection: Connection, desk: Desk, result: PlanResult, *, who: str, now: datetime
) -> None:
    """Keeps what was read, and holds the posts whose words their article has no longer, or that its embargo stops."""
    articles = {article.source: article for work in desk.works for article in work.articles}
    for article in articles.values():
        followed = follow_reading(connection, Reading(article, workspace.origin_of(article.source)), now, who=who)
        say_held(connection, result, followed.held)
        result.notes += [followed.said] if followed.said else []
    embargoes = {
        (work.campaign.id, work.occurrence.id): work.campaign.embargo_in(
            work.occurrence.start, workspace.zone_of(work.campaign)
        )
        for work in desk.works
        if work.occurrence
    }
    say_held(connection, result, follow_embargoes(connection, embargoes, now, who=who))
    elected = {work.campaign.id: Elected(work.campaign.elected, work.campaign.pre_election) for work in desk.works}
    say_held(connection, result, follow_pre_election(connection, elected, now, who=who))
