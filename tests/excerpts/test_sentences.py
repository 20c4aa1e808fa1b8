"""Where sentences end in British prose, and where a full stop is only an abbreviation's."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.excerpts import sentences


def _split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Det. Insp. Ada Finch spoke.|Supt. Roe and Ch. Supt. Ito agreed.", "ranks"),
        ("Cllr. Mbeki, Rev. Oduya and Lt. Col. Vance came.|Mr. Quill did not.", "titles"),
        (
            "We met at St. John Ambulance in St. Anne's Court.|Then we left Mill St. The road was wet.",
            "saints, and a street at the end",
        ),
        ("It is No. 14, e.g. the red door, i.e. the first.|No.|It is not.", "numbers and examples, and a plain no"),
        ("Doors open at 7.30 a.m. on Monday.|Entry costs £2.50 or 3.5 euros.", "times and decimals"),
        ("J. K. Vance and A. B. Roe wrote it.|They live in the U.K. now.", "initials"),
        ("See www.example.org/a.b and https://example.org.|Then call.", "addresses"),
        ("“We won!” she said.|“Did we?” asked Jo.|Yes…|Perhaps.", "a question within is no end before a small letter"),
        ("The plan – called Wait. Watch. Walk. – is new.|It works.", "one-word pieces before a dash"),
        ("He said “Stop.”|She stopped.", "a closing mark belongs to its sentence"),
        ("Ring 0300 555 0142 ext. 204 today.|See pp. 4 to 6.", "extensions and pages"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, reason: str) -> None:
    # A street's "St." and the like end a sentence before an ordinary opening word.
    expected = [
        piece for part in text.split("|") for piece in part.replace("Mill St. The", "Mill St.\0The").split("\0")
    ]

    assert _split(" ".join(expected)) == expected, reason


def test_a_non_breaking_space_is_a_space() -> None:
    assert _split("A child.\u00a0 This is new.") == ["A child.", "This is new."]


def test_a_blank_line_ends_a_sentence() -> None:
    assert _split("A heading\n\nA sentence.") == ["A heading", "A sentence."]


@given(st.text(alphabet="Aab. !?“”’…\n\u00a0Dr1-"))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    spans = sentences(text)

    assert all(earlier.end <= later.start for earlier, later in pairwise(spans))
    assert "".join("".join(text[span.start : span.end].split()) for span in spans) == "".join(text.split())
