"""Puts the parts together from the configuration; the only such place."""

import os
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.articles import Article, Wanted, read_article, read_if_changed
from scheduler.awareness import OWN_FILE, Calendar, Occurrence, load_calendar
from scheduler.campaigns import (
    Campaign,
    Lateness,
    When,
    at,
    day_of,
    days_of,
    doubt_about,
    load_campaigns,
    load_known_part,
    load_names,
    load_readable,
    next_occurrence,
    occurrence_in,
    unknown_names,
    years_between,
)
from scheduler.config import HOLD_FILE, Account, Config, load_config
from scheduler.drafting.draft import Draft, Elected, PostKey
from scheduler.errors import ArticleError, ArticleGone, BookError, CalendarError, CampaignError, Problem
from scheduler.platforms import ACCOUNT_KEYS, adapter_for, place_of
from scheduler.platforms.contract import Adapter, Receipt
from scheduler.platforms.message import Message

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduler.drafting import Templates
    from scheduler.posts.articles import Reading
    from scheduler.posts.book import Book
    from scheduler.posts.claims import LastLook
    from scheduler.posts.holds import Told
    from scheduler.posts.planning import PlanResult
    from scheduler.posts.queries import Kept
    from scheduler.posts.restoring import Restored
    from scheduler.posts.tables import Post, PostReceipt
    from scheduler.preview import Card, CardPart
    from scheduler.preview.year import YearPlanner
    from scheduler.publishing.clock import Clock
    from scheduler.publishing.companion import Companion
    from scheduler.publishing.daemon import Daemon
    from scheduler.publishing.foreseen import Foreseen
    from scheduler.publishing.rehearsal import Rehearsed
    from scheduler.publishing.rereading import Reread
    from scheduler.publishing.source_watch import SourceWatch, Terms


@dataclass(frozen=True, slots=True)
class CampaignDrafts:
    """What one campaign makes of one occurrence; occurrence: None when the campaign was left out, and a note says why.

    unfit: those of the problems that concern one post alone: the others can be planned without it. unmade: the keys of
    the posts that could not be made. articles: as they were read; gone: why those that were taken away cannot be. early:
    drafts that cannot be planned, for their hour is before their embargo.
    """

    campaign: Campaign
    occurrence: Occurrence | None = None
    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()
    unfit: tuple[Problem, ...] = ()
    unmade: tuple[PostKey, ...] = ()
    notes: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()
    gone: tuple[ArticleGone, ...] = ()
    early: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk before anything is saved: the drafts of some campaigns, and all that is wrong with any."""

    works: tuple[CampaignDrafts, ...]
    file_problems: tuple[Problem, ...] = ()

    @property
    def drafts(self) -> list[Draft]:
        return [draft for work in self.works for draft in work.drafts]

    @property
    def problems(self) -> list[Problem]:
        return [*self.file_problems, *(problem for work in self.works for problem in work.problems)]

    @property
    def unfit(self) -> list[Problem]:
        return [problem for work in self.works for problem in work.unfit]

    @property
    def notes(self) -> list[str]:
        return [note for work in self.works for note in work.notes]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would go out on the days from `first` to `last`, and what would go wrong. notes: what else is to be said."""

    first: date
    last: date
    posts: "tuple[Rehearsed, ...]"
    wrong: "tuple[Foreseen, ...]"
    notes: tuple[str, ...]


