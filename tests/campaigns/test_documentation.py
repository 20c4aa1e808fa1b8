"""The campaign page explains every key, its examples load, and the JSON schema says the same as the models."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from scheduler.awareness import load_calendar, parse_rule
from scheduler.awareness.written import DescribedDay, WrittenDay
from scheduler.campaigns import Campaign, InlineDay, Slot, SourceTable, Support, json_schema, load_campaign
from scheduler.errors import CampaignError
from tests.builders.tomlfile import write

PAGE = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text(encoding="utf-8")
HEADINGS: dict[type[BaseModel], str] = {
    Campaign: "### `{}`",
    Slot: "### slot: `{}`",
    Support: "### support: `{}`",
    InlineDay: "### day: `{}`",
}
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def keys_of(model: type[BaseModel]) -> dict[str, bool]:
    """Each key of the file that has a section, and whether it must be there."""
    elsewhere = {"file"} if model is not InlineDay else set(DescribedDay.model_fields) - {"name"}
    fields = model.model_fields.items()
    return {field.alias or name: field.is_required() for name, field in fields if name not in elsewhere}


@pytest.mark.parametrize(
    ("model", "key", "required"), [(model, key, needed) for model in HEADINGS for key, needed in keys_of(model).items()]
)
def test_every_key_is_explained_with_its_default(model: type[BaseModel], key: str, required: bool):
    _, found, rest = PAGE.partition(f"\n{HEADINGS[model].format(key)}\n")

    assert found
    text = re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
    assert text.startswith("Required" if required else ("Default: ", "Either this", "This, ", "Required with"))


def test_the_page_explains_no_key_that_does_not_exist():
    documented = re.findall(r"^### (?:(\w+): )?`(\w+)`$", PAGE, flags=re.MULTILINE)

    names: dict[type[BaseModel], str] = {Campaign: "", Slot: "slot", Support: "support", InlineDay: "day"}
    assert sorted(documented) == sorted((names[model], key) for model in names for key in keys_of(model))


def test_the_whole_campaigns_on_the_page_load(tmp_path: Path):
    whole = [text for text in EXAMPLES if "[[slot]]" in text and "id " in text.splitlines()[0]]

    assert len(whole) == 2
    for text in whole:
        assert load_campaign(write(tmp_path, text)).slots


def test_every_other_example_is_toml():
    for text in EXAMPLES:
        # Two ways of writing one key may stand below each other.
        for block in [text] if text.startswith(("[", "id")) else text.splitlines():
            tomllib.loads(block)


def test_a_day_may_say_in_a_campaign_what_it_may_say_in_a_calendar():
    assert set(InlineDay.model_fields) == {*WrittenDay.model_fields, "date"}


def test_the_day_of_a_campaign_on_the_page_loads(tmp_path: Path):
    (text,) = [text for text in EXAMPLES if text.startswith("[day]")]
    least = 'id = "a"\ntitle = "A"\naccounts = ["a"]\n[[slot]]\nid = "s"\nwhen = "09:00"\ntext = "x"\n'

    assert load_campaign(write(tmp_path, least + text)).day


def test_the_days_of_ones_own_on_the_page_load(tmp_path: Path):
    (text,) = [text for text in EXAMPLES if text.startswith("[[day]]")]

    calendar = load_calendar(write(tmp_path, text, "days.toml"))

    assert calendar.find("Doors Open Day").name == "Open Day"


def test_every_key_of_a_calendar_is_explained():
    _, _, section = PAGE.partition("## Days of your own, for all campaigns")
    rows = "".join(re.findall(r"^\| (`.*?) \|", section.partition("### ")[0], flags=re.MULTILINE))

    assert set(re.findall(r"`(\w+)`", rows)) == set(WrittenDay.model_fields)


def test_every_key_of_an_article_is_explained():
    _, _, section = PAGE.partition("### `articles`")
    rows = re.findall(r"^\| `(\w+)` \|", section.partition("### ")[0], flags=re.MULTILINE)

    assert rows == list(SourceTable.model_fields)


def test_every_rule_on_the_page_gives_the_day_that_stands_beside_it():
    _, _, section = PAGE.partition("### Rules in words")
    rows = re.findall(r"^\| (`\".*?) \| (.*?) \|$", section.partition("\n## ")[0], flags=re.MULTILINE)
    calendar = load_calendar()

    assert len(rows) == 10
    for written, dates in rows:
        rules = [parse_rule(words) for words in re.findall(r'`"([^"]+)"`', written)]
        others = [calendar.occurrence(calendar.find(rule.other), 2027).start if rule.other else None for rule in rules]
        starts = [rule.start(2027, other) for rule, other in zip(rules, others, strict=True)]
        assert ", ".join(f"{start.day} {start:%B}" for start in starts) == dates.partition(":")[0]


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        (Campaign, ("properties",)),
        (Slot, ("$defs", "Slot", "properties")),
        (Support, ("$defs", "Support", "properties")),
        (InlineDay, ("$defs", "InlineDay", "properties")),
        (SourceTable, ("$defs", "SourceTable", "properties")),
    ],
)
def test_the_schema_describes_every_key(model: type[BaseModel], keys: tuple[str, ...]):
    properties: Any = json_schema()
    for key in keys:
        properties = properties[key]

    assert list(properties) == [field.alias or name for name, field in model.model_fields.items() if name != "file"]
    assert all(described["description"] for described in properties.values())


def test_the_schema_is_json_without_what_toml_does_not_have():
    text = json.dumps(json_schema())

    assert '"null"' not in text
    assert "null" not in re.findall(r": (null)", text)
    assert json_schema()["required"] == ["id", "title", "day", "accounts", "slot"]
    assert json_schema()["additionalProperties"] is False


@pytest.mark.parametrize(
    "when",
    [
        "09:00", "-7d 10:00", "+1d 12:00", "9:00", "24:00", "-7d", "noon",
        "each day 09:00", "Each weekday 09:00", "each monday, tuesday and friday 09:00", "each 09:00", "every day 09:00",
    ],
)  # fmt: skip
def test_the_schema_accepts_the_hours_that_campaigns_accept(tmp_path: Path, when: str):
    pattern = json_schema()["$defs"]["Slot"]["properties"]["when"]["pattern"]
    least = 'id = "a"\ntitle = "A"\nday = "x"\naccounts = ["a"]\n[[slot]]\nid = "s"\ntext = "x"\n'

    try:
        load_campaign(write(tmp_path, f'{least}when = "{when}"'))
    except CampaignError:
        loads = False
    else:
        loads = True

    assert bool(re.search(pattern, when)) is loads
