"""The year planner as JSON, for other programs; its shape is documented and kept stable by tests."""

from datetime import date
from typing import Any

from scheduler.awareness import Occurrence, Unannounced
from scheduler.preview.year.findings import Finding, Topic
from scheduler.preview.year.planner import Plan, YearPlanner


def year_json(planner: YearPlanner) -> dict[str, Any]:
    """Returns the whole year; days are ISO dates, and each list of findings is there even where it is empty."""
    known = {(each.day.id, each.year): each for month in planner.months for each in month.days}
    days: list[Occurrence | Unannounced] = [*known.values(), *planner.unannounced]
    holidays = {day: name for month in planner.months for day, name in month.holidays.items()}
    return {
        "year": planner.year,
        "days": [_day(each, planner) for each in days],
        "bank_holidays_of": list(planner.nations),
        "bank_holidays": [{"date": day.isoformat(), "name": name} for day, name in holidays.items()],
        "clock_changes": [
            {"date": change.day.isoformat(), "minutes": change.minutes}
            for month in planner.months
            for change in month.clock_changes
        ],
        "campaigns": [_plan(plan) for plan in planner.plans],
        "accounts": [{"name": account.name, "posts": list(account.months)} for account in planner.accounts],
        **{topic.value: [_finding(each) for each in planner.findings if each.topic is topic] for topic in Topic},
        "problems": list(planner.problems),
    }


def _day(each: Occurrence | Unannounced, planner: YearPlanner) -> dict[str, Any]:
    start, end = (each.start, each.end) if isinstance(each, Occurrence) else (None, None)
    return {
        "id": each.day.id,
        "name": each.day.name,
        "start": _iso(start),
        "end": _iso(end),
        "kind": each.kind.value,
        "status": each.status.value,
        "sensitive": each.day.sensitive,
        "campaigns": list(planner.used_by.get(each.day.id, ())),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.campaign,
        "title": plan.title,
        "first": _iso(plan.first),
        "last": _iso(plan.last),
        "accounts": list(plan.accounts),
        "posts": dict(plan.posts),
        "at_least": plan.at_least,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "said": finding.said,
        "answer": finding.answer,
        "first": _iso(finding.first),
        "last": _iso(finding.last),
        "campaigns": list(finding.campaigns),
        "accounts": list(finding.accounts),
        "day": finding.day,
        "over": finding.over,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
