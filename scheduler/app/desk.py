"""What lies on the desk before anything is saved: what campaigns make of an occurrence, and all that is wrong with any."""

from dataclasses import dataclass

from scheduler.articles import Article
from scheduler.awareness import Occurrence
from scheduler.campaigns import Campaign
from scheduler.drafting.draft import Draft, PostKey
from scheduler.errors import ArticleGone, Problem


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
    def early(self) -> list[Draft]:
        return [draft for work in self.works for draft in work.early]

    @property
    def unmade(self) -> list[PostKey]:
        return [key for work in self.works for key in work.unmade]

    @property
    def problems(self) -> list[Problem]:
        return [*self.file_problems, *(problem for work in self.works for problem in work.problems)]

    @property
    def unfit(self) -> list[Problem]:
        return [problem for work in self.works for problem in work.unfit]

    @property
    def notes(self) -> list[str]:
        return [note for work in self.works for note in work.notes]
