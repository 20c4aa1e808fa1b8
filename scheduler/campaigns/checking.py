"""Finds what a campaign names and nobody knows: awareness days and accounts."""

from collections.abc import Collection, Iterator

from scheduler.awareness.calendar import Calendar
from scheduler.campaigns.campaign import Campaign
from scheduler.campaigns.own_day import described, wrong_references
from scheduler.errors import CalendarError, Problem
from scheduler.tomlfile import did_you_mean


def unknown_names(campaign: Campaign, calendar: Calendar, accounts: Collection[str]) -> list[Problem]:
    """Returns a problem, with its line, for an unknown day and for each account that config.toml does not have."""
    problems = [*_unknown_day(campaign, calendar), *_unknown_accounts(campaign, accounts)]
    return sorted(problems, key=lambda each: each.line or 0)


def _unknown_day(campaign: Campaign, calendar: Calendar) -> Iterator[Problem]:
    try:
        if isinstance(campaign.day, str):
            calendar.find(campaign.day)
            return
        day = described(campaign.day, campaign.id, calendar)
    except CalendarError as error:
        yield campaign.problem(str(error), "day")
    else:
        yield from (campaign.problem(message, "day", *keys) for keys, message in wrong_references(day, calendar))


def _unknown_accounts(campaign: Campaign, accounts: Collection[str]) -> Iterator[Problem]:
    for index, name in enumerate(campaign.accounts):
        if name not in accounts:
            yield campaign.problem(_unknown(name, accounts), "accounts", index)
    for place, slot in enumerate(campaign.slots):
        for index, name in enumerate(slot.accounts or ()):
            if name not in accounts:
                yield campaign.problem(_unknown(name, accounts), "slot", place, "accounts", index)


def _unknown(name: str, accounts: Collection[str]) -> str:
    known = did_you_mean(name, accounts) or f"; config.toml has {', '.join(sorted(accounts)) or 'none'}"
    return f'unknown account "{name}"{known}'
