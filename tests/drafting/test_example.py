"""The example that ships, through the real readers, templates and counters: it is what newcomers see first."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.articles import read_article
from scheduler.articles.article import Article
from scheduler.awareness import load_calendar
from scheduler.campaigns import Campaign, load_campaigns, occurrence_in
from scheduler.config import load_config
from scheduler.drafting import Drafted, Templates, draft_campaign
from scheduler.drafting.check import check_campaigns
from scheduler.platforms import ACCOUNT_KEYS, adapter_for

TOP = Path(__file__).parents[2]
# Reading the pages of a preview loads nothing that only the book, the daemon or the web need.
SLOW = ("sqlmodel", "sqlalchemy", "aiohttp", "tweepy", "trafilatura", "apscheduler", "jinja2")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the repository, without the config.toml that somebody may have put there."""
    folder = tmp_path_factory.mktemp("workspace")
    for name in ("campaigns", "articles", "templates"):
        (folder / name).symlink_to(TOP / name)
    (folder / "config.toml").write_text((TOP / "config.example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "config.toml").chmod(0o600)
    return folder


def articles(campaign: Campaign, workspace: Path) -> dict[str, Article]:
    return {name: read_article(campaign.source_of(name), workspace) for name in campaign.articles}


@pytest.fixture(scope="module")
def drafted(workspace: Path) -> list[Drafted]:
    config = load_config(workspace, ACCOUNT_KEYS)
    counters = {name: adapter_for(account, workspace, 30) for name, account in config.accounts.items()}
    calendar = load_calendar()
    with Templates(workspace) as templates:
        return [
            draft_campaign(
                campaign,
                occurrence_in(campaign, calendar, campaign.years[0]),
                counters,
                articles(campaign, workspace),
                templates,
                config.time_zone,
                config.language,
                config.organisation,
            )
            for campaign in load_campaigns(workspace)
        ]


def test_the_example_has_no_problems(workspace: Path, drafted: list[Drafted]) -> None:
    with Templates(workspace) as templates:
        found = check_campaigns(
            load_campaigns(workspace),
            load_config(workspace, ACCOUNT_KEYS),
            load_calendar(),
            lambda source, wanted: read_article(source, workspace, wanted),
            templates,
        )

    assert found == []
    assert [problem for each in drafted for problem in each.problems] == []
    assert len(drafted) == 2


def test_no_text_exceeds_any_limit_of_its_platform(drafted: list[Drafted]) -> None:
    lengths = [length for each in drafted for draft in each.drafts for part in draft.lengths for length in part]

    assert len(lengths) >= 28
    assert all(length.fits for length in lengths)


def test_every_post_carries_a_service_and_at_most_two_hashtags_at_its_end(drafted: list[Drafted]) -> None:
    for each in drafted:
        for draft in each.drafts:
            text = draft.message.parts[0].text
            assert "Police 101" in text or "Police: 101" in text
            tags = re.findall(r"#\w+", text)
            assert 1 <= len(tags) <= 2
            assert text.endswith(tags[-1])
            assert "\n\n\n" not in text


def test_the_words_of_every_source_stand_in_the_text(workspace: Path, drafted: list[Drafted]) -> None:
    read = {
        article.source: article
        for campaign in load_campaigns(workspace)
        for article in articles(campaign, workspace).values()
    }
    used = [(draft, source) for each in drafted for draft in each.drafts for source in draft.sources]

    assert len(used) > 20
    for draft, source in used:
        assert source.sha256 == read[source.article].sha256
        for span in source.spans:
            assert read[source.article].at(span) in draft.message.parts[0].text


def test_the_only_warnings_are_of_shortened_quotes_and_links(drafted: list[Drafted]) -> None:
    said = [warning for each in drafted for draft in each.drafts for warning in draft.warnings]

    assert said
    assert all(warning.startswith(("quote shortened to fit", "Bluesky shows its link as")) for warning in said)


def imported_by(code: str) -> Iterator[str]:
    show = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True, cwd=TOP)
    return iter(done.stdout.split())


@pytest.mark.parametrize("code", ["import scheduler.preview", "import scheduler.drafting, scheduler.drafting.check"])
def test_nothing_slow_is_imported_to_draft_and_to_look(code: str) -> None:
    tops = {name.partition(".")[0] for name in imported_by(code)}

    assert tops & set(SLOW) == set()
