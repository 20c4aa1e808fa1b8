"""The values of a template: what each says, and that docs/templates.md describes them all."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler.articles.article import Span
from scheduler.awareness import AwarenessDay
from scheduler.drafting.fitting import whole
from scheduler.drafting.values import Setting, attribution, day_line, names_day, spoken_when, values
from scheduler.excerpts import cut
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind, Link
from tests.builders.drafting import make_article, make_campaign, make_occurrence, make_slot

ARTICLE = make_article(
    "The harbour opens.\n\nThe Maritime Safety Unit (MSU) has 12 new boats.\n\nCall the MSU on 0300 555 0142 or visit"
    " https://msu.example."
)
DOCS = Path(__file__).parents[2] / "docs" / "templates.md"


def make_setting(**keys: Any) -> Setting:
    campaign = make_campaign(
        make_slot(text="Come."),
        support=[{"name": "Coastguard", "phone": "999"}, {"name": "Lifeboat", "url": "https://lifeboat.example"}],
        hashtags=["HarbourDay{yy}"],
    )
    setting = Setting(
        campaign=campaign,
        slot=campaign.slots[0],
        occurrence=make_occurrence(),
        organisation="Harbour Trust",
        account="press",
        platform="x",
        scheduled_at=datetime(2027, 3, 11, 9, 0, tzinfo=UTC),
        time_zone="Europe/London",
        article=make_article("The harbour opens.", title="Gates open", published=date(2027, 3, 1)),
        links=(Link("https://harbour.example/tides", "Tide tables"),),
        excerpts=cut(ARTICLE),
    )
    return replace(setting, **keys)


def quote(speaker: str | None = "Ines Calder", role: str | None = "harbour master") -> Excerpt:
    return Excerpt(ExcerptKind.QUOTE, (Span(0, 5),), ("Gates",), speaker, role)


def names(found: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            yield from names(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_the_documentation_names_every_variable_and_no_other() -> None:
    _, _, reference = DOCS.read_text(encoding="utf-8").partition("## What a template may use")
    documented = set(re.findall(r"^\| `([a-z_.]+)`", reference, re.MULTILINE))

    assert documented == set(names(values(make_setting(), whole(quote()))))


def test_values_without_article_and_excerpt_have_the_same_names_at_the_top() -> None:
    full = values(make_setting(), whole(quote()))
    bare = values(make_setting(article=None, links=()), None)

    assert full.keys() == bare.keys()
    assert bare["excerpt"] is bare["article"] is bare["link"] is None
    assert bare["title"] == "Harbour Open Day"


def test_the_day_has_the_name_that_it_has_in_the_posts_language() -> None:
    day = AwarenessDay("open-day", "Open Day", names={"cy": "Diwrnod Agored"}, themes={2027: "Boats"})
    occurrence = replace(make_occurrence(), day=day)

    welsh, english = (
        values(make_setting(occurrence=occurrence, language=each), None)["day"] for each in ("cy-GB", "en-GB")
    )

    assert (welsh["name"], english["name"]) == ("Diwrnod Agored", "Open Day")
    assert welsh["line"].startswith("Diwrnod Agored is on")
    assert welsh["theme"] == "Boats"


def test_an_excerpt_names_the_day_in_any_of_its_languages() -> None:
    day = AwarenessDay("open-day", "Open Day", names={"cy": "Diwrnod Agored"})
    passage = whole(Excerpt(ExcerptKind.LEAD, (Span(0, 5),), ("Mae Diwrnod Agored ar ddydd Iau.",)))

    assert values(make_setting(occurrence=replace(make_occurrence(), day=day)), passage)["excerpt"]["names_day"]


@pytest.mark.parametrize(("on", "number"), [(14, None), (15, 1), (18, 4), (21, 7), (22, None)])
def test_a_post_knows_which_day_of_a_week_it_goes_out_on(on: int, number: int | None) -> None:
    occurrence = make_occurrence(date(2027, 3, 15), date(2027, 3, 21))
    setting = make_setting(occurrence=occurrence, scheduled_at=datetime(2027, 3, on, 9, 0, tzinfo=UTC))

    day = values(setting, None)["day"]

    assert (day["number"], day["days"], day["theme"]) == (number, 7, None)


def test_a_post_knows_its_weekday() -> None:
    assert values(make_setting(), None)["slot"]["weekday"] == "Thursday"


def test_hashtags_are_filled_for_the_year() -> None:
    assert values(make_setting(), None)["hashtags"] == ["#HarbourDay27"]


def test_a_slots_own_hashtags_win_even_when_there_are_none() -> None:
    setting = make_setting()
    silent = setting.slot.model_copy(update={"hashtags": ()})

    assert values(replace(setting, slot=silent), None)["hashtags"] == []


def test_the_days_hashtags_stand_in_where_the_campaign_has_none() -> None:
    setting = make_setting()
    campaign = make_campaign(make_slot(text="Come."))

    assert values(replace(setting, campaign=campaign), None)["hashtags"] == ["#HarbourDay27"]


def test_the_support_line_has_numbers_and_addresses() -> None:
    support = values(make_setting(), None)["support"]

    assert support["line"] == "Coastguard 999, Lifeboat https://lifeboat.example"


@pytest.mark.parametrize(
    ("text", "speaker", "role", "expected"),
    [
        ("Harbour master Ines Calder said", "Ines Calder", "harbour master", "harbour master Ines Calder"),
        ("Ines Calder, harbour master, said", "Ines Calder", "harbour master", "Ines Calder, harbour master"),
        ("Ines Calder said", "Ines Calder", None, "Ines Calder"),
        ("Somebody said", None, "harbour master", None),
    ],
)
def test_a_speaker_is_named_as_the_article_does(
    text: str, speaker: str | None, role: str | None, expected: str | None
) -> None:
    assert attribution(quote(speaker, role), make_article(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Harbour Open Day is here.", True),
        ("It is harbour\nopen day.", True),
        ("Harbour (and beach) Open Day is here.", True),
        ("Today is Quay Day.", True),
        ("The harbour opens.", False),
    ],
)
def test_an_excerpt_names_the_day_by_any_of_its_names(text: str, expected: bool) -> None:
    assert names_day(text, ("Harbour Open Day", "Quay Day")) is expected


@pytest.mark.parametrize(
    ("on", "when", "line"),
    [
        (date(2027, 3, 11), "on Thursday 18 March", "Open Day is on Thursday 18 March."),
        (date(2027, 3, 17), "tomorrow", "Open Day is tomorrow."),
        (date(2027, 3, 18), "today", "Open Day is today."),
        (date(2027, 3, 19), "yesterday", "Open Day was yesterday."),
        (date(2027, 3, 25), "on Thursday 18 March", "Open Day was on Thursday 18 March."),
    ],
)
def test_a_day_is_told_from_where_we_stand(on: date, when: str, line: str) -> None:
    day = date(2027, 3, 18)

    assert spoken_when(day, day, on) == when
    assert day_line("Open Day", day, day, on) == line


@pytest.mark.parametrize(
    ("on", "line"),
    [
        (date(2027, 11, 1), "Road Week runs from 14 November to 20 November."),
        (date(2027, 11, 15), "Road Week runs until 20 November."),
        (date(2027, 11, 20), "Road Week ends today."),
        (date(2027, 11, 21), "Road Week ended yesterday."),
        (date(2027, 11, 25), "Road Week ended on Saturday 20 November."),
    ],
)
def test_a_week_is_told_from_where_we_stand(on: date, line: str) -> None:
    assert day_line("Road Week", date(2027, 11, 14), date(2027, 11, 20), on) == line
