"""The JSON of a preview is promised to other programs."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.campaigns import Lateness
from scheduler.errors import Problem
from scheduler.platforms.contract import Length, Receipt
from scheduler.preview import card_of, preview_json
from tests.builders.drafting import make_draft


def test_a_draft_has_exactly_the_promised_keys() -> None:
    draft = make_draft(
        "Come and see.",
        scheduled_at=datetime(2027, 7, 1, 8, 0, tzinfo=UTC),
        warnings=("look here",),
        late=timedelta(hours=2),
        expires_at=datetime(2027, 7, 1, 16, 0, tzinfo=UTC),
        topics=("safety",),
        lengths=((Length(13, 300), Length(13, 3000, "bytes")),),
    )

    assert preview_json([card_of(draft)]) == {
        "posts": [
            {
                "campaign": "harbour",
                "occurrence": "2027",
                "slot": "news",
                "account": "press-x",
                "platform": "x",
                "scheduled_at": "2027-07-01T09:00:00+01:00",
                "parts": [{"text": "Come and see.", "length": 13, "limit": 300}],
                "late": 7200,
                "expires_at": "2027-07-01T17:00:00+01:00",
                "embargo_until": None,
                "topics": ["safety"],
                "warnings": ["look here"],
            }
        ],
        "problems": [],
        "notes": [],
    }


def test_a_saved_post_has_its_number_status_version_and_receipts() -> None:
    card = replace(
        card_of(make_draft()), post_id=7, status="published", version=3, receipts=(Receipt("1", "https://x.example/1"),)
    )

    (post,) = preview_json([card])["posts"]

    assert (post["id"], post["status"], post["version"]) == (7, "published", 3)
    assert post["receipts"] == [{"part": 0, "platform_id": "1", "url": "https://x.example/1"}]


@pytest.mark.parametrize("late", ["send", "hold"])
def test_lateness_may_be_a_word(late: Lateness) -> None:
    (post,) = preview_json([card_of(make_draft(late=late))])["posts"]

    assert (post["late"], post["expires_at"], post["topics"]) == (late, None, [])


def test_problems_and_notes_are_texts_and_all_of_it_is_json() -> None:
    found = preview_json([card_of(make_draft("“é” 👩‍👧"))], [Problem("wrong", file="a.toml", line=2)], ["left out"])

    assert found["problems"] == ["a.toml:2: wrong"]
    assert found["notes"] == ["left out"]
    assert json.loads(json.dumps(found)) == found
