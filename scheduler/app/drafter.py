"""Drafts one campaign: finds the occurrence, reads the articles, and says what cannot be planned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from scheduler.app.desk import CampaignDrafts
from scheduler.app.workspace import Workspace
from scheduler.articles import Article, Wanted
from scheduler.awareness import Occurrence
from scheduler.campaigns import (
    Campaign,
    When,
    at,
    day_of,
    days_of,
    doubt_about,
    next_occurrence,
    occurrence_in,
    unknown_names,
    years_between,
)
from scheduler.drafting import Templates, draft_campaign
from scheduler.drafting.compose import before_embargo
from scheduler.errors import ArticleError, ArticleGone, CalendarError, CampaignError, Problem
from scheduler.platforms.contract import Adapter


class Drafter:
    """Drafts one campaign after another; an article that several use is read once."""

    def __init__(
        self,
        workspace: Workspace,
        templates: Templates,
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
        zone = self._workspace.zone_of(campaign)
        for index, slot in enumerate(campaign.slots):
            for day in days_of(campaign, slot, occurrence).days:
                moment, note = at(day.on, When(0, slot.when.time), zone)
                local = moment.astimezone(zone)
                if note and local.time() != slot.when.time and first <= local.date() <= last:
                    yield campaign.problem(f'slot "{slot.id}": {note}', "slot", index, "when")

    def _unknown_names(self, campaign: Campaign) -> list[Problem]:
        return unknown_names(campaign, self._workspace.calendar, self._workspace.adapters)

    def _draft_year(self, campaign: Campaign, year: int | None) -> CampaignDrafts:
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
        calendar, today = self._workspace.calendar, self._now.astimezone(self._workspace.zone_of(campaign)).date()
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
            try:
                self._articles[source, wanted] = self._workspace.read(source, wanted)
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
