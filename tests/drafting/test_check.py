"""Checking finds everything that a campaign names and nobody knows, all at once, each with its line."""

from pathlib import Path

import pytest

from scheduler.articles import read_article
from scheduler.awareness import load_calendar
from scheduler.campaigns import load_campaigns
from scheduler.config import load_config
from scheduler.drafting import Templates
from scheduler.drafting.check import check_campaigns
from scheduler.platforms import ACCOUNT_KEYS

ARTICLE = """---
title: The gates open
date: 2027-03-11
---

The harbour opens its gates to everybody on Thursday. The tide tables are on the wall.

Harbour master Ines Calder said: “We have waited for this day all year.”
"""
CONFIG = """
time_zone = "Europe/London"
organisation = "Harbour Trust"

[accounts.press]
platform = "outbox"
like = "x"
"""
CAMPAIGN = """id = "harbour"
title = "Harbour Open Day"
day = "white-ribbon-day"
accounts = ["press"]

[articles]
release = "articles/release.md"

[[slot]]
id = "news"
when = "09:00"
template = "announcement"
excerpt = "lead"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "articles").mkdir()
    (tmp_path / "templates" / "broken").mkdir(parents=True)
    (tmp_path / "templates" / "broken" / "default.j2").write_text("fine\n{% for %}\n")
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "config.toml").chmod(0o600)
    (tmp_path / "articles" / "release.md").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


def problems(workspace: Path, campaign: str) -> list[str]:
    (workspace / "campaigns" / "harbour.toml").write_text(campaign, encoding="utf-8")
    with Templates(workspace) as templates:
        found = check_campaigns(
            load_campaigns(workspace),
            load_config(workspace, ACCOUNT_KEYS),
            load_calendar(),
            lambda source, wanted: read_article(source, workspace, wanted),
            templates,
        )
    return [str(problem) for problem in found]


def test_a_sound_campaign_has_no_problems(workspace: Path) -> None:
    assert problems(workspace, CAMPAIGN) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("white-ribbon-day", "white-ribon-day", 3, 'did you mean "white-ribbon-day"'),
        ('["press"]', '["pres"]', 4, 'unknown account "pres"; did you mean "press"?'),
        ("articles/release.md", "articles/releese.md", 7, "articles/releese.md"),
        ('"announcement"', '"anouncement"', 12, 'unknown template "anouncement"; did you mean "announcement"?'),
        ('"announcement"', '"broken"', 12, "templates/broken/default.j2:2: not a template"),
        ('"lead"', '"quote by Stone"', 13, "has no quote by Stone"),
        ('"lead"', '"quote 7"', 13, "has no quote 7"),
    ],
)
def test_what_nobody_knows_is_named_with_its_line(
    workspace: Path, old: str, new: str, line: int, expected: str
) -> None:
    (problem,) = problems(workspace, CAMPAIGN.replace(old, new))

    assert problem.startswith(f"campaigns/harbour.toml:{line}: ")
    assert expected in problem


def test_all_problems_come_at_once_in_the_order_of_lines(workspace: Path) -> None:
    wrong = CAMPAIGN.replace("white-ribbon-day", "wite-ribbon-day").replace('["press"]', '["pres"]')

    found = problems(workspace, wrong.replace('"announcement"', '"anouncement"').replace('"lead"', '"quote 7"'))

    assert [int(problem.split(":")[1]) for problem in found] == [3, 4, 12, 13]
