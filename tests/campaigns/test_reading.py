"""Campaigns are found by id, file name or path, and all problems of all files come at once."""

from pathlib import Path

import pytest

from scheduler.campaigns import load_campaigns, load_readable
from scheduler.errors import CampaignError
from tests.builders.campaigns import write_campaign
from tests.builders.tomlfile import write
from tests.builders.workspaces import make_workspace


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


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ('id = "gates"\nif_unreachable = "hold"\ntitle = "Gates', ("gates", "hold"), "a mark is missing"),
        ("id = 'gates'\n  if_unreachable='hold'\nyears = 3\n", ("gates", "hold"), "other marks, and a wrong value"),
        ('id = "gates"\n# if_unreachable = "hold"\n', ("gates", None), "no line but a comment says so"),
        ('id = "gates"\n[[slot]]\nid = "lead"\n', ("gates", None), "the id of a slot is none of a campaign"),
        ("\x00\xff", (None, None), "it is no text"),
    ],
)
def test_of_a_file_that_cannot_be_read_its_name_and_its_wish_are_made_out(
    tmp_path: Path, text: str, expected: tuple[str | None, str | None], why: str
) -> None:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns/gates.toml").write_bytes(text.encode("latin-1"))

    campaigns, (unreadable,) = load_readable(tmp_path)

    assert campaigns == []
    assert (unreadable.id, unreadable.if_unreachable) == expected, why
    assert unreadable.why.startswith("campaigns/gates.toml")


def test_one_file_that_cannot_be_read_hides_no_other_and_unknown_keys_hide_nothing(tmp_path: Path) -> None:
    desk = make_workspace(tmp_path)
    desk.replace("campaigns/harbour.toml", "title =", 'colour = "blue"\ntitle =')
    (tmp_path / "campaigns/folder.toml").mkdir()

    campaigns, (unreadable,) = load_readable(tmp_path)

    assert [campaign.id for campaign in campaigns] == ["harbour"]
    assert unreadable.why == "campaigns/folder.toml: is a folder; expected a TOML file"
