"""Where sentences end in British prose, and where a full stop is only an abbreviation's."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.excerpts import sentences
from tests.excerpts.sentence_cases import CASES


def _split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(("text", "reason"), CASES)
def test_sentences_end_where_a_reader_ends_them(text: str, reason: str) -> None:
    assert _split(text.replace("|", " ")) == [piece.strip() for piece in text.split("|")], reason


def test_a_non_breaking_space_is_a_space() -> None:
    assert _split("A child.\u00a0 This is new.") == ["A child.", "This is new."]


def test_a_blank_line_ends_a_sentence() -> None:
    assert _split("A heading\n\nA sentence.") == ["A heading", "A sentence."]


@given(st.text(alphabet="Aab. !?“”’…\n\u00a0Dr1-"))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    spans = sentences(text)

    assert all(earlier.end <= later.start for earlier, later in pairwise(spans))
    assert "".join("".join(text[span.start : span.end].split()) for span in spans) == "".join(text.split())


def test_a_long_text_without_an_end_takes_no_longer_a_word() -> None:
    begun = time.process_time()

    for piece in ("Mr. ", "a. - ", "It is. a - ", "A. "):
        assert sentences(piece * 100_000)

    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("It rained.The match went on. Then it ended.", ["It rained.", "The match went on.", "Then it ended."]),
        ("See www.fennick.Gov for it.", ["See www.fennick.Gov for it."]),
        ("He runs Fennick.Com now.", ["He runs Fennick.Com now."]),
    ],
)
def test_a_sentence_ends_without_a_space_behind_an_ordinary_word(text: str, pieces: list[str]) -> None:
    assert _split(text) == pieces
