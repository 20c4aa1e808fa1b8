"""What `redletter check` finds in campaigns that are well formed: names of things that do not exist, all at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from scheduler.articles import Article, Wanted
from scheduler.awareness import Calendar
from scheduler.campaigns import Campaign, day_of, unknown_names
from scheduler.config import Config
from scheduler.drafting.keywords import keywords
from scheduler.drafting.templates import Templates
from scheduler.errors import ArticleError, CalendarError, Problem, TemplateError
from scheduler.excerpts import cut, select
from scheduler.excerpts.excerpt import Excerpts
from scheduler.tomlfile import did_you_mean


def check_campaigns(
    campaigns: Iterable[Campaign],
    config: Config,
    calendar: Calendar,
    read: Callable[[str, Wanted], Article],
    templates: Templates,
) -> list[Problem]:
    """Returns every unknown day, account, template, article and excerpt, campaign by campaign in the order of lines.

    read: reads an article by its address and what is wanted of it, and raises ArticleError.
    """
    return [
        problem
        for campaign in campaigns
        for problem in sorted(_problems(campaign, config, calendar, read, templates), key=lambda each: each.line or 0)
    ]


def _problems(
    campaign: Campaign, config: Config, calendar: Calendar, read: Callable[[str, Wanted], Article], templates: Templates
) -> Iterator[Problem]:
    yield from unknown_names(campaign, calendar, config.accounts)
    yield from _templates(campaign, config, templates)
    readable: dict[str, Excerpts] = {}
    words = _keywords(campaign, calendar)
    for name in campaign.articles:
        source = campaign.source_of(name)
        try:
            readable[name] = cut(read(source, campaign.wanted_of(name)), words)
        except ArticleError as error:
            yield from (campaign.problem(_told(problem, source), "articles", name) for problem in error.problems)
    yield from _excerpts(campaign, readable)


def _keywords(campaign: Campaign, calendar: Calendar) -> Sequence[str]:
    """The campaign's own words; none where its day is unknown, which is said already."""
    try:
        return keywords(campaign, day_of(campaign, calendar))
    except CalendarError:
        return ()


def _told(problem: Problem, source: str) -> str:
    return problem.message if source in problem.message else f'article "{source}": {problem.message}'


def _templates(campaign: Campaign, config: Config, templates: Templates) -> Iterator[Problem]:
    """A template that is missing or broken is one problem, however many accounts share it."""
    for index, slot in enumerate(campaign.slots):
        if slot.template is None:
            continue
        platforms = _platforms(config, campaign.accounts_of(slot))
        found = {
            str(problem): problem for platform in platforms for problem in _broken(templates, slot.template, platform)
        }
        for problem in found.values():
            yield campaign.problem(str(problem), "slot", index, "template")


def _broken(templates: Templates, name: str, platform: str) -> Sequence[Problem]:
    try:
        templates.check(name, platform)
    except TemplateError as error:
        return error.problems
    return ()


def _platforms(config: Config, names: Iterable[str]) -> list[str]:
    """The platforms whose templates these accounts use: an outbox uses those of the platform it is like."""
    accounts = [config.accounts[name] for name in names if name in config.accounts]
    return list(dict.fromkeys(account.settings.get("like", account.platform) for account in accounts)) or ["default"]


def _excerpts(campaign: Campaign, readable: dict[str, Excerpts]) -> Iterator[Problem]:
    default = next(iter(campaign.articles), None)
    for index, slot in enumerate(campaign.slots):
        name = slot.article or default
        if name is not None and name not in campaign.articles:
            guess = did_you_mean(name, campaign.articles)
            yield campaign.problem(f'unknown article "{name}"{guess}', "slot", index, "article")
        elif slot.excerpt is not None and name is None:
            yield campaign.problem("there is no article to take it from; add [articles]", "slot", index, "excerpt")
        elif slot.excerpt is not None and name in readable:
            yield from _selected(campaign, index, readable[name], name)


def _selected(campaign: Campaign, index: int, excerpts: Excerpts, name: str) -> Iterator[Problem]:
    slot = campaign.slots[index]
    try:
        chosen = select(excerpts, slot.excerpt or "", campaign.source_of(name))
    except ValueError as error:
        yield campaign.problem(str(error), "slot", index, "excerpt")
        return
    if len(chosen) > 1 and slot.every is None:
        message = f'"{slot.excerpt}" selects {len(chosen)} excerpts; pick one by its number'
        yield campaign.problem(message, "slot", index, "excerpt")