class Workspace:
    """One workspace; each of its parts is made when it is first asked for."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.folder = config.workspace

    @property
    def hold_file(self) -> Path:
        """While it is there, nothing goes out."""
        return self.folder / HOLD_FILE

    @cached_property
    def calendar(self) -> Calendar:
        return load_calendar(self.folder / OWN_FILE)

    @cached_property
    def adapters(self) -> Mapping[str, Adapter]:
        """Every account's adapter by the account's name; nothing is opened and no secret is read yet."""
        timeout = self.config.publishing.timeout.total_seconds()
        return {name: adapter_for(account, self.folder, timeout) for name, account in self.config.accounts.items()}

    @property
    def places(self) -> Mapping[str, str]:
        """Where each account's calls go."""
        return {name: place_of(account) for name, account in self.config.accounts.items()}

    @property
    def paces(self) -> Mapping[str, timedelta]:
        """How far apart the late posts of an account go out, where the account says so itself."""
        return {name: account.pace for name, account in self.config.accounts.items() if account.pace is not None}

    @property
    def longest_pace(self) -> timedelta:
        """How far apart late posts of one account go out, at most."""
        return max([self.config.publishing.pace, *self.paces.values()])

    def campaigns(self, names: Sequence[str] = ()) -> tuple[list[Campaign], tuple[Problem, ...]]:
        """Returns the campaigns that can be read, all or those named, and the problems of the files that cannot."""
        try:
            found = load_campaigns(self.folder, names)
        except CampaignError as error:
            every = names or [path.name for path in sorted((self.folder / "campaigns").glob("*.toml"))]
            return [campaign for name in every for campaign in self._readable(name)], error.problems
        if not found:
            raise CampaignError("the folder campaigns/ has no campaign yet; redletter init shows an example")
        return found, ()

    def _readable(self, name: str) -> list[Campaign]:
        try:
            return load_campaigns(self.folder, [name])
        except CampaignError:
            # Its problems were reported with those of all files; what is wrong besides is to be said in the same go.
            known = load_known_part(self.folder, name)
            return [known] if known else []

    def draft(self, names: Sequence[str], now: datetime, *, year: int | None = None, to_plan: bool = False) -> Desk:
        """Drafts the next occurrence of each campaign, or that of a year; saves and sends nothing.

        Campaigns that were not asked for by name and are over, or not made for the year, are left out with a note.
        to_plan: what cannot be planned, such as a year that is over, is a problem and not a note.
        """
        from scheduler.drafting import Templates  # Jinja2 is for drafting alone

        campaigns, file_problems = self.campaigns(names)
        with Templates(self.folder) as templates:
            drafting = _Drafting(self, templates, now, year, to_plan=to_plan, named=bool(names))
            works = tuple(drafting.draft(campaign) for campaign in campaigns)
            return Desk(works, (*file_problems, *self._unknown_names(file_problems, campaigns, templates)))

    def _unknown_names(
        self, told: Sequence[Problem], drafted: Sequence[Campaign], templates: "Templates"
    ) -> Iterator[Problem]:
        """Yields what the files that could not be drafted name and nobody knows: all of it is to be said in one go."""
        from scheduler.drafting.check import check_campaigns

        files = {problem.file for problem in told if problem.file} - {campaign.file for campaign in drafted}
        named = [load_names(self.folder, file) for file in sorted(files)]
        known = [campaign for campaign in named if campaign]
        places = {(problem.file, problem.line, problem.key) for problem in told}
        for problem in check_campaigns(known, self.config, self.calendar, self._read_for_names, templates):
            if (problem.file, problem.line, problem.key) not in places:
                yield problem

    def _read_for_names(self, source: str, wanted: Wanted) -> Article:
        return read_article(source, self.folder, wanted, allow_private=self.config.allow_private_addresses)

    def rehearse(self, names: Sequence[str], first: date, last: date) -> Rehearsal:
        """Lets all posts of the days from `first` to `last` (local time) go out in a rehearsal; saves and sends nothing.

        Raises BookError when there is a book and it cannot be read.
        """
        from scheduler.publishing.foreseen import Surroundings, foresee
        from scheduler.publishing.hold_file import is_there
        from scheduler.publishing.rehearsal import cast, rehearse

        desk = self._draft_between(names, first, last)
        kept = self._kept_between(desk, names, first, last)
        # Fresh ones: an adapter remembers its last key, and one of a year to come must not come before today's.
        adapters = Workspace(self.config).adapters
        rehearsed = rehearse(cast(desk.drafts, kept.posts, first, last), adapters, self.config.publishing)
        hold_file = HOLD_FILE if is_there(self.folder / HOLD_FILE) else None
        around = Surroundings(self.config.accounts, kept.holds, hold_file, desk.problems)
        notes = tuple(dict.fromkeys(desk.notes))
        return Rehearsal(first, last, tuple(rehearsed), tuple(foresee(rehearsed, around)), notes)

    def _draft_between(self, names: Sequence[str], first: date, last: date) -> Desk:
        """Drafts every occurrence with a slot on one of these days, whole; a campaign without any has an empty work."""
        from scheduler.drafting import Templates

        campaigns, file_problems = self.campaigns(names)
        with Templates(self.folder) as templates:
            drafting = _Drafting(self, templates, datetime.combine(first, time(), UTC), None, to_plan=True, named=False)
            works = tuple(work for campaign in campaigns for work in drafting.draft_between(campaign, first, last))
            return Desk(works, (*file_problems, *self._unknown_names(file_problems, campaigns, templates)))

    def _kept_between(self, desk: Desk, names: Sequence[str], first: date, last: date) -> "Kept":
        from scheduler.posts.queries import Kept, kept_between

        if not self.config.database_path.exists():
            return Kept()
        # Where it is a day earlier or later, these days begin and end at other moments; the cast is chosen by local days.
        start = datetime.combine(first, time(), UTC) - timedelta(days=1)
        end = datetime.combine(last, time(), UTC) + timedelta(days=2)
        campaigns = sorted({work.campaign.id for work in desk.works}) if names else ()
        occurrences = [(work.campaign.id, work.occurrence.id) for work in desk.works if work.occurrence]
        book = self.open_book()
        try:
            with book.reading() as session:
                return kept_between(session, start, end, campaigns=campaigns, occurrences=occurrences)
        finally:
            book.close()

    def year_planner(
        self, year: int, now: datetime, *, shown: frozenset[str] = frozenset(), nations: Sequence[str] = ()
    ) -> "YearPlanner":
        """Looks at a whole year; reads no article and saves nothing.

        shown: the ids of awareness days besides those of campaigns. nations: whose bank holidays are marked. What is wrong
        with campaign files is in its problems. Raises BookError.
        """
        from scheduler.preview.year import Surroundings, holidays_of, outgoing_in, planner_of

        is_empty = not any((self.folder / "campaigns").glob("*.toml"))
        campaigns, problems = ([], ()) if is_empty else self.campaigns()
        unknown = (each for campaign in campaigns for each in unknown_names(campaign, self.calendar, self.adapters))
        zone = ZoneInfo(self.config.time_zone)
        around = Surroundings(
            now.astimezone(zone).date(),
            zone,
            self.config.organisation,
            tuple(self.config.accounts),
            holidays_of(year, nations, campaigns, self.config.time_zone),
            shown,
            tuple(dict.fromkeys(map(str, (*problems, *unknown)))),
        )
        book = self.open_book() if self.config.database_path.exists() else None
        try:
            outgoing = outgoing_in(year, campaigns, self.calendar, self.zone_of, book, now)
        finally:
            if book is not None:
                book.close()
        return planner_of(self.calendar, campaigns, outgoing, year, around)

    def zone_of(self, campaign: Campaign) -> ZoneInfo:
        return ZoneInfo(campaign.time_zone or self.config.time_zone)

    def open_book(self, *, create: bool = False, migrate: bool = False) -> "Book":
        """Opens the workspace's book; raises BookError."""
        from scheduler.posts.book import open_book

        return open_book(self.config.database, self.folder, create=create, migrate=migrate)

    def save(self, desk: Desk, *, who: str, now: datetime, replace: bool = False) -> "PlanResult":
        """Saves the drafts in one transaction: all or nothing. Makes the book where there is none."""
        from scheduler.posts.planning import save_drafts

        book = self.open_book(create=True, migrate=True)
        try:
            with book.writing() as connection:
                unmade = [key for work in desk.works for key in work.unmade]
                early = [draft for work in desk.works for draft in work.early]
                result = save_drafts(
                    connection,
                    desk.drafts,
                    who=who,
                    now=now,
                    replace=replace,
                    unmade=unmade,
                    early=early,
                    undated=self._undated(connection, desk),
                )
                self._follow_articles(connection, desk, result, who=who, now=now)
                return result
        finally:
            book.close()

    def _undated(self, connection: "Connection", desk: Desk) -> set[tuple[str, str]]:
        """Returns the campaigns with the years for which the book has posts of theirs, and their day has no date any more."""
        from scheduler.posts.articles import unsent_occurrences

        return {pair for pair in unsent_occurrences(connection) if self._is_undated(desk, *pair)}

    def _is_undated(self, desk: Desk, campaign_id: str, year: str) -> bool:
        """Whether the day of a campaign that is planned has no date in that year: moved to another one, or not held."""
        campaign = next((work.campaign for work in desk.works if work.campaign.id == campaign_id), None)
        if campaign is None or not year.isdigit():
            return False
        return not isinstance(self.calendar.dated(day_of(campaign, self.calendar), int(year)), Occurrence)

    def _follow_articles(
        self, connection: "Connection", desk: Desk, result: "PlanResult", *, who: str, now: datetime
    ) -> None:
        """Keeps what was read, and holds the posts whose words their article has no longer, or that its embargo stops."""
        from scheduler.posts.articles import Reading
        from scheduler.posts.freshness import follow_embargoes, follow_pre_election, follow_reading
        from scheduler.posts.planning import say_held

        articles = {article.source: article for work in desk.works for article in work.articles}
        for article in articles.values():
            followed = follow_reading(connection, Reading(article, self.origin_of(article.source)), now, who=who)
            say_held(connection, result, followed.held)
            result.notes += [followed.said] if followed.said else []
        embargoes = {
            (work.campaign.id, work.occurrence.id): work.campaign.embargo_in(
                work.occurrence.start, ZoneInfo(work.campaign.time_zone or self.config.time_zone)
            )
            for work in desk.works
            if work.occurrence
        }
        say_held(connection, result, follow_embargoes(connection, embargoes, now, who=who))
        elected = {work.campaign.id: Elected(work.campaign.elected, work.campaign.pre_election) for work in desk.works}
        say_held(connection, result, follow_pre_election(connection, elected, now, who=who))

    def hold_withdrawn(self, desk: Desk, *, who: str, now: datetime) -> "list[Told]":
        """Holds the posts of articles that were found to be taken away, and returns them; does nothing without a book."""
        from scheduler.posts.freshness import follow_withdrawal

        gone = {problem.file: problem for work in desk.works for each in work.gone for problem in each.problems}
        if not gone or not self.config.database_path.exists():
            return []
        book = self.open_book(migrate=True)
        try:
            with book.writing() as connection:
                return [
                    told
                    for source, problem in gone.items()
                    for told in follow_withdrawal(connection, source or "", problem.message, now, who=who).held
                ]
        finally:
            book.close()

    def origin_of(self, source: str) -> str:
        """Returns the very file or address of a source."""
        return source if "://" in source else str((self.folder / Path(source).expanduser()).absolute())

    def card_parts(self, post: "Post", message: Message) -> "tuple[CardPart, ...]":
        """Counts a message as the account of a saved post does; an account that is gone is counted by its platform."""
        from scheduler.preview import CardPart

        counter = self.adapters.get(post.account) or self._stand_in(post)
        return tuple(
            CardPart(part.text, tuple(counter.lengths(message, index))) for index, part in enumerate(message.parts)
        )

    def card_of_post(self, post: "Post", receipts: "Sequence[PostReceipt]" = ()) -> "Card":
        """Makes the card of a saved post."""
        from scheduler.posts.provenance import decode_sources
        from scheduler.posts.queries import RESTORE, UNREADABLE, said_of_damaged
        from scheduler.posts.tables import split_topics
        from scheduler.preview import Card

        try:
            message = post.message
        except UNREADABLE as error:
            raise BookError(f"{said_of_damaged(post.id or 0, error)}; {RESTORE}") from error
        return Card(
            campaign=post.campaign,
            campaign_title=post.campaign_title,
            occurrence=post.occurrence,
            slot=post.slot,
            account=post.account,
            platform=post.platform,
            looks_like=post.looks_like,
            scheduled_at=post.scheduled_at,
            time_zone=post.time_zone,
            parts=self.card_parts(post, message),
            late=_lateness(post),
            language=message.language,
            content_warning=message.content_warning,
            warnings=post.warnings,
            sources=decode_sources(post.sources_json),
            post_id=post.id,
            status=post.status,
            version=post.version,
            receipts=tuple(Receipt(receipt.platform_id, receipt.url) for receipt in receipts),
            expires_at=post.latest_at,
            embargo_until=post.embargo_until,
            topics=split_topics(post.topics),
            fingerprint=post.fingerprint,
        )

    def _stand_in(self, post: "Post") -> Adapter:
        like = {} if post.looks_like == "outbox" else {"like": post.looks_like}
        return adapter_for(Account(post.account, "outbox", settings=like), self.folder, 1)

    def restore(self, file: Path, *, who: str, now: datetime) -> "Restored":
        """Puts a backup in the book's place; raises BookError, also while a daemon publishes from the book."""
        from filelock import FileLock, Timeout

        from scheduler.posts.heartbeat import lock_path
        from scheduler.posts.restoring import restore

        path = self.config.database_path.resolve()
        try:
            with FileLock(lock_path(path), timeout=0):
                return restore(file, path, who=who, now=now)
        except Timeout:
            raise BookError(f"{path}: a daemon publishes from this book; stop it, then restore") from None

    def reread(self, book: "Book", now: datetime) -> "Reread":
        """Reads config and campaigns again; saves nothing. Raises ConfigError: then nothing of it counts."""
        from scheduler.publishing.rereading import Reread

        fresh = open_workspace(self.folder)
        changed = [
            each.name for each in fields(Config) if getattr(fresh.config, each.name) != getattr(self.config, each.name)
        ]
        later = [f"{name} has changed: it counts from the next start" for name in changed if name in _FROM_THE_START]
        problems, notes = fresh.compare_campaigns(book, now)
        notes = (*fresh.config.warnings, *later, *notes)
        return Reread(fresh.adapters, fresh.config.publishing, fresh.paces, fresh.places, problems, notes)

    def compare_campaigns(self, book: "Book", now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Returns what is wrong with the campaigns, and what planning them would change in the book; saves nothing."""
        from scheduler.posts.planning import save_drafts
        from scheduler.publishing.rereading import what_planning_would_do

        try:
            desk = self.draft((), now, to_plan=True)
        except CampaignError as error:
            return tuple(map(str, error.problems)), ()
        problems = tuple(map(str, desk.problems))
        if len(desk.problems) > len(desk.unfit):
            return problems, ("redletter plan would save nothing until the campaigns are mended",)
        unmade = [key for work in desk.works for key in work.unmade]
        early = [draft for work in desk.works for draft in work.early]
        drafts = (draft.key for draft in (*desk.drafts, *early))
        planned = {(key.campaign, key.occurrence) for key in (*drafts, *unmade)}
        with book.reading() as session:
            undated = self._undated(session.connection(), desk)
        with book.trying(planned | undated) as connection:
            result = save_drafts(
                connection, desk.drafts, who="reload", now=now, unmade=unmade, early=early, undated=undated
            )
        return problems, (what_planning_would_do(result),)

    def daemon(
        self, book: "Book", clock: "Clock", *, until_done: bool = False, ends_on_hangup: bool = True
    ) -> "Daemon":
        """Makes the daemon that publishes from the book.

        ends_on_hangup: SIGHUP ends it, as at a terminal that is closed; else it reads config and campaigns again.
        """
        from scheduler.publishing.clock import SystemClock
        from scheduler.publishing.daemon import Daemon
        from scheduler.publishing.hold_file import HoldFile
        from scheduler.publishing.hold_log import HoldLog
        from scheduler.publishing.reading_once import ReadingOnce
        from scheduler.publishing.systemd import systemd_of

        is_rehearsal = not isinstance(clock, SystemClock)
        watch = self.source_watch(once=is_rehearsal)
        looking: list[Companion] = [watch, watch.on_demand]
        first_look: Companion = watch.before_the_first
        last_look: LastLook | None = watch.unseen
        if is_rehearsal:
            once = ReadingOnce(watch, self._state_of, self._stamp_of_campaigns)
            looking, first_look, last_look = [once.at_the_end], once.before_the_first, None
        return Daemon(
            book,
            self.adapters,
            self.config.publishing,
            clock,
            paces=self.paces,
            places=self.places,
            hold_file=self.hold_file,
            before_the_first=[first_look],
            companions=[HoldFile(self.hold_file), HoldLog(), *looking, *self._keepers(clock)],
            last_look=last_look,
            watchers=() if is_rehearsal else self._watchers(),
            until_done=until_done,
            reread=None if ends_on_hangup else partial(self.reread, book),
            systemd=systemd_of(os.environ),
        )

    def source_watch(self, *, once: bool = False) -> "SourceWatch":
        """Makes what looks again at the articles of unsent posts. once: a single time, as a rehearsal does."""
        from scheduler.publishing.source_watch import SourceWatch

        every = self.config.articles.check_every
        return SourceWatch(self.look_again, self._state_of, self._terms, self._stamp_of_campaigns, every, once)

    def look_again(self, source: str, validator: str | None) -> "Reading | None":
        """Reads an article again; None when it is as it was when it had this validator. Raises ArticleError."""
        from scheduler.posts.articles import Reading

        allow_private = self.config.allow_private_addresses
        found = read_if_changed(source, self.folder, validator, allow_private=allow_private)
        # Of a feed, or where one is led on, the article has another name than the one that it was asked for by.
        return Reading(replace(found, source=source), self.origin_of(source)) if found else None

    def _state_of(self, source: str) -> str:
        """Says how a file stands at this moment, as an article's validator does; what is wrong with one that cannot be read."""
        try:
            path = self.folder / Path(source).expanduser()
            if "#" in source and not path.exists():
                path = (
                    self.folder / Path(source.partition("#")[0]).expanduser()
                )  # an entry of a feed that lies in a file
            state = path.stat()
        except (OSError, RuntimeError, ValueError) as error:
            return f"{type(error).__name__} {path.parent.is_dir()}" if isinstance(error, OSError) else str(error)
        return f"{state.st_mtime_ns} {state.st_size}"

    def _terms(self, occurrences: "Iterable[tuple[str, str]]") -> "Terms":
        """Returns what the campaign files say at this moment, and which of them cannot be read."""
        from scheduler.publishing.source_watch import Terms

        campaigns, unreadable = load_readable(self.folder)
        held = {each.id: each.why for each in unreadable if each.id and each.if_unreachable == "hold"}
        return Terms(
            self._embargoes(campaigns, set(occurrences)),
            {each.id: Elected(each.elected, each.pre_election) for each in campaigns},
            frozenset({each.id for each in campaigns if each.if_unreachable == "hold"} | held.keys()),
            {each.id: each.file for each in unreadable if each.id} | {each.id: each.file for each in campaigns},
            {each.file: each.why for each in unreadable},
            held,
        )

    def _embargoes(
        self, campaigns: Sequence[Campaign], occurrences: set[tuple[str, str]]
    ) -> dict[tuple[str, str], datetime | None]:
        """Returns them as the campaigns and one's own days are at this moment."""
        embargoes: dict[tuple[str, str], datetime | None] = {}
        calendar: Calendar | None = None  # a resting daemon that needs none is two megabytes smaller
        by_id = {campaign.id: campaign for campaign in campaigns}
        for campaign, year in ((by_id[name], year) for name, year in sorted(occurrences) if name in by_id):
            with suppress(CalendarError, CampaignError, ValueError):  # of days that cannot be read nothing new is known
                if not isinstance(campaign.embargo, When):
                    start = date(int(year), 1, 1)  # the same on every day
                    is_made_for_it = not campaign.years or start.year in campaign.years
                else:
                    calendar = calendar or load_calendar(self.folder / OWN_FILE)
                    start, is_made_for_it = occurrence_in(campaign, calendar, int(year)).start, True
                if is_made_for_it:
                    embargoes[campaign.id, year] = campaign.embargo_in(start, self.zone_of(campaign))
        return embargoes

    def _stamp_of_campaigns(self) -> Hashable:
        """Returns something else once a campaign file, or the file of one's own days, has changed."""
        with suppress(OSError):
            files = [*sorted((self.folder / "campaigns").glob("*.toml")), *self.folder.glob(OWN_FILE)]
            return tuple((path.name, state.st_mtime_ns, state.st_size) for path in files for state in [path.stat()])
        return None

    def _keepers(self, clock: "Clock") -> "list[Companion]":
        """Returns what keeps the book as the config says; by a fast clock, everything would soon be too old."""
        from scheduler.publishing.clock import SystemClock
        from scheduler.publishing.daily_retention import DailyRetention

        keep = self.config.retention.keep
        return [DailyRetention(keep)] if keep is not None and isinstance(clock, SystemClock) else []

    def _watchers(self) -> "list[Companion]":
        """Returns what tells people how things stand; a rehearsal has none: its alarms would be heard as real ones."""
        from scheduler.publishing.alarms.channels import channels_of
        from scheduler.publishing.alarms.watch import AlarmWatch
        from scheduler.publishing.health import HealthPage, HeartbeatFile, Ping

        alarms, health = self.config.alarms, self.config.health
        zone = ZoneInfo(self.config.time_zone)
        watchers: list[Companion] = [
            AlarmWatch(alarms, channels_of(alarms), zone, self.folder / HOLD_FILE, self.longest_pace)
        ]
        if health.heartbeat_file is not None:
            watchers.append(HeartbeatFile(self.folder / health.heartbeat_file))
        if health.health_port is not None:
            watchers.append(HealthPage(health.health_port))
        if alarms.ping is not None:
            watchers.append(Ping(alarms.ping))
        return watchers


# What the daemon is built of once and for all; everything else of the config is read where it is used.
_FROM_THE_START = ("database", "time_zone", "alarms", "health", "retention", "articles")


def open_workspace(folder: Path) -> Workspace:
    """Reads the configuration of a workspace; raises ConfigError."""
    return Workspace(load_config(folder, ACCOUNT_KEYS))


class _Drafting:
    """Drafts one campaign after another; an article that several use is read once."""

    def __init__(
        self,
        workspace: Workspace,
        templates: "Templates",
        now: datetime,
        year: int | None,
        *,
        to_plan: bool,
        named: bool,
    ) -> None:
        self._workspace = workspace
        self._templates = templates
        self._now = now
        self._year = year
        self._to_plan = to_plan
        self._named = named
        self._articles: dict[tuple[str, Wanted], Article | ArticleError] = {}

    def draft(self, campaign: Campaign) -> CampaignDrafts:
        work = self._draft_year(campaign, self._year)
        if self._to_plan:
            work = _without_those_under_embargo(work)
        return self._with_hours_that_have_passed(work, work.occurrence) if work.occurrence else work

    def draft_between(self, campaign: Campaign, first: date, last: date) -> Iterator[CampaignDrafts]:
        """Drafts each occurrence with a slot on a day from `first` to `last`; an hour that the clocks skip is a problem."""
        try:
            years = years_between(campaign, self._workspace.calendar, first, last)
        except CalendarError:
            years = [first.year]  # the day is unknown, and drafting any year says so with its line
        if not years:
            yield CampaignDrafts(campaign, problems=tuple(self._unknown_names(campaign)))
        for year in years:
            work = self._draft_year(campaign, year)
            skipped = self._skipped_hours(campaign, work.occurrence, first, last) if work.occurrence else ()
            yield replace(work, problems=(*work.problems, *skipped))

    def _skipped_hours(self, campaign: Campaign, occurrence: Occurrence, first: date, last: date) -> Iterator[Problem]:
        zone = self._zone(campaign)
        for index, slot in enumerate(campaign.slots):
            for day in days_of(campaign, slot, occurrence).days:
                moment, note = at(day.on, When(0, slot.when.time), zone)
                local = moment.astimezone(zone)
                if note and local.time() != slot.when.time and first <= local.date() <= last:
                    yield campaign.problem(f'slot "{slot.id}": {note}', "slot", index, "when")

    def _unknown_names(self, campaign: Campaign) -> list[Problem]:
        return unknown_names(campaign, self._workspace.calendar, self._workspace.adapters)

    def _draft_year(self, campaign: Campaign, year: int | None) -> CampaignDrafts:
        from scheduler.drafting import draft_campaign

        config, adapters = self._workspace.config, self._workspace.adapters
        unknown = self._unknown_names(campaign)
        try:
            occurrence, notes = self._occurrence(campaign, year)
        except _LeftOut as left_out:
            return CampaignDrafts(campaign, notes=(str(left_out),))
        except CampaignError as error:
            return CampaignDrafts(campaign, problems=(*unknown, *error.problems))
        except CalendarError as error:
            undated = [] if unknown else [campaign.problem(str(error), "day")]
            return CampaignDrafts(campaign, problems=(*unknown, *undated))
        articles, unreadable, gone = self._read_articles(campaign)
        drafted = draft_campaign(
            _with_accounts(campaign, adapters),
            occurrence,
            adapters,
            articles,
            self._templates,
            config.time_zone,
            config.language,
            config.organisation,
            unreadable=campaign.articles.keys() - articles.keys(),
            doubt=doubt_about(self._workspace.calendar, occurrence),
        )
        return CampaignDrafts(
            campaign,
            occurrence,
            drafted.drafts,
            (*unknown, *unreadable, *drafted.problems),
            drafted.unfit,
            drafted.unmade,
            (*notes, *drafted.notes),
            tuple(articles.values()),
            gone,
        )

    def _occurrence(self, campaign: Campaign, year: int | None) -> tuple[Occurrence, tuple[str, ...]]:
        calendar, today = self._workspace.calendar, self._now.astimezone(self._zone(campaign)).date()
        if year is None:
            try:
                return next_occurrence(campaign, calendar, today), ()
            except CampaignError as error:
                if self._named:
                    raise
                raise _LeftOut(f"{campaign.id} was left out: {error.problems[0].message}") from error
        try:
            return occurrence_in(campaign, calendar, year), ()
        except CampaignError as error:
            why = error.problems[0].message
            if not self._named:
                raise _LeftOut(f"{campaign.id} was left out: it {why}") from error
            if self._to_plan:
                raise
            return calendar.occurrence(day_of(campaign, calendar), year), (f"{campaign.id}: it {why}",)

    def _zone(self, campaign: Campaign) -> ZoneInfo:
        return ZoneInfo(campaign.time_zone or self._workspace.config.time_zone)

    def _read_articles(self, campaign: Campaign) -> tuple[dict[str, Article], list[Problem], tuple[ArticleGone, ...]]:
        """Returns the articles by their short names, what keeps the others from being read, and which were taken away."""
        articles: dict[str, Article] = {}
        problems: list[Problem] = []
        gone: list[ArticleGone] = []
        for name in campaign.articles:
            found = self._read(campaign.source_of(name), campaign.wanted_of(name))
            if isinstance(found, Article):
                articles[name] = found
            else:
                problems += [campaign.problem(str(problem), "articles", name) for problem in found.problems]
                gone += [found] if isinstance(found, ArticleGone) else []
        return articles, problems, tuple(gone)

    def _read(self, source: str, wanted: Wanted) -> Article | ArticleError:
        if (source, wanted) not in self._articles:
            config = self._workspace.config
            try:
                self._articles[source, wanted] = read_article(
                    source, config.workspace, wanted, allow_private=config.allow_private_addresses
                )
            except ArticleError as error:
                self._articles[source, wanted] = error
        return self._articles[source, wanted]

    def _with_hours_that_have_passed(self, work: CampaignDrafts, occurrence: Occurrence) -> CampaignDrafts:
        """Planning says itself which single hours have passed; a preview has to, and both where all of them have."""
        past = [draft for draft in work.drafts if draft.scheduled_at <= self._now]
        if past and len(past) == len(work.drafts):
            what = f"every hour of {occurrence.year} has passed: it can be previewed, and no longer planned"
            note = f"{work.campaign.id}: {what}"
            if not self._to_plan:
                return replace(work, notes=(note, *work.notes))
            if self._named or self._year:
                return replace(work, problems=(*work.problems, Problem(what, work.campaign.file)))
            return CampaignDrafts(work.campaign, notes=(note,))
        if self._to_plan or not past:
            return work
        passed = "its hour has passed: planning leaves it out"
        drafts = [
            replace(draft, warnings=(*draft.warnings, passed)) if draft.scheduled_at <= self._now else draft
            for draft in work.drafts
        ]
        return replace(work, drafts=tuple(drafts))


def _without_those_under_embargo(work: CampaignDrafts) -> CampaignDrafts:
    """Leaves out what would go out before its embargo, each with a problem at its slot; the others can be planned."""
    from scheduler.drafting.compose import before_embargo

    early = [draft for draft in work.drafts if draft.embargo_until and draft.scheduled_at < draft.embargo_until]
    slots = {slot.id: index for index, slot in enumerate(work.campaign.slots)}
    problems = dict.fromkeys(
        work.campaign.problem(
            f'slot "{draft.key.slot}": {before_embargo(draft.embargo_until, draft.time_zone)}',
            "slot",
            slots[draft.key.slot_id],
            "when",
        )
        for draft in early
        if draft.embargo_until
    )
    return replace(
        work,
        drafts=tuple(draft for draft in work.drafts if draft not in early),
        problems=(*work.problems, *problems),
        unfit=(*work.unfit, *problems),
        early=tuple(early),
    )


class _LeftOut(Exception):
    """A campaign has nothing to draft, and a note says why."""


def _with_accounts(campaign: Campaign, known: Mapping[str, Adapter]) -> Campaign:
    """Returns the campaign without the accounts that nobody knows: they were reported, with their lines, already."""

    def only_known(accounts: Sequence[str]) -> tuple[str, ...]:
        return tuple(account for account in accounts if account in known)

    slots = tuple(
        slot if slot.accounts is None else slot.model_copy(update={"accounts": only_known(slot.accounts)})
        for slot in campaign.slots
    )
    return campaign.model_copy(update={"accounts": only_known(campaign.accounts), "slots": slots})


def _lateness(post: "Post") -> Lateness:
    if post.when_late == "hold":
        return "hold"
    return post.expires_at - post.scheduled_at if post.expires_at and post.expires_at != post.latest_at else "send"
