"""Campaigns are found by id, file name or path, and all problems of all files come at once."""

from pathlib import Path

import pytest

from scheduler.campaigns import load_campaigns
from scheduler.errors import CampaignError
from tests.builders.campaigns import write_campaign
from tests.builders.tomlfile import write


def test_without_names_all_campaigns_come_in_the_order_of_their_files(tmp_path: Path):
    write_campaign(tmp_path, "second", "b.toml")
    write_campaign(tmp_path, "first", "a.toml")
    write(tmp_path / "campaigns", "not a campaign", "notes.txt")

    assert [(each.id, each.file) for each in load_campaigns(tmp_path)] == [
        ("first", "campaigns/a.toml"),
        ("second", "campaigns/b.toml"),
    ]


def test_a_workspace_without_campaigns_has_none(tmp_path: Path):
    assert load_campaigns(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["open-day", "spring.toml", "spring", "campaigns/spring.toml", "{workspace}/campaigns/spring.toml"]
)
def test_a_campaign_is_found_by_id_file_name_and_path(tmp_path: Path, name: str):
    write_campaign(tmp_path, "open-day", "spring.toml")
    write_campaign(tmp_path, "other")

    (found,) = load_campaigns(tmp_path, [name.format(workspace=tmp_path)])

    assert (found.id, found.file) == ("open-day", "campaigns/spring.toml")


def test_a_path_counts_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_campaign(tmp_path, "open-day", "spring.toml")
    monkeypatch.chdir(tmp_path / "campaigns")

    (found,) = load_campaigns(tmp_path, ["./spring.toml"])

    assert found.file == "campaigns/spring.toml"


def test_a_campaign_named_twice_comes_once(tmp_path: Path):
    write_campaign(tmp_path, "open-day")

    assert len(load_campaigns(tmp_path, ["open-day", "open-day.toml", "campaigns/open-day.toml"])) == 1


def test_a_campaign_may_stand_elsewhere(tmp_path: Path):
    path = write_campaign(tmp_path / "elsewhere", "open-day")

    (found,) = load_campaigns(tmp_path / "workspace", [str(path)])

    assert found.file == str(path)


def test_an_unknown_name_says_which_was_meant(tmp_path: Path):
    write_campaign(tmp_path, "open-day", "spring.toml")

    with pytest.raises(CampaignError, match=r'^unknown campaign "opn-day"; did you mean "open-day"\?$'):
        load_campaigns(tmp_path, ["opn-day"])
    with pytest.raises(CampaignError, match=r'^unknown campaign "zzz"; known: open-day, spring$'):
        load_campaigns(tmp_path, ["zzz"])


def test_an_unknown_name_in_an_empty_workspace_says_so(tmp_path: Path):
    with pytest.raises(CampaignError, match=r'^unknown campaign "x"; the folder campaigns/ has none$'):
        load_campaigns(tmp_path, ["x"])


def test_all_problems_of_all_files_and_names_come_in_one_error(tmp_path: Path):
    write_campaign(tmp_path, "a", extra='colour = "red"\n')
    write_campaign(tmp_path, "b", extra='late = "soon"\n')
    write(tmp_path / "campaigns", "id = ", "c.toml")

    with pytest.raises(CampaignError) as everything:
        load_campaigns(tmp_path)
    with pytest.raises(CampaignError) as named:
        load_campaigns(tmp_path, ["a", "zzz"])

    assert [problem.file for problem in everything.value.problems] == [f"campaigns/{name}.toml" for name in "abc"]
    assert [problem.file for problem in named.value.problems] == [None, "campaigns/a.toml"]


@pytest.mark.parametrize("names", [[], ["spring"], ["winter"]])
def test_an_id_used_by_two_files_is_refused_whichever_is_asked_for(tmp_path: Path, names: list[str]):
    write_campaign(tmp_path, "open-day", "spring.toml")
    write_campaign(tmp_path, "open-day", "winter.toml")

    with pytest.raises(CampaignError) as error:
        load_campaigns(tmp_path, names)

    expected = (
        'campaigns/winter.toml:1: id: "open-day" is the id of campaigns/spring.toml too; each campaign needs its own'
    )
    assert str(error.value) == expected
