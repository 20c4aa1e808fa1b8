"""What the drafts of one campaign are made with, and what is found on the way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scheduler.articles.article import Article
from scheduler.awareness import Occurrence
from scheduler.campaigns import Campaign, SlotDays, days_of
from scheduler.drafting.draft import Elected, PostKey
from scheduler.drafting.keywords import keywords
from scheduler.drafting.templates import Templates
from scheduler.errors import Problem
from scheduler.excerpts import cut
from scheduler.excerpts.excerpt import Excerpts
from scheduler.platforms.contract import Counter


@dataclass
class Workshop:
    """What the drafts of one campaign are made with, and what is found on the way."""

    campaign: Campaign
    occurrence: Occurrence
    counters: Mapping[str, Counter]
    articles: Mapping[str, Article]
    templates: Templates
    time_zone: str
    language: str
    organisation: str
    unreadable: Collection[str]
    doubt: str | None = None
    excerpts: dict[str, Excerpts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unfit: list[Problem] = field(default_factory=list)
    unmade: list[PostKey] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def elected(self) -> Elected:
        return Elected(self.campaign.elected, self.campaign.pre_election)

    @cached_property
    def days(self) -> Sequence[SlotDays]:
        """The dates of each slot, in the order of the file."""
        return [days_of(self.campaign, slot, self.occurrence) for slot in self.campaign.slots]

    def cut(self, article: Article) -> Excerpts:
        """Returns the excerpts of an article, cut once."""
        if article.source not in self.excerpts:
            self.excerpts[article.source] = cut(article, keywords(self.campaign, self.occurrence.day))
        return self.excerpts[article.source]

    def report(self, index: int, key: str, message: str, *, one_post: bool = False) -> None:
        """Writes down a problem at a key of a slot, once; the message follows the slot's id.

        one_post: it concerns one post alone.
        """
        slot = self.campaign.slots[index]
        problem = self.campaign.problem(f'slot "{slot.id}": {message}', "slot", index, key)
        self.add(problem)
        if one_post and problem not in self.unfit:
            self.unfit.append(problem)

    def add(self, problem: Problem) -> None:
        """Writes down a problem, once."""
        if problem not in self.problems:
            self.problems.append(problem)
