"""Who sounds as if they hold elected office, and who is on a campaign's list."""

import pytest

from scheduler.excerpts.elected import listed_name, sounds_elected


@pytest.mark.parametrize(
    ("speaker", "role", "sounds"),
    [
        ("Cllr Ann Low", None, True),
        ("Ann Low", "Police and Crime Commissioner", True),
        ("Ann Low", "MP for Fennick", True),
        ("Ann Low", "Safeguarding Minister", True),
        ("Ann Low", "leader of Fennick Council", True),
        ("Ann Low", "chief executive of Fennick Council", False),
        ("Ann Low", "Detective Inspector", False),
        ("Ann Low", "head of ministry relations", False),
        (None, None, False),
    ],
)
def test_an_elected_office_is_known_by_its_words(speaker: str | None, role: str | None, sounds: bool) -> None:
    assert sounds_elected(speaker, role) is sounds


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Ann Low", "Ann Low"),
        ("Cllr Ann Low", "Ann Low"),
        ("Ms Low", "Ann Low"),
        ("Bo Low", None),
        ("Ann Lowe", None),
        ("Ann Raj", None),
        (None, None),
    ],
)
def test_a_listed_person_is_found_under_a_title_or_the_surname(name: str | None, found: str | None) -> None:
    assert listed_name(name, ["Cllr Raj Patel", "Ann Low"]) == found
